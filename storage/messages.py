"""Queries about messages: how they stand, and every guarded move they make."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import campaigns
from storage.models import Campaign, Message, Receipt
from storage.states import CampaignState, MessageState

T = TypeVar("T")

PARAMETERS_AT_ONCE = 500
STOPPED = "stopped"
_INSTANT = sa.inspect(Message).columns["not_before"].type

_WAITING = (MessageState.HELD, MessageState.QUEUED)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one attempt; what is None stays as it stands, but for the error, which goes."""

    id: UUID
    attempt: int
    sid: str | None = None
    segments: int | None = None
    error_code: int | None = None
    not_before: datetime | None = None


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
    for some in in_portions(message_ids):
        owners = select(Message.campaign_id).where(col(Message.id).in_(some))
        stale = update(Campaign).where(col(Campaign.id).in_(owners), ~col(Campaign.card_due))
        await session.exec(stale.values(card_due=True))


async def skip_rest(session: AsyncSession, campaign_id: UUID, *, reason: str, at: datetime) -> int:
    """Skips what of the campaign still waits; how many. What may have been sent is left alone."""
    rest = update(Message).where(col(Message.campaign_id) == campaign_id, col(Message.state).in_(_WAITING))
    skipped = await session.exec(rest.values(state=MessageState.SKIPPED, reason=reason, changed_at=at))
    await campaigns.touch_cards(session, {campaign_id})
    return skipped.rowcount


async def skip_stopped(session: AsyncSession, message_ids: Collection[UUID], *, at: datetime) -> int:
    """Skips those of these waiting messages whose campaign was stopped meanwhile; how many."""
    skipped = 0
    for some in in_portions(message_ids):
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


async def look_again(session: AsyncSession, times: Mapping[UUID, datetime]) -> None:
    """Puts off the next look for each of these messages, which stay unknown, to its time."""
    if not times:
        return
    lost = (col(Message.id) == sa.bindparam("b_id"), col(Message.state) == MessageState.UNKNOWN)
    later = sa.update(Message).where(*lost).values(not_before=sa.bindparam("b_at", type_=_INSTANT))
    connection = await session.connection()
    await connection.execute(later, [{"b_id": id_, "b_at": at} for id_, at in times.items()])


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


def _parameters(change: Change) -> dict[str, Any]:
    return {
        "b_id": change.id,
        "b_attempt": change.attempt,
        "b_sid": change.sid,
        "b_segments": change.segments,
        "b_error_code": change.error_code,
        "b_not_before": change.not_before,
    }


def in_portions(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists short enough for one statement."""
    rest = iter(items)
    while some := list(islice(rest, PARAMETERS_AT_ONCE)):
        yield some
