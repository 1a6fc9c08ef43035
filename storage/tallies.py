"""Counts kept as rows, so that a card costs the same at a thousand messages and at a million."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of
from storage.models import Campaign, Message, Tally
from storage.states import CampaignState, MessageState

LEFT_OUT = "left_out"
PROBLEMS = (MessageState.FAILED, MessageState.UNDELIVERED)
"""The states that are counted apart by the carrier's error number."""
IN_TURN = (MessageState.QUEUED, MessageState.SENDING)
"""The states of messages that take up their sender's time now."""
TO_LEAVE = (MessageState.HELD, *IN_TURN)
"""The states of messages that the carrier has not taken, as far as we know."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One count: of a campaign, what is counted, and in which detail."""

    campaign_id: UUID
    what: str
    detail: str = ""


@dataclass(slots=True)
class Shift:
    """By how much counts change; nothing is stored before `store`."""

    clubs: dict[UUID, UUID] = field(default_factory=dict)
    by: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, club_id: UUID, key: Key, messages: int, segments: int = 0) -> None:
        """Counts so many more, or fewer."""
        self.clubs[key.campaign_id] = club_id
        self.by[key][0] += messages
        self.by[key][1] += segments

    def rows(self) -> list[dict[str, Any]]:
        """What changes, in one order for everybody, so that two transactions never wait for each other."""
        return [
            {
                "club_id": self.clubs[key.campaign_id],
                "campaign_id": key.campaign_id,
                "what": key.what,
                "detail": key.detail,
                "messages": messages,
                "segments": segments,
            }
            for key, (messages, segments) in sorted(self.by.items())
            if messages or segments
        ]


def key_of(campaign_id: UUID, state: MessageState, error_code: int | None) -> Key:
    """Where a message in this state is counted."""
    detail = str(error_code) if error_code is not None and state in PROBLEMS else ""
    return Key(campaign_id, state.value, detail)


async def store(session: AsyncSession, shift: Shift) -> None:
    """Adds the changes to the counts."""
    rows = shift.rows()
    if not rows:
        return
    new = dialect_of(session).insert(Tally)
    columns = {name: getattr(Tally, name) + new.excluded[name] for name in ("messages", "segments")}
    connection = await session.connection()
    await connection.execute(
        new.values(rows).on_conflict_do_update(index_elements=["campaign_id", "what", "detail"], set_=columns)
    )


async def of_campaign(session: AsyncSession, campaign_id: UUID) -> Mapping[Key, tuple[int, int]]:
    """The campaign's counts: messages (or people) and segments."""
    mine = select(Tally).where(Tally.campaign_id == campaign_id, col(Tally.messages) != 0)
    rows = (await session.exec(mine)).all()
    return {Key(row.campaign_id, row.what, row.detail): (row.messages, row.segments) for row in rows}


async def is_miscounted(session: AsyncSession, campaign_id: UUID) -> bool:
    """Whether the campaign is done, while its counts say that something is still to leave, or nothing at all: an older
    version beside this one closed it, and counts nothing."""
    mine = select(Tally.campaign_id).where(Tally.campaign_id == Campaign.id, col(Tally.messages) != 0)
    to_leave = mine.where(col(Tally.what).in_([state.value for state in TO_LEAVE]))
    any_message = mine.where(Tally.what != LEFT_OUT)
    done = select(Campaign.id).where(Campaign.id == campaign_id, Campaign.state == CampaignState.DONE)
    wrong = done.where(sa.or_(to_leave.exists(), ~any_message.exists()))
    return (await session.exec(wrong)).first() is not None


def to_leave(counts: Mapping[Key, tuple[int, int]]) -> Mapping[Key, tuple[int, int]]:
    """The counts of what the carrier has not taken, which receipts leave alone."""
    return {key: count for key, count in counts.items() if key.what in TO_LEAVE}


async def segments_queued(session: AsyncSession, club_id: UUID, sender: str) -> int:
    """How many segments of the sender's campaigns that are leaving have not left; its few answers and tests aside."""
    leaving = select(Campaign.id).where(
        Campaign.state == CampaignState.SENDING, Campaign.club_id == club_id, Campaign.sender == sender
    )
    queued = select(func.coalesce(func.sum(col(Tally.segments)), 0)).where(
        col(Tally.campaign_id).in_(leaving), col(Tally.what).in_([state.value for state in IN_TURN])
    )
    return (await session.exec(queued)).one()


async def counted(session: AsyncSession, campaign_id: UUID) -> Mapping[Key, tuple[int, int]]:
    """The same of its messages, counted one by one: what the rows must say."""
    stands = (
        select(Message.state, Message.error_code, func.count(), func.sum(col(Message.segments)))
        .where(Message.campaign_id == campaign_id)
        .group_by(col(Message.state), col(Message.error_code))
    )
    found: dict[Key, tuple[int, int]] = {}
    for state, code, messages, segments in (await session.exec(stands)).all():
        key = key_of(campaign_id, MessageState(state), code)
        before = found.get(key, (0, 0))
        found[key] = (before[0] + messages, before[1] + segments)
    return found


async def correction(session: AsyncSession, club_id: UUID, campaign_id: UUID) -> Shift:
    """What makes the counts say what the messages say; `session` reads as of one moment."""
    shift = Shift()
    for key, (messages, segments) in (await of_campaign(session, campaign_id)).items():
        if key.what != LEFT_OUT:
            shift.add(club_id, key, -messages, -segments)
    for key, (messages, segments) in (await counted(session, campaign_id)).items():
        shift.add(club_id, key, messages, segments)
    return shift
