"""The clock the workspace lives by: the machine's own, or one that a test turns by hand."""

import asyncio
import heapq
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol, TypeVar

T = TypeVar("T")

_TURNS_PER_STEP = 25
"""How often the loop may run between two steps of the manual clock, so that woken tasks get somewhere."""


class Clock(Protocol):
    """What the workspace asks of time."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back when the seconds are over."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back when the seconds are over."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until a test advances it."""

    def __init__(self, start_at: datetime | None = None) -> None:
        self._start_at = start_at or datetime.now(UTC)
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._slept = asyncio.Event()

    def now(self) -> datetime:
        """The start plus what was advanced."""
        return self._start_at + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Come back once the clock was advanced that far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        self._slept.set()
        await woken

    async def advance(self, seconds: float) -> None:
        """Move on, waking each sleeper at its own instant and letting it run."""
        end = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, due)
            if not woken.done():
                woken.set_result(None)
                await self._let_run()
        self._elapsed = end
        await self._let_run()

    async def until_sleeping(self, at_least_seconds: float = 0.0) -> None:
        """Come back once somebody sleeps for at least that long from now."""
        while not self._is_anyone_sleeping(at_least_seconds):
            self._slept.clear()
            await self._slept.wait()

    def _is_anyone_sleeping(self, at_least_seconds: float) -> bool:
        # Differences of floats are off by some ulps.
        least = self._elapsed + at_least_seconds - 1e-6
        return any(due >= least and not woken.done() for due, _, woken in self._sleepers)

    async def _let_run(self) -> None:
        for _ in range(_TURNS_PER_STEP):
            await asyncio.sleep(0)


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """What the work gives back; raises TimeoutError when the seconds pass first, and cancels the work."""
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        await _end(task, timer)


async def _end(*futures: "asyncio.Future[T] | asyncio.Future[None]") -> None:
    pending = [future for future in futures if not future.done()]
    for future in pending:
        future.cancel()
    if pending:
        await asyncio.wait(pending)
