"""The page speaks each language in full, and picks the reader's."""

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from bot.data import load_clauses, load_pages
from bot.members.words import language_of, words_in

PAGES = load_pages()
SENTENCES = [field.name for field in fields(PAGES["en"]) if field.name != "language"]


def test_it_speaks_every_language_that_a_text_leads_to_it_in() -> None:
    assert set(PAGES) == set(load_clauses())


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_there_and_takes_what_the_english_one_takes(language: str, sentence: str) -> None:
    said, english = (getattr(PAGES[code], sentence) for code in (language, "en"))
    assert said.strip() == said != ""
    assert sorted(re.findall(r"{\w+}", said)) == sorted(re.findall(r"{\w+}", english))
    assert language == "en" or said != english


@pytest.mark.parametrize(
    ("own", "accepted", "club", "language", "reason"),
    [
        ("de-CH", "fr", "en", "de", "the member's own first"),
        ("DE", "", "en", "de", "in capitals"),
        ("pt_BR", "", "en", "pt", "with an underscore"),
        ("Deutsch", "fr", "en", "fr", "what is no code is passed over"),
        ("", "fr-CA,fr;q=0.8,en;q=0.5", "en", "fr", "the browser's"),
        ("", "en;q=0.5, es", "fr", "es", "the browser's dearest"),
        ("", "de;q=0, es;q=0.1", "fr", "es", "what the browser refuses is none"),
        ("", "zh, ja;q=0.9", "fr", "fr", "the club's where the browser's is unknown"),
        ("", "fr;q=x", "en", "en", "a weight that is no number"),
        ("", "*", "it", "it", "any will do"),
        ("", "", "", "en", "the last resort"),
        ("", "", "zz", "en", "a club of no language of ours"),
        ("", ",;=,;q=,", "fr", "fr", "nonsense"),
    ],
)
def test_it_speaks_the_readers_language(
    own: str, accepted: str, club: str, language: str, reason: str
) -> None:
    assert language_of(PAGES, own=own, accepted=accepted, club=club) == language, reason
    assert words_in(PAGES, own=own, accepted=accepted, club=club).language == language


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "26 November 2026, 19:30"),
        ("fr", "26 novembre 2026, 19:30"),
        ("de", "26. November 2026, 19:30"),
        ("pt", "26 de novembro de 2026, 19:30"),
        ("pl", "26 listopada 2026, 19:30"),
    ],
)
def test_a_moment_is_the_clubs_in_the_readers_words(language: str, said: str) -> None:
    at = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    assert PAGES[language].moment(at, "Europe/Paris") == said
