"""The gate lets as many through as there are places, in their order, and nobody while it is held."""

import asyncio

from bot.delivery.gate import Gate
from bot.delivery.pace import Pace


class Now:
    """A steady clock that is set by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_it_lets_through_as_many_as_there_are_places_and_the_next_when_one_leaves() -> None:
    gate, entered = Gate(Pace(2), Now()), []

    async def enter(n: int) -> None:
        await gate.enter()
        entered.append(n)

    tasks = [asyncio.create_task(enter(n)) for n in range(4)]
    await asyncio.sleep(0)
    assert (entered, gate.free) == ([0, 1], 0)
    gate.leave()
    await asyncio.sleep(0)
    assert entered == [0, 1, 2], "in their order"
    gate.leave()
    await asyncio.gather(*tasks)
    assert entered == [0, 1, 2, 3]


async def test_nobody_enters_while_it_is_held_and_all_do_after_it() -> None:
    now, pace = Now(), Pace(5)
    gate = Gate(pace, now)
    pace.hold(now())
    waiting = asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    assert not waiting.done()
    now.seconds += 1
    async with asyncio.timeout(2):
        await waiting


async def test_who_gives_up_waiting_takes_no_place() -> None:
    gate = Gate(Pace(1), Now())
    await gate.enter()
    impatient, patient = asyncio.create_task(gate.enter()), asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    impatient.cancel()
    gate.leave()
    async with asyncio.timeout(2):
        await patient
    assert gate.free == 0


async def test_a_closed_gate_keeps_nobody_waiting() -> None:
    pace = Pace(1)
    gate = Gate(pace, Now())
    await gate.enter()
    waiting = asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    gate.close()
    async with asyncio.timeout(2):
        await waiting
        await gate.enter()
