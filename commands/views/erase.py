"""The window in which an admin erases a person, by typing the name."""

from collections.abc import Mapping
from typing import Any

from bot.i18n import Words
from bot.slack.blocks import Json, actions, alert, button, name, section
from commands.views import forms
from commands.views.forms import field
from storage.states import Role

CALLBACK_ID = "erase"
NAME_MAX = 700


def door(contact_id: str, words: Words, role: Role) -> list[Json]:
    """The button that opens it, for admins, where the person is stored."""
    if not contact_id or role is not Role.ADMIN:
        return []
    return [
        actions(button(words("Erase this person…"), "erase", contact_id, style="danger"), block_id="erase")
    ]


def view(contact_id: str, person: str, words: Words) -> Json:
    """The modal."""
    return forms.modal(
        CALLBACK_ID,
        words("Erase a person"),
        [
            alert(words("This cannot be undone."), "error"),
            section(f"*{name(person, NAME_MAX)}*"),
            section(
                words(
                    "The contact goes, with its groups and guardians, the texts to it and its answers, and its record of"
                    " consent. Past campaigns keep their counts. If the number wanted no SMS, a mark that names nobody is"
                    " kept, so that it gets none when it is added again. What others share with it stays theirs."
                )
            ),
            section(
                words(
                    "What stays: posts in Slack, which you delete there, and the text of a campaign as it was typed,"
                    " should it name this person."
                )
            ),
            field("name", words("Type the name to erase them"), forms.text_input(most=NAME_MAX)),
        ],
        submit=words("Erase for good"),
        close=words("Cancel"),
        about={"id": contact_id},
    )


def read(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Whom it is about, and the name that was typed."""
    return forms.about(payload)["id"], forms.typed(payload, "name")


def done(words: Words, person: str) -> Json:
    """What is said in the end; the windows beneath, which showed them, close with it."""
    said = section(words("*{name}* is erased.", name=name(person, NAME_MAX)))
    return forms.modal("told", words("Erase a person"), [said], close=words("Close")) | {
        "clear_on_close": True
    }
