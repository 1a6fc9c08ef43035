"""What the carrier took of late, with the segments that it counts. It reads row by row, so only people should ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Campaign, Club, Message


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that the carrier took; its segments are the carrier's, or ours where it did not say. No title: no campaign."""

    body: str
    segments: int
    title: str | None


async def latest(session: AsyncSession, *, since: datetime, limit: int) -> Sequence[Taken]:
    """The newest texts made since then that the carrier took, the newest first."""
    taken = (
        select(Message.body, Message.segments, Campaign.title)
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        # An index finds the newest messages of one club.
        .where(col(Message.club_id).in_(select(Club.id)), Message.created_at >= since)
        .where(col(Message.sid).is_not(None))
        .order_by(col(Message.created_at).desc(), col(Message.id))
        .limit(limit)
    )
    return [Taken(*row) for row in (await session.exec(taken)).all()]
