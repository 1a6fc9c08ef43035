"""Who did what, when: lines are only ever added."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Audit


async def note(session: AsyncSession, line: Audit) -> None:
    """Adds a line."""
    session.add(line)
    await session.flush()


async def newest(session: AsyncSession, club_id: UUID, *, limit: int) -> Sequence[Audit]:
    """The club's latest lines, the newest first."""
    mine = select(Audit).where(Audit.club_id == club_id)
    return (await session.exec(mine.order_by(col(Audit.at).desc()).limit(limit))).all()
