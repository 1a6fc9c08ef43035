"""Random SIGKILLs, each with requests in flight, under a carrier that errs; then the rules are checked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from time import monotonic

from bot.playground import seed
from storage.states import MessageState
from tests import factories
from tests.proof.arena import UNFINISHED, UNSETTLED, Arena, Worker
from tests.proof.network import Weather
from tests.proof.rules import broken_at_any_moment, broken_at_rest
from tests.proof.toll import Say, Toll

STORM = Weather(
    answers={
        "throttled": 0.02,
        "error_after": 0.01,
        "reset_before": 0.01,
        "reset_after": 0.01,
        "accepted_late": 0.01,
        "slow": 0.005,
        "garbled_after": 0.005,
    },
    # A late accept must come within the grace, a slow answer after the bot's patience.
    delays={"accepted_late": 1.5, "slow": 1.5},
    reports={"lost": 0.02, "last_lost": 0.02, "doubled": 0.05, "disordered": 0.05, "early": 0.02},
    outcomes=(("undelivered", 30003, 0.03), ("failed", 30005, 0.02)),
)
LONGEST_LIFE_SECONDS = 0.6
"""How long a bot may live before its turn to die comes; then it dies as soon as it has asked for something."""
PATIENCE_SECONDS = 20.0
CHECK_EVERY = 25
FEEDS_EVERY_SECONDS = 0.2
WRITES_EVERY_SECONDS = 0.4
STOPS_SHARE = 0.1


async def kill(arena: Arena, toll: Toll, dice: Random, *, kills: int, say: Say) -> None:
    """Kills one bot after the other while members write and texts leave, then lets all come to rest."""
    began = monotonic()
    await arena.network.turn(STORM, seed=toll.seed)
    async with at_work(arena, dice):
        await arena.start_all()
        for turn in range(1, kills + 1):
            worker = dice.choice(arena.workers)
            await _kill_at_random(arena, toll, worker, dice, turn, say)
            await arena.start(worker)
            if turn % CHECK_EVERY == 0:
                ledger, books = await arena.books_and_ledger()
                toll.violations += broken_at_any_moment(ledger, books)
    await come_to_rest(arena, toll)
    toll.seconds = monotonic() - began


async def _kill_at_random(
    arena: Arena, toll: Toll, worker: Worker, dice: Random, turn: int, say: Say
) -> None:
    lived = dice.uniform(0.0, LONGEST_LIFE_SECONDS)
    await asyncio.sleep(lived)
    under_way = await requests_of(arena, worker)
    if worker.running.has_ended():
        toll.deaths.append(worker.last_words())
    await worker.running.kill()
    toll.blow(under_way)
    say(f"  kill {turn}: bot {worker.number}, process {worker.running.pid}, {under_way} requests in flight")


async def requests_of(arena: Arena, worker: Worker) -> int:
    """How many requests of this bot are in flight, as soon as there are some."""
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline and not worker.running.has_ended():
        under_way = (await arena.network.now()).under_way.get(worker.address, 0)
        if under_way:
            return under_way
        await asyncio.sleep(0.005)
    return 0


async def _feed(arena: Arena, ahead: int) -> None:
    """Sees to it that there is always something to send: so many texts to everybody."""
    while True:
        if await arena.left([MessageState.QUEUED]) < ahead * arena.terms.members:
            await arena.launch()
        await asyncio.sleep(FEEDS_EVERY_SECONDS)


@asynccontextmanager
async def at_work(arena: Arena, dice: Random, *, ahead: int = 1) -> AsyncIterator[None]:
    """Texts leave all the while, and members write; some of them want no more texts."""
    tasks = [
        asyncio.create_task(_feed(arena, ahead)),
        asyncio.create_task(_write(arena, Random(dice.random()))),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise AssertionError("The work of this proof ended by itself.") from ended


async def _write(arena: Arena, dice: Random) -> None:
    for turn in range(1_000_000):
        await asyncio.sleep(WRITES_EVERY_SECONDS)
        member = factories.number(dice.randrange(arena.terms.members))
        is_stop = dice.random() < STOPS_SHARE
        body = "STOP" if is_stop else f"Answer number {turn}."
        await arena.network.text(from_=member, to=seed.SHORT_CODE, body=body)


async def come_to_rest(arena: Arena, toll: Toll) -> None:
    """The faults are off, every bot runs, and the rules are checked once nothing moves any more."""
    await arena.network.heal()
    await arena.start_all()
    toll.is_settled = await arena.settled(UNSETTLED) and await arena.settled(UNFINISHED)
    await arena.end_all()
    ledger, books = await arena.books_and_ledger()
    toll.texts, toll.stalls = len(ledger.texts), ledger.stalls
    toll.violations += broken_at_rest(ledger, books)
