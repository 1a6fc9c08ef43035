"""What use cases tell the windows about consent."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.rules.consent import State
from bot.rules.refusals import Line
from storage.states import ConsentHow, Purpose

WORDING_MAX = 300
"""So that a wording, and what is asked with it, fit into three SMS."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A wording of the club's: which version, and since when; version 0 is the bot's own."""

    version: int
    body: str
    since_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentSettings:
    """How the club asks for consent to advertising."""

    wording: Worded = field(default_factory=lambda: Worded(0, ""))
    keyword: str = ""
    """The word by which members ask for it; empty where there is none."""
    keep_texts_months: int = 36
    keep_archived_months: int = 36


@dataclass(frozen=True, slots=True)
class Agreed:
    """How somebody's number stands for both purposes, and the last lines of its record, the newest first."""

    states: tuple[State, ...] = ()
    """Empty where there is no number that could get anything."""
    lines: tuple[Line, ...] = ()
    earlier: int = 0
    """How many lines are not shown."""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of who records a consent: whose it is, how that stands, and in which words it may have been given."""

    id: str
    name: str
    agreed: Agreed
    wordings: tuple[Worded, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Told:
    """What staff say of a consent: for what, given or withdrawn, how, on which day, in which wording, and what shows it."""

    purpose: Purpose
    given: bool
    how: ConsentHow
    on: str
    """An ISO date, or empty."""
    version: int | None
    """None for words that are not the club's."""
    evidence: str
