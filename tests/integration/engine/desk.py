"""One process's engine on PostgreSQL, and what it was handed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select, update

from bot.engine.queue import LOOK_EVERY, QueueEngine
from bot.health import Health
from bot.tasks import Signal
from storage.chunks import chunk_for
from storage.connections import PATIENCE_SECONDS
from storage.db import Database
from storage.models import Chunk, Club
from storage.states import Kind
from tests import factories as f
from tests.club import SetClock

QUICK = timedelta(seconds=0.2)


class Desk:
    """One process's engine, and what it was handed."""

    def __init__(
        self,
        url: str,
        clock: SetClock,
        *,
        look_every: timedelta = LOOK_EVERY,
        heartbeat: timedelta = QUICK,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.db = Database(url, patience_seconds=patience_seconds)
        self.clock = clock
        self.health = Health(clock)
        self.engine = QueueEngine(
            self.db, clock, Signal(), self.health, heartbeat=heartbeat, look_every=look_every
        )
        self.handed: list[UUID] = []
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.finished: list[UUID] = []
        self.error: Exception | None = None

    async def work(self, chunk_id: UUID) -> None:
        """Looks at the chunk, waits while the desk is closed, and finds nothing left in it."""
        self.handed.append(chunk_id)
        if self.error:
            raise self.error
        await self.is_open.wait()
        async with self.db.begin() as session:
            await session.exec(update(Chunk).where(col(Chunk.id) == chunk_id).values(due_at=None))
        self.finished.append(chunk_id)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Runs the engine meanwhile."""
        running = asyncio.create_task(self.engine.run(self.work))
        try:
            yield
        finally:
            self.is_open.set()
            await self.engine.stop()
            await running

    async def jobs(self) -> Counter[tuple[str, str]]:
        """How many jobs stand for each chunk, by their state."""
        asked = sa.text(
            "SELECT args->>'chunk_id', status::text FROM procrastinate_jobs WHERE args ? 'chunk_id'"
        )
        async with self.db.read() as session:
            rows = (await (await session.connection()).execute(asked)).all()
        return Counter((chunk_id, status) for chunk_id, status in rows)

    async def scalar(self, statement: str) -> Any:
        """What the database answers to a statement of our own."""
        async with self.db.begin() as session:
            return (await (await session.connection()).execute(sa.text(statement))).scalar()

    async def change(self, statement: str) -> None:
        """Changes something in the database."""
        async with self.db.begin() as session:
            await (await session.connection()).execute(sa.text(statement))

    async def open_chunks(self) -> set[UUID]:
        """The chunks that somebody still has to look at."""
        async with self.db.read() as session:
            return set((await session.exec(select(Chunk.id).where(col(Chunk.due_at).is_not(None)))).all())


async def until(condition: Callable[[], object], *, seconds: float = 15) -> None:
    """Comes back once the condition, which may be a coroutine function, holds."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)


def some_chunks(club: Club, n: int, kind: Kind | None = None) -> list[Chunk]:
    return [chunk_for(club.id, None, kind, waiting=1, at=f.NOW, number=number) for number in range(n)]


async def store(desk: Desk, chunks: list[Chunk]) -> None:
    async with desk.db.begin() as session:
        session.add_all(chunks)
        await session.flush()
        await desk.engine.enqueue(session, chunks)
