"""The engine on PostgreSQL: jobs live and die with the transaction, and no process keeps a chunk to its grave."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select, update

from bot.engine.queue import HANDED_FOR, QueueEngine
from bot.health import Health
from storage.chunks import chunk_for
from storage.db import Database
from storage.models import Chunk, Club
from storage.states import Kind
from tests import factories as f
from tests.club import SetClock
from tests.databases import POSTGRESQL

pytestmark = pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)

QUICK = timedelta(seconds=0.2)


class Desk:
    """One process's engine, and what it was handed."""

    def __init__(self, url: str, clock: SetClock) -> None:
        self.db = Database(url)
        self.clock = clock
        self.health = Health(clock)
        self.engine = QueueEngine(self.db, clock, self.health, heartbeat=QUICK)
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


@pytest.fixture
def clock() -> SetClock:
    return SetClock(f.NOW)


@pytest.fixture
async def desk(migrated: str, clock: SetClock) -> AsyncIterator[Desk]:
    desk = Desk(migrated, clock)
    yield desk
    await desk.db.close()


@pytest.fixture
async def other(migrated: str, clock: SetClock) -> AsyncIterator[Desk]:
    other = Desk(migrated, clock)
    yield other
    await other.db.close()


@pytest.fixture
async def club(desk: Desk) -> Club:
    club = f.club()
    await f.keep(desk.db, club)
    return club


def some_chunks(club: Club, n: int, kind: Kind | None = None) -> list[Chunk]:
    return [chunk_for(club.id, None, kind, waiting=1, at=f.NOW, number=number) for number in range(n)]


async def store(desk: Desk, chunks: list[Chunk]) -> None:
    async with desk.db.begin() as session:
        session.add_all(chunks)
        await session.flush()
        await desk.engine.enqueue(session, chunks)


async def test_jobs_are_made_with_the_rows_and_undone_with_them(desk: Desk, club: Club) -> None:
    kept, undone = some_chunks(club, 2)
    await store(desk, [kept])
    async with desk.db.begin() as session:
        session.add(undone)
        await session.flush()
        await desk.engine.enqueue(session, [undone])
        await session.rollback()
    assert await desk.jobs() == {(str(kept.id), "todo"): 1}


async def test_a_chunk_that_has_a_job_gets_no_other_and_the_transaction_goes_on(
    desk: Desk, club: Club
) -> None:
    first, second = some_chunks(club, 2)
    await store(desk, [first])
    async with desk.db.begin() as session:
        session.add(second)
        await session.flush()
        await desk.engine.enqueue(session, [first, second])
        await session.exec(update(Club).values(name="Renamed"))
    assert await desk.jobs() == {(str(first.id), "todo"): 1, (str(second.id), "todo"): 1}
    async with desk.db.read() as session:
        assert (await session.exec(select(Club.name))).one() == "Renamed"


async def test_two_processes_that_enqueue_at_the_same_moment_make_one_job(
    desk: Desk, other: Desk, club: Club
) -> None:
    chunks = some_chunks(club, 3)
    await f.keep(desk.db, *chunks)
    async with desk.db.begin() as session:
        await desk.engine.enqueue(session, chunks)

        async def too() -> None:
            async with other.db.begin() as theirs:
                await other.engine.enqueue(theirs, chunks[::-1])
                await theirs.exec(update(Club).values(name="Renamed"))

        later = asyncio.create_task(too())
        # It has seen no job, and waits to know whether ours stay.
        await until(lambda: _somebody_waits(desk))
    await later
    assert await desk.jobs() == {(str(chunk.id), "todo"): 1 for chunk in chunks}
    async with desk.db.read() as session:
        assert (await session.exec(select(Club.name))).one() == "Renamed"


async def _somebody_waits(desk: Desk) -> bool:
    return bool(await desk.scalar("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


async def test_many_chunks_are_enqueued_by_one_statement(desk: Desk, club: Club) -> None:
    chunks = some_chunks(club, 2000)
    await f.keep(desk.db, *chunks)
    async with desk.db.begin() as session:
        await desk.engine.enqueue(session, chunks)
    assert sum((await desk.jobs()).values()) == 2000
    assert await desk.scalar("SELECT count(DISTINCT cmin::text) FROM procrastinate_jobs") == 1


async def test_the_most_urgent_chunk_is_handed_out_first(desk: Desk, club: Club) -> None:
    offer, alert, answer = (some_chunks(club, 1, kind)[0] for kind in (Kind.MARKETING, Kind.ALERT, None))
    await store(desk, [offer, alert, answer])
    async with desk.at_work():
        await until(lambda: len(desk.finished) == 3)
    assert desk.handed == [answer.id, alert.id, offer.id]


async def test_two_processes_share_the_chunks(desk: Desk, other: Desk, club: Club) -> None:
    chunks = some_chunks(club, 40)
    desk.is_open.clear()
    await store(desk, chunks)
    async with desk.at_work(), other.at_work():
        await until(lambda: desk.handed and len(desk.handed) + len(other.handed) >= 40)
        desk.is_open.set()
        await until(lambda: len(desk.finished) + len(other.finished) == 40)
    assert sorted(desk.handed + other.handed) == sorted(chunk.id for chunk in chunks)
    assert not await desk.jobs(), "a finished job leaves nothing behind"


async def test_a_chunk_is_handed_out_at_once_when_it_is_committed(desk: Desk, club: Club) -> None:
    async with desk.at_work():
        # The worker listens once it has done something.
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 2)
        assert loop.time() - began < 0.8


async def test_a_chunk_whose_time_comes_is_enqueued_by_the_sweep_and_then_left_alone_for_a_while(
    desk: Desk, club: Club, clock: SetClock
) -> None:
    [chunk] = some_chunks(club, 1)
    await f.keep(desk.db, chunk)
    await desk.engine.sweep()
    assert await desk.jobs() == {(str(chunk.id), "todo"): 1}
    await desk.scalar("WITH gone AS (DELETE FROM procrastinate_jobs RETURNING 1) SELECT count(*) FROM gone")
    await desk.engine.sweep()
    assert not await desk.jobs()
    clock.skip(HANDED_FOR)
    await desk.engine.sweep()
    assert await desk.jobs() == {(str(chunk.id), "todo"): 1}


async def test_a_chunk_that_could_not_be_worked_off_is_handed_out_again(
    desk: Desk, club: Club, clock: SetClock
) -> None:
    desk.error = OSError("the disk is full")
    await store(desk, some_chunks(club, 1))
    async with desk.at_work():
        await until(lambda: desk.handed)
        assert "delivery" in desk.health.troubles
        desk.error = None
        clock.skip(HANDED_FOR)
        await until(lambda: desk.finished)
        await until(lambda: not desk.health.troubles)


async def test_what_a_killed_process_had_is_taken_over(
    desk: Desk, club: Club, clock: SetClock, migrated: str
) -> None:
    chunks = some_chunks(club, 2)
    await store(desk, chunks)
    words = (sys.executable, "-m", "tests.integration.engine.hanging", migrated, str(QUICK.total_seconds()))
    doomed = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert doomed.stdout
    async with asyncio.timeout(15):
        begun = {UUID((await doomed.stdout.readline()).decode().strip()) for _ in chunks}
    doomed.kill()
    await doomed.wait()
    assert begun == {chunk.id for chunk in chunks}
    assert await desk.jobs() == {(str(chunk.id), "doing"): 1 for chunk in chunks}
    async with desk.at_work():
        clock.skip(HANDED_FOR * 2)
        await until(lambda: len(desk.finished) == 2)
        await until(lambda: _cleaned(desk))
    assert set(desk.finished) == begun


async def _cleaned(desk: Desk) -> bool:
    await desk.engine.clean()
    return not await desk.jobs()


async def test_a_stopping_engine_finishes_what_is_in_flight_and_leaves_the_rest(
    desk: Desk, club: Club
) -> None:
    chunks = some_chunks(club, 10)
    desk.is_open.clear()
    await store(desk, chunks)
    running = asyncio.create_task(desk.engine.run(desk.work))
    await until(lambda: len(desk.handed) == 4)
    stopping = asyncio.create_task(desk.engine.stop())
    assert not (await asyncio.wait([stopping], timeout=0.3))[0], "it waits for what is in flight"
    desk.is_open.set()
    async with asyncio.timeout(5):
        await stopping
        await running
    assert sorted(desk.finished) == sorted(desk.handed)
    assert len(desk.handed) == 4
    assert set((await desk.jobs()).values()) == {1}
    assert await desk.open_chunks() == {chunk.id for chunk in chunks} - set(desk.finished)


async def test_an_engine_that_has_not_begun_stops_at_once(desk: Desk) -> None:
    async with asyncio.timeout(2):
        await desk.engine.stop()
        await desk.engine.run(desk.work)
    assert not desk.handed


async def test_a_worker_that_was_taken_for_dead_begins_anew(desk: Desk, club: Club) -> None:
    async with desk.at_work():
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 1)
        await desk.scalar(
            "WITH gone AS (DELETE FROM procrastinate_workers RETURNING 1) SELECT count(*) FROM gone"
        )
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 2)


async def test_the_engine_goes_on_when_the_database_is_back(club: Club, desk: Desk) -> None:
    async with desk.at_work():
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 1)
        await desk.scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 2)
        await until(lambda: not desk.health.troubles)
