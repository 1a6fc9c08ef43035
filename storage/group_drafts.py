"""Queries about groups that somebody is building."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import GroupDraft


async def one(session: AsyncSession, club_id: UUID, slack_user_id: str, draft_id: UUID) -> GroupDraft | None:
    """This person's draft with this id, which nobody else changes until the transaction ends."""
    mine = select(GroupDraft).where(
        GroupDraft.id == draft_id, GroupDraft.club_id == club_id, GroupDraft.slack_user_id == slack_user_id
    )
    return (await session.exec(mine.with_for_update())).first()


async def unfinished(
    session: AsyncSession, club_id: UUID, slack_user_id: str, since: datetime
) -> GroupDraft | None:
    """The new group that this person built last and did not save, when it was touched since then."""
    mine = select(GroupDraft).where(
        GroupDraft.club_id == club_id,
        GroupDraft.slack_user_id == slack_user_id,
        GroupDraft.updated_at >= since,
        col(GroupDraft.group_id).is_(None),
        col(GroupDraft.saved_at).is_(None),
    )
    return (await session.exec(mine.order_by(col(GroupDraft.updated_at).desc()))).first()


async def of_club(session: AsyncSession, club_id: UUID) -> Sequence[GroupDraft]:
    """Every group of the club that is being built."""
    mine = select(GroupDraft).where(GroupDraft.club_id == club_id, col(GroupDraft.saved_at).is_(None))
    return (await session.exec(mine.with_for_update())).all()


async def keep(session: AsyncSession, draft: GroupDraft) -> None:
    """Stores the draft, new or as it is now."""
    session.add(draft)
    await session.flush()


async def forget(session: AsyncSession, club_id: UUID, slack_user_id: str, before: datetime) -> None:
    """Drops what this person has not touched since then."""
    old = sa.delete(GroupDraft).where(
        col(GroupDraft.club_id) == club_id,
        col(GroupDraft.slack_user_id) == slack_user_id,
        col(GroupDraft.updated_at) < before,
    )
    await session.exec(old)
