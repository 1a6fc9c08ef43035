"""Queries about claims: which messages of a chunk may leave now, who may ask for them, and the last look before it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import moves
from storage.models import Campaign, Message, OptOut, Stray
from storage.moves import Standing, move_of
from storage.states import CampaignState, Kind, MessageState, OptOutScope

OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One message whose time has come, locked, and what decides whether it leaves."""

    standing: Standing
    sender: str
    body: str
    created_at: datetime
    scope: OptOutScope | None
    is_stray: bool
    """Whether the carrier has had such a text that no message of ours has taken."""


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


@dataclass(frozen=True, slots=True)
class Look:
    """How a claimed message stands right before its request."""

    is_ours: bool
    """Whether the claim still holds: same attempt, still being sent."""
    is_blocked: bool
    """Whether its number has opted out meanwhile."""
    campaign_state: CampaignState | None


async def candidates(
    session: AsyncSession, chunk_id: UUID, *, now: datetime, limit: int
) -> Sequence[Candidate]:
    """The first messages of the chunk that may leave now; nobody else gets them before the transaction ends."""
    same_number = sa.and_(col(OptOut.club_id) == col(Message.club_id), col(OptOut.e164) == col(Message.e164))
    waiting = (
        sa.select(
            *moves.standing_columns(),
            col(Message.sender),
            col(Message.body),
            col(Message.created_at),
            col(OptOut.scope),
            _is_stray(),
        )
        .outerjoin(OptOut, same_number)
        .where(
            col(Message.chunk_id) == chunk_id,
            col(Message.state) == MessageState.QUEUED,
            col(Message.not_before) <= now,
        )
        .order_by(col(Message.not_before))
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    connection = await session.connection()
    rows = (await connection.execute(waiting)).all()
    width = len(Standing.__dataclass_fields__)
    return [Candidate(Standing(*row[:width]), *row[width:]) for row in rows]


async def take(
    session: AsyncSession, these: Sequence[Candidate], *, now: datetime, lease_until: datetime
) -> Sequence[Claimed]:
    """Claims these messages: they stand as `sending` in a new attempt until the lease ends."""
    steps = [
        move_of(
            one.standing,
            MessageState.SENDING,
            attempt=one.standing.attempt + 1,
            lease_until=lease_until,
            requested_at=now,
        )
        for one in these
    ]
    await moves.make(session, steps, now)
    return [_claimed(one) for one in these]


async def skip(session: AsyncSession, these: Sequence[Candidate], *, reason: str, at: datetime) -> None:
    """Skips these messages, which nobody has asked for."""
    await moves.make(
        session, [move_of(one.standing, MessageState.SKIPPED, reason=reason) for one in these], at
    )


async def expire(session: AsyncSession, chunk_id: UUID, *, now: datetime, look_at: datetime) -> int:
    """Calls unknown what of the chunk was not settled within its lease, to be looked for at `look_at`; how many."""
    left = (
        sa.select(*moves.standing_columns())
        .where(
            col(Message.chunk_id) == chunk_id,
            col(Message.state) == MessageState.SENDING,
            col(Message.lease_until) < now,
        )
        .with_for_update(skip_locked=True)
    )
    connection = await session.connection()
    seen = [Standing(*row) for row in (await connection.execute(left)).all()]
    await moves.make(session, [move_of(one, MessageState.UNKNOWN, not_before=look_at) for one in seen], now)
    return len(seen)


async def last_look(session: AsyncSession, these: Collection[Claimed]) -> dict[UUID, Look]:
    """How these claimed messages stand now: right before their requests, and after nothing else."""
    attempts = {one.id: one.attempt for one in these}
    same_number = sa.and_(col(OptOut.club_id) == col(Message.club_id), col(OptOut.e164) == col(Message.e164))
    stands = (
        sa.select(
            col(Message.id),
            col(Message.attempt),
            col(Message.state),
            col(OptOut.scope),
            col(Campaign.kind),
            col(Campaign.state),
        )
        .select_from(Message)
        .outerjoin(OptOut, same_number)
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        .where(col(Message.id).in_(list(attempts)))
    )
    connection = await session.connection()
    return {
        id_: Look(
            is_ours=attempt == attempts[id_] and state is MessageState.SENDING,
            is_blocked=is_blocked(scope, kind),
            campaign_state=campaign_state,
        )
        for id_, attempt, state, scope, kind, campaign_state in (await connection.execute(stands)).all()
    }


def is_blocked(scope: OptOutScope | None, kind: Kind | None) -> bool:
    """Whether this opt-out holds a text of this kind; without a kind it is an answer of staff, or a test."""
    return scope is OptOutScope.ALL or (scope is OptOutScope.MARKETING and kind is Kind.MARKETING)


def _is_stray() -> Any:
    same = sa.and_(
        col(Stray.e164) == col(Message.e164),
        col(Stray.body) == col(Message.body),
        col(Stray.message_id).is_(None),
    )
    return select(Stray.sid).where(same).exists().label("stray")


def _claimed(one: Candidate) -> Claimed:
    seen = one.standing
    return Claimed(
        id=seen.id,
        club_id=seen.club_id,
        campaign_id=seen.campaign_id,
        attempt=seen.attempt + 1,
        sender=one.sender,
        e164=seen.e164,
        body=one.body,
    )
