"""The part of the settings that says when advertising leaves."""

from collections.abc import Mapping
from typing import Any

from bot.campaigns.facts import SettingsFacts
from bot.i18n import N_, Words
from bot.slack.blocks import Json, context, option
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


_READ = "read"


def fields(facts: SettingsFacts, words: Words) -> list[Json]:
    """Whether somebody has read the rules, where that is asked; the days and hours; and whose holidays are kept."""
    return [*_rules(facts, words), *_hours(facts, words), *_parts(facts, words)]


def _rules(facts: SettingsFacts, words: Words) -> list[Json]:
    most = facts.marketing_most
    if not facts.asks_rules or most is None:
        return []
    read = option(
        words("I have read the rules for advertising by SMS"),
        _READ,
        words("Those of our country, and of any other that we text to."),
    )
    hint = words(
        "Nobody has checked them for you. Once you have, advertising leaves from Monday to Saturday between {opens} and {closes},"
        " to people who agreed to it. Your name and the day are kept.",
        opens=f"{most.opens:%H:%M}",
        closes=f"{most.closes:%H:%M}",
    )
    boxes: Json = {"type": "checkboxes", "options": [read]}
    boxes |= {"initial_options": [read]} if facts.rules_confirmed_at else {}
    return [field("rules", words("Advertising"), boxes, hint=hint, optional=True), *_confirmed(facts, words)]


def _confirmed(facts: SettingsFacts, words: Words) -> list[Json]:
    if facts.rules_confirmed_at is None:
        return []
    date = words.date(facts.rules_confirmed_at, facts.zone)
    return [context(words("Confirmed by <@{user}> on {date}.", user=facts.rules_confirmed_by, date=date))]


def _parts(facts: SettingsFacts, words: Words) -> list[Json]:
    if not facts.parts_offered:
        return []
    kept = [part for part in facts.parts_offered if part.id in facts.parts]
    menu = forms.multi_select(facts.parts_offered, kept, words("The whole country"))
    hint = words("Its own public holidays count too, for numbers of our country.")
    return [field("parts", words("Our part of the country"), menu, hint=hint, optional=True)]


def _hours(facts: SettingsFacts, words: Words) -> list[Json]:
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
    limits = {"opens": f"{most.opens:%H:%M}", "closes": f"{most.closes:%H:%M}"}
    # What nobody checked is no law that we know of.
    hint = (
        words("By each person's own clock, from {opens} to {closes} at most.", **limits)
        if facts.asks_rules
        else words("By each person's own clock. The law allows {opens} to {closes} at most.", **limits)
    )
    return [
        field("ad_days", words("Advertising leaves on"), boxes),
        field("ad_opens", words("Not before"), forms.time_input(f"{window.opens:%H:%M}")),
        field("ad_closes", words("Until"), forms.time_input(f"{window.closes:%H:%M}"), hint=hint),
    ]


def read_rules(payload: Mapping[str, Any]) -> bool | None:
    """Whether somebody says to have read the rules; None where the modal did not ask."""
    if forms.state_of(payload, "rules") is None:
        return None
    return bool(forms.picked(payload, "rules"))


def read_parts(payload: Mapping[str, Any]) -> list[str] | None:
    """The codes of the parts; None where the modal did not ask."""
    if forms.state_of(payload, "parts") is None:
        return None
    return [part.id for part in forms.picked(payload, "parts")]


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
