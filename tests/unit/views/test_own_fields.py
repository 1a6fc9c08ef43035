"""The windows of a club's own fields: a line each, read back as typed, and a question before one goes."""

import pytest

from commands.views import forms, own_fields
from storage.states import FieldKind
from tests.unit.views import examples as ex


def test_a_line_says_what_is_kept_in_a_field_and_has_a_menu():
    view = own_fields.view((ex.TEAM, ex.SIZE), ex.ENGLISH, said="No.")
    assert view["blocks"][0]["text"]["text"] == "No."
    assert "*team*\nText" in ex.texts_of(view)
    assert "*size*\nOne of several choices: S, M, Les débutants" in ex.texts_of(view)
    menu, _ = ex.elements_of(view, "overflow")
    assert [one["value"] for one in menu["options"]] == ["change:a1", "remove:a1"]
    assert "The club has no fields of its own yet." in ex.texts_of(own_fields.view((), ex.ENGLISH))


def test_a_new_field_is_read_as_typed():
    view = own_fields.form(None, ex.ENGLISH)
    typed = {"name": "Size", "kind": "choice", "choices": "S\nM"}
    assert own_fields.read(ex.filled(view, typed)) == ("", "Size", FieldKind.CHOICE, ["S", "M"])
    assert own_fields.read(ex.filled(view)) == ("", "", FieldKind.TEXT, [])


@pytest.mark.parametrize("field", ex.OWN, ids=lambda field: field.kind)
def test_a_known_field_keeps_its_kind_and_shows_its_choices(field):
    view = ex.filled(own_fields.form(field, ex.ENGLISH))
    assert "kind" not in {forms.field_of(one) for one in view["state"]["values"]}
    id, name, _, choices = own_fields.read(view)
    assert (id, name, tuple(choices)) == (field.id, field.name, field.choices)


def test_a_kind_that_there_is_none_of_is_read_as_text():
    view = ex.filled(own_fields.form(None, ex.ENGLISH))
    view["state"]["values"]["kind"]["kind"]["selected_option"]["value"] = "photo"
    assert own_fields.read(view)[2] is FieldKind.TEXT


def test_before_a_field_goes_one_is_told_what_goes_with_it():
    assert "7 people have a value in it, which is lost." in ex.texts_of(
        own_fields.removal(ex.TEAM, 7, ex.ENGLISH)
    )
    assert "lost" not in ex.texts_of(own_fields.removal(ex.TEAM, 0, ex.ENGLISH))
