"""Group commit serves every caller, together, once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.delivery.batch import Batch, BatchClosed


class Recorder:
    """Doubles numbers, and remembers in which groups they came."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.started = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def double(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.started.set()
        await self.gate.wait()
        if 13 in numbers:
            raise ValueError("unlucky")
        return [number * 2 for number in numbers]


async def test_each_caller_gets_the_answer_to_its_own_item() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double)
    assert await asyncio.gather(*(batch.put(n) for n in range(5))) == [0, 2, 4, 6, 8]


async def test_callers_of_the_same_moment_share_one_group() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double)
    await asyncio.gather(*(batch.put(n) for n in range(12)))
    assert recorder.groups == [list(range(12))]


async def test_a_group_is_never_larger_than_allowed() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double, most=4)
    await asyncio.gather(*(batch.put(n) for n in range(10)))
    assert [len(group) for group in recorder.groups] == [4, 4, 2]


async def test_a_full_group_does_not_linger() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double, most=3, linger=timedelta(days=1))
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(batch.put(n) for n in range(3))) == [0, 2, 4]


async def test_what_comes_while_a_group_is_worked_off_makes_up_the_next_one() -> None:
    recorder = Recorder()
    recorder.gate.clear()
    batch: Batch[int, int] = Batch(recorder.double, linger=timedelta(0))
    first = asyncio.create_task(batch.put(1))
    await recorder.started.wait()
    others = [asyncio.create_task(batch.put(n)) for n in (2, 3)]
    await asyncio.sleep(0)
    recorder.gate.set()
    await asyncio.gather(first, *others)
    assert recorder.groups == [[1], [2, 3]]


async def test_an_error_reaches_every_caller_of_its_group_and_no_other() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double)
    outcomes = await asyncio.gather(batch.put(12), batch.put(13), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError, ValueError]
    assert await batch.put(14) == 28


async def test_a_caller_that_gives_up_does_not_take_its_item_back() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double)
    leaving = asyncio.create_task(batch.put(1))
    staying = asyncio.create_task(batch.put(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 4
    assert recorder.groups == [[1, 2]]


async def test_closing_works_off_what_was_handed_over() -> None:
    recorder = Recorder()
    batch: Batch[int, int] = Batch(recorder.double)
    handed_over = [asyncio.create_task(batch.put(n)) for n in range(3)]
    await asyncio.sleep(0)
    await batch.close()
    assert [task.result() for task in handed_over] == [0, 2, 4]


async def test_nothing_is_taken_after_the_end() -> None:
    batch: Batch[int, int] = Batch(Recorder().double)
    await batch.close()
    with pytest.raises(BatchClosed):
        await batch.put(1)
