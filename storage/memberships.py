"""Queries about who stands on a fixed group's list: each change adds or takes away some, and never writes the list anew."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of, in_portions
from storage.models import Contact, Membership


async def standing(
    session: AsyncSession, club_id: UUID, group_id: UUID, contact_ids: Collection[UUID]
) -> set[UUID]:
    """Which of these people stand on the list."""
    found: set[UUID] = set()
    for some in in_portions(contact_ids):
        mine = select(Membership.contact_id).where(
            Membership.club_id == club_id,
            Membership.group_id == group_id,
            col(Membership.contact_id).in_(some),
        )
        found.update((await session.exec(mine)).all())
    return found


async def put_on(session: AsyncSession, club_id: UUID, group_id: UUID, contact_ids: Collection[UUID]) -> int:
    """Puts those of these people whom the club has on the list; how many were not on it."""
    added = 0
    for some in in_portions(contact_ids):
        people = sa.select(
            sa.literal(club_id, sa.Uuid()), sa.literal(group_id, sa.Uuid()), col(Contact.id)
        ).where(
            col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None), col(Contact.id).in_(some)
        )
        insert = dialect_of(session).insert(Membership)
        new = insert.from_select(["club_id", "group_id", "contact_id"], people).on_conflict_do_nothing()
        # psycopg's count of an INSERT is gone with its cursor unless it is asked for.
        added += (await session.exec(new.execution_options(preserve_rowcount=True))).rowcount
    return added


async def take_off(session: AsyncSession, club_id: UUID, group_id: UUID, contact_id: UUID) -> bool:
    """Takes somebody off the list; whether they stood on it."""
    gone = sa.delete(Membership).where(
        col(Membership.club_id) == club_id,
        col(Membership.group_id) == group_id,
        col(Membership.contact_id) == contact_id,
    )
    return bool((await session.exec(gone)).rowcount)
