"""The steps that lead to today's tables."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

import storage.models  # noqa: F401 - the tables register themselves
from storage.db import Database
from storage.migrate import configuration, migrate

STEPS = Path("storage/migrations/versions")


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_from_an_empty_database_every_step_leads_to_the_models(empty: str) -> None:
    db = Database(empty)
    await migrate(db)
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(tables) == set(SQLModel.metadata.tables) | {"alembic_version"}
    await db.close()


async def test_migrating_again_changes_nothing(empty: str) -> None:
    db = Database(empty)
    for _ in range(2):
        await migrate(db)
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await db.close()


async def test_a_table_that_no_step_makes_is_noticed(empty: str) -> None:
    db = Database(empty)
    await migrate(db)
    async with db.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE receipt")
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences)
    await db.close()


def test_steps_are_numbered_in_one_row_and_named_for_what_they_do() -> None:
    files = sorted(path.name for path in STEPS.glob("*.py") if path.name != "__init__.py")
    assert [name[:4] for name in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    assert all(re.fullmatch(r"\d{4}(_[a-z0-9]+)+\.py", name) for name in files)
    script = ScriptDirectory.from_config(configuration())
    chain = [step.revision for step in script.walk_revisions()][::-1]
    assert chain == [name[:4] for name in files]
    assert len(script.get_heads()) == 1
