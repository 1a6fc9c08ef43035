"""When things are done: chores that tick in every process, and campaigns that leave at their very moment."""

# mypy: allow-untyped-calls
# APScheduler ships no types.

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.runtime import Runtime
from storage import campaigns
from storage.db import is_away

log = structlog.get_logger()

Chore = Callable[[Runtime], Awaitable[object]]

RELEASE = "release"
PROMPT = (RELEASE, "tidy", "reconcile", "posts", "cards")
"""The chores done at once when `rt.due` is set, or when a campaign's time has come."""
LOOK_AGAIN = timedelta(seconds=1)
"""How often to ask for the next campaign's time: another process may have scheduled one."""


class Every(BaseTrigger):
    """Fires an interval after it was last asked: what a wall clock that was set ahead has skipped is not made up for."""

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """The interval from now."""
        return now + self._interval


class Schedule:
    """Does each chore again and again, never twice at a time.

    Every process has its own and every chore is idempotent, so any number of processes may tick: nothing is
    stored here, and what a process missed it does at its next tick.
    """

    def __init__(
        self,
        rt: Runtime,
        chores: Mapping[str, tuple[Chore, timedelta]],
        *,
        prompt: Collection[str] = PROMPT,
    ) -> None:
        self._rt = rt
        self._chores = dict(chores)
        self._prompt = [name for name in chores if name in prompt]
        self._busy = {name: asyncio.Lock() for name in chores}
        self._wanted: set[str] = set()
        self._failing: dict[str, str] = {}
        self._stopping = False
        # A shared store fires once in each process, so the memory of this one is all there is.
        self._scheduler = AsyncIOScheduler(jobstores={"default": MemoryJobStore()}, timezone=UTC)
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to tick; every chore is done once right away."""
        for name, (_, every) in self._chores.items():
            self._scheduler.add_job(
                self.do,
                Every(every),
                args=(name,),
                id=name,
                coalesce=True,
                max_instances=1,
                # None: however late a tick is, it is made up for.
                misfire_grace_time=None,
            )
        self._scheduler.start()
        self._do_soon(self._chores)
        self._watch = self._rt.tasks.start(self._watch_for_campaigns(), name="schedule")

    async def stop(self) -> None:
        """Ticks no more, and comes back when the chores under way are done."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.pause()
        if self._watch is not None:
            self._rt.due.set()
            await asyncio.wait([self._watch])
        for lock in self._busy.values():
            async with lock:
                pass
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def do(self, name: str) -> None:
        """Does this chore, after one that is under way; nothing when somebody waits to do so already."""
        if name in self._wanted:
            return
        self._wanted.add(name)
        try:
            await self._busy[name].acquire()
        finally:
            self._wanted.discard(name)
        try:
            await self._do(name)
        finally:
            self._busy[name].release()

    async def _do(self, name: str) -> None:
        if self._stopping:
            return
        chore, _ = self._chores[name]
        try:
            await chore(self._rt)
        except Exception as error:  # the one door of all chores: the next tick tries again
            self._note_failure(name, error)
        else:
            self._rt.metrics.ticked(name, self._rt.clock.steady())
            self._note_success(name)

    def _do_soon(self, names: Iterable[str]) -> None:
        # Side by side: a campaign that is due does not wait for a card that Slack is slow to take.
        for name in names:
            self._rt.tasks.start(self.do(name), name=name)

    async def _watch_for_campaigns(self) -> None:
        seen_at = datetime.now(UTC)
        while not self._stopping:
            await self._rt.due.wait((await self._until_next_release()).total_seconds())
            seen_at = self._follow_the_clock(seen_at)
            self._do_soon(self._prompt)

    def _follow_the_clock(self, seen_at: datetime) -> datetime:
        """Lets jobs tick on whose scheduler would wait until a wall clock that was set back is where it was."""
        now = datetime.now(UTC)
        if now < seen_at:
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=now)
        return now

    async def _until_next_release(self) -> timedelta:
        try:
            async with self._rt.db.read() as session:
                release_at = await campaigns.next_release(session)
        except Exception as error:  # the chores meet the same trouble, and the next look may not
            self._note_failure("next release", error)
            return LOOK_AGAIN
        self._note_success("next release")
        left = LOOK_AGAIN if release_at is None else release_at - self._rt.clock.now()
        # A campaign that is late already did not leave when it was tried: its next chance is the tick.
        return min(left, LOOK_AGAIN) if left > timedelta() else LOOK_AGAIN

    def _note_failure(self, name: str, error: Exception) -> None:
        if is_away(error):
            return self._rt.health.bad(name, error)
        trouble = repr(error)
        if self._failing.get(name) != trouble:
            self._failing[name] = trouble
            log.error("chore_failed", chore=name, exc_info=error)
        return None

    def _note_success(self, name: str) -> None:
        self._rt.health.good(name)
        if self._failing.pop(name, None) is not None:
            log.info("chore_recovered", chore=name)
