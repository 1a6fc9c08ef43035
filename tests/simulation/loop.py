"""A loop whose time jumps to the next timer, and the processes that live on it: each may freeze, go on, or die."""

import asyncio
import heapq
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, ContextVar
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.simulation.story import Story

STEP_SECONDS = 1e-6
LOOKS = 100_000
"""So many looks at the clock in one step are a task that spins."""
SOON = 200_000
"""So many steps without a second passing are a loop that spins."""


class Deadlock(RuntimeError):
    """Everybody waits, and no timer runs that could wake anybody."""


class Spinning(RuntimeError):
    """The loop works and works, and no time passes."""


class _Task(asyncio.Task[Any]):
    """A task that stands at the same place of a set in every run."""

    def __init__(self, serial: int, *args: Any, **kwargs: Any) -> None:
        self.serial = serial
        super().__init__(*args, **kwargs)

    def __hash__(self) -> int:
        return self.serial


class _Future(asyncio.Future[Any]):
    def __init__(self, serial: int, loop: asyncio.AbstractEventLoop) -> None:
        self.serial = serial
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self.serial


@dataclass(frozen=True, slots=True)
class Trap:
    """What befalls a process, and where: when it has come to a point of this name so many times."""

    point: str
    times: int
    befall: "Callable[[Process, str], None]"


class Process:
    """What dies and freezes together: the tasks that were started in it, and those that they start."""

    def __init__(self, name: str, loop: "Loop", connect: Callable[[], Awaitable[Any]]) -> None:
        self.name = name
        self.loop = loop
        self.connect = connect
        """Opens one more connection to the database."""
        self.frozen = False
        self.dead = False
        self.points: Counter[str] = Counter()
        self.trap: Trap | None = None
        self.on_death: list[Callable[[], None]] = []
        self.parked: list[asyncio.Handle] = []
        self.tasks: dict[int, asyncio.Task[Any]] = {}
        self._frozen_at = 0.0
        self._frozen_seconds = 0.0

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Begins the work inside this process."""
        context = Context()
        context.run(PROCESS.set, self)
        return self.loop.create_task(work, name=name, context=context)

    async def point(self, name: str) -> None:
        """A place at which something may befall the process; never comes back when that is its death."""
        self.points[name] += 1
        if self.trap and self.points[self.trap.point] >= self.trap.times:
            trap, self.trap = self.trap, None
            trap.befall(self, name)
        if self.dead:
            raise asyncio.CancelledError
        if self.frozen:
            await asyncio.sleep(0)

    def awake_seconds(self) -> float:
        """How long it has not been frozen."""
        now = self._frozen_at if self.frozen else self.loop.time()
        return now - self._frozen_seconds

    def freeze(self) -> None:
        """No task of it runs until it is thawed."""
        if not self.frozen and not self.dead:
            self.frozen, self._frozen_at = True, self.loop.time()

    def thaw(self) -> None:
        """It goes on where it stood; whatever fell due meanwhile comes now."""
        if self.frozen:
            self.frozen = False
            self._frozen_seconds += self.loop.time() - self._frozen_at
            self.loop.resume(self.parked)
            self.parked = []

    def kill(self, where: str) -> None:
        """Ends it like kill -9: whatever its tasks still do changes nothing outside of it."""
        if self.dead:
            return
        self.dead = True
        self.loop.story.told("fault", "killed", self.name, where)
        for end in self.on_death:
            end()
        self.thaw()
        for task in list(self.tasks.values()):
            task.cancel()


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


def here() -> Process:
    """The process whose task runs right now."""
    process = PROCESS.get()
    if process is None:
        raise LookupError("no process of the simulation runs here")
    return process


class Loop(asyncio.BaseEventLoop):
    """One thread, no sockets, no waiting. It ends as soon as the story breaks."""

    def __init__(self, story: Story) -> None:
        super().__init__()
        self.story = story
        story.time = lambda: self._virtual
        self._virtual = 1000.0
        self._serials = count(1)
        self._steps = self._looks = 0
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        """Seconds of the simulation."""
        self._looks += 1
        if self._looks > LOOKS:
            self.story.breaks(
                "no spinning", "a task looks at the clock again and again, and lets nobody else run"
            )
            raise Spinning
        return self._virtual

    def create_future(self) -> asyncio.Future[Any]:
        """A future that stands at the same place of a set in every run."""
        return _Future(next(self._serials), self)

    def outside(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Begins work of the world around the processes, which no death and no freeze stops."""
        return self.create_task(work, name=name, context=Context())

    def resume(self, handles: list[asyncio.Handle]) -> None:
        """Runs these steps of a process that was frozen."""
        self._ready.extend(handles)

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], context: Context | None = None
    ) -> asyncio.Task[Any]:
        serial = next(self._serials)
        task = _Task(serial, work, loop=loop, context=context)
        process = PROCESS.get() if context is None else context.get(PROCESS)
        if process is not None:
            process.tasks[serial] = task
            task.add_done_callback(lambda _: process.tasks.pop(serial))
        return task

    def _run_once(self) -> None:
        if not self._ready and not self._stopping:
            self._advance()
        self._ring()
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if handle._cancelled:
                continue
            process = handle._context.get(PROCESS)
            if process is not None and process.frozen:
                process.parked.append(handle)
            else:
                handle._run()
        self._looks = 0
        if self.story.broken is not None:
            raise self.story.broken
        # Work takes time: a loop that looks until a moment has come gets there.
        self._virtual += STEP_SECONDS
        self._steps += 1
        if self._steps > SOON:
            raise Spinning(f"{Spinning.__doc__} {self._waiting()}")

    def _advance(self) -> None:
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)
        if not self._scheduled:
            raise Deadlock(f"{Deadlock.__doc__} Waiting: {self._waiting()}")
        if self._scheduled[0]._when > self._virtual:
            self._virtual, self._steps = self._scheduled[0]._when, 0

    def _ring(self) -> None:
        while self._scheduled and (
            self._scheduled[0]._cancelled or self._scheduled[0]._when <= self._virtual
        ):
            timer = heapq.heappop(self._scheduled)
            timer._scheduled = False
            if not timer._cancelled:
                self._ready.append(timer)

    def _waiting(self) -> str:
        return ", ".join(sorted(task.get_name() for task in asyncio.all_tasks(self)))

    def _write_to_self(self) -> None:
        """Nobody waits in a selector that would have to be woken."""

    def _process_events(self, _: Any) -> None:
        """There are no sockets."""
