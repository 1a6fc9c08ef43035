"""The modal that gives a scheduled campaign another day and time, on the club's clock."""

from collections.abc import Mapping
from typing import Any

from bot.i18n import Words
from bot.slack.blocks import Json, name, section
from commands.views import forms
from commands.views.forms import field

CALLBACK_ID = "reschedule"


def view(words: Words, *, campaign_id: str, title: str, zone: str, at_date: str, at_time: str) -> Json:
    """The modal; date and time are like "2026-11-22" and "19:30"."""
    hint = words("The club's time ({zone}).", zone=zone)
    return forms.modal(
        CALLBACK_ID,
        words("Change the time"),
        [
            section(f"*{name(title, 150)}*"),
            field("at_date", words("Day"), forms.date_input(at_date)),
            field("at_time", words("Time"), forms.time_input(at_time), hint=hint),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        about={"campaign_id": campaign_id},
    )


def read(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The date and the time; each empty when it was left empty."""
    return forms.typed(payload, "at_date"), forms.typed(payload, "at_time")


def campaign_id_of(payload: Mapping[str, Any]) -> str:
    """The campaign that gets another time."""
    return forms.about(payload)["campaign_id"]
