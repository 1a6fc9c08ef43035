"""What use cases tell the views about campaigns; ids are texts here, as Slack's payloads carry them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from bot.campaigns.weights import Cheaper, Pushed
from bot.rules.senders import Unshown
from bot.rules.text import Encoding
from storage.states import AudienceWay, Kind, Route, SenderKind

_Word = TypeVar("_Word", bound=StrEnum)


class When(StrEnum):
    """The two answers to "when does it leave?"."""

    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be picked from a list."""

    id: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a coach typed and picked while composing; texts are exactly as typed."""

    audience: AudienceWay = AudienceWay.FIXED
    contacts: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    title: str = ""
    kind: Kind = Kind.ALERT
    route: Route = Route.DOMESTIC
    sender: str = ""
    message: str = ""
    when: When = When.NOW
    at_date: str = ""
    at_time: str = ""
    kept_fixed: tuple[Choice, ...] = ()
    """What was picked among fixed groups, for when their picker returns; never a part of the audience."""
    kept_dynamic: tuple[Choice, ...] = ()
    revision: int = 1
    """Counts how often the bot has put another text in the place of the one typed; that one is `replaced`."""
    replaced: str = ""

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON knows them, for the draft's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Fields":
        """The fields of a draft's row; what is missing or no longer understood has its default."""
        return cls(
            audience=_word(AudienceWay, stored.get("audience"), AudienceWay.FIXED),
            contacts=_choices(stored.get("contacts")),
            groups=_choices(stored.get("groups")),
            title=_text(stored.get("title")),
            kind=_word(Kind, stored.get("kind"), Kind.ALERT),
            route=_word(Route, stored.get("route"), Route.DOMESTIC),
            sender=_text(stored.get("sender")),
            message=_text(stored.get("message")),
            when=_word(When, stored.get("when"), When.NOW),
            at_date=_text(stored.get("at_date")),
            at_time=_text(stored.get("at_time")),
            kept_fixed=_choices(stored.get("kept_fixed")),
            kept_dynamic=_choices(stored.get("kept_dynamic")),
            revision=_number(stored.get("revision"), 1),
            replaced=_text(stored.get("replaced")),
        )


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """One way for the club to appear on a phone."""

    value: str
    kind: SenderKind
    answerable: bool
    link_characters: int = 0
    """What the link takes of each text by which people answer a name, where that matters."""
    has_link: bool = True
    """Whether a text by a name has a link at all."""


@dataclass(frozen=True, slots=True)
class ComposeFacts:
    """What the compose modal offers; `today` is the club's date as "2026-11-22"."""

    draft_id: str
    club_name: str
    zone: str
    fixed_groups: tuple[Choice, ...]
    dynamic_groups: tuple[Choice, ...]
    senders: tuple[SenderChoice, ...]
    merge_fields: tuple[str, ...]
    today: str
    max_segments: int
    own_groups: frozenset[str] = frozenset()
    """The ids of the groups that are this coach's, which are offered first."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """The people left out for one reason (a `LeftOut` value)."""

    reason: str
    total: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """Who sent the same text to the same audience a moment ago; `by` is a Slack user."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """How many wait for legal hours, and when the first and the last of them get the text."""

    people: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """The text as one recipient gets it; `reader` is the contact whose phone it is."""

    name: str
    body: str
    segments: int
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """All that is said before a campaign is confirmed; `release_at` is None for now."""

    draft_id: str
    title: str
    kind: Kind
    route: Route
    sender: SenderChoice
    audience_words: str
    people: int
    recipients: int
    excluded: tuple[Excluded, ...]
    segments: int
    least: int
    usual: int
    worst: int
    credits: int
    encoding: Encoding
    costly: tuple[str, ...]
    cheaper: Cheaper | None
    pushed: Pushed | None
    sample: Sample | None
    longest: Sample | None
    """The longest text, and below the shortest, where they are not equally long."""
    release_at: datetime | None
    zone: str
    undo_seconds: int
    skipped_time: str | None = None
    """The time as typed, when the clock skips it, so that it leaves at the next minute that exists."""
    repeat: Repeat | None = None
    type_to_confirm: int | None = None
    """The number of people to type, above the club's limit; None below it."""
    segments_today: int = 0
    segments_a_day: int = 2000
    my_phone: str | None = None
    """Where a test goes, masked; None when this coach gave no number."""
    mark: str = ""
    """Says which fields it shows: a draft may be previewed on two devices."""
    held: Held | None = None
    night_at: datetime | None = None
    """When an alert leaves, if that is at night."""
    clause: str = ""
    """What is added to the text: how to stop."""
    signs: tuple[str, ...] = ()
    """The words for which an alert reads like advertising, so that somebody must say that it is none."""
    unshown: tuple[Unshown, ...] = ()
    """Where the sender's name may not show."""
    shared_hosts: tuple[str, ...] = ()
    """The short links in the text that one operator makes for all its users."""
    waiting: int = 0
    """How many SMS of the same sender leave first."""
    segments_a_second: float = 1.0
    takes: timedelta = timedelta()
    """How long from the first to leave until the last has left."""
    shortest: Sample | None = None
    is_personal: bool = False
    """Whether the text has merge fields, so that one may want to see it as somebody else gets it."""
    reader: str = ""
    """The contact as whom somebody asked to see it."""
    reader_is_gone: bool = False
    """Whether that contact gets it no more, and the sample is somebody else's."""

    @property
    def over_ceiling(self) -> bool:
        """Whether this campaign would take the club above its segments a day."""
        return self.segments_today + self.segments > self.segments_a_day


def _word(words: type[_Word], stored: object, default: _Word) -> _Word:
    return words(stored) if isinstance(stored, str) and stored in set(words) else default


def _text(stored: object) -> str:
    return stored if isinstance(stored, str) else ""


def _number(stored: object, default: int) -> int:
    return stored if isinstance(stored, int) else default


def _choices(stored: object) -> tuple[Choice, ...]:
    rows = stored if isinstance(stored, list | tuple) else ()
    return tuple(
        Choice(_text(row.get("id")), _text(row.get("label")), _text(row.get("detail")))
        for row in rows
        if isinstance(row, Mapping) and row.get("id")
    )
