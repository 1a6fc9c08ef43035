"""Queries about messages: which may leave now, how they stand, and every guarded move they make."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import campaigns
from storage.models import Campaign, Message, OptOut, Receipt
from storage.states import CampaignState, Kind, MessageState, OptOutScope

T = TypeVar("T")

PARAMETERS_AT_ONCE = 500
OPTED_OUT = "opted_out"
STOPPED = "stopped"
_INSTANT = sa.inspect(Message).columns["not_before"].type

_NOT_SENT = (MessageState.HELD, MessageState.QUEUED, MessageState.SKIPPED, MessageState.FAILED)
_WAITING = (MessageState.HELD, MessageState.QUEUED)


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
class Change:
    """What became of one attempt; what is None stays as it stands, but for the error, which goes."""

    id: UUID
    attempt: int
    sid: str | None = None
    segments: int | None = None
    error_code: int | None = None
    not_before: datetime | None = None


async def claim(
    session: AsyncSession, *, now: datetime, lease_until: datetime, limit: int
) -> Sequence[Claimed]:
    """Takes up to `limit` messages whose time has come; they stand as `sending` in a new attempt.

    Answers and tests come first, then the campaigns in the order of their times. Those who have opted out
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


async def move(
    session: AsyncSession,
    changes: Sequence[Change],
    *,
    to: MessageState,
    since: Collection[MessageState],
    at: datetime,
) -> int:
    """Moves each message that is still in the same attempt and in one of `since`; how many moved.

    Their campaigns' cards are due then.
    """
    if not changes:
        return 0
    guard = (
        col(Message.id) == sa.bindparam("b_id"),
        col(Message.attempt) == sa.bindparam("b_attempt"),
        sa.or_(*(col(Message.state) == state for state in since)),
    )
    columns = {
        "state": to,
        "changed_at": at,
        "lease_until": None,
        "error_code": sa.bindparam("b_error_code", type_=sa.Integer),
        "sid": func.coalesce(col(Message.sid), sa.bindparam("b_sid", type_=sa.String)),
        "segments": func.coalesce(sa.bindparam("b_segments", type_=sa.Integer), col(Message.segments)),
        "not_before": func.coalesce(sa.bindparam("b_not_before", type_=_INSTANT), col(Message.not_before)),
    }
    connection = await session.connection()
    moved = await connection.execute(
        sa.update(Message).where(*guard).values(columns), [_parameters(change) for change in changes]
    )
    await touch(session, [change.id for change in changes])
    return moved.rowcount


async def touch(session: AsyncSession, message_ids: Collection[UUID]) -> None:
    """Says that the cards of these messages' campaigns are out of date."""
    for some in _in_portions(message_ids):
        owners = select(Message.campaign_id).where(col(Message.id).in_(some))
        stale = update(Campaign).where(col(Campaign.id).in_(owners), ~col(Campaign.card_due))
        await session.exec(stale.values(card_due=True))


async def note_sids(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Keeps the carrier's ids of messages that a callback had moved on before the answer came."""
    missing = (
        col(Message.id) == sa.bindparam("b_id"),
        col(Message.attempt) == sa.bindparam("b_attempt"),
        col(Message.sid).is_(None),
    )
    keep = sa.update(Message).where(*missing).values(sid=sa.bindparam("b_sid", type_=sa.String))
    connection = await session.connection()
    await connection.execute(keep, [_parameters(change) for change in changes])


async def skip_rest(session: AsyncSession, campaign_id: UUID, *, reason: str, at: datetime) -> int:
    """Skips what of the campaign still waits; how many. What may have been sent is left alone."""
    rest = update(Message).where(col(Message.campaign_id) == campaign_id, col(Message.state).in_(_WAITING))
    skipped = await session.exec(rest.values(state=MessageState.SKIPPED, reason=reason, changed_at=at))
    await campaigns.touch_cards(session, {campaign_id})
    return skipped.rowcount


async def skip_stopped(session: AsyncSession, message_ids: Collection[UUID], *, at: datetime) -> int:
    """Skips those of these waiting messages whose campaign was stopped meanwhile; how many."""
    skipped = 0
    for some in _in_portions(message_ids):
        # The lock makes a stop that runs at this moment come wholly before or wholly after.
        owners = select(Message.campaign_id).where(col(Message.id).in_(some))
        states = select(Campaign.id, Campaign.state).where(col(Campaign.id).in_(owners)).with_for_update()
        stopped = [
            owner for owner, state in (await session.exec(states)).all() if state == CampaignState.STOPPED
        ]
        theirs = update(Message).where(
            col(Message.id).in_(some), col(Message.campaign_id).in_(stopped), col(Message.state).in_(_WAITING)
        )
        gone = await session.exec(theirs.values(state=MessageState.SKIPPED, reason=STOPPED, changed_at=at))
        skipped += gone.rowcount
    return skipped


async def expire(session: AsyncSession, *, now: datetime, look_at: datetime) -> int:
    """Calls unknown what its claimer has not settled within the lease, to be looked for at `look_at`; how many."""
    left = update(Message).where(col(Message.state) == MessageState.SENDING, col(Message.lease_until) < now)
    columns = {"state": MessageState.UNKNOWN, "lease_until": None, "not_before": look_at, "changed_at": now}
    owners = (await session.exec(left.values(columns).returning(col(Message.campaign_id)))).all()
    await campaigns.touch_cards(session, {owner for (owner,) in owners if owner})
    return len(owners)


async def has_expired(session: AsyncSession, now: datetime) -> bool:
    """Whether a claim has outlived its lease."""
    left = select(Message.id).where(Message.state == MessageState.SENDING, col(Message.lease_until) < now)
    return (await session.exec(left.limit(1))).first() is not None


async def in_doubt(
    session: AsyncSession, *, now: datetime, given_up_before: datetime, limit: int
) -> Sequence[Message]:
    """The messages whose answer is lost and that are to be looked for now, the longest waiting first.

    What was lost before `given_up_before` is no longer looked for.
    """
    lost = select(Message).where(
        Message.state == MessageState.UNKNOWN,
        Message.not_before <= now,
        Message.changed_at >= given_up_before,
    )
    return (await session.exec(lost.order_by(col(Message.not_before)).limit(limit))).all()


async def look_again(session: AsyncSession, message_ids: Collection[UUID], at: datetime) -> None:
    """Puts off the next look for these messages, which stay unknown."""
    later = update(Message).where(
        col(Message.id).in_(message_ids), col(Message.state) == MessageState.UNKNOWN
    )
    await session.exec(later.values(not_before=at))


async def known_sids(session: AsyncSession, sids: Collection[str]) -> set[str]:
    """Which of the carrier's ids belong to a message already."""
    known: set[str] = set()
    for some in _in_portions(sids):
        attached = select(col(Message.sid)).where(col(Message.sid).in_(some))
        reported = select(Receipt.sid).where(col(Receipt.sid).in_(some))
        known |= {sid for sid in (await session.exec(attached)).all() if sid}
        known |= set((await session.exec(reported)).all())
    return known


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


async def campaigns_over(session: AsyncSession, *, given_up_before: datetime) -> Sequence[UUID]:
    """The campaigns that are leaving and have nothing left to send or to look for.

    A lost answer keeps its campaign open until it is settled, or was lost before `given_up_before`.
    """
    theirs = select(Message.id).where(Message.campaign_id == Campaign.id)
    ours_to_send = theirs.where(col(Message.state).in_((*_WAITING, MessageState.SENDING)))
    ours_to_find = theirs.where(Message.state == MessageState.UNKNOWN, Message.changed_at >= given_up_before)
    leaving = select(Campaign.id).where(
        Campaign.state == CampaignState.SENDING, ~ours_to_send.exists(), ~ours_to_find.exists()
    )
    return (await session.exec(leaving)).all()


async def newest_to(session: AsyncSession, club_id: UUID, e164: str) -> UUID | None:
    """The club's newest campaign that texted this number, or may have."""
    texted = select(Message.campaign_id).where(
        Message.club_id == club_id,
        Message.e164 == e164,
        col(Message.campaign_id).is_not(None),
        col(Message.state).not_in(_NOT_SENT),
    )
    return (await session.exec(texted.order_by(col(Message.created_at).desc()).limit(1))).first()


async def segments_since(session: AsyncSession, club_id: UUID, since: datetime) -> int:
    """How many segments the club has sent, or has waiting, of the messages made since then."""
    made = select(func.coalesce(func.sum(col(Message.segments)), 0)).where(
        Message.club_id == club_id, Message.created_at >= since, Message.state != MessageState.SKIPPED
    )
    return (await session.exec(made)).one()


async def counts(session: AsyncSession) -> dict[MessageState, int]:
    """How many messages stand in each state, of all clubs."""
    rows = select(Message.state, func.count()).group_by(col(Message.state))
    return {MessageState(state): count for state, count in (await session.exec(rows)).all()}


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
    return list((await session.execute(due)).all())


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
    return (await session.exec(sending.order_by(col(Campaign.release_at)).limit(limit))).all()


def _is_blocked(scope: OptOutScope | None, kind: Kind | None) -> bool:
    return scope is OptOutScope.ALL or (scope is OptOutScope.MARKETING and kind is Kind.MARKETING)


async def _skip(session: AsyncSession, ids: Collection[UUID], reason: str, at: datetime) -> None:
    for some in _in_portions(ids):
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
    for some in _in_portions(ids):
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


def _parameters(change: Change) -> dict[str, Any]:
    return {
        "b_id": change.id,
        "b_attempt": change.attempt,
        "b_sid": change.sid,
        "b_segments": change.segments,
        "b_error_code": change.error_code,
        "b_not_before": change.not_before,
    }


def _in_portions(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, PARAMETERS_AT_ONCE)):
        yield some
