"""The window of one person: every field by its kind, and read back as it was shown."""

import pytest

from bot.campaigns.values import Choice
from bot.people.facts import Form, Looked, May, OwnField, Saved, Sheet
from bot.rules.figures import LANGUAGES
from commands.views import contacts, forms, person
from storage.states import FieldKind
from tests.unit.views import examples as ex

FIELDS = (
    OwnField("a", "Team", FieldKind.TEXT),
    OwnField("b", "Size", FieldKind.NUMBER),
    OwnField("c", "Licence ends", FieldKind.DATE),
    OwnField("d", "Photo", FieldKind.YES_NO),
    OwnField("e", "Shirt", FieldKind.CHOICE, ("S", "M")),
)
OWN = {"a": "U13", "b": "12.5", "c": "2027-06-30", "d": "yes", "e": "M"}
SOPHIE, TOM = Choice("g1", "Sophie Martin", "parent"), Choice("w1", "Tom Martin", "U11")
FULL = Form(
    "Léa", "Martin", "06 39 98 00 01", "2014-05-06", "fr", "joueur", "a, b", "LIC-1", OWN, (SOPHIE,), (TOM,)
)


def shown(form=FULL, fields=FIELDS, id="p1"):
    return person.view(Sheet(id, "stamp", form, fields), ex.ENGLISH, Looked("mar", 2), "m")


def test_what_is_shown_is_read_back_unless_one_types():
    assert person.read(ex.filled(shown())) == ("p1", "stamp", FULL)
    id, _, form = person.read(ex.filled(shown(), {"first_name": "Zoé", "own_e": "S", "language": "-"}))
    assert (id, form.first_name, form.own["e"], form.language, form.mobile) == (
        "p1",
        "Zoé",
        "S",
        "",
        FULL.mobile,
    )


def test_an_empty_window_gives_an_empty_form():
    view = shown(Form(), id="")
    assert person.read(ex.filled(view)) == ("", "stamp", Form(own=dict.fromkeys(OWN, "")))
    assert view["title"]["text"] == "Add a person"
    assert shown()["title"]["text"] == "Change a person"


def test_every_language_that_texts_are_written_in_is_offered_in_its_own_name():
    assert set(person.LANGUAGES) == LANGUAGES


@pytest.mark.parametrize("id", ["b", "c", "d", "e"])
def test_a_value_that_is_none_of_its_kind_is_told_and_not_shown(id):
    view = shown(Form(own={id: "*what* <x>"}))
    block = next(block for block in view["blocks"] if block["block_id"] == f"own_{id}")
    assert block["hint"]["text"] == "Now it is “*what* <x>”. Leave this empty to keep that."
    assert person.read(ex.filled(view))[2].own[id] == ""


def test_the_list_beneath_is_known():
    about = forms.about(shown())
    assert contacts.looked_in(about) == Looked("mar", 2)
    assert about["first"] == "m"


SAID = [
    (Saved("Léa"), "Léa is saved.", "the same number"),
    (Saved("Léa", May.ALL), "allows alerts and advertising", "agreed to advertising"),
    (Saved("Léa", May.ALERTS), "no advertising: nobody agreed to it", "nothing on record"),
    (Saved("Léa", May.NOTHING), "asked for none", "opted out"),
]


@pytest.mark.parametrize(("told", "said", "why"), SAID, ids=[case[-1] for case in SAID])
def test_what_a_new_number_may_get_is_said(told, said, why):
    assert said in person.saved(told, ex.ENGLISH)
