"""Rows read column by column are the people that the long way reads, row by row."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports.columns import Mapped, OwnField, guess
from bot.imports.columnwise import Columnwise
from bot.imports.people import People
from storage.states import FieldKind

TODAY = date(2026, 11, 27)
FIELDS = (
    OwnField("1", "Équipe", FieldKind.TEXT),
    OwnField("2", "Cotisation", FieldKind.NUMBER),
    OwnField("3", "Visite", FieldKind.DATE),
    OwnField("4", "Poste", FieldKind.CHOICE, ("Gardien", "Ailier")),
)
PERSON = (
    "Prénom",
    "Nom",
    "Portable",
    "Né(e) le",
    "Langue",
    "Rôles",
    "Tags",
    "Licence",
    "Consentement",
    "Preuve",
)
FAMILY = ("Prénom mère", "Nom mère", "Portable mère", "Père", "Portable père", "Ville", "Date consentement")
HEADERS = (*PERSON, *FAMILY, *(field.name for field in FIELDS))
WHOLE_NAMES = ("Nom complet", "Portable", "Portable parent")

NAMES = (
    "",
    "Léa",
    "MARTIN",
    "de la Tour",
    "Léa MARTIN",
    "Martin, Léa",
    " Zoë ",
    "Anne  Marie",
    "'=x",
    "=1+1",
    "@x",
)
NUMBERS = (
    "",
    "0612345678",
    "06 12 34 56 79",
    "+33 6 12 34 56 70",
    "0142000000",
    "06 12",
    "abc",
    "06 12 34 56 78 / 0698765432",
)
DATES = ("", "07/03/2014", "2012-01-31", "31/02/2012", "2100-01-01", "7 mars 2014")
WORDS = (
    "",
    "bus, photo",
    "bus",
    ";",
    "oui",
    "non",
    "gardien",
    "12,50",
    "fr",
    "Français",
    "x\u00a0y",
    "a\nb",
    "\u200bé",
    "x" * 1001,
)
CELLS = st.sampled_from((*NAMES, *NUMBERS, *DATES, *WORDS)) | st.text(max_size=6)


def read(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[tuple[object, object]]:
    """What either way makes of each row."""
    mapped = guess(headers, FIELDS)
    people = People(mapped, len(headers), "FR", TODAY)
    quick = Columnwise(mapped, len(headers), people, TODAY).read(rows).people()
    return [(person, people.read(row)) for person, row in zip(quick, rows, strict=True)]


def mapped_names(mapped: Mapped) -> set[str]:
    return {one.header for one in mapped.columns}


def test_the_columns_of_these_tests_are_understood() -> None:
    assert set(HEADERS) - mapped_names(guess(HEADERS, FIELDS)) == {"Ville"}
    assert set(WHOLE_NAMES) == mapped_names(guess(WHOLE_NAMES, FIELDS))


@pytest.mark.parametrize("headers", [HEADERS, WHOLE_NAMES, ("Nom", "Ville"), ("Prénom",)])
@given(data=st.data())
def test_any_row_is_read_the_long_way_or_as_the_long_way_reads_it(
    headers: Sequence[str], data: st.DataObject
) -> None:
    width = len(headers)
    plain = st.lists(CELLS, min_size=width, max_size=width)
    ragged = st.lists(CELLS, min_size=1, max_size=width + 2)
    rows = data.draw(st.lists(plain | ragged, min_size=1, max_size=6))
    for quick, (person, problems) in read(headers, rows):
        assert quick == person if quick is not None else problems


def test_each_cell_at_each_place_is_read_alike() -> None:
    ordinary = ["Léa", "Martin", "0612345678", "07/03/2014", "fr", "joueur", "bus", "A1", "oui", "papier"]
    ordinary += [
        "Anne",
        "Martin",
        "0612345679",
        "Paul Martin",
        "",
        "Lyon",
        "2026",
        "U13",
        "12",
        "2026-01-31",
        "Ailier",
    ]
    cells = (*NAMES, *NUMBERS, *DATES, *WORDS)
    rows = [[*ordinary[:n], cell, *ordinary[n + 1 :]] for n in range(len(HEADERS)) for cell in cells]
    found = read(HEADERS, [ordinary, *rows])
    assert [quick for quick, (person, problems) in found if (quick is None) != bool(problems)] == []
    assert [(quick, person) for quick, (person, _) in found if quick != person] == []
