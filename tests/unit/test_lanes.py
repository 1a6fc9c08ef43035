"""As many jobs at a time as there are places, in their order, and none while they are held back."""

import asyncio

import pytest

from bot.delivery.lanes import Lanes
from bot.delivery.pace import Pace
from bot.tasks import Tasks


class Now:
    """A steady clock that is set by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Desk:
    """Serves jobs that end when they are told to."""

    def __init__(self, pace: Pace) -> None:
        self.now = Now()
        self.begun: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}
        self.lanes: Lanes[int] = Lanes(pace, self.now, Tasks(), self.serve)

    async def serve(self, job: int) -> None:
        self.begun.append(job)
        await self.gates.setdefault(job, asyncio.Event()).wait()

    def end(self, *jobs: int) -> None:
        for job in jobs:
            self.gates.setdefault(job, asyncio.Event()).set()


async def turns(n: int = 5) -> None:
    """Lets the loop turn some times."""
    for _ in range(n):
        await asyncio.sleep(0)


async def test_as_many_begin_as_there_are_places_and_the_next_when_one_ends() -> None:
    desk = Desk(Pace(2))
    putting = asyncio.create_task(desk.lanes.put([0, 1, 2, 3]))
    await turns()
    assert (desk.begun, desk.lanes.free) == ([0, 1], 0)
    desk.end(0)
    await turns()
    assert desk.begun == [0, 1, 2], "in their order"
    assert not putting.done()
    desk.end(1)
    await turns()
    assert desk.begun == [0, 1, 2, 3]
    await putting
    desk.end(2, 3)
    async with asyncio.timeout(2):
        await desk.lanes.settle()


async def test_an_urgent_job_begins_before_those_that_were_there_first() -> None:
    desk = Desk(Pace(1))
    tasks = [asyncio.create_task(desk.lanes.put([0, 1, 2]))]
    await turns()
    tasks.append(asyncio.create_task(desk.lanes.put([9], is_urgent=True)))
    await turns()
    desk.end(0)
    await turns()
    assert desk.begun == [0, 9]
    desk.end(1, 2, 9)
    await asyncio.gather(*tasks)


async def test_nobody_begins_while_it_is_held_and_all_do_after_it() -> None:
    pace = Pace(5)
    desk = Desk(pace)
    pace.hold(desk.now())
    putting = asyncio.create_task(desk.lanes.put([0, 1]))
    await turns()
    assert not desk.begun
    desk.now.seconds += 1
    async with asyncio.timeout(2):
        await putting
    assert desk.begun == [0, 1]
    desk.end(0, 1)


async def test_a_lane_ends_when_places_were_lost_and_others_open_when_they_are_won() -> None:
    pace = Pace(8, first=4)
    desk = Desk(pace)
    putting = asyncio.create_task(desk.lanes.put(list(range(20))))
    await turns()
    assert len(desk.begun) == 4
    pace.slow_down(desk.now(), asked_at=desk.now())
    desk.now.seconds += 60
    desk.end(0, 1)
    await turns()
    assert len(desk.begun) == 4, "two places are left, and taken"
    for _ in range(100):
        pace.speed_up(0.1)
    desk.lanes.look()
    await turns()
    assert len(desk.begun) == 10, "eight places"
    desk.end(*range(20))
    async with asyncio.timeout(2):
        await putting
        await desk.lanes.settle()


@pytest.mark.parametrize("places", [1, 3])
async def test_when_it_closes_everything_is_let_through_at_once(places: int) -> None:
    pace = Pace(places)
    desk = Desk(pace)
    pace.hold(desk.now())
    putting = asyncio.create_task(desk.lanes.put(list(range(10))))
    await turns()
    desk.end(*range(10))
    desk.lanes.close()
    async with asyncio.timeout(2):
        await putting
        await desk.lanes.settle()
    assert desk.begun == list(range(10))


async def test_one_waits_for_a_free_place() -> None:
    desk = Desk(Pace(1))
    await desk.lanes.opening()
    await desk.lanes.put([0])
    waiting = asyncio.create_task(desk.lanes.opening())
    await turns()
    assert not waiting.done()
    desk.end(0)
    async with asyncio.timeout(2):
        await waiting


async def test_who_waits_for_an_opening_while_all_are_held_back_lets_others_work() -> None:
    pace = Pace(2)
    desk = Desk(pace)
    pace.hold(desk.now())
    opening = asyncio.create_task(desk.lanes.opening())
    await turns()
    assert not opening.done()
    desk.now.seconds += 60
    async with asyncio.timeout(2):
        await opening
