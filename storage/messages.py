"""Queries about messages: how they stand, and the moves that delivery makes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import chunks, moves
from storage.db import add_if_new, in_portions
from storage.models import CHUNKLESS, FOLLOWED, HELD, Campaign, Chunk, Message, Receipt
from storage.moves import Standing, move_of
from storage.states import CampaignState, MessageState

STOPPED = "stopped"
_FOLLOWED = sa.text(FOLLOWED)
_INSTANT = sa.inspect(Message).columns["not_before"].type
_WAITING = (MessageState.HELD, MessageState.QUEUED)
_TAKEN = (
    MessageState.ACCEPTED,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.FAILED,
)
"""The states of messages that the carrier has, where it says how many segments they are."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one attempt; what is None stays as it stands, but for the error, which goes."""

    id: UUID
    attempt: int
    to: MessageState
    since: Collection[MessageState]
    sid: str | None = None
    segments: int | None = None
    error_code: int | None = None
    reason: str | None = None
    not_before: datetime | None = None


async def with_page(session: AsyncSession, token: str, *, alone: bool = False) -> Message | None:
    """The message whose text leads to the page with this token; `alone`, one transaction after the other has it."""
    theirs = select(Message).where(Message.page_token == token)
    return (await session.exec(theirs.with_for_update(key_share=True) if alone else theirs)).first()


async def move(session: AsyncSession, changes: Sequence[Change], *, at: datetime) -> int:
    """Moves each message that is still in the same attempt and in one of its `since`; how many moved.

    Where a receipt was faster than the answer, the message stays where it is and has the carrier's segments all the same.
    """
    if not changes:
        return 0
    seen = await moves.standings(session, {change.id for change in changes})
    known = [change for change in changes if change.id in seen]
    fitting = [change for change in known if _fits(change, seen[change.id])]
    counted = [_counted(change, seen[change.id]) for change in known if _counts(change, seen[change.id])]
    await moves.make(session, [*(_move(change, seen[change.id]) for change in fitting), *counted], at)
    return len(fitting)


async def settle(session: AsyncSession, changes: Sequence[tuple[Standing, Change]], *, at: datetime) -> None:
    """Moves messages as `move` does; first as if all of them still stood as they were seen, which needs no look."""
    expected = [_move(change, seen) for seen, change in changes]
    if not await moves.make_unless_moved(session, expected, at):
        await move(session, [change for _, change in changes], at=at)


async def skip_rest(session: AsyncSession, chunk_id: UUID, *, reason: str, at: datetime) -> int:
    """Skips what of the chunk still waits; how many. What may have been sent is left alone."""
    rest = (
        sa.select(*moves.standing_columns())
        .where(col(Message.chunk_id) == chunk_id, col(Message.state).in_(_WAITING))
        .order_by(col(Message.id))
        .with_for_update()
    )
    connection = await session.connection()
    seen = [Standing(*row) for row in (await connection.execute(rest)).all()]
    await moves.make(session, [move_of(one, MessageState.SKIPPED, reason=reason) for one in seen], at)
    return len(seen)


async def queue_alone(session: AsyncSession, message: Message) -> Chunk | None:
    """Stores a message that belongs to no campaign, with a chunk of its own; None when it is known already."""
    chunk = chunks.chunk_for(message.club_id, None, None, waiting=1, at=message.not_before)
    if not await add_if_new(session, message):
        return None
    session.add(chunk)
    await session.flush()
    await session.exec(update(Message).where(col(Message.id) == message.id).values(chunk_id=chunk.id))
    return chunk


async def lost(session: AsyncSession, *, given_up_before: datetime, limit: int) -> Sequence[tuple[UUID, int]]:
    """The messages whose answer is lost, each with the attempt in doubt; what was lost before is given up."""
    unknown = select(Message.id, Message.attempt).where(
        _FOLLOWED, Message.state == MessageState.UNKNOWN, Message.changed_at >= given_up_before
    )
    return (await session.exec(unknown.order_by(col(Message.not_before)).limit(limit))).all()


async def in_doubt(
    session: AsyncSession, *, now: datetime, given_up_before: datetime, limit: int
) -> Sequence[Message]:
    """The messages whose answer is lost and that are to be looked for now, the longest waiting first.

    What was lost before `given_up_before` is no longer looked for.
    """
    unknown = select(Message).where(
        _FOLLOWED,
        Message.state == MessageState.UNKNOWN,
        Message.not_before <= now,
        Message.changed_at >= given_up_before,
    )
    return (await session.exec(unknown.order_by(col(Message.not_before)).limit(limit))).all()


async def unreported(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Message]:
    """The messages that the carrier has and of which it should be asked now, the longest waiting first."""
    open_ = select(Message).where(
        _FOLLOWED,
        col(Message.state).in_((MessageState.ACCEPTED, MessageState.SENT)),
        Message.not_before <= now,
        col(Message.sid).is_not(None),
    )
    return (await session.exec(open_.order_by(col(Message.not_before)).limit(limit))).all()


async def look_again(session: AsyncSession, times: Mapping[UUID, datetime]) -> None:
    """Puts off the next look for each of these messages, which stay where they are, to its time."""
    if not times:
        return
    followed = (MessageState.UNKNOWN, MessageState.ACCEPTED, MessageState.SENT)
    theirs = (
        col(Message.id) == sa.bindparam("b_id"),
        sa.or_(*(col(Message.state) == one for one in followed)),
    )
    later = sa.update(Message).where(*theirs).values(not_before=sa.bindparam("b_at", type_=_INSTANT))
    connection = await session.connection()
    await connection.execute(later, [{"b_id": id_, "b_at": times[id_]} for id_ in sorted(times)])


async def being_asked(session: AsyncSession, lost: Sequence[Message]) -> set[UUID]:
    """Those of these messages whose text is on its way to the same number in another message right now."""
    other = aliased(Message)
    twins: set[UUID] = set()
    for some in in_portions(message.id for message in lost):
        same = (
            select(Message.id)
            .join(other, sa.and_(col(other.club_id) == Message.club_id, col(other.e164) == Message.e164))
            .where(
                col(Message.id).in_(some),
                col(other.body) == Message.body,
                col(other.state) == MessageState.SENDING,
            )
        )
        twins |= set((await session.exec(same)).all())
    return twins


async def owners_of(session: AsyncSession, sids: Collection[str]) -> dict[str, UUID]:
    """Which message each of the carrier's ids belongs to, as far as it belongs to one."""
    owners: dict[str, UUID] = {}
    for some in in_portions(sids):
        reported = select(Receipt.sid, Receipt.message_id).where(col(Receipt.sid).in_(some))
        attached = select(Message.sid, Message.id).where(col(Message.sid).in_(some))
        owners |= dict((await session.exec(reported)).all())
        owners |= {sid: id_ for sid, id_ in (await session.exec(attached)).all() if sid}
    return owners


async def senders_of(session: AsyncSession, message_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Whose senders these messages leave by, each with its club."""
    senders: set[tuple[UUID, str]] = set()
    for some in in_portions(message_ids):
        theirs = select(Message.club_id, Message.sender).where(col(Message.id).in_(some))
        senders |= set((await session.exec(theirs)).all())
    return senders


async def campaigns_over(
    session: AsyncSession, *, given_up_before: datetime, only: UUID | None = None
) -> Sequence[tuple[UUID, UUID]]:
    """The campaigns that are leaving and have nothing left to send or to look for, with their clubs; or that one alone.

    A lost answer keeps its campaign open until it is settled, or was lost before `given_up_before`.
    """
    open_chunk = select(Chunk.id).where(
        Chunk.campaign_id == Campaign.id, sa.or_(col(Chunk.due_at).is_not(None), col(Chunk.parked))
    )
    # Found by their own indexes, and not campaign by campaign: a large one would be read row by row.
    in_a_campaign = select(Message.campaign_id).where(col(Message.campaign_id).is_not(None))
    stranger = in_a_campaign.where(sa.text(CHUNKLESS))
    ours_to_find = in_a_campaign.where(
        _FOLLOWED, Message.state == MessageState.UNKNOWN, Message.changed_at >= given_up_before
    )
    leaving = select(Campaign.id, Campaign.club_id).where(
        Campaign.state == CampaignState.SENDING,
        ~open_chunk.exists(),
        col(Campaign.id).not_in(stranger),
        col(Campaign.id).not_in(ours_to_find),
    )
    if only:
        leaving = leaving.where(Campaign.id == only)
    return (await session.exec(leaving)).all()


async def segments_since(session: AsyncSession, club_id: UUID, since: datetime) -> int:
    """How many segments the club has sent, or has waiting, of the messages made since then.

    What waits in a paused campaign does not count before it goes on.
    """
    paused = select(Campaign.id).where(Campaign.club_id == club_id, Campaign.state == CampaignState.PAUSED)
    kept_back = sa.and_(
        col(Message.state).in_(_WAITING), func.coalesce(col(Message.campaign_id).in_(paused), sa.false())
    )
    made = select(func.coalesce(func.sum(col(Message.segments)), 0)).where(
        Message.club_id == club_id,
        Message.created_at >= since,
        Message.state != MessageState.SKIPPED,
        ~kept_back,
    )
    return (await session.exec(made)).one()


async def segments_waiting(session: AsyncSession, campaign_id: UUID) -> int:
    """How many segments of the campaign have not left."""
    waiting = select(func.coalesce(func.sum(col(Message.segments)), 0)).where(
        Message.campaign_id == campaign_id, col(Message.state).in_(_WAITING)
    )
    return (await session.exec(waiting)).one()


def _fits(change: Change, seen: Standing) -> bool:
    return change.attempt == seen.attempt and seen.state in change.since


def _counts(change: Change, seen: Standing) -> bool:
    """Whether the change says no more than how many segments the carrier counts."""
    is_of_it = change.sid is not None and change.sid == seen.sid and seen.state in _TAKEN
    return is_of_it and not _fits(change, seen) and change.segments not in (None, 0, seen.segments)


def _counted(change: Change, seen: Standing) -> moves.Move:
    return move_of(seen, seen.state, segments=change.segments or seen.segments, error_code=seen.error_code)


def _move(change: Change, seen: Standing) -> moves.Move:
    return move_of(
        seen,
        change.to,
        sid=seen.sid or change.sid,
        segments=change.segments or seen.segments,
        error_code=change.error_code,
        reason=change.reason,
        not_before=change.not_before,
    )


async def held_until(session: AsyncSession, campaign_id: UUID) -> datetime | None:
    """When the first of the campaign's held messages leave."""
    held = select(func.min(col(Message.not_before))).where(sa.text(HELD), Message.campaign_id == campaign_id)
    return (await session.exec(held)).one()
