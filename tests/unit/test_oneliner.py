"""`/sms GROUP TEXT`: which group is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.oneliner import OneLiner, read

GROUPS = ("U13", "U13 B", "U15", "Les parents", "seniors", "Seniors", "École")


@pytest.mark.parametrize(
    ("typed", "group", "body", "because"),
    [
        ("U13 See you tonight", "U13", "See you tonight", "a name, a space, a text"),
        ("u13 See you", "U13", "See you", "capitals do not count"),
        ("U13 B See you", "U13 B", "See you", "the longest name that fits"),
        ("U13 Bring a ball", "U13", "Bring a ball", "a word that only begins like the longer name"),
        ("U13: See you", "U13", "See you", "a colon after the name"),
        ("U13\nSee you", "U13", "See you", "a line for the name"),
        ("U13", "U13", "", "a group alone: the text is still to be written"),
        ("  U13   See  you ", "U13", "See  you", "blanks around; those within are the text's"),
        ("Les parents Merci", "Les parents", "Merci", "a name of two words"),
        ("école Fermée", "École", "Fermée", "accents and capitals"),
        ('"Les parents" Merci', "Les parents", "Merci", "quoted"),
        ("« Les parents » : Merci", "Les parents", "Merci", "quoted in French"),
        ("“U13 B” See you", "U13 B", "See you", "quoted by a phone"),
        ('"U99" See you', "", '"U99" See you', "quoted, and nobody's: all of it is text"),
        ('"U13 See you', "", '"U13 See you', "a quote that never closes"),
        ("U14 See you", "", "U14 See you", "no such group"),
        ("U135 See you", "", "U135 See you", "a name that only begins like one"),
        ("See you U13", "", "See you U13", "a name elsewhere is text"),
        ("Seniors Match at 3", "Seniors", "Match at 3", "of two that differ in capitals, the one typed"),
        ("SENIORS Match at 3", "", "Match at 3", "and none when neither was"),
        ("", "", "", "nothing"),
    ],
)
def test_the_longest_group_name_that_fits_is_meant_and_the_rest_is_the_text(
    typed: str, group: str, body: str, because: str
) -> None:
    assert read(typed, GROUPS) == OneLiner(group, body), because


def test_a_club_without_groups_has_only_text() -> None:
    assert read("U13 See you", ()) == OneLiner("", "U13 See you")


@given(st.text(), st.lists(st.text(min_size=1), max_size=5))
def test_it_never_fails_and_never_makes_up_a_group(typed: str, names: list[str]) -> None:
    assert read(typed, names).group in ("", *names)
