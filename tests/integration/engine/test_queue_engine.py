"""The engine on PostgreSQL: jobs live and die with the transaction, and no process keeps a chunk to its grave."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select, update

from bot.engine import AT_ONCE
from bot.engine.queue import HANDED_FOR, HEARTBEAT
from storage.models import Club
from storage.states import Kind
from tests import factories as f
from tests.club import SetClock
from tests.databases import POSTGRESQL
from tests.integration.engine.desk import QUICK, Desk, some_chunks, store, until

pytestmark = pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)


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


async def test_two_processes_share_the_chunks(migrated: str, club: Club, clock: SetClock) -> None:
    # With the heart of real life: on a busy machine a quick one skips beats, and its chunks are taken over.
    desk, other = (Desk(migrated, clock, heartbeat=HEARTBEAT) for _ in range(2))
    chunks = some_chunks(club, 40)
    desk.is_open.clear()
    await store(desk, chunks)
    async with desk.at_work(), other.at_work():
        await until(lambda: desk.handed and len(desk.handed) + len(other.handed) >= 40)
        desk.is_open.set()
        await until(lambda: len(desk.finished) + len(other.finished) == 40)
    assert sorted(desk.handed + other.handed) == sorted(chunk.id for chunk in chunks)
    assert not await desk.jobs(), "a finished job leaves nothing behind"
    for one in (desk, other):
        await one.db.close()


async def test_a_chunk_is_handed_out_when_it_is_committed_and_not_at_the_next_look(
    migrated: str, club: Club, clock: SetClock
) -> None:
    seldom = Desk(migrated, clock, look_every=timedelta(hours=1))
    async with seldom.at_work():
        await until(lambda: seldom.scalar("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))
        # What is committed while the worker looks, and finds nothing yet, waits for the next look after all.
        assert any([await is_handed_out_within(seldom, club, seconds=2) for _ in range(3)])
    await seldom.db.close()


async def is_handed_out_within(desk: Desk, club: Club, *, seconds: float) -> bool:
    done = len(desk.finished) + 1
    await store(desk, some_chunks(club, 1))
    try:
        await until(lambda: len(desk.finished) >= done, seconds=seconds)
    except TimeoutError:
        return False
    return True


async def test_a_chunk_whose_time_comes_is_enqueued_by_the_sweep_and_then_left_alone_for_a_while(
    desk: Desk, club: Club, clock: SetClock
) -> None:
    [chunk] = some_chunks(club, 1)
    await f.keep(desk.db, chunk)
    await desk.engine.sweep()
    assert await desk.jobs() == {(str(chunk.id), "todo"): 1}
    await desk.change("DELETE FROM procrastinate_jobs")
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
    await until(lambda: len(desk.handed) == AT_ONCE)
    stopping = asyncio.create_task(desk.engine.stop())
    assert not (await asyncio.wait([stopping], timeout=0.3))[0], "it waits for what is in flight"
    desk.is_open.set()
    async with asyncio.timeout(5):
        await stopping
        await running
    assert sorted(desk.finished) == sorted(desk.handed)
    assert len(desk.handed) == AT_ONCE
    assert set((await desk.jobs()).values()) == {1}
    assert await desk.open_chunks() == {chunk.id for chunk in chunks} - set(desk.finished)


async def test_an_engine_that_has_not_begun_stops_at_once(desk: Desk) -> None:
    async with asyncio.timeout(2):
        await desk.engine.stop()
        await desk.engine.run(desk.work)
    assert not desk.handed


async def test_an_engine_that_is_told_to_end_while_its_worker_begins_hands_out_nothing(
    desk: Desk, club: Club
) -> None:
    await store(desk, some_chunks(club, 1))
    async with desk.db.begin() as session:
        await (await session.connection()).exec_driver_sql("LOCK TABLE procrastinate_workers")
        running = asyncio.create_task(desk.engine.run(desk.work))
        await until(lambda: _somebody_waits(desk))
        stopping = asyncio.create_task(desk.engine.stop())
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await asyncio.gather(stopping, running)
    assert not desk.handed
    assert await desk.scalar("SELECT count(*) FROM procrastinate_workers") == 0


async def test_a_worker_that_was_taken_for_dead_begins_anew(desk: Desk, club: Club) -> None:
    async with desk.at_work():
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 1)
        await desk.change("DELETE FROM procrastinate_workers")
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


async def test_a_worker_whose_heartbeat_failed_gets_another(desk: Desk) -> None:
    name, away = "procrastinate_update_heartbeat_v1", "away"

    async def is_heard() -> bool:
        asked = "SELECT max(last_heartbeat) > now() - interval '0.5 s' FROM procrastinate_workers"
        return bool(await desk.scalar(asked))

    async with desk.at_work():
        await until(is_heard)
        await desk.change(f"ALTER FUNCTION {name} RENAME TO {away}")
        await until(lambda: _is_silent(is_heard))
        await desk.change(f"ALTER FUNCTION {away} RENAME TO {name}")
        await until(is_heard)


async def _is_silent(is_heard: Callable[[], Awaitable[bool]]) -> bool:
    return not await is_heard()
