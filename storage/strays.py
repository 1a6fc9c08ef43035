"""Queries about strays: texts that the carrier has and our messages do not know."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.chunks import OPEN
from storage.db import dialect_of, in_portions
from storage.models import Campaign, Club, Message, Stray
from storage.states import CampaignState, MessageState

_OPEN_CAMPAIGNS = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)
_IN_DOUBT = (MessageState.SENDING, MessageState.UNKNOWN)


async def open_since(session: AsyncSession, now: datetime) -> datetime | None:
    """When the first text that is still to leave should have left; None when nothing is open."""
    campaigns = select(func.min(col(Campaign.release_at))).where(
        col(Campaign.state).in_(_OPEN_CAMPAIGNS), col(Campaign.release_at) <= now
    )
    alone = select(func.min(col(Message.created_at))).where(
        col(Message.campaign_id).is_(None), col(Message.state).in_(OPEN)
    )
    times = [(await session.exec(campaigns)).one(), (await session.exec(alone)).one()]
    return min((at for at in times if at is not None), default=None)


async def in_doubt(session: AsyncSession, numbers: Collection[str]) -> set[tuple[str, str]]:
    """The number and text of each message to these numbers whose answer is lost or on its way."""
    doubtful: set[tuple[str, str]] = set()
    for some in in_portions(numbers):
        rows = select(Message.e164, Message.body).where(
            # An index finds the messages to a number of one club.
            col(Message.club_id).in_(select(Club.id)),
            col(Message.e164).in_(some),
            col(Message.state).in_(_IN_DOUBT),
        )
        doubtful |= {(e164, body) for e164, body in (await session.exec(rows)).all()}
    return doubtful


async def add(session: AsyncSession, strays: Sequence[Stray]) -> None:
    """Notes those of them that are not known yet."""
    if strays:
        new = dialect_of(session).insert(Stray).on_conflict_do_nothing()
        connection = await session.connection()
        await connection.execute(new, [stray.model_dump() for stray in strays])


async def free(
    session: AsyncSession, numbers: Collection[str], *, since: datetime
) -> dict[tuple[str, str], list[Stray]]:
    """The strays since then that no message has taken, by number and text, the oldest first."""
    found: dict[tuple[str, str], list[Stray]] = {}
    for some in in_portions(numbers):
        rows = select(Stray).where(
            col(Stray.e164).in_(some), col(Stray.message_id).is_(None), Stray.created_at >= since
        )
        for stray in (await session.exec(rows.order_by(col(Stray.created_at)))).all():
            found.setdefault((stray.e164, stray.body), []).append(stray)
    return found


async def taken(session: AsyncSession, sid: str, message_id: UUID) -> None:
    """Notes which message took the stray for its own."""
    await session.exec(update(Stray).where(col(Stray.sid) == sid).values(message_id=message_id))
