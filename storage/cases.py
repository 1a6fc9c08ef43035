"""What the doctor asks: all that is open, as of one moment. It reads row by row, so only people should ask."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import CHUNKLESS, FOLLOWED, Campaign, Chunk, Club, Message, Pace, Tally
from storage.states import CampaignState, MessageState
from storage.tallies import LEFT_OUT, Key, key_of

MOST_SINGLE = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, and before when things were too long ago."""

    now: datetime
    given_up_before: datetime
    """What was lost before is no longer looked for."""
    asked_before: datetime
    """Whoever claimed something before and still has it does not live."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The open messages of one campaign, or one single message."""

    given_back: int = 0
    """How many the carrier did not take and wait to be tried again."""
    again_at: datetime | None = None
    in_doubt: int = 0
    in_doubt_since: datetime | None = None
    look_at: datetime | None = None
    given_up: int = 0
    abandoned: int = 0
    """How many were claimed so long ago that their owner is dead."""
    lease_until: datetime | None = None
    chunkless: int = 0


@dataclass(frozen=True, slots=True)
class Chunks:
    """How the chunks stand that are open."""

    due_since: datetime | None = None
    due: int = 0
    next_at: datetime | None = None
    parked: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One campaign that is open, or one single message, and all that may keep it."""

    title: str
    zone: str
    since_at: datetime
    club_id: UUID
    sender: str
    state: CampaignState | None = None
    """None: a single message."""
    release_at: datetime | None = None
    pause_code: int | None = None
    counts: Mapping[Key, int] = field(default_factory=dict)
    kept: Mapping[Key, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    contents: Contents = Contents()
    chunks: Chunks = Chunks()


async def campaigns(session: AsyncSession, at: Moment, *, due_before: datetime) -> Sequence[Case]:
    """The campaigns that are leaving or paused, and those that should have left before then."""
    overdue = sa.and_(col(Campaign.state) == CampaignState.SCHEDULED, col(Campaign.release_at) < due_before)
    leaving = col(Campaign.state).in_((CampaignState.SENDING, CampaignState.PAUSED))
    rows = (
        await session.exec(
            select(Campaign, Club.zone)
            .join(Club, col(Club.id) == col(Campaign.club_id))
            .where(sa.or_(overdue, leaving))
            .order_by(col(Campaign.release_at))
        )
    ).all()
    ids = [campaign.id for campaign, _ in rows]
    counts, kept, skipped = (
        await _counts(session, ids),
        await _kept(session, ids),
        await _skipped(session, ids),
    )
    contents, chunks = await _contents(session, at, ids), await _chunks(session, at.now, ids)
    return [
        Case(
            title=campaign.title,
            zone=zone,
            since_at=campaign.released_at or campaign.release_at,
            club_id=campaign.club_id,
            sender=campaign.sender,
            state=campaign.state,
            release_at=campaign.release_at,
            pause_code=campaign.pause_code,
            counts=counts[campaign.id],
            kept=kept[campaign.id],
            skipped=skipped[campaign.id],
            contents=contents.get(campaign.id, Contents()),
            chunks=chunks.get(campaign.id, Chunks()),
        )
        for campaign, zone in rows
    ]


async def singles(session: AsyncSession, at: Moment) -> Sequence[Case]:
    """The single messages that have not left, or whose answer is lost, the oldest first."""
    alone = select(Message.id).where(col(Message.campaign_id).is_(None))
    open_ = alone.join(Chunk, col(Chunk.id) == col(Message.chunk_id)).where(
        col(Chunk.due_at).is_not(None), col(Chunk.campaign_id).is_(None)
    )
    chunkless = alone.where(sa.text(CHUNKLESS))
    lost = alone.where(
        sa.text(FOLLOWED), Message.state == MessageState.UNKNOWN, Message.changed_at >= at.given_up_before
    )
    rows = await session.exec(
        select(Message, Club.zone, Chunk)
        .join(Club, col(Club.id) == col(Message.club_id))
        .outerjoin(Chunk, col(Chunk.id) == col(Message.chunk_id))
        .where(sa.or_(*(col(Message.id).in_(ids) for ids in (open_, chunkless, lost))))
        .order_by(col(Message.created_at))
        .limit(MOST_SINGLE)
    )
    return [_single(message, zone, chunk, at) for message, zone, chunk in rows.all()]


async def free_at(session: AsyncSession, keys: Collection[str]) -> Mapping[str, datetime]:
    """When these paces are free again."""
    rows = await session.exec(select(Pace).where(col(Pace.key).in_(sorted(keys))))
    return {row.key: row.free_at for row in rows.all()}


def _single(message: Message, zone: str, chunk: Chunk | None, at: Moment) -> Case:
    is_ = {state: message.state is state for state in MessageState}
    is_given_back = is_[MessageState.QUEUED] and message.attempt > 0 and message.not_before > at.now
    is_abandoned = is_[MessageState.SENDING] and (message.requested_at or at.now) < at.asked_before
    waits = message.state in (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING)
    due_at = chunk.due_at if chunk else None
    is_due = due_at is not None and due_at <= at.now
    return Case(
        title=f"a single text to ••{message.e164[-2:]}",
        zone=zone,
        since_at=message.created_at,
        club_id=message.club_id,
        sender=message.sender,
        counts={Key(message.id, message.state.value): 1},
        contents=Contents(
            given_back=int(is_given_back),
            again_at=message.not_before if is_given_back else None,
            in_doubt=int(is_[MessageState.UNKNOWN]),
            in_doubt_since=message.changed_at,
            look_at=message.not_before,
            abandoned=int(is_abandoned),
            lease_until=message.lease_until,
            chunkless=int(waits and chunk is None),
        ),
        chunks=Chunks(due_since=due_at if is_due else None, due=int(is_due), next_at=due_at),
    )


async def _counts(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[Key, int]]:
    stands = (
        sa.select(col(Message.campaign_id), col(Message.state), col(Message.error_code), func.count())
        .where(col(Message.campaign_id).in_(ids))
        .group_by(col(Message.campaign_id), col(Message.state), col(Message.error_code))
    )
    found: dict[UUID, dict[Key, int]] = defaultdict(dict)
    for id_, state, code, messages in await _rows(session, stands):
        key = key_of(id_, state, code)
        found[id_][key] = found[id_].get(key, 0) + messages
    return found


async def _kept(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[Key, int]]:
    rows = select(Tally).where(
        col(Tally.campaign_id).in_(ids), Tally.what != LEFT_OUT, col(Tally.messages) != 0
    )
    found: dict[UUID, dict[Key, int]] = defaultdict(dict)
    for row in (await session.exec(rows)).all():
        found[row.campaign_id][Key(row.campaign_id, row.what, row.detail)] = row.messages
    return found


async def _skipped(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    why = (
        sa.select(col(Message.campaign_id), col(Message.reason), func.count())
        .where(col(Message.campaign_id).in_(ids), col(Message.state) == MessageState.SKIPPED)
        .group_by(col(Message.campaign_id), col(Message.reason))
    )
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for id_, reason, messages in await _rows(session, why):
        found[id_][reason or ""] = messages
    return found


async def _contents(session: AsyncSession, at: Moment, ids: Sequence[UUID]) -> Mapping[UUID, Contents]:
    state = col(Message.state)
    again = sa.and_(state == MessageState.QUEUED, col(Message.attempt) > 0, col(Message.not_before) > at.now)
    lost = sa.and_(state == MessageState.UNKNOWN, col(Message.changed_at) >= at.given_up_before)
    given_up = sa.and_(state == MessageState.UNKNOWN, col(Message.changed_at) < at.given_up_before)
    abandoned = sa.and_(state == MessageState.SENDING, col(Message.requested_at) < at.asked_before)
    stands = (
        sa.select(
            col(Message.campaign_id),
            _number(again),
            func.min(sa.case((again, col(Message.not_before)))),
            _number(lost),
            func.min(sa.case((lost, col(Message.changed_at)))),
            func.min(sa.case((lost, col(Message.not_before)))),
            _number(given_up),
            _number(abandoned),
            func.max(sa.case((abandoned, col(Message.lease_until)))),
            _number(sa.text(CHUNKLESS)),
        )
        .where(col(Message.campaign_id).in_(ids))
        .group_by(col(Message.campaign_id))
    )
    return {id_: Contents(*content) for id_, *content in await _rows(session, stands)}


async def _chunks(session: AsyncSession, now: datetime, ids: Sequence[UUID]) -> Mapping[UUID, Chunks]:
    is_due = col(Chunk.due_at) <= now
    stands = (
        sa.select(
            col(Chunk.campaign_id),
            func.min(sa.case((is_due, col(Chunk.due_at)))),
            _number(is_due),
            func.min(col(Chunk.due_at)),
            _number(col(Chunk.parked)),
        )
        .where(col(Chunk.campaign_id).in_(ids))
        .group_by(col(Chunk.campaign_id))
    )
    return {id_: Chunks(*chunks) for id_, *chunks in await _rows(session, stands)}


def _number(condition: Any) -> Any:
    return func.count(sa.case((condition, 1)))


async def _rows(session: AsyncSession, statement: Any) -> Sequence[Any]:
    return (await (await session.connection()).execute(statement)).all()
