"""The small modal that asks for one's own number, on top of the preview that a test is to be sent from."""

from collections.abc import Mapping
from typing import Any

from bot.i18n import Words
from bot.slack.blocks import Json
from commands.views import forms
from commands.views.forms import field

CALLBACK_ID = "my_phone"


def view(words: Words, draft_id: str, reader: str = "") -> Json:
    """The modal; its field has the same name as in the settings. `reader` is whose text the preview beneath shows."""
    number = forms.text_input(placeholder="06 12 34 56 78", most=30)
    hint = words("To get a message before the members do. Only you see it.")
    return forms.modal(
        CALLBACK_ID,
        words("Your phone"),
        [field("my_phone", words("Your mobile number"), number, hint=hint)],
        submit=words("Save"),
        close=words("Back"),
        about={"draft_id": draft_id, "reader": reader},
    )


def read(payload: Mapping[str, Any]) -> str:
    """The number as typed."""
    return forms.typed(payload, "my_phone").strip()
