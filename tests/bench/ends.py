"""How soon sending begins again after a kill, and how soon it ends after a stop."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.table import Table
from sqlmodel import select

from bot import app
from bot.campaigns import control
from bot.clock import WallClock
from bot.i18n import load_catalogues
from bot.playground import seed
from bot.runtime import Runtime, Who
from bot.settings import Settings
from storage.models import Club
from storage.states import Role
from tests.bench.ground import Ground, Ledger, Stub, bot, counting_carrier
from tests.bench.rounds import Gates, Spread
from tests.bench.store import CAMPAIGN

PENDING = 1_000_000
STOPPED_PENDING = 100_000
UNDER_WAY = 1_000
LATENCY_MS = 80
QUIET_SECONDS = 1.5
"""How long no request must come until none is believed to come any more; longer than the promise."""
MOST_SECONDS_TO_STOP = 1.0


async def kill(ground: Ground, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table: seconds from a kill -9 to the first request of the next process, started at once."""
    pending, taken = max(UNDER_WAY * 2 * rounds, int(PENDING * share)), []
    database = await ground.store.copy(pending)
    async with counting_carrier(LATENCY_MS) as stub:
        settings = ground.settings_for(database, stub)
        for _ in range(rounds):
            await ground.starts.wait()
            taken.append(await _seconds_to_first(settings, stub))
    return [_seconds(f"kill -9 with {pending:,} pending to the next first request, s", taken)]


async def _seconds_to_first(settings: Settings, stub: Stub) -> float:
    await stub.reset()
    async with bot(settings) as process:
        await stub.until(UNDER_WAY)
        process.kill()
        killed_at = time.monotonic()
    async with bot(settings):
        # What the killed one had written is heard before anybody can have started.
        await stub.reset()
        ledger = await stub.until(1)
    return ledger.first_at - killed_at


async def stop(ground: Ground, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table: seconds from the stop in Slack to the last new request."""
    pending, taken = max(UNDER_WAY * 10, int(STOPPED_PENDING * share)), []
    async with counting_carrier(LATENCY_MS) as stub:
        for _ in range(rounds):
            database = await ground.store.copy(pending)
            await ground.starts.wait()
            taken.append(await _seconds_to_last(ground.settings_for(database, stub), stub, pending))
    gates.at_most("stop, s", MOST_SECONDS_TO_STOP, Spread.of(taken))
    return [_seconds(f"stop with {pending:,} pending to the last new request, s", taken)]


async def _seconds_to_last(settings: Settings, stub: Stub, pending: int) -> float:
    await stub.reset()
    async with bot(settings), _staff(settings) as (rt, who):
        await stub.until(UNDER_WAY)
        pressed_at = time.monotonic()
        await control.stop(rt, who, CAMPAIGN)
        ledger = await _until_quiet(stub)
    if ledger.doubled or ledger.requests >= pending:
        raise RuntimeError(f"nothing was stopped, or something was sent twice: {ledger}")
    return max(0.0, ledger.last_at - pressed_at)


@asynccontextmanager
async def _staff(settings: Settings) -> AsyncIterator[tuple[Runtime, Who]]:
    """The use cases as the card's button calls them, in another process than the one that sends."""
    rt = app.build(settings, WallClock())
    try:
        async with rt.db.read() as session:
            club = (await session.exec(select(Club))).one()
        yield rt, Who(club, seed.COACH, Role.COACH, load_catalogues()["en"], club.zone)
    finally:
        await rt.slack.close()
        await rt.carrier.close()
        await rt.db.close()


async def _until_quiet(stub: Stub) -> Ledger:
    ledger = await stub.ledger()
    while time.monotonic() - ledger.last_at < QUIET_SECONDS:
        await asyncio.sleep(0.1)
        ledger = await stub.ledger()
    return ledger


def _seconds(title: str, taken: list[float]) -> Table:
    table = Table(title=title, min_width=90)
    for column in ("least", "median (quartiles)", "most"):
        table.add_column(column, justify="right")
    table.add_row(f"{min(taken):.3f}", Spread.of(taken).shown(".3f"), f"{max(taken):.3f}")
    return table
