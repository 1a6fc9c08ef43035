"""What Twilio lists, read into our own values."""

import json

import pytest

from bot.carriers.records import read_accepted, read_inbound, read_integer, read_listed

WRITTEN = {
    "sid": "SM" + "1" * 32,
    "direction": "inbound",
    "from": "+33612345678",
    "to": "36123",
    "account_sid": "AC" + "0" * 32,
}

UNSTORABLE = [
    (r'"STOP\u0000"', "STOP", "a NUL"),
    (r'"Oui \ud83d"', "Oui ", "half of a pair"),
    (r'"Oui \ud83d\ude00"', "Oui \U0001f600", "a whole pair, which is a letter"),
    (r'"\u0001 Oui\n"', "\x01 Oui\n", "what a database takes, however odd"),
    ("null", "", "no text"),
]


@pytest.mark.parametrize(("body", "kept", "reason"), UNSTORABLE, ids=[row[2] for row in UNSTORABLE])
def test_of_a_listed_text_everything_is_read_that_a_database_takes(body: str, kept: str, reason: str) -> None:
    record = WRITTEN | json.loads(f'{{"body": {body}}}')
    assert read_listed(record).body == kept, reason
    assert read_inbound(record).body == kept, reason


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


SEGMENTS = [
    ({"num_segments": "2"}, 2, "a number as text"),
    ({"num_segments": "0"}, None, "not yet known"),
    ({"num_segments": "-1"}, None, "no number of segments"),
    ({"num_segments": None}, None, "nothing"),
    ({}, None, "no word of it"),
]


@pytest.mark.parametrize(("told", "expected", "reason"), SEGMENTS, ids=[row[2] for row in SEGMENTS])
def test_none_is_no_number_of_segments(told: dict[str, object], expected: int | None, reason: str) -> None:
    assert read_listed(WRITTEN | told).segments == expected, reason
    assert read_accepted(WRITTEN | told | {"status": "queued"}).segments == expected, reason
