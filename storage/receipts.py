"""Queries about delivery receipts and the standing of the messages they speak of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import messages
from storage.models import Message, Receipt
from storage.states import MessageState


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands, as far as a receipt can change it."""

    id: UUID
    club_id: UUID
    e164: str
    attempt: int
    state: MessageState
    sid: str | None
    error_code: int | None


async def standings(session: AsyncSession, message_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Those of these messages that exist, locked until the transaction ends."""
    found: dict[UUID, Standing] = {}
    columns = [col(getattr(Message, name)) for name in Standing.__dataclass_fields__]
    connection = await session.connection()
    for some in messages.in_portions(sorted(message_ids)):
        rows = (
            sa.select(*columns).where(col(Message.id).in_(some)).order_by(col(Message.id)).with_for_update()
        )
        found |= {row.id: Standing(*row) for row in (await connection.execute(rows)).all()}
    return found


async def add(session: AsyncSession, receipts: Sequence[Receipt]) -> None:
    """Stores those of the receipts that are not known yet."""
    if receipts:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        connection = await session.connection()
        await connection.execute(
            dialect.insert(Receipt).on_conflict_do_nothing(), [receipt.model_dump() for receipt in receipts]
        )


async def settle(
    session: AsyncSession, before: Sequence[Standing], after: Sequence[Standing], at: datetime
) -> None:
    """Moves each message from where it was seen to where it stands now; their cards are due then."""
    if not after:
        return
    unmoved = (col(Message.id) == sa.bindparam("b_id"), col(Message.state) == sa.bindparam("b_seen"))
    columns: dict[str, Any] = {
        "state": sa.bindparam("b_state"),
        "sid": sa.bindparam("b_sid"),
        "error_code": sa.bindparam("b_error_code"),
        "lease_until": None,
        "changed_at": at,
    }
    connection = await session.connection()
    await connection.execute(
        sa.update(Message).where(*unmoved).values(columns),
        [
            {
                "b_id": now.id,
                "b_seen": seen.state,
                "b_state": now.state,
                "b_sid": now.sid,
                "b_error_code": now.error_code,
            }
            for seen, now in zip(before, after, strict=True)
        ],
    )
    await messages.touch(session, [now.id for now in after])
