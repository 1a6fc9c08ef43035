"""Queries about the sentences with which clubs ask for consent. A version is only ever added."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import ConsentWording


async def newest(
    session: AsyncSession, club_id: UUID, *, limit: int, by: datetime | None = None
) -> Sequence[ConsentWording]:
    """The club's latest versions, the newest first; those alone that it had by then, where that is given."""
    mine = select(ConsentWording).where(ConsentWording.club_id == club_id)
    if by is not None:
        mine = mine.where(ConsentWording.at <= by)
    return (await session.exec(mine.order_by(col(ConsentWording.version).desc()).limit(limit))).all()


async def version(session: AsyncSession, club_id: UUID, number: int) -> ConsentWording | None:
    """This version of the club's wording."""
    mine = select(ConsentWording).where(ConsentWording.club_id == club_id, ConsentWording.version == number)
    return (await session.exec(mine)).first()


async def add(session: AsyncSession, row: ConsentWording) -> None:
    """Keeps a new version."""
    session.add(row)
    await session.flush()
