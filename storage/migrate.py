"""Brings a database to today's tables."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from storage.db import Database

THE_QUEUES = "procrastinate_"
# Any number that nothing else locks.
MIGRATING = 7_336_552_110


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

    Processes that do so at the same moment come one after the other.
    """
    async with db.engine.execution_options(immediate=True).begin() as connection:
        if not db.is_sqlite:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))


async def write_step(db: Database, words: str, number: str) -> None:
    """Writes the step that leads from the database's tables to the models' (for developers)."""
    async with db.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(configuration(sync), words, autogenerate=True, rev_id=number)
        )
