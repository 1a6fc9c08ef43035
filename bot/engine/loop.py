"""The engine of one process: tasks of the bot's own loop take the next due chunk from the table."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.engine import AT_ONCE, Work
from bot.health import Health
from bot.tasks import Signal, Tasks
from storage import chunks
from storage.db import Database
from storage.models import Chunk

IDLE = timedelta(seconds=1)
"""How often to look when nobody said that there is work: another process may have queued some."""


class LoopEngine:
    """Needs no queue beside the chunks' own table: what is due there is what is to be done."""

    def __init__(self, db: Database, clock: Clock, tasks: Tasks, work: Signal, health: Health) -> None:
        self._db = db
        self._clock = clock
        self._tasks = tasks
        self._signal = work
        self._health = health
        self._busy: dict[UUID, asyncio.Task[None]] = {}
        self._stopping = False

    async def enqueue(self, session: AsyncSession, chunks: Sequence[Chunk]) -> None:
        """Nothing: the rows are the queue. Who queues sets the signal after the commit."""

    async def run(self, work: Work) -> None:
        """Hands out what is due until told to stop, however often the database is away."""
        while not self._stopping:
            try:
                rest = await self.turn(work)
            except Exception as error:  # the database is away: say so, and look again
                self._health.bad("chunks", error)
                rest = IDLE
            else:
                self._health.good("chunks")
            if rest:
                await self._signal.wait(rest.total_seconds())

    async def turn(self, work: Work) -> timedelta:
        """Hands out the most urgent chunks there is room for; how long to rest then, unless woken."""
        room = AT_ONCE - len(self._busy)
        if not room:
            # It turns on beside a carrier that is slow, so that whoever watches sees that it lives.
            some = asyncio.FIRST_COMPLETED
            await asyncio.wait(self._busy.values(), timeout=IDLE.total_seconds(), return_when=some)
            return timedelta()
        async with self._db.read() as session:
            due = await chunks.due(session, self._clock.now(), limit=room, besides=list(self._busy))
            next_at = None if due else await chunks.next_due(session, besides=list(self._busy))
        for chunk_id in due:
            self._busy[chunk_id] = self._tasks.start(self._do(work, chunk_id), name="chunk")
        if due:
            return timedelta()
        rest = IDLE if next_at is None else min(IDLE, next_at - self._clock.now())
        return max(rest, timedelta(milliseconds=1))

    async def settle(self) -> None:
        """Comes back when no chunk is being worked on."""
        while self._busy:
            await asyncio.wait(self._busy.values())

    async def stop(self) -> None:
        """Hands out nothing more, and comes back when the work under way is done."""
        self._stopping = True
        self._signal.set()
        await self.settle()

    async def _do(self, work: Work, chunk_id: UUID) -> None:
        try:
            await work(chunk_id)
        except Exception as error:  # the chunk stays due, and is handed out again
            self._health.bad("delivery", error)
            await asyncio.sleep(IDLE.total_seconds())
        else:
            self._health.good("delivery")
        finally:
            del self._busy[chunk_id]
            self._signal.set()
