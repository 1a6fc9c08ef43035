"""Reads the bot's books out of its database, for the rules to compare."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import Database
from storage.models import AudienceLine, Campaign, Message, OptOut, Receipt, Reply, Stray, Tally
from storage.tallies import LEFT_OUT
from tests.proof.ledger import Books, Count

Row = TypeVar("Row", bound=SQLModel)


async def read_books(db: Database, *, posts: Sequence[str] | None = None, is_counted: bool = True) -> Books:
    """Everything the bot remembers, at one moment; `is_counted` when whoever wrote it keeps counts."""
    async with db.snapshot() as session:
        return Books(
            messages=await _all(session, Message),
            receipts=await _all(session, Receipt),
            replies=await _all(session, Reply),
            opt_outs=await _all(session, OptOut),
            campaigns=await _all(session, Campaign),
            counts=await _counts(session) if is_counted else None,
            strays=await _strays(session),
            frozen=await _frozen(session),
            posts=posts,
        )


async def _all(session: AsyncSession, table: type[Row]) -> Sequence[Row]:
    return (await session.exec(select(table))).all()


async def _frozen(session: AsyncSession) -> dict[UUID, frozenset[str]]:
    chosen = select(AudienceLine.campaign_id, AudienceLine.e164).where(
        col(AudienceLine.left_out).is_(None), col(AudienceLine.e164).is_not(None)
    )
    numbers: dict[UUID, set[str]] = defaultdict(set)
    for campaign_id, e164 in (await session.exec(chosen)).all():
        numbers[campaign_id].add(e164 or "")
    return {campaign_id: frozenset(theirs) for campaign_id, theirs in numbers.items()}


async def _counts(session: AsyncSession) -> Sequence[Count]:
    rows = (await session.exec(select(Tally).where(Tally.what != LEFT_OUT))).all()
    return [Count(row.campaign_id, row.what, row.messages, row.segments) for row in rows]


async def _strays(session: AsyncSession) -> Sequence[str]:
    return (await session.exec(select(Stray.sid))).all()
