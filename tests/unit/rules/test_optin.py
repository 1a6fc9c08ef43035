"""The club's keyword and the yes that follows it."""

import pytest

from bot.rules.optin import KeywordRefusal, is_keyword, is_yes, refuse_keyword

WORDS = [
    ("PEPS", None, "a word"),
    ("U13", None, "with digits"),
    ("PÉPITES", None, "with accents"),
    ("AB", KeywordRefusal.SHAPE, "too short: a typing error"),
    ("A" * 21, KeywordRefusal.SHAPE, "too long"),
    ("PEP S", KeywordRefusal.SHAPE, "two words"),
    ("PEP!", KeywordRefusal.SHAPE, "punctuation does not count in what is texted"),
    ("STOP", KeywordRefusal.TAKEN, "opts out"),
    ("STOPPUB", KeywordRefusal.TAKEN, "opts out of advertising"),
    ("ARRÊT", KeywordRefusal.TAKEN, "opts out"),
    ("START", KeywordRefusal.TAKEN, "comes back"),
    ("AIDE", KeywordRefusal.TAKEN, "asks for help"),
    ("Oui", KeywordRefusal.TAKEN, "is the yes itself"),
]


@pytest.mark.parametrize(("word", "why", "reason"), WORDS, ids=[row[-1] + row[0] for row in WORDS])
def test_a_keyword_is_one_word_that_means_nothing_else(
    word: str, why: KeywordRefusal | None, reason: str
) -> None:
    assert refuse_keyword(word) is why, reason


@pytest.mark.parametrize("text", ["PEPS", "peps", " Peps ! ", "Pép's".replace("'", ""), "p.e.p.s", "PEPS 👍"])
def test_the_keyword_is_known_however_it_is_written(text: str) -> None:
    assert is_keyword(text, "PEPS")


@pytest.mark.parametrize("text", ["", "PEPS OUI", "le PEPS", "PEPSI", "PEP", "STOP PEPS"])
def test_the_keyword_among_other_words_is_a_text_for_people(text: str) -> None:
    assert not is_keyword(text, "PEPS")
    assert not is_keyword("", "")


@pytest.mark.parametrize(
    "text", ["OUI", "oui", "Oui !", "YES", "Sí", "ja", "sim", "tak", "Oui merci", "yes please", "o.u.i"]
)
def test_a_yes_is_a_yes_in_any_of_the_languages(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize(
    "text", ["", "OK", "oui?", "oui mais pas samedi", "non", "oui non", "oui stop", "on verra", "👍"]
)
def test_what_says_anything_else_agrees_to_nothing(text: str) -> None:
    assert not is_yes(text)
