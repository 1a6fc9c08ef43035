"""Queries about the questions that follow a club's keyword."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of
from storage.models import OptInQuestion

CLOCKS_APART = timedelta(seconds=10)
"""Who hears the answer may have another clock than who asked, and the carrier's list knows whole seconds."""


def _is_open(at: datetime) -> sa.ColumnElement[bool]:
    # Of two who ask at once the later may have looked at the clock first: when it was asked does not count here.
    return sa.and_(col(OptInQuestion.answered_at).is_(None), col(OptInQuestion.until_at) >= at)


async def ask(session: AsyncSession, question: OptInQuestion) -> bool:
    """Keeps the question unless one is open for its number already; whether it is to be asked."""
    row = question.model_dump()
    stored = dialect_of(session).insert(OptInQuestion).values(**row)
    renewed = stored.on_conflict_do_update(
        index_elements=["club_id", "e164"], set_=row, where=sa.not_(_is_open(question.asked_at))
    )
    counted = renewed.execution_options(preserve_rowcount=True)
    return bool((await session.exec(counted)).rowcount == 1)


async def take_answer(session: AsyncSession, club_id: UUID, e164: str, at: datetime) -> OptInQuestion | None:
    """The question that was open for this number then, answered by this; None when there was none, or somebody was first."""
    answered = (
        update(OptInQuestion)
        .where(col(OptInQuestion.club_id) == club_id, col(OptInQuestion.e164) == e164)
        .where(_is_open(at), col(OptInQuestion.asked_at) <= at + CLOCKS_APART)
        .values(answered_at=at)
    )
    if (await session.exec(answered)).rowcount != 1:
        return None
    mine = select(OptInQuestion).where(OptInQuestion.club_id == club_id, OptInQuestion.e164 == e164)
    return (await session.exec(mine)).one()


async def forget(session: AsyncSession, club_id: UUID, e164: str) -> None:
    """Drops the number's question: a yes that comes now answers nothing."""
    gone = delete(OptInQuestion).where(col(OptInQuestion.club_id) == club_id, col(OptInQuestion.e164) == e164)
    await session.exec(gone)
