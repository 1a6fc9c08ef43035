"""What use cases tell the cards, the lists, the Home and the settings; ids are texts here, as Slack's payloads carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.campaigns.values import Choice, SenderChoice
from bot.consents.facts import ConsentSettings
from bot.rules.countries import Window
from bot.rules.families import Ages
from bot.rules.refusals import Told
from storage.conditions import Rule
from storage.states import CampaignState, Kind, MessageState, OptOutScope, Role


@dataclass(frozen=True, slots=True)
class Card:
    """A campaign as its post shows it; `created_by` is a Slack user."""

    campaign_id: str
    title: str
    body: str
    kind: Kind
    sender: SenderChoice
    audience_words: str
    created_by: str
    state: CampaignState
    release_at: datetime
    zone: str
    is_later: bool
    undo: bool
    """Whether the undo window is open."""
    recipients: int
    previewed_recipients: int
    states: Mapping[MessageState, int] = field(default_factory=dict)
    failures: tuple[tuple[str, int], ...] = ()
    """The words of an outcome (a sentence of the catalogue) and how many met it."""
    left_out: tuple[tuple[str, int], ...] = ()
    """A `LeftOut` value and how many people it kept out."""
    replies: int = 0
    segments: int = 0
    held_until: datetime | None = None
    """When the first of those leave that wait for legal hours."""
    pause_words: str | None = None
    """Why it paused: a sentence of the catalogue; in it `{moment}` is when it was due."""
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign as a line of a list; `at` is when it left or will leave."""

    campaign_id: str
    title: str
    audience_words: str
    state: CampaignState
    at: datetime
    recipients: int
    delivered: int
    failed: int
    replies: int
    created_by: str


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the Home shows; pages count from 1, `role` is None for who may not use the bot."""

    club_name: str
    zone: str
    role: Role | None
    channel_id: str | None
    channel_trouble: str | None = None
    """What is wrong with the channel: a sentence of the catalogue."""
    scheduled: tuple[Row, ...] = ()
    sent: tuple[Row, ...] = ()
    page: int = 1
    pages: int = 1
    waiting_replies: int = 0
    segments_today: int = 0
    segments_a_day: int = 2000
    my_phone: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """A club's settings as their modal shows them; coaches and admins are Slack users."""

    coaches: tuple[str, ...]
    admins: tuple[str, ...]
    channel_id: str | None
    zone: str
    confirm_above: int
    undo_seconds: int
    max_segments: int
    segments_a_day: int
    link_hosts: tuple[str, ...] = ()
    marketing: Window | None = None
    """When advertising leaves; None where nobody checked the country's rules and no admin has confirmed them."""
    marketing_most: Window | None = None
    """The most that the law allows."""
    asks_rules: bool = False
    """Whether an admin must have read the country's rules before advertising leaves."""
    rules_confirmed_by: str | None = None
    rules_confirmed_at: datetime | None = None
    parts: tuple[str, ...] = ()
    """The parts of the country whose holidays are kept too, by their codes; `parts_offered` are all it has."""
    parts_offered: tuple[Choice, ...] = ()
    zones: tuple[str, ...] = ()
    """Which zones the club's country has, its territories overseas included."""
    ages: Ages = field(default_factory=Ages)
    second_adult: Choice | None = None
    consent: ConsentSettings = field(default_factory=ConsentSettings)
    my_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody who did not get a campaign, and why (words for people); `number` is as staff may see it."""

    name: str
    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A number that gets no more texts, and how that came; `names` are whose it is, the number is masked."""

    names: tuple[str, ...]
    number: str
    scope: OptOutScope
    since_at: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class Stops:
    """A page of the club's opt-outs, the newest first; pages count from 1, `total` is of all pages."""

    rows: tuple[Stopped, ...]
    total: int
    page: int
    pages: int
    zone: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as a line of the list, with how many people it has now, each once; a fixed one has no rule."""

    id: str
    name: str
    people: int
    rule: Rule | None = None
    parts: tuple[str, ...] = ()
    """The names of the groups in it."""
    staff: tuple[str, ...] = ()
    """The Slack users whose group it is."""


@dataclass(frozen=True, slots=True)
class Groups:
    """A page of the club's groups, by name; pages count from 1, `total` is of all pages."""

    rows: tuple[GroupRow, ...]
    total: int
    page: int
    pages: int
