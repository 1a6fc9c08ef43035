"""The few things in which the databases differ."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import bindparam
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select, update

from storage import clubs
from storage.db import Database, add_if_new, is_away, take_time
from storage.many import Many
from storage.models import Club
from tests import factories as f
from tests.databases import PostgresDatabases

PATIENCE_SECONDS = 0.3


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    db = Database(migrated)
    yield db
    await db.close()


async def test_a_row_is_stored_once_and_its_second_coming_changes_nothing(db: Database) -> None:
    first = f.club(name="First")
    async with db.begin() as session:
        assert await add_if_new(session, first)
        assert not await add_if_new(session, f.club(slack_team_id=first.slack_team_id, name="Second"))
    async with db.read() as session:
        assert (await session.exec(select(Club.name))).all() == ["First"]


@pytest.fixture
async def shared(postgres_databases: PostgresDatabases) -> AsyncIterator[Database]:
    """A database that others use too, and that is less patient than in life."""
    with postgres_databases.fresh("migrated") as url:
        db = Database(url, patience_seconds=PATIENCE_SECONDS)
        yield db
        await db.close()


@pytest.fixture
async def kept(shared: Database) -> Club:
    club = f.club(name="Before")
    await f.keep(shared, club)
    return club


async def _pause() -> None:
    await asyncio.sleep(2 * PATIENCE_SECONDS)


async def _nothing() -> None:
    return None


async def _rename(
    db: Database, club: Club, name: str, meanwhile: Callable[[], Awaitable[None]] = _nothing
) -> None:
    async with db.begin() as session:
        await clubs.change(session, club.id, name="On the way")
        await meanwhile()
        await clubs.change(session, club.id, name=name)


async def _name(db: Database) -> str:
    async with db.read() as session:
        return (await session.exec(select(Club.name))).one()


async def test_who_stands_still_in_a_transaction_holds_nobody_up_and_has_changed_nothing(
    shared: Database, kept: Club
) -> None:
    as_patient_as_in_life = Database(shared.engine.url.render_as_string(hide_password=False))

    async def the_next() -> None:
        # This waits for the lock of the one who waits here.
        await asyncio.create_task(_rename(as_patient_as_in_life, kept, "By the next"))
        await as_patient_as_in_life.close()

    with pytest.raises(DBAPIError) as cut_off:
        await _rename(shared, kept, "By one who goes on as if nothing had been", the_next)
    assert is_away(cut_off.value)
    assert await _name(shared) == "By the next"


async def test_nor_does_who_stands_still_after_a_statement_for_many_rows(
    shared: Database, kept: Club
) -> None:
    by_many = Many(update(Club).where(col(Club.id) == bindparam("b_id")).values(name=bindparam("b_name")))
    rows = [{"b_id": kept.id, "b_name": f"Name {n}"} for n in range(3)]

    async def change() -> None:
        async with shared.begin() as session:
            await by_many.execute(session, rows)
            await asyncio.sleep(4 * PATIENCE_SECONDS)

    # PostgreSQL does not count this silence before version 17 (storage/db.py).
    with pytest.raises(DBAPIError) as cut_off:
        await change()
    assert is_away(cut_off.value)
    assert await _name(shared) == "Before"


async def test_who_waits_for_a_lock_is_told_in_the_end(shared: Database, kept: Club) -> None:
    async def another() -> None:
        with pytest.raises(DBAPIError) as told:
            await asyncio.create_task(_rename(shared, kept, "By the other"))
        assert is_away(told.value)

    async with shared.begin() as session:
        await take_time(session)
        await clubs.change(session, kept.id, name="By one who takes time")
        await another()
    assert await _name(shared) == "By one who takes time"


async def test_who_reads_slowly_is_in_nobodys_way_and_reads_on(shared: Database, kept: Club) -> None:
    async with shared.read() as session:
        assert (await session.exec(select(Club.name))).one() == "Before"
        await _rename(shared, kept, "After")
        await _pause()
        assert (await session.exec(select(Club.name))).one() == "After"


async def test_who_has_much_to_compute_takes_the_time_for_this_once(shared: Database, kept: Club) -> None:
    async with shared.begin() as session:
        await take_time(session)
        await _pause()
        await clubs.change(session, kept.id, name="Thought over")
    assert await _name(shared) == "Thought over"
    with pytest.raises(DBAPIError):
        await _rename(shared, kept, "Without asking for time", _pause)
