"""The one way in which messages change their state: by a guarded update, with the counts, chunks and cards that follow.

Locks are taken in one order, so that transactions never wait for each other in a ring: messages by their ids, paces,
counts, chunks, campaigns.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import campaigns, chunks, tallies
from storage.db import in_portions
from storage.many import Many
from storage.models import Message
from storage.states import MessageState

_COLUMNS = sa.inspect(Message).columns
_WAITING = frozenset(chunks.OPEN)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands, as far as anything can change it."""

    id: UUID
    club_id: UUID
    campaign_id: UUID | None
    chunk_id: UUID | None
    e164: str
    attempt: int
    state: MessageState
    sid: str | None
    segments: int
    error_code: int | None
    requested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One message's way from where it was seen, locked, to where it goes; a None in `not_before` keeps it."""

    seen: Standing
    to: MessageState
    attempt: int
    sid: str | None
    segments: int
    error_code: int | None = None
    reason: str | None = None
    not_before: datetime | None = None
    lease_until: datetime | None = None
    requested_at: datetime | None = None


def move_of(seen: Standing, to: MessageState, **changes: Any) -> Move:
    """The move that keeps what is not changed; the error goes, unless it is given again."""
    kept = {"attempt": seen.attempt, "sid": seen.sid, "segments": seen.segments}
    return Move(seen=seen, to=to, **kept | changes)


async def standings(session: AsyncSession, message_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Those of these messages that exist, locked until the transaction ends."""
    found: dict[UUID, Standing] = {}
    connection = await session.connection()
    for some in in_portions(sorted(message_ids)):
        rows = sa.select(*standing_columns()).where(col(Message.id).in_(some)).order_by(col(Message.id))
        locked = await connection.execute(rows.with_for_update())
        found |= {row.id: Standing(*row) for row in locked.all()}
    return found


def standing_columns() -> list[Any]:
    """What a query for standings selects, in their order."""
    return [col(getattr(Message, name)) for name in Standing.__dataclass_fields__]


async def make(
    session: AsyncSession, moves: Sequence[Move], at: datetime, *, look_at: datetime | None = None
) -> None:
    """Makes the moves of messages that are locked; counts, chunks and cards follow.

    Their chunks are looked at next no sooner than `look_at`.
    """
    if not moves:
        return
    await _CHANGE.execute(session, [_parameters(move, at) for move in moves])
    await follow(session, moves, at, look_at=look_at)


async def make_unless_moved(session: AsyncSession, moves: Sequence[Move], at: datetime) -> bool:
    """Makes the moves of messages that nobody has locked, all of them or none; whether all still stood as seen."""
    # In one order, as whoever locks them does.
    ordered = sorted(moves, key=lambda move: move.seen.id.int)
    await session.connection()
    async with session.begin_nested() as attempt:
        if await _CHANGE.execute(session, [_parameters(move, at) for move in ordered]) < len(moves):
            await attempt.rollback()
            return False
    await follow(session, moves, at)
    return True


async def follow(
    session: AsyncSession, moves: Sequence[Move], at: datetime, *, look_at: datetime | None = None
) -> None:
    """Brings counts, chunks and cards up to date with moves that were made."""
    await tallies.store(session, _shift(moves))
    await chunks.refresh(session, _chunks_of(moves), at, not_before=look_at)
    await campaigns.touch_cards(session, {move.seen.campaign_id for move in moves if move.seen.campaign_id})


def _chunks_of(moves: Iterable[Move]) -> set[UUID]:
    opens = (move for move in moves if move.seen.state in _WAITING or move.to in _WAITING)
    return {move.seen.chunk_id for move in opens if move.seen.chunk_id}


def _shift(moves: Iterable[Move]) -> tallies.Shift:
    shift = tallies.Shift()
    alike: Counter[tuple[Any, ...]] = Counter()
    for move in moves:
        seen = move.seen
        if seen.campaign_id is not None:
            ways = (seen.state, seen.error_code, move.to, move.error_code, seen.segments, move.segments)
            alike[seen.club_id, seen.campaign_id, *ways] += 1
    for (club_id, campaign_id, state, code, to, to_code, segments, to_segments), n in alike.items():
        shift.add(club_id, tallies.key_of(campaign_id, state, code), -n, -n * segments)
        shift.add(club_id, tallies.key_of(campaign_id, to, to_code), n, n * to_segments)
    return shift


def _parameters(move: Move, at: datetime) -> Mapping[str, Any]:
    return {
        "b_id": move.seen.id,
        "b_seen": move.seen.state,
        "b_seen_attempt": move.seen.attempt,
        "b_state": move.to,
        "b_attempt": move.attempt,
        "b_sid": move.sid,
        "b_segments": move.segments,
        "b_error_code": move.error_code,
        "b_reason": move.reason,
        "b_not_before": move.not_before,
        "b_lease_until": move.lease_until,
        "b_requested_at": move.requested_at,
        "b_at": at,
    }


def _bound(name: str, column: str) -> Any:
    return sa.bindparam(name, type_=_COLUMNS[column].type)


_CHANGE = Many(
    sa.update(Message)
    .where(
        col(Message.id) == _bound("b_id", "id"),
        col(Message.state) == _bound("b_seen", "state"),
        col(Message.attempt) == _bound("b_seen_attempt", "attempt"),
    )
    .values(
        state=_bound("b_state", "state"),
        attempt=_bound("b_attempt", "attempt"),
        sid=_bound("b_sid", "sid"),
        segments=_bound("b_segments", "segments"),
        error_code=_bound("b_error_code", "error_code"),
        reason=_bound("b_reason", "reason"),
        not_before=sa.func.coalesce(_bound("b_not_before", "not_before"), col(Message.not_before)),
        lease_until=_bound("b_lease_until", "lease_until"),
        requested_at=sa.func.coalesce(_bound("b_requested_at", "requested_at"), col(Message.requested_at)),
        changed_at=_bound("b_at", "changed_at"),
    )
)
