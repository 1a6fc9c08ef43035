"""The steps that lead to today's tables."""

import asyncio
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

import storage.models  # noqa: F401 - the tables register themselves
from storage.db import Database
from storage.migrate import configuration, is_ours, migrate
from tests.databases import POSTGRESQL

STEPS = Path("storage/migrations/versions")


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_from_an_empty_database_every_step_leads_to_the_models(empty: str) -> None:
    db = Database(empty)
    await migrate(db)
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        tables = await connection.run_sync(table_names)
    assert {name for name in tables if is_ours(name, "table", {})} == (
        set(SQLModel.metadata.tables) | {"alembic_version"}
    )
    await db.close()


async def test_migrating_again_changes_nothing(empty: str) -> None:
    db = Database(empty)
    for _ in range(2):
        await migrate(db)
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await db.close()


async def test_processes_that_migrate_at_the_same_moment_make_the_tables_once(empty: str) -> None:
    several = [Database(empty) for _ in range(3)]
    await asyncio.gather(*(migrate(db) for db in several))
    async with several[0].engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    for db in several:
        await db.close()


async def test_every_step_can_be_taken_back(empty: str) -> None:
    db = Database(empty)
    await migrate(db)
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "base"))
        assert await connection.run_sync(table_names) == {"alembic_version"}
    await migrate(db)
    await db.close()


@pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)
async def test_the_queue_takes_jobs_in_the_tables_that_a_step_made(empty: str) -> None:
    db = Database(empty)
    await migrate(db)
    await db.close()
    connector = PsycopgConnector(conninfo=empty.replace("+psycopg", ""))
    async with App(connector=connector).open_async() as queue:
        assert await queue.check_connection_async()
        await queue.configure_task("anything").defer_async()
        assert [job.task_name for job in await queue.job_manager.list_jobs_async()] == ["anything"]


async def test_on_sqlite_there_is_no_queue(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path}/touchline.db")
    await migrate(db)
    async with db.engine.connect() as connection:
        assert not [
            name for name in await connection.run_sync(table_names) if name.startswith("procrastinate")
        ]
    await db.close()


def test_the_queues_tables_are_those_that_its_package_asks_for() -> None:
    pinned = STEPS.parent / "procrastinate" / f"{version('procrastinate')}.sql"
    words = pinned.read_text().partition("\n\n")[2] if pinned.exists() else ""
    assert words == SchemaManager.get_schema(), (
        "The installed procrastinate asks for other tables than the last step makes: keep its schema "
        "beside the old one, under its version, and write a step from the old one to the new one."
    )


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
