"""How a club may appear on a phone."""

import pytest

from bot.data import load_countries
from bot.rules.senders import SenderRefusal, allowed, can_answer, refuse_name
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
