"""When things happen: at once, in real time, or only when a test says so."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

Job = Callable[[], Coroutine[Any, Any, None]]


class Pace(StrEnum):
    """How time passes in the network."""

    INSTANT = "instant"
    """Everything happens at once, in its order."""
    REAL = "real"
    """Each thing at its time, which `time_scale` stretches or shrinks."""
    MANUAL = "manual"
    """Nothing happens until `flush` or `advance`."""


@dataclass(eq=False, slots=True)
class _Entry:
    due_at: datetime
    job: Job
    timer: asyncio.TimerHandle | None = None


class Agenda:
    """The things to come; none waits for another."""

    def __init__(self, pace: Pace, clock: Callable[[], datetime], *, time_scale: float = 1.0) -> None:
        self._pace = pace
        self._clock = clock
        self._time_scale = time_scale
        self._skipped = timedelta(0)
        self._entries: dict[_Entry, None] = {}
        self._running: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        """The network's time: the clock's, and what `advance` skipped."""
        return self._clock() + self._skipped

    def add(self, after: timedelta, job: Job) -> None:
        """Run the job when this time has passed."""
        entry = _Entry(self.now() + after, job)
        if self._pace is Pace.INSTANT:
            self._start(entry)
            return
        self._entries[entry] = None
        if self._pace is Pace.REAL:
            seconds = after.total_seconds() * self._time_scale
            entry.timer = asyncio.get_running_loop().call_later(seconds, self._start, entry)

    async def wait(self, after: timedelta) -> None:
        """Keep an answer back this long, at any pace."""
        await asyncio.sleep(after.total_seconds() * self._time_scale)

    async def flush(self) -> None:
        """Let everything to come happen now, with what follows from it, and wait for its end."""
        await self._run_while(lambda _: True)

    async def advance(self, by: timedelta) -> None:
        """Let this time pass at once: everything due by then happens, with what follows from it."""
        until = self.now() + by
        await self._run_while(lambda entry: entry.due_at <= until)
        self._skipped += by

    async def close(self) -> None:
        """Forget everything to come and end what is under way."""
        for entry in self._entries:
            if entry.timer is not None:
                entry.timer.cancel()
        self._entries.clear()
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run_while(self, is_due: Callable[[_Entry], bool]) -> None:
        while True:
            for entry in sorted(filter(is_due, self._entries), key=lambda entry: entry.due_at):
                self._start(entry)
            if not self._running:
                return
            await asyncio.gather(*self._running)

    def _start(self, entry: _Entry) -> None:
        if entry.timer is not None:
            entry.timer.cancel()
        self._entries.pop(entry, None)
        task = asyncio.get_running_loop().create_task(entry.job())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
