"""Queries about contacts and their guardians."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.db import in_portions
from storage.models import Contact, Guardianship, Membership


def _of_club(club_id: UUID) -> SelectOfScalar[Contact]:
    return select(Contact).where(Contact.club_id == club_id, col(Contact.archived_at).is_(None))


def _by_name(query: SelectOfScalar[Contact]) -> SelectOfScalar[Contact]:
    return query.order_by(col(Contact.last_name), col(Contact.first_name), col(Contact.id))


async def everyone(session: AsyncSession, club_id: UUID) -> Sequence[Contact]:
    """All contacts of the club, by name."""
    return (await session.exec(_by_name(_of_club(club_id)))).all()


async def these(session: AsyncSession, club_id: UUID, contact_ids: Collection[UUID]) -> Sequence[Contact]:
    """The contacts with these ids that the club has, by name."""
    found: list[Contact] = []
    for some in in_portions(contact_ids):
        found += (await session.exec(_of_club(club_id).where(col(Contact.id).in_(some)))).all()
    return sorted(found, key=lambda contact: (contact.last_name, contact.first_name, contact.id))


async def on_list(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> Sequence[Contact]:
    """The contacts who stand on any of these fixed groups' lists, by name."""
    listed = select(Membership.contact_id).where(
        Membership.club_id == club_id, col(Membership.group_id).in_(group_ids)
    )
    return (await session.exec(_by_name(_of_club(club_id).where(col(Contact.id).in_(listed))))).all()


async def matching(session: AsyncSession, club_id: UUID, field: str, value: str) -> Sequence[Contact]:
    """The contacts whose field has this value, whatever the case, by name."""
    same = func.lower(_field(field)) == value.lower()
    return (await session.exec(_by_name(_of_club(club_id).where(same)))).all()


def _field(name: str) -> Any:
    if name in ("first_name", "last_name"):
        return col(getattr(Contact, name))
    return col(Contact.fields)[name].as_string()


async def search(session: AsyncSession, club_id: UUID, typed: str, *, limit: int) -> Sequence[Contact]:
    """The first contacts in whose name or number each typed word occurs, by name."""
    found = _of_club(club_id)
    full = func.lower(col(Contact.first_name) + " " + col(Contact.last_name) + " " + col(Contact.mobile))
    for word in typed.lower().split():
        found = found.where(full.contains(word, autoescape=True))
    return (await session.exec(_by_name(found).limit(limit))).all()


async def guardians_of(
    session: AsyncSession, club_id: UUID, child_ids: Collection[UUID]
) -> dict[UUID, list[Contact]]:
    """Who answers for each of these children."""
    guardians: dict[UUID, list[Contact]] = {}
    for some in in_portions(child_ids):
        pairs = (
            select(Guardianship.child_id, Contact)
            .join(Contact, col(Contact.id) == col(Guardianship.guardian_id))
            .where(Guardianship.club_id == club_id, col(Guardianship.child_id).in_(some))
            .where(Contact.club_id == club_id, col(Contact.archived_at).is_(None))
        )
        for child_id, guardian in (await session.exec(pairs.order_by(col(Contact.id)))).all():
            guardians.setdefault(child_id, []).append(guardian)
    return guardians


async def with_number(session: AsyncSession, club_id: UUID, e164: str) -> Sequence[Contact]:
    """The contacts whose number this is."""
    return (await session.exec(_by_name(_of_club(club_id).where(Contact.e164 == e164)))).all()


async def with_numbers(
    session: AsyncSession, club_id: UUID, numbers: Collection[str]
) -> dict[str, list[Contact]]:
    """The contacts whose numbers these are, by number, then by name."""
    found: dict[str, list[Contact]] = {}
    for some in in_portions(numbers):
        rows = _by_name(_of_club(club_id).where(col(Contact.e164).in_(some)))
        for contact in (await session.exec(rows)).all():
            found.setdefault(contact.e164 or "", []).append(contact)
    return found


async def field_names(session: AsyncSession, club_id: UUID) -> Sequence[str]:
    """The names of the club's own contact fields."""
    if session.get_bind().dialect.name == "postgresql":
        keys = sa.func.json_object_keys(col(Contact.fields)).table_valued("key").render_derived()
    else:
        keys = sa.func.json_each(col(Contact.fields)).table_valued("key")
    named = sa.select(keys.c.key).select_from(sa.join(Contact, keys, sa.true()))
    connection = await session.connection()
    return sorted(
        (await connection.execute(named.where(col(Contact.club_id) == club_id).distinct())).scalars()
    )
