"""The secret in a member's link, and how long the page may be read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import page
from bot.rules.text import Encoding, count

NUMBERS = st.integers(0, page.TOKENS - 1)
SENT_AT = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


@given(one=NUMBERS, other=NUMBERS)
def test_every_number_has_a_token_of_its_own(one: int, other: int) -> None:
    token = page.token_of(one)
    assert page.is_token(token)
    assert (token == page.token_of(other)) is (one == other)


@given(NUMBERS)
def test_a_token_costs_as_much_as_its_sample(number: int) -> None:
    token = count(page.token_of(number))
    assert (token.encoding, token.units) == (Encoding.GSM7, count(page.SAMPLE).units)
    assert len(page.UNSEEN) == page.LENGTH


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing"),
        ("aB3aB3aB3", "too short"),
        ("aB3aB3aB3aa", "too long"),
        ("aB3aB3aB30", "a zero, which reads like an O"),
        ("aB3aB3aB3l", "an l, which reads like a one"),
        ("aB3aB3aB3é", "no letter of it"),
        ("aB3aB3aB3\n", "a line break"),
        ("../../etc/", "a path"),
    ],
)
def test_what_no_token_looks_like_is_none(text: str, reason: str) -> None:
    assert not page.is_token(text), reason


@pytest.mark.parametrize(
    ("later", "readable", "reason"),
    [
        (timedelta(0), True, "at once"),
        (timedelta(days=60), True, "as long as Canada asks"),
        (timedelta(days=90) - timedelta.resolution, True, "the last moment"),
        (timedelta(days=90), False, "over"),
    ],
)
def test_the_text_may_be_read_for_ninety_days(later: timedelta, readable: bool, reason: str) -> None:
    assert page.is_readable(SENT_AT, SENT_AT + later) is readable, reason


@pytest.mark.parametrize(
    ("body", "leads", "reason"),
    [
        ("Gala Stop: https://club.example/m/aB3dE5gH7j", True, "as it came on somebody's phone"),
        ("See HTTP://CLUB.EXAMPLE/M/aB3dE5gH7j!", True, "however it is written"),
        ("club.example/m/aB3dE5gH7j?done=stop", True, "as it stands in the browser"),
        ("https://club.example/m/programme", False, "another page of the club"),
        ("https://club.example/m/programme-of-the-year", False, "and one whose name is longer"),
        ("https://other.example/m/aB3dE5gH7j", False, "of somebody else's"),
        ("https://clubXexample/m/aB3dE5gH7j", False, "no dot"),
        ("https://club.example/m/", False, "nobody's"),
    ],
)
def test_a_link_to_somebodys_page_is_seen_in_a_text(body: str, leads: bool, reason: str) -> None:
    assert page.leads_there(body, "https://club.example/m/") is leads, reason
    assert not page.leads_there(body, ""), "there are no pages"
