"""Asks the bot's parts whether they work, for those who watch it."""

import asyncio

from bot.runtime import Runtime
from storage import probe

RECEIPTS, REPLIES = "receipts", "replies"
"""The parts that store what the carrier posts."""
LOOK_SECONDS = 3.0
"""How long a check waits for the database: a monitor waits little longer itself."""


async def database_answers(rt: Runtime) -> bool:
    """Whether the database is there, and takes writes again if it refused some; the health knows then too."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await _use_database(rt, writes=not rt.health.troubles.keys().isdisjoint((RECEIPTS, REPLIES)))
    except Exception as error:  # whatever it says, the bot cannot work without it
        rt.health.bad("database", error)
        return False
    for part in ("database", RECEIPTS, REPLIES):
        rt.health.good(part)
    return True


async def _use_database(rt: Runtime, *, writes: bool) -> None:
    async with rt.db.begin() if writes else rt.db.read() as session:
        await session.connection()
        if writes:
            await probe.grow(session, rt.clock.now())
