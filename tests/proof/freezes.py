"""Freezes: a bot is stopped for twice its lease in the middle of its work, and goes on as if nothing had been."""

import asyncio
import signal
from datetime import UTC, datetime
from random import Random
from time import monotonic

from tests.proof.arena import Arena
from tests.proof.kills import STORM, at_work, come_to_rest, requests_of
from tests.proof.toll import Say, Toll

LONGEST_LIFE_SECONDS = 0.6
TEXTS_AHEAD = 4
"""What waits in the chunks of the one that is frozen leaves nobody else without work."""


async def freeze(arena: Arena, toll: Toll, dice: Random, *, freezes: int, say: Say) -> None:
    """Freezes one bot after the other while the others take over, then lets all come to rest."""
    began = monotonic()
    await arena.network.turn(STORM, seed=toll.seed)
    async with at_work(arena, dice, ahead=TEXTS_AHEAD):
        await arena.start_all()
        for turn in range(1, freezes + 1):
            worker = dice.choice(arena.workers)
            await asyncio.sleep(dice.uniform(0.0, LONGEST_LIFE_SECONDS))
            under_way = await requests_of(arena, worker)
            worker.running.send(signal.SIGSTOP)
            toll.blow(under_way)
            frozen_at, texts = datetime.now(UTC), (await arena.network.now()).texts
            await asyncio.sleep(2 * arena.terms.lease_seconds)
            others = (await arena.network.now()).texts - texts
            span = f"{frozen_at:%H:%M:%S.%f} to {datetime.now(UTC):%H:%M:%S.%f}"
            say(
                f"  freeze {turn}: bot {worker.number}, {under_way} requests in flight, {span}, "
                f"{others} texts of the other meanwhile"
            )
            worker.running.send(signal.SIGCONT)
    await come_to_rest(arena, toll)
    toll.seconds = monotonic() - began
