"""Queries about claims: which messages may leave now, and who may ask for them until when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import campaigns
from storage.messages import in_portions
from storage.models import Campaign, Message, OptOut
from storage.states import CampaignState, Kind, MessageState, OptOutScope

OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message that its claimer, and nobody else, may ask the carrier to send, once, in this attempt."""

    id: UUID
    club_id: UUID
    campaign_id: UUID | None
    attempt: int
    sender: str
    e164: str
    body: str


async def claim(
    session: AsyncSession, *, now: datetime, lease_until: datetime, limit: int
) -> Sequence[Claimed]:
    """Takes up to `limit` messages whose time has come; they stand as `sending` in a new attempt.

    Answers and tests come first, then alerts, then marketing, in the order of their times. Those who have opted out
    by now are skipped: this is the last look, and requests start right after the commit.
    """
    candidates = await _due(session, col(Message.campaign_id).is_(None), now, limit)
    for campaign_id in await _campaigns_with_due(session, now, limit):
        if len(candidates) < limit:
            its_own = col(Message.campaign_id) == campaign_id
            candidates += await _due(session, its_own, now, limit - len(candidates))
    blocked = [row for row in candidates if _is_blocked(row.scope, row.kind)]
    await _skip(session, [row.id for row in blocked], OPTED_OUT, now)
    free = [row for row in candidates if not _is_blocked(row.scope, row.kind)]
    taken = await _take(session, [row.id for row in free], now, lease_until)
    await campaigns.touch_cards(session, {row.campaign_id for row in candidates if row.campaign_id})
    return [_claimed(row) for row in free if row.id in taken]


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next message may leave, as far as its campaign is sending."""
    queued = col(Message.state) == MessageState.QUEUED
    alone = select(func.min(col(Message.not_before))).where(queued, col(Message.campaign_id).is_(None))
    earliest = (
        select(func.min(col(Message.not_before)))
        .where(queued, col(Message.campaign_id) == col(Campaign.id))
        .scalar_subquery()
    )
    theirs = select(earliest).where(Campaign.state == CampaignState.SENDING)
    times = [(await session.exec(alone)).one(), *(await session.exec(theirs)).all()]
    return min((at for at in times if at is not None), default=None)


async def has_expired(session: AsyncSession, now: datetime) -> bool:
    """Whether a claim has outlived its lease."""
    left = select(Message.id).where(Message.state == MessageState.SENDING, col(Message.lease_until) < now)
    return (await session.exec(left.limit(1))).first() is not None


async def expire(session: AsyncSession, *, now: datetime, look_at: datetime) -> int:
    """Calls unknown what its claimer has not settled within the lease, to be looked for at `look_at`; how many."""
    left = update(Message).where(col(Message.state) == MessageState.SENDING, col(Message.lease_until) < now)
    columns = {"state": MessageState.UNKNOWN, "lease_until": None, "not_before": look_at, "changed_at": now}
    owners = (await session.exec(left.values(columns).returning(col(Message.campaign_id)))).all()
    await campaigns.touch_cards(session, {owner for (owner,) in owners if owner})
    return len(owners)


async def _due(session: AsyncSession, owned: Any, now: datetime, limit: int) -> list[Any]:
    same_number = sa.and_(col(OptOut.club_id) == col(Message.club_id), col(OptOut.e164) == col(Message.e164))
    due = (
        sa.select(
            *(col(getattr(Message, name)) for name in Claimed.__dataclass_fields__),
            col(OptOut.scope),
            col(Campaign.kind),
        )
        .outerjoin(OptOut, same_number)
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        .where(owned, col(Message.state) == MessageState.QUEUED, col(Message.not_before) <= now)
        .order_by(col(Message.not_before))
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    connection = await session.connection()
    return list((await connection.execute(due)).all())


async def _campaigns_with_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    # Campaign by campaign, so that a claim reads a few rows of an index however many wait.
    due = (
        select(Message.id)
        .where(
            Message.campaign_id == Campaign.id,
            Message.state == MessageState.QUEUED,
            Message.not_before <= now,
        )
        .exists()
    )
    sending = select(Campaign.id).where(Campaign.state == CampaignState.SENDING, due)
    alerts_first = sending.order_by(col(Campaign.kind) == Kind.MARKETING, col(Campaign.release_at))
    return (await session.exec(alerts_first.limit(limit))).all()


def _is_blocked(scope: OptOutScope | None, kind: Kind | None) -> bool:
    return scope is OptOutScope.ALL or (scope is OptOutScope.MARKETING and kind is Kind.MARKETING)


async def _skip(session: AsyncSession, ids: Collection[UUID], reason: str, at: datetime) -> None:
    for some in in_portions(ids):
        queued = update(Message).where(col(Message.id).in_(some), col(Message.state) == MessageState.QUEUED)
        await session.exec(queued.values(state=MessageState.SKIPPED, reason=reason, changed_at=at))


async def _take(
    session: AsyncSession, ids: Collection[UUID], now: datetime, lease_until: datetime
) -> set[UUID]:
    taken: set[UUID] = set()
    columns = {
        "state": MessageState.SENDING,
        "attempt": col(Message.attempt) + 1,
        "lease_until": lease_until,
        "requested_at": now,
        "changed_at": now,
    }
    for some in in_portions(ids):
        queued = update(Message).where(col(Message.id).in_(some), col(Message.state) == MessageState.QUEUED)
        taken |= {
            id_ for (id_,) in (await session.exec(queued.values(columns).returning(col(Message.id)))).all()
        }
    return taken


def _claimed(row: Any) -> Claimed:
    return Claimed(
        id=row.id,
        club_id=row.club_id,
        campaign_id=row.campaign_id,
        attempt=row.attempt + 1,
        sender=row.sender,
        e164=row.e164,
        body=row.body,
    )
