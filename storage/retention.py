"""Queries about what is older than a club keeps it: some rows at a time, and never those of a campaign that is not over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.erasing import ERASED, redact_messages
from storage.models import (
    AudienceGroup,
    AudienceGuardian,
    AudienceLine,
    Campaign,
    Contact,
    Conversation,
    Draft,
    GroupDraft,
    Message,
    OptInQuestion,
    Reply,
)
from storage.states import CampaignState, MessageState

_OVER = (CampaignState.DONE, CampaignState.STOPPED, CampaignState.CANCELLED)
_AUDIENCES: Sequence[Any] = (AudienceLine, AudienceGuardian, AudienceGroup)
_OPEN = (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)


def _over(club_id: UUID) -> Any:
    return sa.select(col(Campaign.id)).where(col(Campaign.club_id) == club_id, col(Campaign.state).in_(_OVER))


async def redact_texts(session: AsyncSession, club_id: UUID, before: datetime, *, limit: int) -> int:
    """Takes words and numbers out of the oldest texts from before then; how many it were."""
    old = (
        select(Message.id)
        .where(Message.club_id == club_id, Message.created_at < before, col(Message.e164).like("+%"))
        .where(col(Message.state).not_in(_OPEN))
        .where(sa.or_(col(Message.campaign_id).is_(None), col(Message.campaign_id).in_(_over(club_id))))
        .order_by(col(Message.created_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.exec(old)).all()
    await redact_messages(session, ids)
    return len(ids)


async def redact_replies(session: AsyncSession, club_id: UUID, before: datetime, *, limit: int) -> int:
    """Takes words and numbers out of the answers from before then, and numbers out of conversations that ended; how many."""
    old = (
        select(Reply.id)
        .where(Reply.club_id == club_id, Reply.received_at < before, Reply.e164 != ERASED)
        .limit(limit)
    )
    ids = (await session.exec(old)).all()
    gone = sa.update(Reply).where(col(Reply.id).in_(ids))
    await session.exec(gone.values(e164=ERASED, body="", post_after=None))
    ended = (
        sa.select(col(Conversation.id))
        .where(col(Conversation.club_id) == club_id, col(Conversation.last_at) < before)
        .where(col(Conversation.e164) != ERASED)
        .limit(limit)
    )
    nameless = sa.update(Conversation).where(col(Conversation.id).in_(ended)).values(e164=ERASED)
    return len(ids) + (await session.exec(nameless)).rowcount


async def forget_audiences(session: AsyncSession, club_id: UUID, before: datetime, *, limit: int) -> int:
    """Deletes who was meant by campaigns that were over by then, and why; how many rows it were."""
    old = _over(club_id).where(col(Campaign.created_at) < before, col(Campaign.over_at) < before)
    gone = 0
    for table in _AUDIENCES:
        mine = (table.club_id == club_id, table.campaign_id.in_(old))
        gone += await _forget(session, table, *mine, limit=limit)
    return gone


async def forget_unfinished(session: AsyncSession, club_id: UUID, before: datetime, *, limit: int) -> int:
    """Empties the drafts of texts from before then, and deletes groups not built to their end and questions not answered.

    A draft stays as a row: its id makes one campaign at most. Gives back how many it were.
    """
    full = (
        sa.select(col(Draft.id))
        .where(col(Draft.club_id) == club_id, col(Draft.updated_at) < before)
        .where(sa.cast(col(Draft.fields), sa.String) != "{}")
        .limit(limit)
    )
    emptied = sa.update(Draft).where(col(Draft.id).in_(full)).values(fields={}, previewed=sa.null())
    gone: int = (await session.exec(emptied)).rowcount
    for table, at in ((GroupDraft, GroupDraft.updated_at), (OptInQuestion, OptInQuestion.until_at)):
        old = (col(table.club_id) == club_id, col(at) < before)
        gone += await _forget(session, table, *old, limit=limit)
    return gone


async def _forget(session: AsyncSession, table: Any, *which: Any, limit: int) -> int:
    key = [getattr(table, column.name) for column in table.__table__.primary_key]
    some = sa.select(*key).where(*which).limit(limit)
    gone = sa.delete(table).where(sa.tuple_(*key).in_(some)).execution_options(synchronize_session=False)
    return (await session.exec(gone)).rowcount


async def archived(session: AsyncSession, club_id: UUID, before: datetime, *, limit: int) -> Sequence[UUID]:
    """The people who were archived before then, the first of them first."""
    old = select(Contact.id).where(Contact.club_id == club_id, col(Contact.archived_at) < before)
    return (await session.exec(old.order_by(col(Contact.archived_at)).limit(limit))).all()
