"""Brings a database to today's tables."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.connections import LONGEST_SILENCE, LONGEST_TRANSACTION, LONGEST_WAIT, UNLIMITED, limit
from storage.db import Database
from storage.models.columns import ONLY

THE_QUEUES = "procrastinate_"
# Any number that nothing else locks.
MIGRATING = 7_336_552_110
DEADLOCK, CANCELLED = "40P01", "57014"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""
LONGEST_STATEMENT = "statement_timeout"
SHORT_WAIT = 0.25
"""In parts of the time after which PostgreSQL ends a transaction that waits in a ring: who waits less long ends nobody's."""
LONG_WAIT = 10.0
"""In the same parts: time enough to have rings ended, and PostgreSQL's own cleaning of a table (autovacuum)."""
TRIES_TO_A_LONG_WAIT = 20
"""After some 20 seconds in which the tables were never free for one moment, somebody has to give way."""
REST_SECONDS, LONGEST_REST_SECONDS = 0.1, 5.0
"""Between two tries; each makes the next rest longer."""
_TABLES = """
    SELECT string_agg(
        format('%I.%I', schemaname, tablename), ', '
        ORDER BY array_position(CAST(:first AS text[]), CAST(tablename AS text)), tablename
    )
    FROM pg_tables WHERE schemaname = current_schema() AND pg_has_role(tableowner, 'USAGE')
"""
BOTS_TAKE_FIRST = ["message", "pace", "tally", "chunk", "campaign"]
"""In their order (bot/delivery/visits.py): whoever takes tables in another one would often wait in a ring with them."""
_WAIT = """
    SELECT set_config('statement_timeout', CAST(ceil(CAST(setting AS int) * :parts) AS text), true)
    FROM pg_settings WHERE name = 'deadlock_timeout'
"""

log = structlog.get_logger()


class TablesInUse(Exception):
    """Somebody else is at work in a table, for longer than whoever migrates may hold up the others."""


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


def is_here(dialect: str) -> Callable[..., bool]:
    """What tells whether a database of this dialect has something of the models."""

    def tells(found: Any, _name: str | None, _kind: str, _is_reflected: bool, _other: object) -> bool:
        return bool(found.info.get(ONLY, dialect) == dialect)

    return tells


class Standing(StrEnum):
    """How a database's tables stand to those that this version knows."""

    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


async def standing(db: Database) -> Standing:
    """How the tables stand; only looks."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_standing)


async def migrate(db: Database) -> None:
    """Runs every step this database has not seen, in order; nothing when there is none.

    A database that has seen the steps of a later version stays as it is, and can be worked with: steps only add what
    those who know nothing of it may leave out.

    Processes that do so at the same moment come one after the other. On PostgreSQL the steps begin once this process
    has every table to itself. It waits for bots at work so shortly that none of their transactions is ended for it, and
    they go on between its tries; only when many tries were in vain it waits for longer, and may be told, or have others
    told, to begin anew.
    """
    tries = 1
    while True:
        is_long = tries % TRIES_TO_A_LONG_WAIT == 0
        try:
            return await _migrate(db, LONG_WAIT if is_long else SHORT_WAIT)
        except TablesInUse:
            if is_long:
                log.warning("tables_in_use", tries=tries)
            await asyncio.sleep(min(REST_SECONDS * tries, LONGEST_REST_SECONDS))
            tries += 1
        except OperationalError as error:
            # Of a ring that a long wait made, this was the one to give way.
            if _sqlstate(error) != DEADLOCK:
                raise


async def _migrate(db: Database, wait: float) -> None:
    async with (
        db.engine.execution_options(immediate=True).connect() as connection,
        _without_keys(db, connection),
        connection.begin(),
    ):
        if not db.is_sqlite:
            # Whoever migrates works, and waits for another one who does, for as long as it takes.
            await _be_patient(connection)
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        if await connection.run_sync(_is_later):
            log.warning("database_of_a_later_version")
            return
        if not db.is_sqlite and await connection.run_sync(_is_behind):
            await _take_all_tables(connection, wait)
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))
        if db.is_sqlite and (astray := await connection.run_sync(_pragma, "foreign_key_check")):
            raise RuntimeError(f"The last steps would leave rows that point to nothing: {astray[:3]}")


async def _be_patient(connection: AsyncConnection) -> None:
    names = (LONGEST_WAIT, LONGEST_SILENCE, LONGEST_TRANSACTION, LONGEST_STATEMENT)
    await connection.exec_driver_sql(*limit(dict.fromkeys(names, UNLIMITED), only_here=True))


def _is_behind(connection: sa.Connection) -> bool:
    return set(_seen(connection)) != set(_steps().get_heads())


def _is_later(connection: sa.Connection) -> bool:
    """Whether somebody went back to this version; the numbers of steps tell, which are in one row."""
    [last] = _steps().get_heads()
    return any(step.isdecimal() and int(step) > int(last) for step in _seen(connection))


def _seen(connection: sa.Connection) -> Sequence[str]:
    return MigrationContext.configure(connection).get_current_heads()


def _steps() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def _standing(connection: sa.Connection) -> Standing:
    if not MigrationContext.configure(connection).get_current_heads():
        return Standing.EMPTY
    if _is_later(connection):
        return Standing.NEWER
    return Standing.OLDER if _is_behind(connection) else Standing.CURRENT


async def _take_all_tables(connection: AsyncConnection, wait: float) -> None:
    """Locks what the steps may change before the first of them, so that none waits while it holds something.

    Raises `TablesInUse` when that takes longer than the wait.
    """
    tables = (await connection.execute(sa.text(_TABLES), {"first": BOTS_TAKE_FIRST})).scalar()
    if not tables:
        return
    await connection.execute(sa.text(_WAIT), {"parts": wait})
    try:
        await connection.exec_driver_sql(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
    except OperationalError as error:
        if _sqlstate(error) == CANCELLED:
            raise TablesInUse(TablesInUse.__doc__) from error
        raise
    await _be_patient(connection)


def _sqlstate(error: OperationalError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


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
