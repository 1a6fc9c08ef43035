"""Queries about claims: which messages of a chunk may leave now, who may ask for them, and the last look before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import moves
from storage.chunks import Owner
from storage.models import Campaign, Chunk, Message, OptOut, Stray
from storage.moves import Standing, move_of
from storage.states import CampaignState, Kind, MessageState, OptOutScope

OPTED_OUT = "opted_out"
NO_CONSENT = "no_consent"
"""Marketing to somebody who agreed to it once, and does no more."""
NO_HOUR = "no_hour"
"""There is no minute at which the law lets it leave."""
WAITING = (MessageState.QUEUED, MessageState.HELD)
"""What leaves once its time has come."""


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

    standing: Standing
    """As the claim left it: being sent."""
    sender: str
    body: str

    @property
    def id(self) -> UUID:
        """The message's."""
        return self.standing.id

    @property
    def club_id(self) -> UUID:
        """Whose message it is."""
        return self.standing.club_id

    @property
    def campaign_id(self) -> UUID | None:
        """The campaign it belongs to, if any."""
        return self.standing.campaign_id

    @property
    def attempt(self) -> int:
        """Which attempt this is."""
        return self.standing.attempt

    @property
    def e164(self) -> str:
        """Whom it is for."""
        return self.standing.e164


@dataclass(frozen=True, slots=True)
class Look:
    """What may hold claimed messages of one chunk right before their requests."""

    state: CampaignState | None
    """How their campaign stands."""
    blocked: frozenset[str]
    """The numbers that have opted out of their kind since the claim, and perhaps some time before."""


async def candidates(
    session: AsyncSession, chunk: Owner, *, now: datetime, limit: int
) -> Sequence[Candidate]:
    """The first messages of the chunk that may leave now; nobody else gets them before the transaction ends."""
    same_number = sa.and_(col(OptOut.club_id) == col(Message.club_id), col(OptOut.e164) == col(Message.e164))
    waiting = (
        sa.select(
            col(Message.id),
            col(Message.e164),
            col(Message.attempt),
            col(Message.sid),
            col(Message.segments),
            col(Message.error_code),
            col(Message.state),
            col(Message.sender),
            col(Message.body),
            col(Message.created_at),
            col(OptOut.scope),
            _is_stray(),
        )
        .outerjoin(OptOut, same_number)
        .where(
            col(Message.chunk_id) == chunk.id,
            col(Message.state).in_(WAITING),
            col(Message.not_before) <= now,
        )
        .order_by(col(Message.not_before))
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    connection = await session.connection()
    return [_candidate(chunk, row) for row in (await connection.execute(waiting)).all()]


async def take(
    session: AsyncSession,
    these: Sequence[Candidate],
    *,
    refused: Mapping[str, Sequence[Candidate]],
    held: Sequence[tuple[Candidate, datetime]] = (),
    now: datetime,
    lease_until: datetime,
    look_at: datetime,
) -> Sequence[Claimed]:
    """Claims these messages: they stand as `sending` in a new attempt until the lease ends.

    Those refused are skipped for their reason, those held wait until their time.
    Their chunk is looked at next no sooner than `look_at`.
    """
    claims = [
        move_of(
            one.standing,
            MessageState.SENDING,
            attempt=one.standing.attempt + 1,
            lease_until=lease_until,
            requested_at=now,
        )
        for one in these
    ]
    skips = [
        move_of(one.standing, MessageState.SKIPPED, reason=reason)
        for reason, some in refused.items()
        for one in some
    ]
    holds = [move_of(one.standing, MessageState.HELD, not_before=until) for one, until in held]
    # All at once: whoever counts a second time has chunks already that others wait for with counts of their own.
    await moves.make(session, claims + skips + holds, now, look_at=look_at)
    return [_claimed(one) for one in these]


async def expire(
    session: AsyncSession, chunk_id: UUID, *, now: datetime, look_at: datetime
) -> Sequence[Standing]:
    """Calls unknown what of the chunk was not settled within its lease, to be looked for at `look_at`; as it stood."""
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
    return seen


async def last_look(session: AsyncSession, chunk: Owner, *, since: datetime) -> Look:
    """What holds messages of the chunk now: its campaign's state, and who opted out after `since`."""
    refused = sa.and_(col(OptOut.club_id) == col(Chunk.club_id), col(OptOut.since_at) >= since)
    stands = (
        sa.select(col(Campaign.state), col(OptOut.e164), col(OptOut.scope))
        .select_from(Chunk)
        .outerjoin(Campaign, col(Campaign.id) == col(Chunk.campaign_id))
        .outerjoin(OptOut, refused)
        .where(col(Chunk.id) == chunk.id)
    )
    rows = (await (await session.connection()).execute(stands)).all()
    blocked = frozenset(e164 for _, e164, scope in rows if is_blocked(scope, chunk.kind))
    return Look(next((state for state, *_ in rows), None), blocked)


def is_blocked(scope: OptOutScope | None, kind: Kind | None) -> bool:
    """Whether this opt-out holds a text of this kind; without a kind it is an answer of staff, or a test."""
    return scope is OptOutScope.ALL or (scope is OptOutScope.MARKETING and kind is Kind.MARKETING)


def _candidate(chunk: Owner, row: Any) -> Candidate:
    id_, e164, attempt, sid, segments, error_code, state, *rest = row
    # All messages of a chunk have its club and campaign: they are not read again with each.
    standing = Standing(
        id_,
        chunk.club_id,
        chunk.campaign_id,
        chunk.id,
        e164,
        attempt,
        MessageState(state),
        sid,
        segments,
        error_code,
    )
    return Candidate(standing, *rest)


def _is_stray() -> Any:
    same = sa.and_(
        col(Stray.e164) == col(Message.e164),
        col(Stray.body) == col(Message.body),
        col(Stray.message_id).is_(None),
    )
    return select(Stray.sid).where(same).exists().label("stray")


def _claimed(one: Candidate) -> Claimed:
    seen = one.standing
    claimed = Standing(
        seen.id,
        seen.club_id,
        seen.campaign_id,
        seen.chunk_id,
        seen.e164,
        seen.attempt + 1,
        MessageState.SENDING,
        seen.sid,
        seen.segments,
        None,
    )
    return Claimed(claimed, one.sender, one.body)
