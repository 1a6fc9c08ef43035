"""A database is migrated beside bots at work, which lose nothing by it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.util import CommandError
from psycopg.rows import scalar_row

from storage.db import Database
from storage.migrate import configuration, migrate
from tests.databases import PostgresDatabases

RING_SECONDS = 0.4
"""After which this server ends a transaction that waits in a ring."""
PATIENCE_SECONDS = 5.0
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"

Connection = psycopg.AsyncConnection[int]


@pytest.fixture
async def old(postgres_databases: PostgresDatabases) -> AsyncIterator[str]:
    """The URL of a database with the first tables."""
    with postgres_databases.empty() as url:
        db = Database(url)
        async with db.engine.begin() as connection:
            await connection.exec_driver_sql(
                f"ALTER DATABASE empty SET deadlock_timeout = '{RING_SECONDS} s'"
            )
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0001"))
        await db.close()
        yield url


@pytest.fixture
def today(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of a database with today's tables."""
    with postgres_databases.fresh("migrated") as url:
        yield url


@asynccontextmanager
async def bot(url: str) -> AsyncIterator[Connection]:
    """A connection of a bot at work, which begins a transaction with its first statement."""
    address = url.replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(address, row_factory=scalar_row) as connection:
        yield connection


@asynccontextmanager
async def migrating(url: str) -> AsyncIterator[None]:
    """Somebody migrates meanwhile, and comes to the end afterwards."""
    db = Database(url)
    task = asyncio.create_task(migrate(db))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), bot(url) as looking:
            while not await (await looking.execute(WAITING)).fetchone():
                await looking.rollback()
        yield
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        await db.close()


async def test_no_transaction_is_ended_for_whoever_migrates(old: str) -> None:
    async with bot(old) as recording:
        await recording.execute("UPDATE message SET state = state")
        async with migrating(old):
            # Whoever waits in a ring by then has looked for it before it was one, and would not give way.
            await recording.execute(f"SELECT pg_sleep({2 * RING_SECONDS})")
            await recording.execute("UPDATE campaign SET card_due = true")
            await recording.commit()


async def test_whoever_reads_for_long_does_not_have_the_migration_stop_the_others(old: str) -> None:
    async with bot(old) as reading, bot(old) as writing:
        await reading.execute("SELECT id FROM message")
        async with migrating(old):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await writing.execute("UPDATE campaign SET card_due = true")
                await writing.execute("UPDATE message SET state = state")
                await writing.commit()
            await reading.commit()


async def test_a_database_of_today_is_left_to_whoever_is_at_work(today: str) -> None:
    db = Database(today)
    async with bot(today) as recording, asyncio.timeout(PATIENCE_SECONDS):
        await recording.execute("UPDATE message SET state = state")
        await migrate(db)
    await db.close()


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    """A database with today's tables, of either kind."""
    db = Database(migrated)
    yield db
    await db.close()


async def marked(db: Database, step: str) -> None:
    """Says that this step was the last one."""
    async with db.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = :step"), {"step": step})


async def last_step(db: Database) -> str:
    async with db.engine.begin() as connection:
        return str((await connection.execute(sa.text("SELECT version_num FROM alembic_version"))).scalar())


async def test_whoever_goes_back_a_version_works_with_the_database_as_it_is(db: Database) -> None:
    await marked(db, "9000")
    await migrate(db)
    assert await last_step(db) == "9000"


async def test_steps_of_somebody_else_are_none_to_work_with(db: Database) -> None:
    await marked(db, "a1b2c3d4")
    with pytest.raises(CommandError, match="a1b2c3d4"):
        await migrate(db)
