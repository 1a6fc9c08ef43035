"""A write that proves whether the database takes more than it holds."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Stray

BODY = " " * 16_384
"""More than a page, in a database of any kind."""


async def grow(session: AsyncSession, now: datetime) -> None:
    """Stores something large and takes it back, for nobody to see; raises where nothing more can be stored."""
    row = Stray(sid="health", e164="", body=BODY, status="", segments=0, created_at=now)
    session.add(row)
    await session.flush()
    await session.delete(row)
