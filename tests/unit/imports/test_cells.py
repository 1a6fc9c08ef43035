"""What single cells say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports import cells
from bot.imports.columns import OwnField
from bot.imports.problems import Reason
from storage.states import FieldKind

TODAY = date(2026, 11, 27)
BORN = date(2014, 3, 7)


@pytest.mark.parametrize(
    "typed",
    ["2014-03-07", "07/03/2014", "7/3/2014", "7.3.14", "07-03-2014", "2014-03-07T00:00:00", "2014-03-07 00:00",
     "07/03/2014 00:00:00", "7 mars 2014", "7 March 2014", "2014/3/7", "07 03 2014", "07-mars-14", "7 Mar. 14"],
)  # fmt: skip
def test_dates_are_read_as_people_and_machines_write_them(typed: str) -> None:
    assert cells.read_birth_date(typed, TODAY) == BORN


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("31/02/2014", Reason.NO_DATE),
        ("03/27/2014", Reason.NO_DATE),
        ("2014", Reason.NO_DATE),
        ("40972", Reason.NO_DATE),
        ("12 floréal 2014", Reason.NO_DATE),
        ("28/11/2026", Reason.NOT_BORN),
        ("07/03/1814", Reason.NOT_BORN),
        ("27/11/2026", TODAY),
        ("27/11/26", TODAY),
        ("01/01/27", date(1927, 1, 1)),
        ("1er avril 2014", date(2014, 4, 1)),
        ("27-févr.-09", date(2009, 2, 27)),
    ],
)
def test_dates_that_are_none_are_refused(typed: str, found: object) -> None:
    assert cells.read_birth_date(typed, TODAY) == found


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FieldKind.TEXT, "U13 A", "U13 A"),
        (FieldKind.NUMBER, "12,50", "12.50"),
        (FieldKind.NUMBER, "1 250 €", "1250"),
        (FieldKind.NUMBER, "-3", "-3"),
        (FieldKind.NUMBER, "douze", Reason.NO_NUMBER),
        (FieldKind.DATE, "27/03/2027", "2027-03-27"),
        (FieldKind.DATE, "30/06/27", "2027-06-30"),
        (FieldKind.DATE, "30-juin-27", "2027-06-30"),
        (FieldKind.DATE, "01/09/76", "2076-09-01"),
        (FieldKind.DATE, "01/09/77", "1977-09-01"),
        (FieldKind.DATE, "demain", Reason.NO_DATE),
        (FieldKind.YES_NO, "Oui", "yes"),
        (FieldKind.YES_NO, "x", "yes"),
        (FieldKind.YES_NO, "NON", "no"),
        (FieldKind.YES_NO, "peut-être", Reason.NO_YES_NO),
        (FieldKind.CHOICE, "gardién", "Gardien"),
        (FieldKind.CHOICE, "arbitre", Reason.NO_CHOICE),
    ],
)
def test_a_clubs_own_field_holds_what_its_kind_says(kind: FieldKind, typed: str, value: object) -> None:
    assert cells.read_own(OwnField("", "f", kind, ("Gardien", "Ailier")), typed, TODAY) == value


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Français", "fr"),
        ("EN", "en"),
        ("de_ch", "de-CH"),
        ("anglais", "en"),
        ("klingon", Reason.NO_LANGUAGE),
    ],
)
def test_a_language_is_known_by_its_name_or_code(typed: str, language: object) -> None:
    assert cells.read_language(typed) == language


@pytest.mark.parametrize(
    ("whole", "last_name_first", "names"),
    [
        ("Léa Martin", False, ("Léa", "Martin")),
        ("Martin Léa", True, ("Léa", "Martin")),
        ("MARTIN Léa", False, ("Léa", "MARTIN")),
        ("Jean-Paul LE GOFF", True, ("Jean-Paul", "LE GOFF")),
        ("Martin, Léa", False, ("Léa", "Martin")),
        ("Léa de La Tour", False, ("Léa", "de La Tour")),
        ("LÉA MARTIN", False, ("LÉA", "MARTIN")),
        ("Léa", False, ("Léa", "")),
    ],
)
def test_a_whole_name_is_cut_in_two(whole: str, last_name_first: bool, names: tuple[str, str]) -> None:
    assert cells.split_name(whole, last_name_first=last_name_first) == names


def test_tags_stand_once_each() -> None:
    assert cells.read_words(" U13 ; bus, U13 /  fête  d’été ;") == ("U13", "bus", "fête d’été")


def test_what_cannot_be_seen_is_left_out() -> None:
    assert cells.tidy("\u202eLéa\u00a0 \u200bMar\ttin\n") == "Léa Mar tin"
    assert cells.tidy("\u0646\u200c\u0647") == "\u0646\u200c\u0647"


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_formula_is_seen(cell: str) -> None:
    assert cells.is_formula(cell)


@pytest.mark.parametrize("cell", ["+33612345678", "-", "'t Hart", "Léa"])
def test_what_is_no_formula_is_let_be(cell: str) -> None:
    assert not cells.is_formula(cell)
    assert cells.tidy(cell) == cell


@given(st.text())
def test_no_cell_is_computed_and_each_is_read_back(cell: str) -> None:
    written = cells.harmless(cell)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cells.tidy(written) == cells.tidy(cell)
