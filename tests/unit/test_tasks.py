"""Background work that somebody waits for."""

import asyncio
import gc
from time import sleep

import pytest
from structlog.testing import capture_logs

from bot.tasks import MUCH, Signal, Tasks, aside


async def test_settling_waits_for_work_that_work_started() -> None:
    tasks, done = Tasks(), []

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        tasks.start(second(), name="second")

    tasks.start(first(), name="first")
    await tasks.settle()
    assert done == ["second"]


async def test_a_failure_is_logged_with_the_work_s_name_and_ends_nothing_else() -> None:
    tasks, done = Tasks(), []

    async def fails() -> None:
        raise ValueError("broken")

    async def works() -> None:
        done.append(True)

    with capture_logs() as logged:
        tasks.start(fails(), name="fragile")
        tasks.start(works(), name="sturdy")
        await tasks.settle()
    assert [(line["event"], line["task"]) for line in logged] == [("task_failed", "fragile")]
    assert done


async def test_cancelling_ends_what_never_would() -> None:
    tasks = Tasks()
    task = tasks.start(asyncio.Event().wait(), name="endless")
    await asyncio.sleep(0)
    await tasks.cancel()
    assert task.cancelled()


async def test_a_signal_wakes_who_waits_and_who_comes_to_wait_later() -> None:
    signal = Signal()
    signal.set()
    async with asyncio.timeout(1):
        await signal.wait(60)
        waiting = asyncio.create_task(signal.wait(60))
        await asyncio.sleep(0)
        signal.set()
        await waiting


async def test_a_signal_that_was_taken_wakes_nobody_again() -> None:
    signal = Signal()
    signal.set()
    await signal.wait(60)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await signal.wait(60)


async def test_without_a_signal_the_time_ends_the_wait() -> None:
    await Signal().wait(0)


@pytest.mark.parametrize(("people", "goes_on"), [(MUCH, True), (MUCH - 1, False)])
async def test_others_go_on_while_much_is_thought_about_and_never_wait_for_little(
    people: int, goes_on: bool
) -> None:
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> bool:
        loop.call_soon_threadsafe(done.set)
        return any(done.is_set() or sleep(0.01) for _ in range(20 if not goes_on else 1000))

    assert await aside(people, work) is goes_on


async def test_while_much_is_thought_about_nothing_is_searched_for_garbage() -> None:
    assert await aside(MUCH, gc.isenabled) is False
    assert gc.isenabled()
