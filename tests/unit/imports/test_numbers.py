"""Numbers read from memory are the numbers that the rules read."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports.numbers import Numbers
from bot.rules import phones
from bot.rules.phones import Phone, PhoneRefusal

COUNTRIES = ("FR", "GB", "BE", "CH", "DE", "ES", "IT", "US", "CA", "RE")
AT_HOME = {
    "FR": ("06", "07", "6", "+336", "+337", "0692", "0690", "0639", "+262692"),
    "GB": ("07", "+447", "447"),
    "BE": ("04", "+324"),
    "CH": ("07", "+417"),
    "DE": ("015", "016", "017", "+4915"),
    "ES": ("6", "7", "+346"),
    "IT": ("3", "+393"),
    "US": ("2", "3", "5", "9", "+1", "1"),
    "CA": ("4", "5", "+1"),
    "RE": ("0692", "0693", "+262"),
}
LENGTHS = range(7, 14)
FRENCH_MOBILES = [f"0{kind}{block:02}" for kind in (6, 7) for block in range(100)]


def as_the_rules_say(typed: str, country: str) -> str | PhoneRefusal:
    found = phones.parse(typed, country)
    return found.e164 if isinstance(found, Phone) else found


def disagreements(numbers: Iterator[str], country: str) -> list[str]:
    memory = Numbers(country)
    return [one for one in numbers if memory.read(one) != as_the_rules_say(one, country)]


def drawn(draw: Random, start: str, digits: int) -> str:
    return start + "".join(draw.choices("0123456789", k=digits - len(start.lstrip("+"))))


@pytest.mark.parametrize("country", COUNTRIES)
def test_mobiles_of_a_country_read_from_memory_are_as_the_rules_say(country: str) -> None:
    draw = Random(country)
    # Few starts, so that most are read from memory; every length, for a number too long or short is none.
    starts = [drawn(draw, start, 6) for start in AT_HOME[country] for _ in range(4)]
    numbers = (drawn(draw, start, draw.choice(LENGTHS)) for start in starts for _ in range(60))
    assert disagreements(numbers, country) == []


def test_each_start_of_a_french_number_is_as_the_rules_say() -> None:
    draw = Random(5)
    numbers = (
        drawn(draw, f"0{head:03}", length)
        for head in range(100, 1000)
        for length in (10, 10, 10, draw.choice(LENGTHS))
    )
    assert disagreements(numbers, "FR") == []


def test_each_start_of_a_french_mobile_is_as_the_rules_say() -> None:
    draw = Random(6)
    # Between them are overseas prefixes of seven digits, of which some are given and others are not.
    heads = (f"{start}{draw.randrange(1000):03}" for start in FRENCH_MOBILES for _ in range(12))
    assert disagreements((drawn(draw, head, 10) for head in heads for _ in range(3)), "FR") == []


@pytest.mark.parametrize("shape", ["0{0}{1}{2}{3}", "0{0} {1} {2} {3}", "+33 {0}.{1}-{2} {3}", "+33 (0){0} {1} {2}/{3}", "port. 0{0}{1}{2}{3}", "0{0} {1} - {2} {3}", "0{0} {1} +{2} {3}", "0{0}–{1}{2}{3}"])  # fmt: skip
def test_each_way_to_write_a_number_is_as_the_rules_say(shape: str) -> None:
    draw = Random(shape)
    numbers = [
        shape.format(612, draw.randrange(10, 100), draw.randrange(10, 100), draw.randrange(10, 100))
        for _ in range(40)
    ]
    assert disagreements(iter(numbers), "FR") == []


@given(st.lists(st.text("0123456789+ .-()/x\u00a0é", max_size=20), max_size=8), st.sampled_from(COUNTRIES))
def test_whatever_is_typed_is_as_the_rules_say(typed: list[str], country: str) -> None:
    assert disagreements(iter(typed), country) == []


def test_the_rules_are_asked_once_for_all_that_begin_alike() -> None:
    asked: list[str] = []

    def ask(typed: str, country: str) -> Phone | PhoneRefusal:
        asked.append(typed)
        return phones.parse(typed, country)

    memory = Numbers("FR", ask)
    typed = ("0612345678", "06 12 99 99 99", "0142000000", "01 42 99 99 99", "abc", "abc")
    refused = [PhoneRefusal.LANDLINE] * 2 + [PhoneRefusal.LETTERS] * 2
    assert [memory.read(one) for one in typed] == ["+33612345678", "+33612999999", *refused]
    assert asked == ["0612345678", "0142000000", "abc"]
