"""One person of the club, to be added or changed: what is theirs, the club's own fields, and who answers for whom."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from bot.i18n import N_, Words
from bot.people.facts import Form, Looked, May, OwnField, Saved, Sheet
from bot.rules.fields import LONGEST, NO, YES, fits
from bot.slack.blocks import Json, actions, button, cut, option
from commands.views import consents, contacts, erase, forms
from commands.views.forms import field
from storage.states import FieldKind, Role

CALLBACK_ID = "person"
OWN = "own_"
"""Begins the name of a field of the club's own; its id follows."""
FIELDS_SHOWN = 60
"""Slack takes a hundred blocks in a window, and 250 kB."""
NONE = "-"
NAME_MAX, LABEL_MAX = 300, 100

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "fr": "Français",
        "en": "English",
        "es": "Español",
        "de": "Deutsch",
        "it": "Italiano",
        "nl": "Nederlands",
        "pt": "Português",
        "pl": "Polski",
        "ro": "Română",
        "ca": "Català",
    }
)
"""Each in its own name, for who reads it may read no other."""

_MAY: Mapping[May, str] = MappingProxyType(
    {
        May.ALL: N_("{name} is saved. The record of this number allows alerts and advertising."),
        May.ALERTS: N_("{name} is saved. This number gets alerts, and no advertising: nobody agreed to it."),
        May.NOTHING: N_("{name} is saved, and gets no SMS: whoever has this number asked for none."),
    }
)


def view(sheet: Sheet, words: Words, looked: Looked, first: str = "", *, role: Role = Role.COACH) -> Json:
    """The modal; `looked` and `first` are of the list beneath, which is shown anew in the end."""
    kept = {"first": cut(first, contacts.TYPED_MAX)} | contacts.kept(looked)
    return _view(sheet, words, kept, [], erase.door(sheet.id, words, role))


def in_its_place(sheet: Sheet, words: Words, kept: Mapping[str, str]) -> Json:
    """The modal in the place of a list, which `kept` tells and to which a button leads back."""
    return _view(sheet, words, kept, [actions(button(words("‹ Back to the list"), "why_back", "back"))], [])


def _view(
    sheet: Sheet, words: Words, kept: Mapping[str, str], first: Sequence[Json], last: Sequence[Json]
) -> Json:
    form = sheet.form
    return forms.modal(
        CALLBACK_ID,
        words("Change a person") if sheet.id else words("Add a person"),
        [
            *first,
            _text("first_name", words("First name"), form.first_name),
            _text("last_name", words("Last name"), form.last_name),
            _mobile(form, words),
            *consents.standing(sheet.agreed, sheet.id, words),
            *_links(form, words),
            field("birth_date", words("Birth date"), forms.date_input(form.birth_date), optional=True),
            field("language", words("Language"), _languages(form.language, words), optional=True),
            *[_own(each, form.own.get(each.id, ""), words) for each in sheet.fields[:FIELDS_SHOWN]],
            _list("roles", words("Roles"), form.roles, words),
            _list("tags", words("Tags"), form.tags, words),
            _reference(form, words),
            *last,
        ],
        submit=words("Save"),
        close=words("Cancel"),
        about={"id": sheet.id, "stamp": sheet.stamp} | dict(kept),
    )


def read(payload: Mapping[str, Any]) -> tuple[str, str, Form]:
    """Who it is, as which state they were shown, and what was typed."""
    about = forms.about(payload)
    names = {forms.field_of(block_id) for block_id in payload["state"]["values"]}
    own = {name.removeprefix(OWN): _typed(payload, name) for name in names if name.startswith(OWN)}
    typed = partial(_typed, payload)
    form = Form(
        first_name=typed("first_name"),
        last_name=typed("last_name"),
        mobile=typed("mobile"),
        birth_date=typed("birth_date"),
        language=typed("language"),
        roles=typed("roles"),
        tags=typed("tags"),
        reference=typed("reference"),
        own=own,
        guardians=forms.picked(payload, "guardians"),
        wards=forms.picked(payload, "wards"),
    )
    return about["id"], about["stamp"], form


def saved(told: Saved, words: Words) -> str:
    """What is said on top of the list: of a new number, what it may get."""
    return words(_MAY[told.may], name=told.name) if told.may else words("{name} is saved.", name=told.name)


def _typed(payload: Mapping[str, Any], name: str) -> str:
    """What stands in the field, whatever its kind."""
    value = forms.typed(payload, name) or forms.chosen(payload, name, "")
    return "" if value == NONE else value


def _text(name: str, label: str, value: str, most: int = NAME_MAX) -> Json:
    return field(name, label, forms.text_input(value, most=most), optional=True)


def _mobile(form: Form, words: Words) -> Json:
    hint = words(
        "Consent belongs to the number: another one gets advertising only if it was agreed to for that one."
    )
    box = forms.text_input(form.mobile, placeholder="06 12 34 56 78", most=NAME_MAX)
    return field("mobile", words("Mobile number"), box, hint=hint, optional=True)


def _links(form: Form, words: Words) -> list[Json]:
    guardians = forms.asked_select(form.guardians, words("Type a name"))
    wards = forms.asked_select(form.wards, words("Type a name"))
    hint = words("They get this person's SMS.")
    return [
        field("guardians", words("Guardians"), guardians, hint=hint, optional=True),
        field("wards", words("Is guardian of"), wards, optional=True),
    ]


def _languages(chosen: str, words: Words) -> Json:
    known = [option(label, code) for code, label in LANGUAGES.items()]
    return forms.select([option(words("Not known"), NONE), *known], chosen)


def _list(name: str, label: str, value: str, words: Words) -> Json:
    box = forms.text_input(value)
    return field(name, label, box, hint=words("Several with commas between them."), optional=True)


def _reference(form: Form, words: Words) -> Json:
    hint = words("The club's own key, such as the licence. No two people have the same.")
    box = forms.text_input(form.reference, most=NAME_MAX)
    return field("reference", words("Reference"), box, hint=hint, optional=True)


def _own(own: OwnField, value: str, words: Words) -> Json:
    """A field of the club's own; a value that is none of its kind cannot be shown in it, and is told under it."""
    is_fit = fits(own.kind, value, own.choices)
    hint = (
        ""
        if is_fit
        else words("Now it is “{value}”. Leave this empty to keep that.", value=cut(value, LONGEST))
    )
    element = _element(own, value if is_fit else "", words)
    return field(f"{OWN}{own.id}", cut(own.name, LABEL_MAX), element, hint=hint, optional=True)


def _element(own: OwnField, value: str, words: Words) -> Json:
    match own.kind:
        case FieldKind.NUMBER:
            number: Json = {"type": "number_input", "is_decimal_allowed": True}
            return number | ({"initial_value": value} if value else {})
        case FieldKind.DATE:
            return forms.date_input(value)
        case FieldKind.YES_NO:
            answers = [option(words("Yes"), YES), option(words("No"), NO)]
            return forms.select([option(words("Not known"), NONE), *answers], value)
        case FieldKind.CHOICE:
            shown = [each for each in dict.fromkeys(own.choices) if fits(own.kind, each, own.choices)]
            choices = [option(each, each) for each in shown]
            return forms.select([option(words("Not known"), NONE), *choices], value)
        case _:
            return forms.text_input(value, most=LONGEST)
