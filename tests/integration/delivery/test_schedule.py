"""Chores tick, campaigns leave at their moment, and no trouble of one chore is the trouble of another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from structlog.testing import capture_logs

from bot.clock import WallClock
from bot.runtime import Runtime
from bot.schedule import Schedule
from storage import campaigns
from storage.states import CampaignState
from tests import factories as f
from tests.integration.delivery.conftest import World

NEVER = timedelta(hours=1)
NOW_AND_THEN = timedelta(milliseconds=20)


@dataclass
class Chore:
    """Counts how often it is done, may be slow, may fail."""

    troubles: list[Exception] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    done: int = 0
    at_a_time: int = 0
    most_at_a_time: int = 0
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def __call__(self, rt: Runtime) -> None:
        self.at_a_time += 1
        self.most_at_a_time = max(self.most_at_a_time, self.at_a_time)
        self.turned.set()
        try:
            await self.gate.wait()
            if self.troubles:
                raise self.troubles.pop(0)
            self.done += 1
        finally:
            self.at_a_time -= 1

    async def reaches(self, times: int) -> None:
        """Comes back when it was done so often."""
        async with asyncio.timeout(5):
            while self.done < times:
                self.turned.clear()
                await self.turned.wait()
                await asyncio.sleep(0)


Start = Callable[..., Schedule]


@pytest.fixture
async def start(world: World) -> AsyncIterator[Start]:
    """Starts schedules, and stops them in the end."""
    running: list[Schedule] = []

    def started(*, clock: object = None, **chores: tuple[Chore, timedelta]) -> Schedule:
        rt = replace(world.rt, clock=clock or world.clock)
        schedule = Schedule(rt, chores)
        schedule.start()
        running.append(schedule)
        return schedule

    yield started
    for schedule in running:
        await schedule.stop()


async def test_a_chore_is_done_right_away_and_then_at_its_interval(start: Start) -> None:
    seldom, often = Chore(), Chore()
    start(seldom=(seldom, NEVER), often=(often, NOW_AND_THEN))
    await often.reaches(4)
    assert seldom.done == 1


@pytest.mark.parametrize(
    ("by", "because"),
    [
        (-timedelta(hours=1), "set back, as by hand in autumn: no tick waits for the old time to come round"),
        (timedelta(hours=1), "set ahead"),
        (timedelta(days=400), "a machine without a clock of its own learns the date: no tick is made up for"),
        (-timedelta(days=400), "and loses it again"),
    ],
)
async def test_ticks_go_on_when_the_wall_clock_jumps(start: Start, by: timedelta, because: str) -> None:
    often = Chore()
    start(often=(often, NOW_AND_THEN))
    await often.reaches(2)
    with time_machine.travel(datetime.now(UTC) + by):
        before = often.done
        await often.reaches(before + 5)
        assert often.done < before + 50, because


async def test_a_signal_does_the_prompt_chores_without_waiting_for_their_tick(
    start: Start, world: World
) -> None:
    release, follow = Chore(), Chore()
    start(release=(release, NEVER), follow=(follow, NEVER))
    await release.reaches(1)
    world.rt.due.set()
    await release.reaches(2)
    assert follow.done == 1


async def test_a_campaign_is_looked_at_within_moments_of_its_time(start: Start, world: World) -> None:
    clock = WallClock()
    club = f.club()
    release_at = clock.now() + timedelta(milliseconds=150)
    campaign = f.campaign(club, state=CampaignState.SCHEDULED, release_at=release_at)
    await world.keep(club, campaign)
    seen: list[datetime] = []
    found = asyncio.Event()

    async def release(rt: Runtime) -> None:
        async with rt.db.read() as session:
            if await campaigns.due(session, rt.clock.now()) and not seen:
                seen.append(rt.clock.now())
                found.set()

    start(clock=clock, release=(release, NEVER))
    async with asyncio.timeout(5):
        await found.wait()
    # Some 10 ms on a quiet machine; at the next look or tick it would be 850 ms or an hour.
    assert timedelta() <= seen[0] - release_at < timedelta(milliseconds=700)


async def test_a_failing_chore_is_tried_again_and_logged_once_while_its_trouble_lasts(start: Start) -> None:
    failing = Chore(troubles=[ValueError("away"), ValueError("away"), ValueError("worse")])
    with capture_logs() as lines:
        start(failing=(failing, NOW_AND_THEN))
        await failing.reaches(1)
        await asyncio.sleep(0)
    events = [(line["event"], str(line.get("exc_info", ""))) for line in lines if "chore" in line]
    assert events == [("chore_failed", "away"), ("chore_failed", "worse"), ("chore_recovered", "")]


async def test_a_failing_chore_does_not_stop_another(start: Start) -> None:
    failing, other = Chore(troubles=[ValueError("away")] * 100), Chore()
    with capture_logs():
        start(failing=(failing, NOW_AND_THEN), other=(other, NOW_AND_THEN))
        await other.reaches(3)


async def test_a_chore_is_never_done_twice_at_a_time(start: Start, world: World) -> None:
    slow = Chore()
    slow.gate.clear()
    schedule = start(release=(slow, NOW_AND_THEN))
    await slow.turned.wait()
    asked = [asyncio.create_task(schedule.do("release")) for _ in range(5)]
    world.rt.due.set()
    await asyncio.sleep(0)
    slow.gate.set()
    await asyncio.gather(*asked)
    await slow.reaches(2)
    assert slow.most_at_a_time == 1


async def test_a_signal_during_a_chore_does_it_once_more(start: Start) -> None:
    slow = Chore()
    slow.gate.clear()
    schedule = start(release=(slow, NEVER))
    await slow.turned.wait()
    asked = [asyncio.create_task(schedule.do("release")) for _ in range(5)]
    await asyncio.sleep(0)
    slow.gate.set()
    await asyncio.gather(*asked)
    assert slow.done == 2


async def test_a_slow_chore_does_not_hold_up_a_release(start: Start, world: World) -> None:
    cards, release = Chore(), Chore()
    cards.gate.clear()
    start(cards=(cards, NEVER), release=(release, NEVER))
    await release.reaches(1)
    world.rt.due.set()
    await release.reaches(2)
    assert cards.done == 0
    cards.gate.set()


async def test_stopping_waits_for_the_chore_under_way_and_begins_no_other(start: Start, world: World) -> None:
    slow = Chore()
    slow.gate.clear()
    schedule = start(release=(slow, NOW_AND_THEN))
    await slow.turned.wait()
    stopping = asyncio.create_task(schedule.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    slow.gate.set()
    await stopping
    assert slow.done == 1
