"""The same kills on the two naive schemes: the rules must be seen to catch them."""

import asyncio
from random import Random
from time import monotonic

from storage.states import MessageState
from tests.proof.arena import Arena
from tests.proof.rules import broken_at_rest
from tests.proof.toll import Say, Toll

LONGEST_LIFE_SECONDS = 0.4
SLOWEST_SECONDS = 60.0


async def kill(arena: Arena, toll: Toll, dice: Random, *, kills: int, say: Say) -> None:
    """Kills the dispatcher again and again while it works off a queue, then lets it finish."""
    began = monotonic()
    (worker,) = arena.workers
    await arena.queue(arena.terms.members)
    await arena.dispatch(worker, toll.what)
    for turn in range(1, kills + 1):
        await asyncio.sleep(dice.uniform(0.0, LONGEST_LIFE_SECONDS))
        under_way = sum((await arena.network.now()).under_way.values())
        await worker.running.kill()
        toll.blow(under_way)
        say(f"  kill {turn}: process {worker.running.pid}, {under_way} requests in flight")
        await arena.dispatch(worker, toll.what)
    toll.is_settled = await arena.settled([MessageState.QUEUED], seconds=SLOWEST_SECONDS)
    await asyncio.sleep(arena.terms.answer_seconds * 10)
    await worker.running.kill()
    ledger, books = await arena.books_and_ledger(is_counted=False)
    toll.texts = len(ledger.texts)
    toll.violations += broken_at_rest(ledger, books, is_asked_after=False)
    toll.seconds = monotonic() - began
