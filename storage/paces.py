"""Queries about paces: when a sender or the account has sent all that was promised to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of
from storage.many import Many
from storage.models import Pace


async def locked(session: AsyncSession, keys: Sequence[str], now: datetime) -> dict[str, datetime]:
    """When each of these is free again, locked in one order; those not known yet are free now."""
    ordered = sorted(keys)
    found = await _locked(session, ordered)
    if len(found) < len(ordered):
        connection = await session.connection()
        new = dialect_of(session).insert(Pace).on_conflict_do_nothing()
        await connection.execute(new, [{"key": key, "free_at": now} for key in ordered])
        found = await _locked(session, ordered)
    return found


async def _locked(session: AsyncSession, keys: Sequence[str]) -> dict[str, datetime]:
    rows = select(Pace.key, Pace.free_at).where(col(Pace.key).in_(keys)).order_by(col(Pace.key))
    return dict((await session.exec(rows.with_for_update())).all())


async def store(session: AsyncSession, free_at: Mapping[str, datetime]) -> None:
    """Notes when these, which are locked, are free again."""
    await _STORE.execute(session, [{"b_key": key, "b_at": free_at[key]} for key in sorted(free_at)])


async def hold(session: AsyncSession, key: str, until: datetime) -> None:
    """Notes until when this is held, whatever was noted before."""
    await locked(session, [key], until)
    await store(session, {key: until})


_STORE = Many(
    sa.update(Pace)
    .where(col(Pace.key) == sa.bindparam("b_key", type_=sa.String))
    .values(free_at=sa.bindparam("b_at", type_=sa.inspect(Pace).columns["free_at"].type))
)
