"""Queries about groups."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Contact, Group, Membership


async def every_group(session: AsyncSession, club_id: UUID) -> Sequence[Group]:
    """The club's groups, by name."""
    return (await session.exec(select(Group).where(Group.club_id == club_id).order_by(col(Group.name)))).all()


async def these(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> Sequence[Group]:
    """The groups with these ids that the club has, by name."""
    mine = select(Group).where(Group.club_id == club_id, col(Group.id).in_(group_ids))
    return (await session.exec(mine.order_by(col(Group.name)))).all()


async def how_many(session: AsyncSession, club_id: UUID) -> int:
    """How many groups the club has."""
    return (await session.exec(select(func.count()).where(Group.club_id == club_id))).one()


async def listed(session: AsyncSession, club_id: UUID, *, limit: int, offset: int) -> Sequence[Group]:
    """A page of the club's groups, by name."""
    mine = select(Group).where(Group.club_id == club_id).order_by(col(Group.name), col(Group.id))
    return (await session.exec(mine.limit(limit).offset(offset))).all()


async def sizes(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many of the club's people stand on each of these fixed groups' lists; an empty list is not among them."""
    stands = sa.and_(col(Contact.id) == Membership.contact_id, col(Contact.archived_at).is_(None))
    mine = sa.and_(col(Membership.club_id) == club_id, col(Membership.group_id).in_(group_ids))
    counts = select(Membership.group_id, func.count()).join(Contact, stands).where(mine)
    return dict((await session.exec(counts.group_by(col(Membership.group_id)))).all())


async def remove(session: AsyncSession, club_id: UUID, group_id: UUID) -> bool:
    """Takes the group away, with its list; whether the club had it. Its people stay."""
    await session.exec(
        delete(Membership).where(col(Membership.club_id) == club_id, col(Membership.group_id) == group_id)
    )
    gone = await session.exec(delete(Group).where(col(Group.club_id) == club_id, col(Group.id) == group_id))
    return bool(gone.rowcount == 1)
