"""The two sides that the rules compare: the carrier's own ledger, and what the bot remembers. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from storage import models


class Wish(StrEnum):
    """What a member's SMS asks for, as whoever wrote it knows."""

    NOTHING = ""
    STOP = "stop"
    START = "start"


@dataclass(frozen=True, slots=True)
class Text:
    """One SMS that the carrier accepted, and where it stands in the network now."""

    sid: str
    token: str
    """Which of our messages it is, by the address of its receipts."""
    to: str
    body: str
    at: datetime
    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send that the carrier read, whether it accepted it or not."""

    token: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One status callback that the carrier tried to deliver; `answered` with 2xx, or lost as far as it knows."""

    sid: str
    status: str
    answered: bool
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One SMS of a member, and when its webhook was first answered with 2xx, if it ever was."""

    sid: str
    e164: str
    body: str
    answered_at: datetime | None
    wish: Wish = Wish.NOTHING


@dataclass(frozen=True, slots=True)
class Stall:
    """A time in which the carrier itself stood still, as on a machine with too much to do: what it had been asked waited."""

    until: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the carrier knows, each list oldest first."""

    texts: Sequence[Text] = ()
    requests: Sequence[Request] = ()
    reports: Sequence[Report] = ()
    written: Sequence[Written] = ()
    stalls: Sequence[Stall] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """What the bot's summary says: so many messages of this campaign in this state, of so many segments."""

    campaign_id: UUID
    state: str
    messages: int
    segments: int


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the bot remembers; what is None is not compared."""

    messages: Sequence[models.Message] = ()
    receipts: Sequence[models.Receipt] = ()
    replies: Sequence[models.Reply] = ()
    opt_outs: Sequence[models.OptOut] = ()
    campaigns: Sequence[models.Campaign] = ()
    counts: Sequence[Count] | None = None
    strays: Sequence[str] = ()
    """The carrier's ids of texts that the bot found there and knows not to be its own rows'."""
    frozen: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    """The numbers that each released campaign was frozen with."""
    posts: Sequence[str] | None = None
    """The words of every post in Slack."""


def token_of(status_url: str | None) -> str:
    """Our own id in the address of a text's receipts, `.../twilio/status/6f0c...?attempt=1`."""
    return urlsplit(status_url or "").path.rpartition("/")[2]
