"""The part of the settings that says when advertising leaves."""

from collections.abc import Mapping
from typing import Any

from bot.campaigns.facts import SettingsFacts
from bot.i18n import N_, Words
from bot.slack.blocks import Json, option
from commands.views import forms
from commands.views.forms import field

_DAYS = (
    N_("Mondays"),
    N_("Tuesdays"),
    N_("Wednesdays"),
    N_("Thursdays"),
    N_("Fridays"),
    N_("Saturdays"),
    N_("Sundays"),
)
_HOLIDAYS = "holidays"


def fields(facts: SettingsFacts, words: Words) -> list[Json]:
    """The days and the hours; no day is offered on which the law lets nothing leave."""
    window, most = facts.marketing, facts.marketing_most
    if window is None or most is None:
        return []
    days = [option(words(name), str(day)) for day, name in enumerate(_DAYS) if day in most.days]
    days += [option(words("Public holidays"), _HOLIDAYS)] if most.on_holidays else []
    chosen = {str(day) for day in window.days} | ({_HOLIDAYS} if window.on_holidays else set())
    ticked = [one for one in days if one["value"] in chosen]
    boxes: Json = {"type": "checkboxes", "options": days}
    boxes |= {"initial_options": ticked} if ticked else {}
    hint = words(
        "By each person's own clock. The law allows {opens} to {closes} at most.",
        opens=f"{most.opens:%H:%M}",
        closes=f"{most.closes:%H:%M}",
    )
    return [
        field("ad_days", words("Advertising leaves on"), boxes),
        field("ad_opens", words("Not before"), forms.time_input(f"{window.opens:%H:%M}")),
        field("ad_closes", words("Until"), forms.time_input(f"{window.closes:%H:%M}"), hint=hint),
    ]


def read(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """The hours as the club's row keeps them; None where the modal did not ask for them."""
    if forms.state_of(payload, "ad_days") is None:
        return None
    ticked = {choice.id for choice in forms.picked(payload, "ad_days")}
    return {
        "days": sorted(int(day) for day in ticked - {_HOLIDAYS}),
        "opens": forms.typed(payload, "ad_opens"),
        "closes": forms.typed(payload, "ad_closes"),
        "on_holidays": _HOLIDAYS in ticked,
    }
