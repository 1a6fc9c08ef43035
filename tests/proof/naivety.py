"""The same kills on the two naive schemes: the rules must be seen to catch them."""

import asyncio
from random import Random
from time import monotonic

from storage.states import MessageState
from tests.proof.arena import Arena
from tests.proof.rules import broken_at_rest
from tests.proof.toll import Say, Toll

LONGEST_LIFE_SECONDS = 0.1
"""How long a dispatcher lives after its first request was seen."""
SLOWEST_SECONDS = 60.0


async def kill(arena: Arena, toll: Toll, dice: Random, *, kills: int, say: Say) -> None:
    """Kills the dispatcher again and again while it works off a queue, then lets it finish."""
    began = monotonic()
    (worker,) = arena.workers
    await arena.queue(arena.terms.members)
    await arena.dispatch(worker, toll.what)
    for turn in range(1, kills + 1):
        under_way = await requests_under_way(arena)
        await asyncio.sleep(dice.uniform(0.0, LONGEST_LIFE_SECONDS))
        await worker.running.kill()
        toll.blow(under_way)
        say(f"  kill {turn}: process {worker.running.pid}, {under_way} requests in flight")
        await arena.dispatch(worker, toll.what)
    toll.is_settled = await arena.settled([MessageState.QUEUED], seconds=SLOWEST_SECONDS)
    await asyncio.sleep(arena.terms.answer_seconds * 10)
    await worker.running.kill()
    ledger, books = await arena.books_and_ledger(is_counted=False)
    toll.texts, toll.stalls = len(ledger.texts), ledger.stalls
    toll.violations += broken_at_rest(ledger, books, is_asked_after=False)
    toll.seconds = monotonic() - began


async def requests_under_way(arena: Arena) -> int:
    """How many requests are in flight, as soon as there are some, or nothing is left to send."""
    while await arena.left([MessageState.QUEUED]):
        if found := sum((await arena.network.now()).under_way.values()):
            return found
        await asyncio.sleep(0.005)
    return 0
