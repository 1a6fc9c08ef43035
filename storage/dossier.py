"""Everything that is stored about one person, as it stands in its tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import (
    AudienceGuardian,
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


async def of_number(
    session: AsyncSession, club_id: UUID, e164: str, contact_id: UUID | None = None
) -> dict[str, Sequence[SQLModel]]:
    """What is kept by number alone: the record of consent, opt-outs, texts and replies, the oldest first.

    Not what other people agreed to, nor, where they share it with this person, what they alone were to get.
    """
    found: dict[str, Sequence[SQLModel]] = {}
    whose = sa.or_(col(Consent.contact_id).is_(None), col(Consent.contact_id) == contact_id)
    tables: Sequence[tuple[str, Any, Any, Any]] = (
        ("consent", Consent, Consent.at, whose),
        ("opt_outs", OptOut, OptOut.since_at, sa.true()),
        ("opt_in_questions", OptInQuestion, OptInQuestion.asked_at, sa.true()),
        ("texts", Message, Message.created_at, _meant(e164, contact_id) if contact_id else sa.true()),
        ("replies", Reply, Reply.received_at, sa.true()),
    )
    for name, table, order, further in tables:
        mine = select(table).where(col(table.club_id) == club_id, col(table.e164) == e164, further)
        found[name] = (await session.exec(mine.order_by(order))).all()
    return found


def _meant(e164: str, contact_id: UUID) -> Any:
    """Whether a message to this number was for this person, or for nobody else who is known."""
    at_it = sa.select(col(AudienceLine.contact_id)).where(
        col(AudienceLine.campaign_id) == col(Message.campaign_id), col(AudienceLine.e164) == e164
    )
    guarded = sa.select(col(AudienceGuardian.child_id)).where(
        col(AudienceGuardian.campaign_id) == col(Message.campaign_id),
        col(AudienceGuardian.guardian_id) == contact_id,
    )
    theirs = at_it.where(col(AudienceLine.contact_id) == contact_id).exists()
    return sa.or_(theirs, guarded.exists(), ~at_it.exists())


async def of_person(
    session: AsyncSession, club_id: UUID, contact_id: UUID, e164: str | None
) -> dict[str, Sequence[SQLModel]]:
    """What is kept by person and not by their number: who answers for whom, groups, campaigns they were meant by, and what staff did to them.

    Of who answers for whom the names alone are given out: the rest is theirs.
    """
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
            Consent.club_id == club_id, Consent.contact_id == contact_id, col(Consent.e164) != (e164 or "")
        ),
        "audit": select(Audit)
        .where(Audit.club_id == club_id, col(Audit.subject).like(about))
        .order_by(col(Audit.at)),
    }
    return {name: (await session.exec(query)).all() for name, query in queries.items()}


def _linked(club_id: UUID, whom: Any, by: Any, contact_id: UUID) -> Any:
    linked = sa.select(whom).where(col(Guardianship.club_id) == club_id, by == contact_id)
    return select(Contact).where(Contact.club_id == club_id, col(Contact.id).in_(linked))
