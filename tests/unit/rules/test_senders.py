"""How a club may appear on a phone."""

from collections import Counter

import pytest

from bot.data import load_countries
from bot.rules.countries import NameThere
from bot.rules.senders import (
    SenderRefusal,
    Unshown,
    allowed,
    can_answer,
    is_answerable,
    refuse_name,
    unshown,
)
from storage.states import SenderKind

COUNTRIES = load_countries()


@pytest.mark.parametrize(
    ("name", "country", "refusal", "reason"),
    [
        ("ASValmont", "FR", None, "letters"),
        ("JUDO44", "FR", None, "letters and digits"),
        ("ASC", "FR", None, "the shortest"),
        ("ABCDEFGHIJK", "FR", None, "the longest"),
        ("AS", "FR", SenderRefusal.LENGTH, "too short"),
        ("ABCDEFGHIJKL", "FR", SenderRefusal.LENGTH, "too long"),
        ("", "FR", SenderRefusal.LENGTH, "nothing"),
        ("AS Judo", "FR", SenderRefusal.CHARACTERS, "France takes no space"),
        ("AS-Judo", "FR", SenderRefusal.CHARACTERS, "nor punctuation"),
        ("Éclair", "FR", SenderRefusal.CHARACTERS, "nor accents"),
        ("Judo\n", "FR", SenderRefusal.CHARACTERS, "nor a line break at the end"),
        ("12345", "FR", SenderRefusal.NO_LETTER, "digits alone would pass for a number"),
        ("ALERTE", "FR", SenderRefusal.GENERIC, "a word that operators block"),
        ("Info", "FR", SenderRefusal.GENERIC, "whatever its case"),
        ("SMS2026", "FR", SenderRefusal.GENERIC, "digits do not hide it"),
        ("24SMS", "FR", SenderRefusal.GENERIC, "at either end"),
        ("SMSX", "FR", None, "nor is a letter more"),
        ("INFOJUDO", "FR", None, "a generic word within a name is fine"),
        ("ASValmont", "US", SenderRefusal.COUNTRY, "no names in the United States"),
        ("x", "BE", SenderRefusal.COUNTRY, "the country is the first reason"),
    ],
)
def test_a_sender_name_is_checked(
    name: str, country: str, refusal: SenderRefusal | None, reason: str
) -> None:
    assert refuse_name(name, COUNTRIES[country]) is refusal, reason


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(SenderKind.NAME, False), (SenderKind.SHORT_CODE, True), (SenderKind.LONG_CODE, True)],
)
def test_a_name_cannot_be_answered_and_a_number_can(kind: SenderKind, answer: bool) -> None:
    assert can_answer(kind) is answer


@pytest.mark.parametrize(
    ("kind", "country", "answer", "reason"),
    [
        (SenderKind.NAME, "FR", True, "names are usual in France"),
        (SenderKind.SHORT_CODE, "FR", True, "and a rented short code can be answered"),
        (SenderKind.LONG_CODE, "FR", False, "06 and 07 are for people since 2023"),
        (SenderKind.NAME, "CA", False, "no names in Canada"),
        (SenderKind.LONG_CODE, "CA", True, "but numbers"),
    ],
)
def test_a_country_allows_kinds_of_sender(kind: SenderKind, country: str, answer: bool, reason: str) -> None:
    assert allowed(kind, COUNTRIES[country]) is answer, reason


@pytest.mark.parametrize(
    ("kind", "country", "answer", "reason"),
    [
        (SenderKind.SHORT_CODE, "FR", True, "a rented short code"),
        (SenderKind.LONG_CODE, "FR", False, "06 and 07 are for people since 2023"),
        (SenderKind.LONG_CODE, "BE", True, "a mobile number"),
        (SenderKind.NAME, "GB", False, "never a name"),
    ],
)
def test_a_country_says_which_numbers_are_answered(
    kind: SenderKind, country: str, answer: bool, reason: str
) -> None:
    assert is_answerable(kind, COUNTRIES[country]) is answer, reason


@pytest.mark.parametrize(
    ("regions", "found", "reason"),
    [
        ((), (), "nobody"),
        (("FR", "RE", "DE"), (), "it shows everywhere"),
        (("US", "CA", "CA"), ((NameThere.IMPOSSIBLE, ("CA", "US"), 3),), "the most people first"),
        (("US", "CA"), ((NameThere.IMPOSSIBLE, ("CA", "US"), 2),), "as many: by their letters"),
        (("US", "PR"), ((NameThere.IMPOSSIBLE, ("US",), 2),), "overseas is the country's"),
        (("ES",), ((NameThere.REGISTERED, ("ES",), 1),), "a register"),
        (("BR", "PT", "BR"), ((NameThere.UNCHECKED, ("BR", "PT"), 3),), "places without a row, one by one"),
        (
            ("PT", "FR", "IE", "BE"),
            (
                (NameThere.IMPOSSIBLE, ("BE",), 1),
                (NameThere.REGISTERED, ("IE",), 1),
                (NameThere.UNCHECKED, ("PT",), 1),
            ),
            "what is impossible comes first",
        ),
    ],
)
def test_where_a_name_may_not_show(
    regions: tuple[str, ...], found: tuple[tuple[NameThere, tuple[str, ...], int], ...], reason: str
) -> None:
    assert unshown(Counter(regions), COUNTRIES) == tuple(Unshown(*one) for one in found), reason
