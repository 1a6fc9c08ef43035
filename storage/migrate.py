"""Brings a database to today's tables."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.connections import LONGEST_SILENCE, LONGEST_TRANSACTION, LONGEST_WAIT, UNLIMITED, limit
from storage.db import Database

THE_QUEUES = "procrastinate_"
# Any number that nothing else locks.
MIGRATING = 7_336_552_110
DEADLOCK = "40P01"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""
TRIES = 10


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's settings, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models speak for what has this name in the database; the queue's tables are its own."""
    return kind != "table" or not str(name).startswith(THE_QUEUES)


async def migrate(db: Database) -> None:
    """Runs every step this database has not seen, in order; nothing when there is none.

    Processes that do so at the same moment come one after the other. A step takes whole tables, in its own order, from
    bots that are at work: when PostgreSQL finds that each waits for the other, nothing was changed, and it begins anew.
    """
    for _ in range(TRIES - 1):
        try:
            return await _migrate(db)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    return await _migrate(db)


async def _migrate(db: Database) -> None:
    async with (
        db.engine.execution_options(immediate=True).connect() as connection,
        _without_keys(db, connection),
        connection.begin(),
    ):
        if not db.is_sqlite:
            # Whoever migrates waits, and works, for as long as it takes.
            limits = dict.fromkeys((LONGEST_WAIT, LONGEST_SILENCE, LONGEST_TRANSACTION), UNLIMITED)
            await connection.exec_driver_sql(*limit(limits, only_here=True))
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))
        if db.is_sqlite and (astray := await connection.run_sync(_pragma, "foreign_key_check")):
            raise RuntimeError(f"The last steps would leave rows that point to nothing: {astray[:3]}")


@asynccontextmanager
async def _without_keys(db: Database, connection: AsyncConnection) -> AsyncIterator[None]:
    """Lets SQLite remake tables that others point to: https://sqlite.org/lang_altertable.html#otheralter, steps 1 to 12.

    That is asked for outside a transaction, so past SQLAlchemy, which begins one by itself.
    """
    if not db.is_sqlite:
        yield
        return
    await connection.run_sync(_pragma, "foreign_keys = OFF")
    try:
        yield
    finally:
        await connection.run_sync(_pragma, "foreign_keys = ON")


def _pragma(connection: sa.Connection, words: str) -> Sequence[Any]:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA {words}")
        return cursor.fetchall()
    finally:
        cursor.close()


async def write_step(db: Database, words: str, number: str) -> None:
    """Writes the step that leads from the database's tables to the models' (for developers)."""
    async with db.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(configuration(sync), words, autogenerate=True, rev_id=number)
        )
