"""Queries about the fields that a club made up, and their values, which stand with each contact by the field's name."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of
from storage.folding import searchable
from storage.models import Contact, ContactField

AT_ONCE = 500
"""Whoever types meanwhile waits for no more than so many people."""


async def one(session: AsyncSession, club_id: UUID, field_id: UUID) -> ContactField | None:
    """The club's field with this id."""
    mine = select(ContactField).where(ContactField.club_id == club_id, ContactField.id == field_id)
    return (await session.exec(mine)).first()


async def store(session: AsyncSession, row: ContactField) -> None:
    """Keeps a field, new or changed."""
    session.add(row)
    await session.flush()


async def how_many_have(session: AsyncSession, club_id: UUID, name: str) -> int:
    """How many of the club's contacts, archived or not, have a value in the field of this name."""
    counted = sa.select(sa.func.count()).select_from(Contact).where(*_having(club_id, name))
    found: int = (await (await session.connection()).execute(counted)).scalar_one()
    return found


async def rename_values(session: AsyncSession, club_id: UUID, old: str, new: str) -> None:
    """Moves every value of the field from one name to another, at which nothing else may stand."""
    entry = _entries()
    name = sa.case((entry.c.key == old, new), else_=entry.c.key)
    kept = sa.select(_object(session)(name, entry.c.value)).select_from(entry).where(entry.c.key != new)
    moved = sa.update(Contact).where(*_having(club_id, old)).values(fields=kept.scalar_subquery())
    await (await session.connection()).execute(moved)


async def forget_some(
    session: AsyncSession, club_id: UUID, name: str, after: UUID | None = None
) -> UUID | None:
    """Drops the values of the next few hundred people behind this one, who are found by them no more.

    The last of these people, behind whom there may be others; None once there is nobody.
    """
    columns = sa.inspect(Contact).local_table.c
    some = sa.select(*columns).where(*_having(club_id, name)).order_by(columns.id).limit(AT_ONCE)
    further = some.where(columns.id > after) if after else some
    rows = (await (await session.connection()).execute(further)).mappings().all()
    if not rows:
        return None
    which = sa.update(Contact).where(col(Contact.id) == sa.bindparam("b_id"))
    statement = which.values(fields=sa.bindparam("b_fields"), search=sa.bindparam("b_search"))
    await (await session.connection()).execute(statement, [_without(row, name) for row in rows])
    last: UUID = rows[-1]["id"]
    return last


async def remove(session: AsyncSession, row: ContactField) -> None:
    """Takes the field away, in which nobody has a value any more."""
    await session.delete(row)
    await session.flush()


def _without(row: sa.RowMapping, name: str) -> dict[str, Any]:
    fields = {key: value for key, value in row["fields"].items() if key != name}
    return {"b_id": row["id"], "b_fields": fields, "b_search": searchable({**row, "fields": fields})}


def _having(club_id: UUID, name: str) -> tuple[Any, ...]:
    """Any name, whatever stands in it: a path in JSON would read quotes and dots."""
    entry = _entries()
    is_there = sa.select(sa.literal(1)).select_from(entry).where(entry.c.key == name).exists()
    return col(Contact.club_id) == club_id, is_there


def _entries() -> Any:
    return sa.func.json_each(col(Contact.fields)).table_valued("key", "value")


def _object(session: AsyncSession) -> Any:
    return sa.func.json_group_object if dialect_of(session) is sqlite else sa.func.json_object_agg
