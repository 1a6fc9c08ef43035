"""Queries about groups."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import one_at_a_time
from storage.folding import folded
from storage.models import Contact, Group, Membership

NAMING = 1 << 62
"""Tells the lock of who names groups from others of the club."""


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


async def one(session: AsyncSession, club_id: UUID, group_id: UUID, *, lock: bool = False) -> Group | None:
    """The club's group with this id; under a `lock` nobody else changes it meanwhile."""
    mine = select(Group).where(Group.club_id == club_id, Group.id == group_id)
    return (await session.exec(mine.with_for_update() if lock else mine)).first()


async def alone(session: AsyncSession, club_id: UUID) -> None:
    """Waits until nobody else names a group of the club: a name that is free then still is when it is stored."""
    await one_at_a_time(session, NAMING | club_id.int >> 66)


async def named(session: AsyncSession, club_id: UUID, name: str) -> Group | None:
    """The club's group of this name, accents and case aside."""
    mine = await every_group(session, club_id)
    return next((group for group in mine if folded(group.name) == folded(name)), None)


async def store(session: AsyncSession, row: Group) -> None:
    """Keeps the group, new or changed."""
    session.add(row)
    await session.flush()


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
