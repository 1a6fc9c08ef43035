"""The settings modal: who may text, where cards are posted, the club's limits, one's own phone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.campaigns.facts import SettingsFacts
from bot.i18n import Words
from bot.rules.families import OF_AGE, OLDEST
from bot.rules.text import MAX_SEGMENTS_EVER
from bot.slack.blocks import Json, button, context, option, section
from commands.views import consent_settings, forms, hours
from commands.views.forms import field, number_input

CALLBACK_ID = "settings"
UNDO_MOST = 120
CONFIRM_MOST = 1_000_000
A_DAY_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What the modal holds; fields of the club are None when it showed only the phone."""

    my_phone: str
    coaches: tuple[str, ...] | None = None
    channel_id: str | None = None
    zone: str | None = None
    confirm_above: int | None = None
    undo_seconds: int | None = None
    max_segments: int | None = None
    segments_a_day: int | None = None
    link_hosts: list[str] | None = None
    own_texts_from: int | None = None
    alone_from: int | None = None
    second_adult_under: int | None = None
    second_adult: str | None = None
    marketing_hours: dict[str, Any] | None = None
    rules_read: bool | None = None
    parts: list[str] | None = None
    wording: str | None = None
    optin_keyword: str | None = None
    keep_texts_months: int | None = None
    keep_archived_months: int | None = None


def view(facts: SettingsFacts, words: Words, *, admin: bool = True) -> Json:
    """The modal; a coach sees the own phone alone."""
    club = (
        [
            *_people(facts, words),
            _clock(facts, words),
            *_limits(facts, words),
            *_families(facts, words),
            _own_fields(words),
            *hours.fields(facts, words),
            *consent_settings.fields(facts.consent, words),
        ]
        if admin
        else []
    )
    return forms.modal(
        CALLBACK_ID,
        words("Settings"),
        [*club, _phone(facts, words), *([] if admin else [_who_changes(facts, words)])],
        submit=words("Save"),
        close=words("Cancel"),
    )


def read(payload: Mapping[str, Any]) -> Typed:
    """What the modal holds."""
    phone = forms.typed(payload, "my_phone").strip()
    coaches = forms.state_of(payload, "coaches")
    if coaches is None:
        return Typed(phone)
    channel = forms.state_of(payload, "channel") or {}
    return Typed(
        phone,
        coaches=tuple(coaches["selected_users"]),
        channel_id=channel.get("selected_conversation"),
        zone=forms.chosen(payload, "zone", "") or None,
        confirm_above=_number(payload, "confirm_above"),
        undo_seconds=_number(payload, "undo_seconds"),
        max_segments=_number(payload, "max_segments"),
        segments_a_day=_number(payload, "segments_a_day"),
        link_hosts=re.split(r"[\s,;]+", typed) if (typed := _hosts(payload)) else [],
        own_texts_from=_number(payload, "own_texts_from"),
        alone_from=_number(payload, "alone_from"),
        second_adult_under=_number(payload, "second_adult_under"),
        second_adult=forms.chosen(payload, "second_adult", ""),
        marketing_hours=hours.read(payload),
        rules_read=hours.read_rules(payload),
        parts=hours.read_parts(payload),
        **consent_settings.read(payload),
    )


def _number(payload: Mapping[str, Any], name: str) -> int | None:
    typed = forms.typed(payload, name)
    return int(typed) if typed.isdecimal() else None


def _hosts(payload: Mapping[str, Any]) -> str:
    return forms.typed(payload, "link_hosts").strip(" ,;").lower()


def _people(facts: SettingsFacts, words: Words) -> list[Json]:
    coaches: Json = {"type": "multi_users_select"}
    coaches |= {"initial_users": list(facts.coaches)} if facts.coaches else {}
    channel: Json = {"type": "conversations_select", "filter": {"include": ["public", "private"]}}
    channel |= {"initial_conversation": facts.channel_id} if facts.channel_id else {}
    return [
        field("coaches", words("Who may text"), coaches, hint=words("Admins always may."), optional=True),
        *_admins(facts, words),
        field(
            "channel",
            words("Channel"),
            channel,
            hint=words("Cards and replies are posted there. Invite the bot to it; keep guests out."),
        ),
    ]


def _admins(facts: SettingsFacts, words: Words) -> list[Json]:
    if not facts.admins:
        return []
    names = words.all_of(f"<@{user}>" for user in facts.admins[:20])
    return [context(words("Admins: {names}", names=names))]


def _clock(facts: SettingsFacts, words: Words) -> Json:
    places = sorted((words.place(zone), zone) for zone in {facts.zone, *facts.zones})
    hint = words("When it changes, scheduled SMS keep their time of day.")
    offered = [option(place, zone, zone) for place, zone in places]
    return field("zone", words("The club's clock"), forms.select(offered, facts.zone), hint=hint)


def _limits(facts: SettingsFacts, words: Words) -> list[Json]:
    return [
        field(
            "undo_seconds",
            words("Seconds to undo"),
            number_input(facts.undo_seconds, 0, UNDO_MOST),
            hint=words("How long an SMS waits before it leaves. 0: it leaves at once."),
        ),
        field(
            "confirm_above",
            words("Ask to confirm above"),
            number_input(facts.confirm_above, 0, CONFIRM_MOST),
            hint=words("Above so many recipients, the sender types how many they are."),
        ),
        field(
            "max_segments",
            words("Longest message, in SMS"),
            number_input(facts.max_segments, 1, MAX_SEGMENTS_EVER),
        ),
        field(
            "segments_a_day",
            words("Most SMS a day"),
            number_input(facts.segments_a_day, 0, A_DAY_MOST),
            hint=words("A day begins at midnight, the club's time ({zone}).", zone=facts.zone),
        ),
        field(
            "link_hosts",
            words("Short links of the club"),
            forms.text_input(", ".join(facts.link_hosts), placeholder="go.club.fr"),
            hint=words(
                "Short links of others are refused, since operators block them. These domains are yours."
            ),
            optional=True,
        ),
    ]


def _families(facts: SettingsFacts, words: Words) -> list[Json]:
    return [
        field(
            "own_texts_from",
            words("Texted themselves from"),
            number_input(facts.ages.own_texts_from, 0, OLDEST),
            hint=words(
                "Years. Below, guardians get the text in the child's place, where one can be reached."
            ),
        ),
        field(
            "alone_from",
            words("Without their guardians from"),
            number_input(facts.ages.alone_from, 0, OLDEST),
            hint=words("Years. Below, guardians get the text too. No minor ever gets advertising."),
        ),
        field(
            "second_adult_under",
            words("With a second adult below"),
            number_input(facts.ages.second_adult_under, 0, OF_AGE),
            hint=words(
                "Years, 0 for nobody. Below, an adult gets every SMS and every answer too: a guardian, else the person below."
            ),
        ),
        field(
            "second_adult",
            words("The second adult"),
            forms.asked_select_one(facts.second_adult, words("Type a name")),
            hint=words("One of the club's people, for minors none of whose guardians can be reached."),
            optional=True,
        ),
    ]


def _own_fields(words: Words) -> Json:
    change = button(words("Change the fields"), "own_fields", "open")
    return section(
        words("*What the club keeps of its people*, such as the team or the licence"), accessory=change
    )


def _phone(facts: SettingsFacts, words: Words) -> Json:
    number = forms.text_input(facts.my_phone or "", placeholder="06 12 34 56 78", most=30)
    hint = words("To get a message before the members do. Only you see it.")
    return field("my_phone", words("Your mobile number"), number, hint=hint, optional=True)


def _who_changes(facts: SettingsFacts, words: Words) -> Json:
    if not facts.admins:
        return context(words("The rest is set by the admins of the workspace."))
    names = words.all_of(f"<@{user}>" for user in facts.admins[:20])
    return context(words("The rest is set by {names}.", names=names))
