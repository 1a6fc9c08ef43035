"""Background work that somebody waits for: tracked tasks, and a signal that loops sleep on."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")

MUCH = 1000
"""What is thought about so many people takes longer than others should have to wait."""


async def aside(people: int, work: Callable[[], T]) -> T:
    """What the work gives, which touches nothing but its own; if it is about many people, others have their turn meanwhile."""
    if people < MUCH:
        return work()
    with no_sweep():
        return await asyncio.to_thread(work)


def let_go(much: list[Any]) -> None:
    """Empties the list a little at a time: whatever is freed at once, in any thread, holds up everybody."""
    while much:
        del much[-MUCH:]


@contextmanager
def no_sweep() -> Iterator[None]:
    """Meanwhile nothing is searched for garbage that refers to itself.

    A million new values are searched for longer than they are worked with, and nothing else runs during a search.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Tasks:
    """Runs coroutines beside the request that asked for them; none is forgotten, each failure is logged."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Starts the work and keeps hold of it until it ends."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def settle(self) -> None:
        """Waits until no work is left, that which the work itself started included."""
        while self._running:
            await asyncio.wait(self._running)

    async def cancel(self) -> None:
        """Ends whatever still runs."""
        for task in self._running:
            task.cancel()
        await self.settle()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("task_failed", task=task.get_name(), exc_info=error)


class Signal:
    """Lets a loop sleep until there is something to do, or until its time is up."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wakes the loop."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Returns when set, or after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()
