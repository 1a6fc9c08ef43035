"""Who did what, when: lines are only ever added."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import in_portions
from storage.models import Audit, Campaign, Contact, ContactField, Conversation, Group

Named = Mapping[UUID, str]
_NAMES: Mapping[str, tuple[Any, Sequence[Any]]] = {
    "campaign": (Campaign, (Campaign.title,)),
    "contact": (Contact, (Contact.first_name, Contact.last_name)),
    "group": (Group, (Group.name,)),
    "field": (ContactField, (ContactField.name,)),
}


async def note(session: AsyncSession, line: Audit) -> None:
    """Adds a line."""
    session.add(line)
    await session.flush()


async def how_many(session: AsyncSession, club_id: UUID) -> int:
    """How many lines the club has."""
    return (await session.exec(select(func.count()).where(Audit.club_id == club_id))).one()


async def newest(
    session: AsyncSession, club_id: UUID, *, limit: int | None, offset: int = 0
) -> Sequence[Audit]:
    """The club's lines, the newest first."""
    mine = select(Audit).where(Audit.club_id == club_id).order_by(col(Audit.at).desc(), col(Audit.id).desc())
    return (await session.exec(mine.limit(limit).offset(offset))).all()


async def names(session: AsyncSession, club_id: UUID, what: str, ids: Sequence[UUID]) -> Named:
    """What those of the club are called today; `what` is "campaign", "contact", "group", "field" or "conversation"."""
    if what == "conversation":
        return await _talked_to(session, club_id, ids)
    if what not in _NAMES:
        return {}
    table, columns = _NAMES[what]
    found: dict[UUID, str] = {}
    for some in in_portions(ids):
        query = sa.select(table.id, *columns).where(table.club_id == club_id, table.id.in_(some))
        for id_, *parts in (await (await session.connection()).execute(query)).all():
            found[id_] = " ".join(parts).strip()
    return found


async def _talked_to(session: AsyncSession, club_id: UUID, ids: Sequence[UUID]) -> Named:
    """Whose number it is; of several the first by name."""
    found: dict[UUID, str] = {}
    is_theirs = sa.and_(
        col(Contact.club_id) == col(Conversation.club_id), col(Contact.e164) == col(Conversation.e164)
    )
    for some in in_portions(ids):
        query = (
            sa.select(col(Conversation.id), col(Contact.first_name), col(Contact.last_name))
            .join(Contact, is_theirs)
            .where(col(Conversation.club_id) == club_id, col(Conversation.id).in_(some))
            .order_by(col(Contact.last_name), col(Contact.first_name))
        )
        for id_, first_name, last_name in (await (await session.connection()).execute(query)).all():
            found.setdefault(id_, f"{first_name} {last_name}".strip())
    return found
