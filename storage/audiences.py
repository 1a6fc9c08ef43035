"""Queries about who a campaign was for and why, kept as it was when it left."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import digits, read_in_portions
from storage.models import (
    AudienceGroup,
    AudienceGuardian,
    AudienceLine,
    Campaign,
    Contact,
    Group,
    Guardianship,
)
from storage.parts import Flat, belongs, flat_each
from storage.people import meant


async def keep(
    session: AsyncSession,
    campaign: Campaign,
    groups: Sequence[Group],
    today: date,
    *,
    chosen: str,
    answered_for_after: str,
    accompanied_after: str,
    second: UUID | None,
) -> None:
    """Keeps of a campaign whose lines are stored which of these groups each chosen person was in, and who answered for whom.

    People born until `answered_for_after`, an ISO date, answer for themselves alone; the `second` adult went along with
    those born after `accompanied_after` whom no guardian went along with.
    """
    session.add_all(
        AudienceGroup(
            club_id=campaign.club_id, campaign_id=campaign.id, number=number, name=group.name, rule=group.rule
        )
        for number, group in enumerate(groups)
    )
    await session.flush()
    connection = await session.connection()
    if len(groups) > 1:
        each = await flat_each(session, campaign.club_id, [group.id for group in groups])
        for number, group in enumerate(groups):
            members = _members(session, campaign.club_id, each[group.id], today)
            await connection.execute(_numbering(campaign, number, members, chosen))
    await connection.execute(_pairing(campaign, chosen, date.fromisoformat(answered_for_after)))
    if second:
        born_after = date.fromisoformat(accompanied_after)
        await connection.execute(_accompanying(campaign, chosen, born_after, second))


def _numbering(campaign: Campaign, number: int, members: Any, chosen: str) -> sa.Update:
    return (
        sa.update(AudienceLine)
        .where(
            col(AudienceLine.campaign_id) == campaign.id,
            col(AudienceLine.because) == chosen,
            col(AudienceLine.group_number).is_(None),
            col(AudienceLine.contact_id).in_(members),
        )
        .values(group_number=number)
        .execution_options(synchronize_session=False)
    )


def _pairing(campaign: Campaign, chosen: str, answered_for_after: date) -> sa.Insert:
    child, guardian = sa.alias(AudienceLine.__table__, "child"), sa.alias(AudienceLine.__table__, "guardian")  # type: ignore[attr-defined]
    born = col(Contact.birth_date)
    pairs = (
        sa.select(child.c.club_id, child.c.campaign_id, child.c.contact_id, guardian.c.contact_id)
        .select_from(child)
        .join(
            Guardianship,
            sa.and_(
                col(Guardianship.child_id) == child.c.contact_id,
                col(Guardianship.club_id) == campaign.club_id,
                col(Guardianship.guardian_id) != col(Guardianship.child_id),
            ),
        )
        .join(
            guardian,
            sa.and_(
                guardian.c.campaign_id == campaign.id,
                guardian.c.contact_id == col(Guardianship.guardian_id),
            ),
        )
        .join(Contact, col(Contact.id) == col(Guardianship.child_id))
        .where(child.c.campaign_id == campaign.id, child.c.because == chosen)
        .where(sa.or_(born.is_(None), born > answered_for_after))
    )
    columns = ("club_id", "campaign_id", "child_id", "guardian_id")
    return sa.insert(AudienceGuardian).from_select(columns, pairs)


def _accompanying(campaign: Campaign, chosen: str, born_after: date, second: UUID) -> sa.Insert:
    child, adult, guardian = (
        sa.alias(AudienceLine.__table__, name)  # type: ignore[attr-defined]
        for name in ("child", "adult", "guardian")
    )
    pair = AudienceGuardian
    went_along = (
        sa.select(sa.literal(1))
        .select_from(pair)
        .join(guardian, guardian.c.contact_id == col(pair.guardian_id))
        .where(col(pair.campaign_id) == campaign.id, col(pair.child_id) == child.c.contact_id)
        .where(guardian.c.campaign_id == campaign.id, guardian.c.left_out.is_(None))
        .exists()
    )
    is_adult = sa.and_(adult.c.campaign_id == campaign.id, adult.c.contact_id == second)
    pairs = (
        sa.select(child.c.club_id, child.c.campaign_id, child.c.contact_id, adult.c.contact_id, sa.true())
        .select_from(child)
        .join(adult, sa.and_(is_adult, adult.c.left_out.is_(None)))
        .join(Contact, col(Contact.id) == child.c.contact_id)
        .where(child.c.campaign_id == campaign.id, child.c.because == chosen, child.c.left_out.is_(None))
        .where(child.c.contact_id != second, child.c.e164 != adult.c.e164)
        .where(col(Contact.birth_date) > born_after, ~went_along)
    )
    columns = ("club_id", "campaign_id", "child_id", "guardian_id", "is_second")
    return sa.insert(AudienceGuardian).from_select(columns, pairs)


def _members(session: AsyncSession, club_id: UUID, group: Flat, today: date) -> Any:
    """The ids of those in what the group comes down to on this day."""
    mine = (Contact.club_id == club_id, col(Contact.archived_at).is_(None))
    return select(Contact.id).where(*mine, belongs(session, club_id, group, today))


async def numbers_of(
    session: AsyncSession,
    club_id: UUID,
    groups: Sequence[Group],
    today: date,
    contact_ids: Collection[str] | None = None,
) -> dict[str, int]:
    """In which of these groups each of these people is now, or each of the club's: the first one counts.

    Ids are of 32 digits.
    """
    found: dict[str, int] = {}
    each = await flat_each(session, club_id, [group.id for group in groups])
    for number, group in enumerate(groups):
        if group.id not in each:
            continue
        mine = col(Contact.id).in_(_members(session, club_id, each[group.id], today))
        some = [] if contact_ids is None else [col(Contact.id).in_([UUID(id) for id in contact_ids])]
        async for rows in read_in_portions(
            session,
            sa.select(digits(session, Contact.id)).where(col(Contact.club_id) == club_id, mine, *some),
        ):
            for (id,) in rows:
                found.setdefault(id, number)
    return found


async def found(session: AsyncSession, club_id: UUID, typed: str) -> set[str]:
    """The ids, of 32 digits, of the club's people whom what was typed means."""
    ids: set[str] = set()
    condition = await meant(session, club_id, typed)
    query = sa.select(digits(session, Contact.id)).where(col(Contact.club_id) == club_id, *condition)
    async for rows in read_in_portions(session, query):
        ids.update(id for (id,) in rows)
    return ids


async def groups(session: AsyncSession, club_id: UUID, campaign_id: UUID) -> Sequence[AudienceGroup]:
    """The groups that the campaign was sent to, as they were then."""
    mine = select(AudienceGroup).where(
        AudienceGroup.club_id == club_id, AudienceGroup.campaign_id == campaign_id
    )
    return (await session.exec(mine.order_by(col(AudienceGroup.number)))).all()
