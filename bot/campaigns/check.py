"""Is what a coach typed a message that may be sent? Each refusal stands under its own field."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.campaigns.values import Fields, When
from bot.delivery.hours import may_advertise
from bot.errors import BotError
from bot.rules import moments, page, senders, template, text
from bot.rules.clause import can_be_stopped
from bot.rules.countries import Country
from bot.rules.links import Shorteners, short_links
from bot.rules.moments import MomentRefusal
from storage.models import Club, Sender
from storage.states import Kind, SenderKind


class Refused(BotError):
    """This cannot be sent as it is."""

    field: ClassVar[str | None] = "message"


class NothingWritten(Refused):
    """Write the text first."""


class TooManySegments(Refused):
    """This text takes {segments} SMS a person, and your club allows {limit}. Please shorten it."""


class UnknownField(Refused):
    """There is no field {{{name}}}. These exist: {known}."""


class MisspeltField(Refused):
    """There is no field {{{name}}}. Did you mean {{{nearest}}}?"""


class NoValue(Refused):
    """People without {{{name}}}: {people}. Say what stands there for them: {{{name}|...}}"""


class ShortLink(Refused):
    """Operators block texts with links of {host}: anybody may hide behind one. Write the full address instead."""


class LinkOfOne(Refused):
    """This link leads to one person's page: whoever opens it answers in their name. Leave it out; each text by a name gets a link of its own."""


class NobodyChosen(Refused):
    """Choose who gets the text."""

    field: ClassVar[str | None] = "groups"


class NobodyPicked(Refused):
    """Choose who gets the text."""

    field: ClassVar[str | None] = "contacts"


class ChosenGroupGone(Refused):
    """The group {group} was deleted meanwhile. Choose again who gets the text."""

    field: ClassVar[str | None] = "groups"


class PickedPersonGone(Refused):
    """{name} is no longer among the club's people. Choose again who gets the text."""

    field: ClassVar[str | None] = "contacts"


class SenderUnknown(Refused):
    """This sender is not your club's. Choose another one."""

    field: ClassVar[str | None] = "sender"


class SenderNotAllowed(Refused):
    """Your country's carriers do not take this sender. Choose another one."""

    field: ClassVar[str | None] = "sender"


class NobodyCouldStopIt(Refused):
    """Nobody could stop advertising sent by a name: Touchline has no public address for the link to do it. Choose a number."""

    field: ClassVar[str | None] = "sender"


class RulesUnchecked(Refused):
    """Nobody has checked your country's rules for advertising. Once an admin has read them, they confirm it in /sms-settings."""

    field: ClassVar[str | None] = "kind"


class TimeMissing(Refused):
    """Choose the day and the time at which it leaves."""

    field: ClassVar[str | None] = "at_time"


class TimePast(Refused):
    """This time has passed. Choose a later one, or send it now."""

    field: ClassVar[str | None] = "at_time"


class TimeTooFar(Refused):
    """This is too far ahead. Choose a time within a year and a half."""

    field: ClassVar[str | None] = "at_date"


TIME_REFUSALS: Mapping[MomentRefusal, type[Refused]] = {
    MomentRefusal.INCOMPLETE: TimeMissing,
    MomentRefusal.INVALID: TimeMissing,
    MomentRefusal.PAST: TimePast,
    MomentRefusal.TOO_FAR: TimeTooFar,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be sent: the text as it will be stored, by which sender, and when (None: now)."""

    body: str
    sender: Sender
    release_at: datetime | None


def check(
    fields: Fields,
    *,
    club: Club,
    country: Country,
    club_senders: Sequence[Sender],
    merge_fields: Collection[str],
    shorteners: Shorteners,
    pages: str,
    now: datetime,
) -> Checked | list[Refused]:
    """What may be sent, or every reason why not, one a field at most; `pages` is how links to members' pages begin, if any."""
    body = text.normalise(fields.message).strip()
    sender = next((sender for sender in club_senders if sender.value == fields.sender), None)
    release_at = _release_at(fields, club.zone, now)
    refusals = [
        _refuse_audience(fields),
        _refuse_body(body, club, merge_fields) or _refuse_links(body, club, shorteners, pages),
        _refuse_sender(sender, country, fields.kind, pages),
        RulesUnchecked() if fields.kind is Kind.MARKETING and not may_advertise(country, club) else None,
        TIME_REFUSALS[release_at]() if isinstance(release_at, MomentRefusal) else None,
    ]
    found = [refusal for refusal in refusals if refusal]
    if found or sender is None or isinstance(release_at, MomentRefusal):
        return found
    return Checked(body, sender, release_at)


def _refuse_audience(fields: Fields) -> Refused | None:
    match fields.audience:
        case "contacts":
            return None if fields.contacts else NobodyPicked()
        case "fixed" | "dynamic":
            return None if fields.groups else NobodyChosen()
    return None


def _refuse_body(body: str, club: Club, merge_fields: Collection[str]) -> Refused | None:
    if text.is_blank(body):
        return NothingWritten()
    if unknown := template.unknown_fields(body, merge_fields):
        return _unknown(unknown[0], merge_fields)
    segments = text.count(template.merge(body, {})).segments
    if segments > club.max_segments:
        return TooManySegments(segments=segments, limit=club.max_segments)
    return None


def _refuse_links(body: str, club: Club, shorteners: Shorteners, pages: str) -> Refused | None:
    if page.leads_there(body, pages):
        return LinkOfOne()
    refused = short_links(body, shorteners, club.link_hosts).refused
    return ShortLink(host=refused[0]) if refused else None


def _unknown(field: template.Unknown, known: Collection[str]) -> Refused:
    if field.nearest:
        return MisspeltField(name=field.name, nearest=field.nearest)
    return UnknownField(name=field.name, known=", ".join(f"{{{name}}}" for name in known))


def _refuse_sender(sender: Sender | None, country: Country, kind: Kind, pages: str) -> Refused | None:
    if sender is None:
        return SenderUnknown()
    if not can_be_stopped(kind, sender.kind, pages):
        return NobodyCouldStopIt()
    if not senders.allowed(sender.kind, country):
        return SenderNotAllowed()
    if sender.kind is SenderKind.NAME and senders.refuse_name(sender.value, country):
        return SenderNotAllowed()
    return None


def _release_at(fields: Fields, zone: str, now: datetime) -> datetime | MomentRefusal | None:
    if fields.when is When.NOW:
        return None
    return moments.at(fields.at_date, fields.at_time, zone, now)
