"""One seed from its first event to the verdict."""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import structlog

from tests.simulation import rules
from tests.simulation.club import MEMORY, planted
from tests.simulation.loop import PROCESS, Loop
from tests.simulation.odds import Odds, draw
from tests.simulation.people import People
from tests.simulation.replica import database
from tests.simulation.story import Broken, Story
from tests.simulation.weather import Weather
from tests.simulation.world import ENGINES, World

# Ordinary days, and the eves of both changes of the clock in Europe.
MORNINGS = tuple(
    datetime(*day, 5, 0, tzinfo=UTC)
    for day in ((2026, 9, 5), (2026, 11, 21), (2026, 10, 24), (2027, 3, 27), (2028, 2, 29))
)
MISTAKES = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, AssertionError, NameError)
"""What no weather explains: the bot, or the simulation, is wrong."""
LONGEST_SETTLING = timedelta(hours=8)
TWICE_THE_GRACE = timedelta(minutes=11)
OPEN = """
SELECT (SELECT count(*) FROM message WHERE state IN ('sending', 'unknown', 'accepted', 'sent'))
     + (SELECT count(*) FROM chunk WHERE due_at IS NOT NULL)
     + (SELECT count(*) FROM campaign WHERE card_due OR state = 'sending')
     + (SELECT count(*) FROM reply WHERE post_after IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one seed ended."""

    seed: int
    broken: Broken | None
    digest: str
    counts: Counter[str]
    texts: int
    cpu_seconds: float


def simulate(
    seed: int, *, days: int = 1, odds: Odds | None = None, show: Callable[[str], None] | None = None
) -> Outcome:
    """Lives through some days of the club; the same seed always tells the same story.

    `odds` are drawn from the seed unless they are given.
    """
    planted()
    for name in ENGINES:
        database(name)
    began = time.process_time()
    story = Story(seed, show)
    loop = Loop(story)
    asyncio.set_event_loop(loop)
    try:
        with TemporaryDirectory(dir=MEMORY) as folder, _seeded(story):
            world = _world(loop, story, Path(folder), odds)
            try:
                loop.run_until_complete(_days(world, days))
            except Broken:
                pass
            finally:
                _end(loop, world)
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    texts = len(world.network.ledger)
    return Outcome(seed, story.broken, story.digest, story.counts, texts, time.process_time() - began)


def _world(loop: Loop, story: Story, folder: Path, odds: Odds | None) -> World:
    chance = story.chance("odds")
    drawn = draw(chance)
    return World(loop, story, odds or drawn, began_at=chance.choice(MORNINGS), folder=folder)


async def _days(world: World, days: int) -> None:
    people, weather = People(world), Weather(world)
    weather.populate()
    for day in range(days):
        await _day(world, people, weather, world.true_clock.now())
        world.story.told("day", day + 1)
    weather.clear()
    await _settle(world, people)
    for rule, why in _judged(world, people):
        world.story.breaks(rule, why)
    await asyncio.sleep(0)


def _judged(world: World, people: People) -> Iterator[tuple[str, str]]:
    yield from rules.counted(world.rows)
    if world.was_restored:
        # What was answered since the backup is gone with the database; that nobody was texted twice is all there is to say.
        return
    yield from rules.settled(world.network, world.rows)
    yield from rules.shown(people.inbound, world.workspace, world.rows)


async def _day(world: World, people: People, weather: Weather, morning: datetime) -> None:
    chance = world.chance
    acts = [(chance.uniform(0, 15), "campaign") for _ in range(chance.randint(1, 2))]
    acts += [
        (at + chance.choice((0.2, 0.008)) * chance.random(), "write")
        for at, _ in acts
        for _ in range(chance.randint(0, 4))
    ]
    acts += [(at + chance.random() * 0.5, "answer") for at, _ in acts[:2]]
    for hours, act in sorted(acts):
        await asyncio.sleep(max(0.0, world.until(morning + timedelta(hours=hours))))
        if act == "campaign":
            weather.over_a_campaign()
        work = {"campaign": people.compose, "write": people.write, "answer": people.answer}[act]
        world.loop.outside(work(), name=act)
    await asyncio.sleep(max(0.0, world.until(morning + timedelta(hours=24))))


async def _settle(world: World, people: People) -> None:
    """Lets everything come to its end; what is paused goes on, and what is not is left as it is."""
    until = world.loop.time() + LONGEST_SETTLING.total_seconds()
    while world.loop.time() < until:
        for (paused,) in world.rows.execute("SELECT id FROM campaign WHERE state = 'paused'").fetchall():
            await people.resume(UUID(paused))
        await asyncio.sleep(60)
        [left] = world.rows.execute(OPEN).fetchone()
        if not left:
            break
    await asyncio.sleep(TWICE_THE_GRACE.total_seconds())


def _end(loop: Loop, world: World) -> None:
    """Ends every process and all that is under way."""
    loop.story = Story(world.story.seed)
    for replica in world.replicas.values():
        replica.process.on_death = [end for end in replica.process.on_death if "_bury" not in str(end)]
        replica.process.kill("the end")
    for _ in range(20):
        left = asyncio.all_tasks(loop)
        if not left:
            break
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.wait(left, timeout=1))
    world.close()


@contextmanager
def _seeded(story: Story) -> Iterator[None]:
    """Lets every die that the shipped code throws fall as the seed says, and its log lines into the story."""
    dice = Random(f"{story.seed} bot")
    before, state, config = os.urandom, random.getstate(), structlog.get_config()
    os.urandom = dice.randbytes
    random.seed(story.seed)
    structlog.configure(processors=[_into(story)])
    try:
        yield
    finally:
        os.urandom = before
        random.setstate(state)
        structlog.configure(**config)


def _into(story: Story) -> Callable[..., Any]:
    def note(_: Any, __: str, line: Any) -> Any:
        process = PROCESS.get()
        if process is not None and not process.dead:
            error = line.get("exc_info")
            if error is True:
                error = sys.exception()
            words = repr(error)[:200] if isinstance(error, Exception) else ""
            story.told(
                "log", process.name, line["event"], line.get("chore", ""), line.get("error", ""), words
            )
            if isinstance(error, MISTAKES):
                story.breaks("0 no mistake of our own", words)
        raise structlog.DropEvent

    return note
