"""Brings a database to today's tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from storage.db import Database


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def migrate(db: Database) -> None:
    """Runs every step this database has not seen, in order; nothing when there is none."""
    async with db.engine.execution_options(immediate=True).begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))


async def write_step(db: Database, words: str, number: str) -> None:
    """Writes the step that leads from the database's tables to the models' (for developers)."""
    async with db.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(configuration(sync), words, autogenerate=True, rev_id=number)
        )
