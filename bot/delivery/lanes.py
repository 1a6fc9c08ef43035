"""The lanes to the carrier: each asks for one message after the other, and there are as many as it can follow."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.delivery.pace import Pace
from bot.tasks import Tasks

Job = TypeVar("Job")

LOOK_AGAIN_SECONDS = 1.0
"""How often to see whether a hold is over."""


@dataclass(slots=True)
class _Batch(Generic[Job]):
    jobs: deque[Job]
    begun: asyncio.Event = field(default_factory=asyncio.Event)


class Lanes(Generic[Job]):
    """Serves jobs, so many at a time as the pace allows.

    A lane whose job is done takes the next one itself: no turn of the loop lies between an answer and the next request.
    """

    def __init__(
        self, pace: Pace, steady: Callable[[], float], tasks: Tasks, serve: Callable[[Job], Awaitable[None]]
    ) -> None:
        self._pace = pace
        self._steady = steady
        self._tasks = tasks
        self._serve = serve
        self._batches: deque[_Batch[Job]] = deque()
        self._open: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._freed = asyncio.Event()

    @property
    def free(self) -> int:
        """How many jobs could begin now."""
        return max(0, self._pace.places - len(self._open))

    @property
    def open(self) -> int:
        """How many jobs are under way."""
        return len(self._open)

    @property
    def is_last(self) -> bool:
        """Whether nothing waits, and no more than one job is under way."""
        return not self._batches and len(self._open) <= 1

    async def put(self, jobs: Sequence[Job], *, is_urgent: bool = False) -> None:
        """Has the jobs served in their order, urgent ones before all others; comes back when the last has begun."""
        if not jobs:
            return
        batch = _Batch(deque(jobs))
        if is_urgent:
            self._batches.appendleft(batch)
        else:
            self._batches.append(batch)
        self.look()
        await batch.begun.wait()

    async def opening(self) -> None:
        """Comes back when a job could begin."""
        while not self._closed and (not self.free or self._held_seconds()):
            self._freed.clear()
            self.look()
            await self._freed.wait()

    def look(self) -> None:
        """Opens lanes as the pace allows; to be called when it has changed."""
        held = self._held_seconds()
        if held and self._timer is None:
            # The loop's clock stands still while the machine sleeps, and the steady one does not.
            again = min(held, LOOK_AGAIN_SECONDS)
            self._timer = asyncio.get_running_loop().call_later(again, self._look_again)
        waiting = sum(len(batch.jobs) for batch in self._batches)
        for _ in range(0 if held else min(waiting, self.free)):
            lane = self._tasks.start(self._run(), name="lane")
            self._open.add(lane)
            lane.add_done_callback(self._ended)
        if self.free and not held:
            self._freed.set()

    async def settle(self) -> None:
        """Comes back when all jobs are done."""
        while self._open or self._batches:
            if self._open:
                await asyncio.wait(self._open)
            else:
                await self.opening()
            self.look()

    def close(self) -> None:
        """From now on nobody is held back: what is left is served at once, to find that nothing is asked any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._freed.set()
        self.look()

    async def _run(self) -> None:
        while (job := self._next()) is not None:
            await self._serve(job)

    def _next(self) -> Job | None:
        """The next job for a lane that is open already; None when it should end."""
        if (
            not self._batches
            or self._held_seconds()
            or (len(self._open) > self._pace.places and not self._closed)
        ):
            return None
        batch = self._batches[0]
        job = batch.jobs.popleft()
        if not batch.jobs:
            self._batches.popleft()
            batch.begun.set()
        return job

    def _ended(self, lane: asyncio.Task[None]) -> None:
        self._open.discard(lane)
        self._freed.set()
        if self._batches:
            self.look()

    def _held_seconds(self) -> float:
        return 0.0 if self._closed else self._pace.hold_seconds(self._steady())

    def _look_again(self) -> None:
        self._timer = None
        self.look()
