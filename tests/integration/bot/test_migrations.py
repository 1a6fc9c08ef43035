"""The steps that lead to today's tables."""

import asyncio
import re
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, MetaData, Table, inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from storage.conditions import Compared, Condition, Operator, Rule, from_json, to_json
from storage.contacts import Picked, those_picked
from storage.db import Database
from storage.migrate import configuration, is_here, is_ours, migrate
from storage.models import (
    AudienceGuardian,
    AudienceLine,
    Contact,
    ContactField,
    Group,
    Guardianship,
    Message,
    Receipt,
    Tally,
)
from storage.parts import Flat
from storage.states import FieldKind, GroupKind
from tests import factories as f
from tests.databases import POSTGRESQL

STEPS = Path("storage/migrations/versions")
GROUPS = sa.table("contact_group", sa.column("name"), sa.column("rule", sa.JSON()))
AS_BEFORE = sa.table("contact", sa.column("id", sa.Uuid()), sa.column("fields", sa.JSON()))


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_name": is_ours,
            "include_object": is_here(connection.dialect.name),
        },
    )
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


async def test_a_database_of_the_first_tables_keeps_its_rows_and_whom_they_point_to(empty: str) -> None:
    db = Database(empty)
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0001"))
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign, 1)
    receipt = Receipt(
        club_id=club.id, message_id=message.id, attempt=1, sid="SM1", status="sent", received_at=f.NOW
    )
    async with db.engine.begin() as connection:
        for row in (club, campaign, message, receipt):
            await connection.run_sync(insert_as_its_table_was, row)
    await migrate(db)
    async with db.read() as session:
        assert [row.id for row in (await session.exec(select(Message))).all()] == [message.id]
        assert [row.message_id for row in (await session.exec(select(Receipt))).all()] == [message.id]
        assert sum(row.messages for row in (await session.exec(select(Tally))).all()) == 1
    with pytest.raises(IntegrityError):
        async with db.begin() as session:
            session.add(f.message(campaign.model_copy(update={"id": uuid4()}), 2))
    await db.close()


async def test_what_stood_in_a_clubs_own_fields_is_kept_where_it_belongs_and_can_be_put_back(
    empty: str,
) -> None:
    db = Database(empty)
    club, other = f.club(), f.club()
    spoken = f.contact(club, 1, fields={"team": "U13", "language": "de-CH"})
    plain, elsewhere = (
        f.contact(club, 2, fields={"team": "U11"}),
        f.contact(other, 3, fields={"licence": "7"}),
    )
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0007"))
        for row in (club, other, spoken, plain, elsewhere):
            await connection.run_sync(insert_as_its_table_was, row)
    await migrate(db)
    async with db.read() as session:
        contacts = {row.id: row for row in (await session.exec(select(Contact))).all()}
        fields = {
            (row.club_id, row.name, row.kind) for row in (await session.exec(select(ContactField))).all()
        }
    assert (contacts[spoken.id].language, contacts[spoken.id].fields) == ("de-CH", {"team": "U13"})
    assert (contacts[plain.id].language, contacts[plain.id].fields) == ("", {"team": "U11"})
    assert fields == {(club.id, "team", FieldKind.TEXT), (other.id, "licence", FieldKind.TEXT)}
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0007"))
        before = {row.id: row.fields for row in (await connection.execute(sa.select(AS_BEFORE))).all()}
    assert before[spoken.id] == {"team": "U13", "language": "de-CH"}
    assert before[plain.id] == {"team": "U11"}
    await db.close()


async def test_groups_of_one_value_find_the_same_people_by_a_rule_and_can_be_put_back(empty: str) -> None:
    db = Database(empty)
    club = f.club()
    before = {
        "team": {"field": "team", "value": "U13"},
        "name": {"field": "last_name", "value": "Roux"},
        "fixed": None,
    }
    groups = {
        name: Group(id=uuid4(), club_id=club.id, name=name, kind=GroupKind.DYNAMIC, rule=rule)
        for name, rule in before.items()
    }
    people = [
        f.contact(club, 1, fields={"team": "u13"}),
        f.contact(club, 2, last_name="Roux"),
        f.contact(club, 3, fields={"team": "U15"}),
    ]
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0010"))
        for row in (club, *groups.values(), *people):
            await connection.run_sync(insert_as_its_table_was, row)
    await migrate(db)
    async with db.read() as session:
        rules = {row.name: row.rule for row in (await session.exec(select(Group))).all()}
        found = {
            name: [
                row[0]
                for row in await those_picked(
                    session, club.id, (), Picked(f.NOW.date(), groups=Flat(rules=(from_json(rule),)))
                )
            ]
            for name, rule in rules.items()
            if rule
        }
    assert found == {"team": [people[0].id.hex], "name": [people[1].id.hex]}
    assert rules["fixed"] is None
    assert rules["team"].items() >= before["team"].items(), "a bot of the version before still finds its own"
    wider = to_json(Rule(parts=(Condition("age", Compared.AGE, Operator.LESS, "13"),)))
    async with db.begin() as session:
        session.add(Group(club_id=club.id, name="young", kind=GroupKind.DYNAMIC, rule=wider))
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "0010"))
        rows = (await connection.execute(sa.select(GROUPS.c.name, GROUPS.c.rule))).all()
        after = {row.name: row.rule for row in rows}
    nobody = after.pop("young")
    assert after == before
    assert nobody["value"].isspace(), "the tables before cannot say it: nobody rather than somebody else"
    await db.close()


def insert_as_its_table_was(connection: Connection, row: SQLModel) -> None:
    there = Table(row.__tablename__, MetaData(), autoload_with=connection).columns  # type: ignore[arg-type]
    known = [
        column for column in SQLModel.metadata.tables[str(row.__tablename__)].columns if column.name in there
    ]
    # Without the defaults of columns that came later.
    table = sa.table(str(row.__tablename__), *(sa.column(column.name, column.type) for column in known))
    values = {name: value for name, value in row.model_dump().items() if name in table.columns}
    connection.execute(sa.insert(table).values(**values))


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


async def test_of_what_left_before_it_is_known_who_answered_for_whom(empty: str) -> None:
    db = Database(empty)
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0011"))
    club = f.club()
    campaign = f.campaign(club)
    child, guardian, stranger = (f.contact(club, n) for n in (1, 2, 3))
    people = [
        Guardianship(club_id=club.id, child_id=child.id, guardian_id=one.id) for one in (guardian, stranger)
    ]
    lines = [
        AudienceLine(club_id=club.id, campaign_id=campaign.id, contact_id=one.id, because=because)
        for one, because in ((child, "chosen"), (guardian, "guardian_of"))
    ]
    async with db.engine.begin() as connection:
        for row in (club, campaign, child, guardian, stranger, *people, *lines):
            await connection.run_sync(insert_as_its_table_was, row)
    await migrate(db)
    async with db.read() as session:
        (pair,) = (await session.exec(select(AudienceGuardian))).all()
    assert (pair.club_id, pair.campaign_id) == (club.id, campaign.id)
    assert (pair.child_id, pair.guardian_id) == (child.id, guardian.id)
    await db.close()
