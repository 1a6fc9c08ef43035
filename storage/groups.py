"""Queries about groups."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Group


async def every_group(session: AsyncSession, club_id: UUID) -> Sequence[Group]:
    """The club's groups, by name."""
    return (await session.exec(select(Group).where(Group.club_id == club_id).order_by(col(Group.name)))).all()


async def these(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> Sequence[Group]:
    """The groups with these ids that the club has, by name."""
    mine = select(Group).where(Group.club_id == club_id, col(Group.id).in_(group_ids))
    return (await session.exec(mine.order_by(col(Group.name)))).all()
