"""A whole club for tests: people in Slack, phones, a carrier, and the real bot between them, over HTTP only."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.playground import seed
from bot.playground.carrier import Account, Latency, Number, Pace, StandInCarrier
from bot.playground.launcher import ACCOUNT_SID, APP, REACHED, TOKEN, furnish, plant, settings_for
from bot.playground.log import ExchangeLog
from bot.playground.seed import ADMIN, CHANNEL, COACH, GENERAL, PARENT, SHORT_CODE
from bot.playground.workspace import AppConfig, Workspace
from tests.club.clocks import FairClock, SetClock
from tests.club.doors import Doors, Json
from tests.club.pages import Pages
from tests.club.reading import block_of, blocks_of, draft_of, has_field, text_of

__all__ = [
    "ACCOUNT_SID",
    "ADMIN",
    "CHANNEL",
    "COACH",
    "GENERAL",
    "PARENT",
    "SHORT_CODE",
    "TOKEN",
    "Club",
    "Json",
    "SetClock",
    "block_of",
    "blocks_of",
    "draft_of",
    "has_field",
    "open_club",
    "text_of",
]

FAST = Latency(sending=timedelta(), sent=timedelta(), receipt=timedelta())
TRIGGER_SECONDS = 10.0
"""In Slack, and in the playground, a trigger lives for three; a test machine with much else to do may need longer."""


def _workspace(log: ExchangeLog, app: AppConfig) -> Workspace:
    """One that waits for an acknowledgement as long as Slack does, in seconds in which the bot had its turn."""
    return Workspace(
        seed.TEAM_ID, seed.CLUB, app, clock=FairClock(), log=log, trigger_seconds=TRIGGER_SECONDS
    )


class Club(Pages, Doors):
    """The seeded club, its stand-ins, and short words for what people do."""


@asynccontextmanager
async def open_club(
    folder: Path,
    *,
    clock: Clock | None = None,
    latency: Latency = FAST,
    undo_seconds: int = 0,
    language: str = "en",
    planted: str | None = None,
    settings: Mapping[str, Any] | None = None,
    is_started: bool = True,
    reaches: tuple[str, ...] = REACHED,
    app: AppConfig = APP,
) -> AsyncIterator[Club]:
    """The seeded club on loopback, its database in this folder, or the given one that was planted before."""
    log, clock = ExchangeLog(), clock or SetClock(datetime.now(UTC))
    account = Account(ACCOUNT_SID, TOKEN, (Number(SHORT_CODE, prefixes=reaches),))
    async with (
        _workspace(log, app) as workspace,
        StandInCarrier([account], pace=Pace.REAL, latency=latency, log=log) as carrier,
    ):
        furnish(workspace, carrier)
        usual = settings_for(workspace, carrier, folder)
        chosen = usual.model_copy(update=dict(settings or {}))
        if planted:
            chosen.database_url = planted
        else:
            await plant(chosen, clock)
        workspace.users[COACH].locale = {"en": "en-GB", "fr": "fr-FR"}[language]
        club = Club(workspace, carrier, chosen, clock)
        await club.limit(undo_seconds=undo_seconds, language=language)
        workspace.connect(f"{usual.public_url}/slack/events")
        if chosen.is_reached:
            carrier.set_inbound_url(SHORT_CODE, f"{chosen.public_url}/twilio/inbound")
        if is_started:
            await club.start()
        try:
            yield club
        finally:
            carrier.hang_up()
            await club.stop()
