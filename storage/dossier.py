"""Everything that is stored about one person, as it stands in its tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import (
    AudienceLine,
    Audit,
    Consent,
    Contact,
    Group,
    Guardianship,
    Membership,
    Message,
    OptInQuestion,
    OptOut,
    Reply,
)


async def of_number(session: AsyncSession, club_id: UUID, e164: str) -> dict[str, Sequence[SQLModel]]:
    """What is kept by number alone: the record of consent, opt-outs, texts and replies, the oldest first."""
    found: dict[str, Sequence[SQLModel]] = {}
    tables: Sequence[tuple[str, Any, Any]] = (
        ("consent", Consent, Consent.at),
        ("opt_outs", OptOut, OptOut.since_at),
        ("opt_in_questions", OptInQuestion, OptInQuestion.asked_at),
        ("texts", Message, Message.created_at),
        ("replies", Reply, Reply.received_at),
    )
    for name, table, order in tables:
        mine = select(table).where(col(table.club_id) == club_id, col(table.e164) == e164)
        found[name] = (await session.exec(mine.order_by(order))).all()
    return found


async def of_person(session: AsyncSession, club_id: UUID, contact_id: UUID) -> dict[str, Sequence[SQLModel]]:
    """What is kept by person: who answers for whom, groups, campaigns they were meant by, and what staff did to them."""
    groups = select(Group).join(Membership, col(Membership.group_id) == col(Group.id))
    about = f"%{contact_id}%"
    queries: dict[str, Any] = {
        "guardians": _linked(club_id, Guardianship.guardian_id, Guardianship.child_id, contact_id),
        "guardian_of": _linked(club_id, Guardianship.child_id, Guardianship.guardian_id, contact_id),
        "groups": groups.where(Membership.club_id == club_id, Membership.contact_id == contact_id),
        "audiences": select(AudienceLine).where(
            AudienceLine.club_id == club_id, AudienceLine.contact_id == contact_id
        ),
        "consent_at_other_numbers": select(Consent).where(
            Consent.club_id == club_id, Consent.contact_id == contact_id
        ),
        "audit": select(Audit)
        .where(Audit.club_id == club_id, col(Audit.subject).like(about))
        .order_by(col(Audit.at)),
    }
    return {name: (await session.exec(query)).all() for name, query in queries.items()}


def _linked(club_id: UUID, whom: Any, by: Any, contact_id: UUID) -> Any:
    linked = sa.select(whom).where(col(Guardianship.club_id) == club_id, by == contact_id)
    return select(Contact).where(Contact.club_id == club_id, col(Contact.id).in_(linked))
