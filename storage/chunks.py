"""Queries about chunks: which are to be looked at, and when again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import in_portions
from storage.models import CHUNKLESS, Campaign, Chunk, Message
from storage.states import CampaignState, Kind, MessageState

SIZE = 500
"""Messages in a chunk."""
ALERTS, MARKETING = 1, 2
PRIORITIES = {None: 0, Kind.ALERT: ALERTS, Kind.MARKETING: MARKETING}
OPEN = (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING)
"""The states that keep a chunk open: something waits, or is being sent."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose chunk it is, and how its campaign stands; no campaign for a single message."""

    id: UUID
    number: int
    club_id: UUID
    campaign_id: UUID | None
    state: CampaignState | None
    kind: Kind | None
    release_at: datetime | None


def chunk_for(
    club_id: UUID, campaign_id: UUID | None, kind: Kind | None, *, waiting: int, at: datetime, number: int = 0
) -> Chunk:
    """A new chunk that is due at once, not stored yet."""
    return Chunk(
        club_id=club_id,
        campaign_id=campaign_id,
        number=number,
        priority=PRIORITIES[kind],
        waiting=waiting,
        due_at=at,
        created_at=at,
    )


_PARKED = sa.text("parked")
"""In these very words, or SQLite would not use the index of parked chunks."""


async def owner(session: AsyncSession, chunk_id: UUID) -> Owner | None:
    """Whose chunk it is; None when there is no such chunk."""
    mine = (
        sa.select(
            col(Chunk.id),
            col(Chunk.number),
            col(Chunk.club_id),
            col(Chunk.campaign_id),
            col(Campaign.state),
            col(Campaign.kind),
            col(Campaign.release_at),
        )
        .outerjoin(Campaign, col(Campaign.id) == col(Chunk.campaign_id))
        .where(col(Chunk.id) == chunk_id)
    )
    found = (await (await session.connection()).execute(mine)).first()
    return Owner(*found) if found else None


async def waiting_before(session: AsyncSession, chunk: Owner) -> int:
    """How many messages wait in the chunks of the same campaign that come before this one."""
    ahead = select(func.coalesce(func.sum(col(Chunk.waiting)), 0)).where(
        Chunk.campaign_id == chunk.campaign_id, col(Chunk.number) < chunk.number
    )
    return (await session.exec(ahead)).one() if chunk.campaign_id else 0


async def due(
    session: AsyncSession, now: datetime, *, limit: int, besides: Collection[UUID] = ()
) -> Sequence[UUID]:
    """The chunks to look at now, the most urgent first."""
    waiting = select(Chunk.id).where(col(Chunk.due_at) <= now, col(Chunk.id).not_in(besides))
    return (await session.exec(waiting.order_by(*_order()).limit(limit))).all()


async def next_due(session: AsyncSession, *, besides: Collection[UUID] = ()) -> datetime | None:
    """When the next chunk is to be looked at."""
    open_ = select(func.min(col(Chunk.due_at))).where(
        col(Chunk.due_at).is_not(None), col(Chunk.id).not_in(besides)
    )
    return (await session.exec(open_)).one()


async def due_for_workers(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[Chunk]:
    """The chunks to look at now, the most urgent first, locked; nobody else gets them before the transaction ends."""
    waiting = select(Chunk).where(col(Chunk.due_at) <= now).order_by(*_order()).limit(limit)
    return (await session.exec(waiting.with_for_update(skip_locked=True))).all()


async def put_off(session: AsyncSession, chunk_ids: Collection[UUID], until: datetime) -> None:
    """Looks at these chunks no sooner than then: they were handed to somebody."""
    for some in in_portions(chunk_ids):
        await session.exec(update(Chunk).where(col(Chunk.id).in_(some)).values(due_at=until))


async def wake(session: AsyncSession, campaign_id: UUID, now: datetime) -> None:
    """Has all open chunks of the campaign looked at now: it was stopped, or goes on."""
    mine = sa.and_(
        col(Chunk.campaign_id) == campaign_id, sa.or_(col(Chunk.due_at).is_not(None), col(Chunk.parked))
    )
    await _wake(session, mine, now)


async def has_strangers(session: AsyncSession) -> bool:
    """Whether a parked chunk's campaign goes on, or a message has no chunk."""
    without = select(Message.id).where(sa.text(CHUNKLESS))
    parked = select(Chunk.id).where(_PARKED, _goes_on())
    return any([(await session.exec(some.limit(1))).first() for some in (without, parked)])


async def unpark(session: AsyncSession, now: datetime) -> None:
    """Has the parked chunks looked at whose campaigns are no longer paused."""
    await _wake(session, sa.and_(_PARKED, _goes_on()), now)


async def adopt(session: AsyncSession, now: datetime) -> Sequence[Chunk]:
    """Gives chunks to some messages that have none, as an older version stores them; the new chunks."""
    without = (
        select(Message.id, Message.club_id, Message.campaign_id, Campaign.kind)
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        .where(col(Message.id).in_(select(Message.id).where(sa.text(CHUNKLESS)).limit(SIZE)))
        .order_by(col(Message.created_at))
        .with_for_update(of=Message, skip_locked=True)
    )
    groups: dict[UUID | None, list[Any]] = {}
    for row in (await session.exec(without)).all():
        groups.setdefault(row[2] or row[0], []).append(row)
    new: list[Chunk] = []
    for rows in groups.values():
        _, club_id, campaign_id, kind = rows[0]
        chunk = chunk_for(club_id, campaign_id, kind, waiting=len(rows), at=now)
        session.add(chunk)
        await session.flush()
        theirs = col(Message.id).in_([row[0] for row in rows])
        await session.exec(update(Message).where(theirs).values(chunk_id=chunk.id))
        new.append(chunk)
    return new


async def refresh(
    session: AsyncSession,
    chunk_ids: Collection[UUID],
    now: datetime,
    *,
    not_before: datetime | None = None,
    park: bool = False,
) -> None:
    """Sets when these chunks are looked at next by what stands in them, or closes them.

    That is when the first waiting message may leave, not before `not_before`, or when the first claim's lease ends.
    With `park`, what waits is not looked at until `unpark`.
    """
    ids = sorted(chunk_ids)
    if not ids:
        return
    # Locked before it is read: what a transaction at the same moment does is seen by one of the two.
    locked = select(Chunk.id, Chunk.parked).where(col(Chunk.id).in_(ids)).order_by(col(Chunk.id))
    parked = dict((await session.exec(locked.with_for_update())).all())
    contents = await _contents(session, ids)
    earliest = not_before or now
    rows = [
        _refreshed(id_, contents.get(id_, NOTHING), earliest, is_parked=park or was_parked)
        for id_, was_parked in parked.items()
    ]
    connection = await session.connection()
    await connection.execute(_CHANGE, rows)


@dataclass(frozen=True, slots=True)
class _Content:
    """What keeps a chunk open: how much is queued, since when anything may leave, and when the first lease ends."""

    waiting: int = 0
    may_leave_at: datetime | None = None
    leased_until: datetime | None = None


NOTHING = _Content()


async def _contents(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, _Content]:
    queued, sending = (col(Message.state) == state for state in (MessageState.QUEUED, MessageState.SENDING))
    stands = (
        sa.select(
            col(Message.chunk_id),
            func.count(sa.case((queued, 1))),
            func.min(sa.case((~sending, col(Message.not_before)))),
            func.min(sa.case((sending, col(Message.lease_until)))),
        )
        .where(col(Message.chunk_id).in_(ids), col(Message.state).in_(OPEN))
        .group_by(col(Message.chunk_id))
    )
    rows = (await (await session.connection()).execute(stands)).all()
    return {id_: _Content(*content) for id_, *content in rows}


def _refreshed(id_: UUID, content: _Content, earliest: datetime, *, is_parked: bool) -> dict[str, Any]:
    is_parked = is_parked and content.may_leave_at is not None
    leaves_at = max(content.may_leave_at, earliest) if content.may_leave_at and not is_parked else None
    looks = [at for at in (leaves_at, content.leased_until) if at is not None]
    return {
        "b_id": id_,
        "b_due_at": min(looks, default=None),
        "b_parked": is_parked,
        "b_waiting": content.waiting,
    }


_CHANGE = (
    sa.update(Chunk)
    .where(col(Chunk.id) == sa.bindparam("b_id"))
    .values(
        due_at=sa.bindparam("b_due_at", type_=sa.inspect(Chunk).columns["due_at"].type),
        parked=sa.bindparam("b_parked", type_=sa.Boolean),
        waiting=sa.bindparam("b_waiting", type_=sa.Integer),
    )
)


async def _wake(session: AsyncSession, these: Any, now: datetime) -> None:
    # Locked in the order in which `refresh` does.
    ids = select(Chunk.id).where(these).order_by(col(Chunk.id)).with_for_update()
    await session.exec(update(Chunk).where(col(Chunk.id).in_(ids)).values(due_at=now, parked=False))


def _goes_on() -> Any:
    resting = (CampaignState.PAUSED, CampaignState.SCHEDULED, CampaignState.AWAITING_APPROVAL)
    others = select(Campaign.id).where(col(Campaign.state).not_in(resting))
    return col(Chunk.campaign_id).in_(others)


def _order() -> tuple[Any, ...]:
    return col(Chunk.priority), col(Chunk.due_at), col(Chunk.created_at)
