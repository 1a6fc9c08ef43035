"""Words, numbers and moments in the languages the bot speaks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.i18n import load_catalogues, words_for

CATALOGUES = load_catalogues()
ENGLISH, FRENCH = CATALOGUES["en"], CATALOGUES["fr"]
EVENING = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "language", "because"),
    [
        ("fr-FR", "fr", "as Slack writes it"),
        ("fr_CA", "fr", "as others do"),
        ("FR", "fr", "the language alone"),
        ("en-GB", "en", "no file of its own"),
        ("de-DE", "en", "a language we do not speak"),
        ("", "en", "Slack said nothing"),
        (None, "en", "nobody said anything"),
    ],
)
def test_a_locale_gets_its_language_or_english(locale: str | None, language: str, because: str) -> None:
    assert words_for(locale, CATALOGUES).language == language, because


def test_a_sentence_is_translated_and_filled_in() -> None:
    assert ENGLISH("“{title}” goes on.", title="A") == "“A” goes on."
    assert FRENCH("“{title}” goes on.", title="A") != "“A” goes on."
    assert "A" in FRENCH("“{title}” goes on.", title="A")


def test_a_sentence_nobody_translated_stays_english() -> None:
    assert FRENCH("Not in the catalogue {n}", n=1) == "Not in the catalogue 1"


@pytest.mark.parametrize(
    ("count", "english", "because"),
    [(0, "0 recipients", "none are many"), (1, "1 recipient", "one"), (2, "2 recipients", "more")],
)
def test_numbers_take_the_english_plural(count: int, english: str, because: str) -> None:
    assert ENGLISH.plural("{count} recipient", "{count} recipients", count) == english, because


def test_in_french_none_is_singular() -> None:
    none, two = (FRENCH.plural("{count} recipient", "{count} recipients", n) for n in (0, 2))
    assert not none.endswith("s")
    assert two.endswith("s")


def test_numbers_moments_and_lists_are_written_as_people_do() -> None:
    assert ENGLISH.number(1234567) == "1,234,567"
    assert FRENCH.number(1234567).split() == ["1", "234", "567"]
    assert "Sunday" in ENGLISH.moment(EVENING, "Europe/Paris")
    assert "19:05" in ENGLISH.moment(EVENING, "Europe/Paris")
    assert "dimanche 22 novembre" in FRENCH.moment(EVENING, "Europe/Paris")
    assert ENGLISH.time(EVENING, "America/New_York") == "13:05"
    assert ENGLISH.all_of(["A", "B", "C"]) == "A, B and C"
    assert FRENCH.all_of(["A", "B"]) == "A et B"


DURATIONS = [
    (0, "1 minute", "1 minute", "never none"),
    (61, "1 minute", "1 minute", "to the minute"),
    (10 * 60 + 29, "10 minutes", "10 minutes", "to the minute still"),
    (11 * 60, "10 minutes", "10 minutes", "beyond ten to five minutes"),
    (25 * 60 + 100, "25 minutes", "25 minutes", "as people say it"),
    (58 * 60, "1 hour", "1 heure", "a whole hour"),
    (145 * 60, "2 hours and 25 minutes", "2 heures et 25 minutes", "hours and minutes"),
    (36_000, "10 hours", "10 heures", "whole hours"),
]


@pytest.mark.parametrize(
    ("seconds", "english", "french", "why"), DURATIONS, ids=[row[-1] for row in DURATIONS]
)
def test_a_duration_is_said_as_people_say_it(seconds: int, english: str, french: str, why: str) -> None:
    span = timedelta(seconds=seconds)
    assert ENGLISH.duration(span) == english
    assert FRENCH.duration(span).replace("\u00a0", " ") == french


@pytest.mark.parametrize(
    ("code", "english", "french"), [("ES", "Spain", "Espagne"), ("GB", "United Kingdom", "Royaume-Uni"), ("QQ", "QQ", "QQ")]
)  # fmt: skip
def test_a_country_has_its_name_in_ones_language(code: str, english: str, french: str) -> None:
    assert (ENGLISH.country(code), FRENCH.country(code)) == (english, french)


def test_a_date_is_that_of_the_club() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert ENGLISH.date(new_year, "Europe/Paris") == "1 January 2027"
    assert FRENCH.date(new_year, "UTC") == "31 décembre 2026"
