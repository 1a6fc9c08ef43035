"""The fields that a club made up for its people: the list, one to be added or changed, and the question before one goes."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.i18n import N_, Words
from bot.people.facts import OwnField
from bot.slack.blocks import Json, actions, alert, button, context, name, option, overflow, section
from commands.views import forms
from storage.states import FieldKind

CALLBACK_ID, FORM, REMOVAL = "own_fields", "own_field", "own_field_removal"
NAME_MAX, CHOICES_SHOWN, ROWS_MAX = 40, 300, 90
KINDS: Mapping[FieldKind, str] = {
    FieldKind.TEXT: N_("Text"),
    FieldKind.NUMBER: N_("Number"),
    FieldKind.DATE: N_("Date"),
    FieldKind.YES_NO: N_("Yes or no"),
    FieldKind.CHOICE: N_("One of several choices"),
}


def view(fields: Sequence[OwnField], words: Words, *, said: str = "") -> Json:
    """The list; `said` stands on top, for what could not be done."""
    none = [section(words("The club has no fields of its own yet."))]
    return forms.modal(
        CALLBACK_ID,
        words("The club's own fields"),
        [
            *([alert(said, "info")] if said else []),
            actions(button(words("Add a field"), "own_field_add", "new")),
            *([_row(field, words) for field in fields[:ROWS_MAX]] or none),
            context(words("Texts fill them in by their names, and dynamic groups ask for them.")),
        ],
        close=words("Close"),
    )


def form(field: OwnField | None, words: Words) -> Json:
    """The window of a field, or of a new one."""
    known = field or OwnField("", "", FieldKind.TEXT)
    box = forms.text_input(known.name, placeholder=words("Licence ends"), most=NAME_MAX)
    hint = words("In a text: {field}", field="{" + (known.name or words("Licence ends")) + "}")
    return forms.modal(
        FORM,
        words("Change a field") if field else words("Add a field"),
        [
            forms.field("name", words("Name"), box, hint=hint),
            *([_kind(words)] if field is None else []),
            *([_choices(known, words)] if field is None or field.kind is FieldKind.CHOICE else []),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        about={"id": known.id},
    )


def removal(field: OwnField, people: int, words: Words) -> Json:
    """The question before a field goes."""
    question = words("“{field}” goes, and what stands in it.", field=name(field.name))
    lost = words.plural(
        "{count} person has a value in it, which is lost.",
        "{count} people have a value in it, which is lost.",
        people,
    )
    return forms.modal(
        REMOVAL,
        words("Delete this field?"),
        [section(f"{question} {lost}" if people else question)],
        submit=words("Delete"),
        close=words("Leave it"),
        about={"id": field.id},
    )


def read(payload: Mapping[str, Any]) -> tuple[str, str, FieldKind, list[str]]:
    """Which field it is, its name, its kind and its choices."""
    kind = forms.chosen(payload, "kind", FieldKind.TEXT)
    return (
        forms.about(payload)["id"],
        forms.typed(payload, "name"),
        FieldKind(kind) if kind in list(FieldKind) else FieldKind.TEXT,
        forms.typed(payload, "choices").splitlines(),
    )


def _row(field: OwnField, words: Words) -> Json:
    kind = words(KINDS[field.kind])
    said = f"{kind}: {name(', '.join(field.choices), CHOICES_SHOWN)}" if field.choices else kind
    verbs = {"change": words("Change"), "remove": words("Delete")}
    menu = overflow("own_field", [option(label, f"{verb}:{field.id}") for verb, label in verbs.items()])
    return section(f"*{name(field.name)}*\n{said}", accessory=menu, block_id=f"own_field.{field.id}")


def _kind(words: Words) -> Json:
    options = [option(words(label), kind) for kind, label in KINDS.items()]
    return forms.field("kind", words("What is kept in it?"), forms.select(options, FieldKind.TEXT))


def _choices(field: OwnField, words: Words) -> Json:
    hint = words("One on each line. Only for a field of several choices.")
    box = forms.text_input("\n".join(field.choices), multiline=True)
    return forms.field("choices", words("Choices"), box, hint=hint, optional=True)
