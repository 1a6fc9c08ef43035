"""Queries about delivery receipts."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of
from storage.models import Receipt


async def add(session: AsyncSession, receipts: Sequence[Receipt]) -> None:
    """Stores those of the receipts that are not known yet."""
    if receipts:
        connection = await session.connection()
        await connection.execute(
            dialect_of(session).insert(Receipt).on_conflict_do_nothing(),
            [receipt.model_dump() for receipt in receipts],
        )
