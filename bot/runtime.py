"""What every use case is given: built once in `bot/app.py`, passed down, never fetched."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.carriers import Carrier
from bot.clock import Clock
from bot.data import load_clauses, load_pages, load_shorteners
from bot.engine import Engine
from bot.health import Health
from bot.i18n import Words
from bot.members.words import PageWords
from bot.metrics import Metrics
from bot.rules.clause import Wording
from bot.rules.countries import Country
from bot.rules.links import Shorteners
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.tasks import Signal, Tasks
from storage.db import Database
from storage.models import Club
from storage.states import Role


@dataclass(frozen=True, slots=True)
class Runtime:
    """The bot's parts."""

    db: Database
    carrier: Carrier
    slack: SlackClient
    clock: Clock
    settings: Settings
    catalogues: Mapping[str, Words]
    countries: Mapping[str, Country]
    tasks: Tasks
    engine: Engine
    health: Health
    due: Signal
    """Set when the scheduler should look before its next tick: something was launched, stopped or received."""
    work: Signal
    """Set when messages were queued."""
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """Held while a file of people is read, which takes a whole core, and a whole club's people in memory."""
    metrics: Metrics = field(default_factory=Metrics)
    shorteners: Shorteners = field(default_factory=load_shorteners)
    clauses: Mapping[str, Wording] = field(default_factory=load_clauses)
    pages: Mapping[str, PageWords] = field(default_factory=load_pages)


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: a member of the club's staff, with the words of their language."""

    club: Club
    slack_user_id: str
    role: Role
    words: Words
    zone: str
