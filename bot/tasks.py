"""Background work that somebody waits for: tracked tasks, and a signal that loops sleep on."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


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
