"""How long what is known of people is kept."""

from datetime import UTC, datetime

import pytest

from bot.rules.retention import is_possible, months_before


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 11, 27), 36, (2023, 11, 27)),
        ((2026, 1, 31), 2, (2025, 11, 30)),
        ((2028, 2, 29), 12, (2027, 2, 28)),
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2026, 12, 5), 12, (2025, 12, 5)),
        ((2026, 1, 5), 1, (2025, 12, 5)),
    ],
)
def test_so_many_months_ago_is_the_same_day_or_the_months_last(
    now: tuple[int, int, int], months: int, then: tuple[int, int, int]
) -> None:
    assert months_before(datetime(*now, 8, 30, tzinfo=UTC), months) == datetime(*then, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(("months", "fine"), [(0, False), (1, True), (120, True), (121, False), (-1, False)])
def test_nothing_is_kept_for_ever_or_for_no_time(months: int, fine: bool) -> None:
    assert is_possible(months) is fine
