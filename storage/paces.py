"""Queries about paces: when a sender or the account has sent all that was promised to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of
from storage.models import Pace


async def locked(session: AsyncSession, keys: Sequence[str], now: datetime) -> dict[str, datetime]:
    """When each of these is free again, locked in one order; those not known yet are free now."""
    ordered = sorted(keys)
    connection = await session.connection()
    new = dialect_of(session).insert(Pace).on_conflict_do_nothing()
    await connection.execute(new, [{"key": key, "free_at": now} for key in ordered])
    rows = select(Pace).where(col(Pace.key).in_(ordered)).order_by(col(Pace.key)).with_for_update()
    return {row.key: row.free_at for row in (await session.exec(rows)).all()}


async def store(session: AsyncSession, free_at: Mapping[str, datetime]) -> None:
    """Notes when these are free again."""
    for key in sorted(free_at):
        row = await session.get_one(Pace, key)
        row.free_at = free_at[key]
        session.add(row)
    await session.flush()


async def hold(session: AsyncSession, key: str, until: datetime) -> None:
    """Lets nothing leave by this pace before then."""
    known = (await locked(session, [key], until))[key]
    await store(session, {key: max(known, until)})
