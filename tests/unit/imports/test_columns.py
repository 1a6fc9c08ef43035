"""What columns hold, by what they are called."""

import pytest

from bot.imports.columns import OURS, Holds, OwnField, folded, guess
from bot.imports.errors import HeadersTwice, NoNames
from storage.states import FieldKind

TEAM = OwnField("", "Équipe", FieldKind.TEXT)
NAMES = ["Prénom", "Nom"]

CALLED = [
    ("Portable", Holds.MOBILE, ""),
    ("N° de téléphone", Holds.MOBILE, ""),
    ("TÉL. PORTABLE", Holds.MOBILE, ""),
    ("Mobile phone", Holds.MOBILE, ""),
    ("Date de naissance", Holds.BIRTH_DATE, ""),
    ("Né(e) le", Holds.BIRTH_DATE, ""),
    ("date of birth", Holds.BIRTH_DATE, ""),
    ("Langue", Holds.LANGUAGE, ""),
    ("rôle", Holds.ROLES, ""),
    ("Étiquettes", Holds.TAGS, ""),
    ("Numéro de licence", Holds.REFERENCE, ""),
    ("référence", Holds.REFERENCE, ""),
    ("Consentement SMS", Holds.CONSENT, ""),
    ("Opt-in", Holds.CONSENT, ""),
    ("Preuve du consentement", Holds.EVIDENCE, ""),
    ("Consent date", Holds.CONSENT_DATE, ""),
    ("equipe", Holds.FIELD, ""),
    ("Portable mère", Holds.MOBILE, "mother"),
    ("Tél. de la maman", Holds.MOBILE, "mother"),
    ("Prénom du père", Holds.FIRST_NAME, "father"),
    ("Nom du responsable légal 2", Holds.FULL_NAME, "guardian 2"),
    ("Parent 1", Holds.FULL_NAME, "guardian 1"),
    ("Guardian mobile", Holds.MOBILE, "guardian"),
]
STRANGERS = [
    "E-mail",
    "Adresse",
    "E-mail mère",
    "Profession du père",
    "Fin de licence",
    "Téléphone fixe",
    "Catégorie",
]


@pytest.mark.parametrize(("header", "holds", "guardian"), CALLED, ids=[one for one, *_ in CALLED])
def test_a_column_is_known_by_its_name(header: str, holds: Holds, guardian: str) -> None:
    (column,) = [one for one in guess([*NAMES, header], [TEAM]).columns if one.position == 2]
    assert (column.header, column.holds, column.guardian) == (header, holds, guardian)
    assert column.field == (TEAM if holds is Holds.FIELD else None)


@pytest.mark.parametrize("header", STRANGERS)
def test_a_column_of_something_else_is_named_and_left_alone(header: str) -> None:
    mapped = guess([*NAMES, header])
    assert (len(mapped.columns), mapped.ignored) == (2, (header,))


def test_of_two_columns_that_hold_the_same_the_better_named_one_is_taken() -> None:
    mapped = guess(["Nom", "Téléphone", "Portable", "Prénom"])
    assert [one.header for one in mapped.of(Holds.MOBILE)] == ["Portable"]
    assert mapped.ignored == ("Téléphone",)


def test_evidence_may_stand_in_several_columns() -> None:
    mapped = guess([*NAMES, "Consentement", "Preuve", "Formulaire", "Date du consentement"])
    assert [one.header for one in mapped.of(Holds.EVIDENCE)] == ["Preuve", "Formulaire"]
    assert [one.header for one in mapped.of(Holds.CONSENT_DATE)] == ["Date du consentement"]


def test_a_name_alone_is_the_whole_name() -> None:
    mapped = guess(["Nom", "Nom de la mère", "Nom du père", "Prénom du père"])
    assert [(one.header, one.holds) for one in mapped.columns] == [
        ("Nom", Holds.FULL_NAME),
        ("Nom de la mère", Holds.FULL_NAME),
        ("Nom du père", Holds.LAST_NAME),
        ("Prénom du père", Holds.FIRST_NAME),
    ]


def test_the_clubs_own_field_comes_before_what_its_name_says_elsewhere() -> None:
    licence = OwnField("", "Licence", FieldKind.DATE)
    assert guess([*NAMES, "licence"], [licence]).of(Holds.FIELD)[0].field == licence


def test_what_a_report_adds_is_no_stranger() -> None:
    assert guess([*NAMES, *OURS, ""]).ignored == ()


@pytest.mark.parametrize("again", ["Prénom", "prenom", " PRÉNOM."])
def test_one_name_for_two_columns_is_refused(again: str) -> None:
    with pytest.raises(HeadersTwice, match=again.strip()):
        guess([*NAMES, again.strip()])


def test_a_file_without_names_is_refused_and_says_what_is_there() -> None:
    with pytest.raises(NoNames, match="Portable, Ville"):
        guess(["Portable", "Ville"])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Éloïse  D’Hœur", "eloise d hoeur"),
        ("Straße", "strasse"),
        ("Łukasz", "lukasz"),
        ("#", "#"),
        ("李 雷", "李 雷"),
    ],
)
def test_names_are_compared_without_accents_and_case(text: str, plain: str) -> None:
    assert folded(text) == plain
