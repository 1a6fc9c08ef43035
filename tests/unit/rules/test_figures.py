"""Dates and numbers in the reader's language."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date, get_date_format, get_time_format
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_clauses
from bot.rules.figures import LANGUAGES, code_of, written
from bot.rules.text import Encoding, count

A_YEAR = [date(2028, 1, 1) + timedelta(days) for days in range(366)]
LONGER_AT_MOST = 2


def locale(language: str) -> Locale:
    return Locale.parse("en_GB" if language == "en" else language)


@pytest.mark.parametrize(
    ("value", "language", "reads", "reason"),
    [
        ("2027-03-27", "fr", "27/03/2027", "a day"),
        ("2027-03-07", "fr", "07/03/2027", "in two digits, as the French write it"),
        ("2027-03-07", "es", "7/3/2027", "and the Spanish do not"),
        ("2027-03-07", "de", "07.03.2027", "with dots"),
        ("2027-03-07", "pl", "7.03.2027", "with one zero"),
        ("2027-03-07", "nl", "07-03-2027", "with dashes"),
        ("2027-03-04", "en", "4 Mar 2027", "named in English: 03/04 is two days"),
        ("2027-03-27T18:30", "fr", "27/03/2027 à 18h30", "with its time"),
        ("2027-03-27T18:00", "fr", "27/03/2027 à 18h", "on the hour"),
        ("2027-03-27T09:05", "fr", "27/03/2027 à 9h05", "in the morning"),
        ("2027-03-27T09:05", "en", "27 Mar 2027, 09:05", "with its time, in English"),
        ("2027-03-27T09:05", "ca", "27/3/2027, 9:05", "no zero in Catalan"),
        ("2027-03-27 18:30", "it", "27/03/2027, 18:30", "a space in place of the T"),
        ("2027-03-27 18:30:00", "it", "27/03/2027, 18:30", "as spreadsheets put it out"),
        ("2027-03-27T00:00", "de", "27.03.2027, 00:00", "midnight is a time"),
        ("12.50", "fr", "12,50", "an amount keeps its cents"),
        ("12.50", "en", "12.50", "in English it reads as it is"),
        ("1234.5", "fr", "1234,5", "nothing is parted below ten thousand"),
        ("12345.5", "fr", "12 345,5", "by a plain space"),
        ("1234567.89", "en", "1,234,567.89", "by commas"),
        ("12345.5", "de", "12.345,5", "by dots"),
        ("0.125", "fr", "0,125", "three decimals, and no thousands"),
        ("-3.5", "fr", "-3,5", "below zero, with the dash that is cheap"),
        ("1234.567", "it", "1234,567", "no thousands: the first part has four digits"),
    ],
)  # fmt: skip
def test_dates_and_numbers_are_written_for_their_reader(
    value: str, language: str, reads: str, reason: str
) -> None:
    assert written(value, language) == reads, reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "nothing"),
        ("-", "a dash"),
        ("12", "a whole number"),
        ("2027", "a year"),
        ("75012", "a postcode"),
        ("2345678901", "a licence"),
        ("007", "zeros before it"),
        ("07.30", "half past seven"),
        ("U13", "a team"),
        ("06.12.34.56.78", "a phone"),
        ("0612345678", "a phone"),
        ("+3.5", "a sign that machines leave out"),
        ("1.234", "twelve hundred to a German"),
        ("999.000", "a million less a thousand to a German"),
        ("1234567890.5", "longer than any amount"),
        ("1.1234567", "finer than any amount"),
        ("12,50", "written for people already"),
        ("1 234,5", "written for people already"),
        (".5", "no number before the point"),
        ("5.", "no number after it"),
        ("1e5", "a power"),
        ("١٢.٥", "other digits"),
        ("12.50 €", "more than a number"),
        ("12.50\n", "more than a number"),
        ("27/03/2027", "written for people already"),
        ("2027-02-30", "no such day"),
        ("2027-13-01", "no such month"),
        ("0000-01-01", "no such year"),
        ("2027-3-7", "no machine writes it so"),
        ("20270327", "a whole number"),
        ("2027-W12-6", "a week"),
        ("2027-03-27T25:00", "no such hour"),
        ("2027-03-27T18", "no time"),
        ("2027-03-27T18:30:15", "its seconds would be lost"),
        ("2027-03-27T18:30Z", "another clock's time"),
        ("2027-03-27T18:30+01:00", "another clock's time"),
        ("2027-03-27/2027-03-28", "two days"),
        ("le 2027-03-27", "words"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_else_stays_as_typed(value: str, language: str, reason: str) -> None:
    assert written(value, language) == value, reason


@pytest.mark.parametrize("language", ["", "xx", "FR"])
def test_a_language_that_is_not_known_writes_nothing_anew(language: str) -> None:
    assert written("2027-03-27", language) == "2027-03-27"


@pytest.mark.parametrize(
    ("language", "code"),
    [("fr", "fr"), ("DE-ch", "de"), ("pt_BR", "pt"), ("Deutsch", ""), ("", ""), ("f", ""), (" fr", "")],
)
def test_a_language_is_known_by_two_letters(language: str, code: str) -> None:
    assert code_of(language) == code


def test_every_language_that_says_how_to_stop_writes_figures() -> None:
    assert set(load_clauses()) == LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_day_and_no_minute_is_dear_or_long(language: str) -> None:
    minutes = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
    for n, day in enumerate(A_YEAR):
        for value in (day.isoformat(), f"{day.isoformat()}T{minutes[n * 4 % len(minutes)]}"):
            reads = written(value, language)
            assert reads != value
            assert count(reads).encoding is Encoding.GSM7
            assert count(reads).units <= len(value) + LONGER_AT_MOST


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_day_reads_as_it_does_in_cldr_with_its_year_in_full(language: str) -> None:
    short = re.sub("y+", "y", get_date_format("short", locale(language)).pattern)
    pattern = "d MMM y" if language == "en" else short
    for day in A_YEAR:
        # British CLDR alone has a month in four letters.
        reads = format_date(day, pattern, locale=locale(language)).replace("Sept", "Sep")
        assert written(day.isoformat(), language) == reads


@pytest.mark.parametrize("language", sorted(LANGUAGES - {"fr"}))
def test_a_time_has_the_digits_that_it_has_in_cldr(language: str) -> None:
    time = {"HH:mm": "09:05", "H:mm": "9:05"}[get_time_format("short", locale(language)).pattern]
    assert written("2027-03-27T09:05", language).endswith(f", {time}")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("value", ["0.5", "12.50", "999.5", "10000.5", "-1234567.25", "123456789.123456"])
def test_a_number_has_the_marks_that_it_has_in_cldr(value: str, language: str) -> None:
    digits = len(value.partition(".")[2])
    reads = format_decimal(Decimal(value), f"#,##0.{'0' * digits}", locale=locale(language))
    assert written(value, language) == re.sub("[\u00a0\u202f]", " ", reads)


MACHINES = st.one_of(
    st.dates().map(date.isoformat),
    st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M")),
    st.from_regex(r"\A-?[0-9]{1,10}\.[0-9]{1,7}\Z"),
    st.text("0123456789.-:T /,h", max_size=20),
)


@given(MACHINES, st.sampled_from(sorted(LANGUAGES)))
def test_what_is_written_once_stays_is_cheap_and_hardly_longer(value: str, language: str) -> None:
    reads = written(value, language)
    assert written(reads, language) == reads
    assert count(reads).encoding is Encoding.GSM7
    assert len(reads) <= len(value) + LONGER_AT_MOST


@given(st.text())
def test_words_stay(value: str) -> None:
    assert written("x" + value, "fr") == "x" + value
