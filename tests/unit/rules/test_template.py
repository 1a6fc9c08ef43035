"""Merge fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.template import Field, Unknown, fields_in, holes, is_name, merge, splitter, unknown_fields

KNOWN = ("first_name", "last_name", "group", "club", "Équipe")


@pytest.mark.parametrize(
    ("body", "fields", "reason"),
    [
        ("Bonjour {first_name}", [("first_name", None)], "a name alone"),
        ("{first_name|toi}", [("first_name", "toi")], "with a default"),
        ("{first_name|}", [("first_name", "")], "an empty default is a default"),
        ("{a|b|c}", [("a", "b|c")], "the first bar parts"),
        ("{ first_name }", [("first_name", None)], "spaces around a name"),
        ("{a}{b}{a}{a|x}", [("a", None), ("b", None), ("a", "x")], "each spelling once, in order"),
        ("{Équipe} {date de naissance} {sous-groupe} {n_2}", [("Équipe", None), ("date de naissance", None), ("sous-groupe", None), ("n_2", None)], "names as clubs give them"),
        ("{} {14h} { } {-x} {_a} {a b-}", [], "braces that hold no name are text"),
        ("{a {b} c}", [("b", None)], "the inner braces are the field"),
        ("{a\nb}", [], "a name is on one line"),
        ("{a|x\ny}", [("a", "x\ny")], "a default may have two"),
        ("{open", [], "a brace alone"),
        ("no field", [], "nothing"),
    ],
)  # fmt: skip
def test_fields_are_found(body: str, fields: list[tuple[str, str | None]], reason: str) -> None:
    assert fields_in(body) == tuple(Field(*field) for field in fields), reason


@pytest.mark.parametrize(
    ("body", "unknown", "reason"),
    [
        ("{first_name} {club|x}", [], "known ones are not listed"),
        ("{firstname}", [("firstname", "first_name")], "the nearest is offered"),
        ("{First_Name}", [("First_Name", "first_name")], "whatever its case"),
        ("{équipe}", [("équipe", "Équipe")], "and as the club spells it"),
        ("{xyzzy}", [("xyzzy", None)], "nothing near"),
        ("{xyzzy} {xyzzy|a} {nam}", [("xyzzy", None), ("nam", None)], "each name once, in order"),
        ("{lastname} {first_nam}", [("lastname", "last_name"), ("first_nam", "first_name")], "each its own"),
    ],
)
def test_unknown_fields_come_with_the_nearest_name(
    body: str, unknown: list[tuple[str, str | None]], reason: str
) -> None:
    assert unknown_fields(body, KNOWN) == tuple(Unknown(*each) for each in unknown), reason


@pytest.mark.parametrize(
    ("body", "values", "merged", "reason"),
    [
        ("Bonjour {first_name} !", {"first_name": "Léa"}, "Bonjour Léa !", "the value"),
        ("Bonjour {first_name|toi} !", {}, "Bonjour toi !", "no value: the default"),
        ("Bonjour {first_name|toi} !", {"first_name": " \n"}, "Bonjour toi !", "a blank value is none"),
        ("Bonjour {first_name}!", {}, "Bonjour !", "no default: nothing"),
        ("{first_name|toi}", {"first_name": "Léa"}, "Léa", "a value goes before the default"),
        ("{a|}", {}, "", "an empty default is nothing"),
        ("{a}", {"a": "{b}", "b": "secret"}, "{b}", "a value is never read for fields"),
        ("{a}", {"a": "x\r\n\x00\x07y\u2028z"}, "x y z", "a value is one line"),
        ("{a}", {"a": "x\u202ey\u2066z"}, "x y z", "a value cannot turn the text around it"),
        ("{a}", {"a": "  Anne  Lise "}, "Anne  Lise", "only its ends are trimmed"),
        ("{a}", {"a": "e\u0301"}, "é", "a value is NFC"),
        ("{ a }", {"a": "x"}, "x", "spaces around a name"),
        ("{} {14h} {", {"14h": "x"}, "{} {14h} {", "stray braces stay"),
        ("{x}{y|{z}}", {"z": "!"}, "{y|!}", "braces in braces: the inner ones are the field"),
        (r"\1 {a}", {"a": r"\1\g<0>"}, r"\1 \1\g<0>", "nothing of a value is a pattern"),
    ],
)
def test_a_text_is_merged(body: str, values: dict[str, str], merged: str, reason: str) -> None:
    assert merge(body, values) == merged, reason


@pytest.mark.parametrize(
    ("body", "merged", "reason"),
    [
        ("Le {day}", "Le 27/03/2027", "a day for its reader"),
        ("{price} euros, {year}", "12,50 euros, 2027", "an amount, and a year that stays"),
        ("Le { day|bientôt}", "Le 27/03/2027", "a value goes before the default"),
        ("{none|2027-03-27}", "2027-03-27", "a default stays as somebody typed it"),
        ("2027-03-27 {price}", "2027-03-27 12,50", "and so does the text"),
        ("https://club.fr/{day}", "https://club.fr/2027-03-27", "a link leads where it led"),
        ("https://{year}.club.fr?d={day}&p={price}", "https://2027.club.fr?d=2027-03-27&p=12.50", "all along"),
        ("club.fr/?d={day} le {day}", "club.fr/?d=2027-03-27 le 27/03/2027", "until its end"),
        ("Fin.Le {day}", "Fin.Le 27/03/2027", "a forgotten space is no link"),
        ("Fini.{day}", "Fini.27/03/2027", "nor is this"),
        ("Tarif/{price}", "Tarif/12,50", "nor a bar"),
    ],
)  # fmt: skip
def test_dates_and_numbers_are_written_for_the_reader(body: str, merged: str, reason: str) -> None:
    values = {"day": " 2027-03-27", "price": "12.50", "year": "2027"}
    assert merge(body, values, "fr") == merged, reason


def test_one_text_is_merged_for_readers_of_several_languages() -> None:
    split = splitter("{day}")
    days = ["".join(split({"day": "2027-03-27"}, language)) for language in ("fr", "en", "fr", "")]
    assert days == ["27/03/2027", "27 Mar 2027", "27/03/2027", "2027-03-27"]


@pytest.mark.parametrize(
    ("body", "values", "missing", "reason"),
    [
        ("{a} {b}", {"a": "x"}, ("b",), "no value"),
        ("{a}", {"a": " \t"}, ("a",), "a blank value"),
        ("{a|x} {b|}", {}, (), "defaults fill"),
        ("{a|x} {a}", {}, ("a",), "a default elsewhere does not fill this one"),
        ("{b} {a} {b}", {}, ("b", "a"), "each once, in order"),
        ("{}", {}, (), "no field"),
    ],
)
def test_missing_values_are_named(
    body: str, values: dict[str, str], missing: tuple[str, ...], reason: str
) -> None:
    assert holes(body, [values]) == missing, reason


PIECES = st.lists(
    st.sampled_from(["{", "}", "|", "a", "b", "{b}", "{b|x}", "\n", "\r", "\x00", "\u2028", " "])
).map("".join)


@given(PIECES)
def test_a_value_is_one_line_and_is_never_filled_itself(value: str) -> None:
    merged = merge("<{a}>", {"a": value, "b": "secret"})
    assert len(merged.splitlines()) == 1
    assert "secret" not in merged


@given(st.text(st.characters(exclude_characters="{}")))
def test_a_text_without_braces_stays(body: str) -> None:
    assert merge(body, {"a": "b"}) == body


def test_a_name_is_told_once_for_each_person_whom_it_fails_in_the_order_of_the_text() -> None:
    people = [{"first_name": "Léa"}, {}, {"first_name": " "}, {"first_name": "Tom", "team": "U13"}]
    assert holes("{first_name}, {team}, {club|us}", people) == (
        "first_name",
        "first_name",
        "team",
        "team",
        "team",
    )


@pytest.mark.parametrize("name", ["team", "Équipe 2", "taille-t shirt"])
def test_a_name_that_can_stand_in_braces_is_one(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "14h", "a {b}", "a|b", "end ", "a.b"])
def test_what_no_braces_could_name_is_none(name):
    assert not is_name(name)
