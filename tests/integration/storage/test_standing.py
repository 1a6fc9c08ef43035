"""How a database's tables stand to those of this version, on both databases."""

import pytest
import sqlalchemy as sa
from alembic import command

from storage.db import Database
from storage.migrate import Standing, configuration, standing

pytestmark = pytest.mark.both


async def test_a_database_without_tables_is_empty_and_stays_so(empty: str) -> None:
    db = Database(empty)
    assert await standing(db) is Standing.EMPTY
    async with db.engine.connect() as connection:
        assert await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()) == []
    await db.close()


async def test_a_migrated_database_is_current(migrated: str) -> None:
    db = Database(migrated)
    assert await standing(db) is Standing.CURRENT
    await db.close()


async def test_the_first_tables_alone_are_older(empty: str) -> None:
    db = Database(empty)
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0001"))
    assert await standing(db) is Standing.OLDER
    await db.close()


async def test_steps_that_this_version_does_not_know_are_newer(migrated: str) -> None:
    db = Database(migrated)
    async with db.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert await standing(db) is Standing.NEWER
    await db.close()
