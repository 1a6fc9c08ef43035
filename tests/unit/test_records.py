"""What is read from the carrier's records fits into our columns."""

import pytest

from bot.carriers.records import read_integer

NUMBERS = [
    (30003, 30003, "a number"),
    ("2", 2, "a number as text"),
    (None, None, "nothing"),
    ("many", None, "no number"),
    (2**31 - 1, 2**31 - 1, "the largest that a column holds"),
    (2**31, None, "more than a column holds"),
    (-(2**31) - 1, None, "less than a column holds"),
    ("9" * 5000, None, "more digits than Python reads"),
]


@pytest.mark.parametrize(("told", "expected", "reason"), NUMBERS, ids=[row[2] for row in NUMBERS])
def test_a_number_is_read_that_can_be_stored(told: object, expected: int | None, reason: str) -> None:
    assert read_integer(told) == expected, reason
