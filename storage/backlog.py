"""What stands in the queue, in a few sums over chunks and an index: cheap however much waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import FOLLOWED, Campaign, Chunk, Message
from storage.states import CampaignState, MessageState

STILL_LOOKED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, what is in doubt, and how many campaigns are open."""

    waiting: int
    parked: int
    """How many messages wait in campaigns that are paused."""
    overdue_since: datetime | None
    """Since when something could leave that nobody has looked at."""
    waiting_since: datetime | None
    """When the oldest of what waits was queued."""
    in_doubt: int
    """How many lost answers are being looked for, or were until a day ago."""
    sending: int
    paused: int


async def backlog(session: AsyncSession, now: datetime) -> Backlog:
    """How the queue stands now."""
    has_some = col(Chunk.waiting) > 0
    queue = sa.select(
        func.coalesce(func.sum(col(Chunk.waiting)), 0),
        func.min(sa.case((sa.and_(has_some, col(Chunk.due_at) <= now), col(Chunk.due_at)))),
        func.min(sa.case((has_some, col(Chunk.created_at)))),
    ).where(col(Chunk.due_at).is_not(None))
    connection = await session.connection()
    waiting, overdue_since, waiting_since = (await connection.execute(queue)).one()
    states = await _campaigns(session)
    return Backlog(
        waiting=waiting,
        parked=await _parked(session),
        overdue_since=overdue_since,
        waiting_since=waiting_since,
        in_doubt=await _in_doubt(session, now),
        sending=states.get(CampaignState.SENDING, 0),
        paused=states.get(CampaignState.PAUSED, 0),
    )


async def _parked(session: AsyncSession) -> int:
    # Its own words, so that SQLite finds the index over parked chunks.
    parked = select(func.coalesce(func.sum(col(Chunk.waiting)), 0)).where(sa.text("parked"))
    return (await session.exec(parked)).one()


async def _in_doubt(session: AsyncSession, now: datetime) -> int:
    # The next look lies after the loss, so what was given up falls out by and by, and the index alone is read.
    lost = select(func.count()).where(
        sa.text(FOLLOWED),
        Message.state == MessageState.UNKNOWN,
        Message.not_before >= now - STILL_LOOKED_FOR,
    )
    return (await session.exec(lost.select_from(Message))).one()


async def _campaigns(session: AsyncSession) -> dict[CampaignState, int]:
    open_ = (CampaignState.SENDING, CampaignState.PAUSED)
    counted = (
        select(Campaign.state, func.count())
        .where(col(Campaign.state).in_(open_))
        .group_by(col(Campaign.state))
    )
    return {CampaignState(state): count for state, count in (await session.exec(counted)).all()}
