"""The part of the settings that says how the club asks for consent to advertising."""

from collections.abc import Mapping
from typing import Any

from bot.consents.facts import WORDING_MAX, ConsentSettings
from bot.i18n import Words
from bot.slack.blocks import Json
from commands.views import forms
from commands.views.forms import field


def fields(settings: ConsentSettings, words: Words) -> list[Json]:
    """The sentence that people agree to."""
    wording = settings.wording
    hint = words(
        "On your forms and in the SMS that asks. Each change is a new version, kept with what was agreed to."
    )
    if wording.version:
        hint += " " + words("This is version {number}.", number=wording.version)
    box = forms.text_input(wording.body, multiline=True, most=WORDING_MAX)
    return [field("wording", words("Words of consent to advertising"), box, hint=hint)]


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold."""
    return {"wording": forms.typed(payload, "wording")}
