"""The lines that say what became of everybody."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import in_portions
from storage.freezing.tables import PERSON, RECIPIENT, is_represented, recipients
from storage.models import AudienceLine, Campaign

Expression = Any
GUARDIANS = "guardians"
"""The detail of a line left out where guardians get the text in its place."""


async def keep_lines(session: AsyncSession, campaign: Campaign) -> Mapping[str, int]:
    """Stores what became of everybody; how many are left out for which reason, and no guardian gets it in their place."""
    left_out, detail = _left_out(), _detail()
    lines = sa.select(
        sa.literal(campaign.club_id, sa.Uuid),
        sa.literal(campaign.id, sa.Uuid),
        PERSON.c.contact_id,
        sa.case((PERSON.c.is_chosen, "chosen"), (PERSON.c.is_second, "second_adult"), else_="guardian_of"),
        PERSON.c.e164,
        left_out,
        detail,
    ).order_by(PERSON.c.contact_id)
    names = ["club_id", "campaign_id", "contact_id", "because", "e164", "left_out", "detail"]
    connection = await session.connection()
    await connection.execute(sa.insert(AudienceLine).from_select(names, lines))
    missed = (
        sa.select(left_out.label("why"), sa.func.count())
        .where(
            sa.or_(
                *(what.is_not(None) for what in (PERSON.c.reason, PERSON.c.underage)), PERSON.c.e164.is_(None)
            )
        )
        .where(detail != GUARDIANS)
        .group_by(sa.text("why"))
    )
    return dict((await connection.execute(missed)).all())


def _left_out() -> Expression:
    is_empty = sa.func.coalesce(PERSON.c.refusal, "").in_(("", "empty"))
    return sa.case(
        (PERSON.c.e164.is_not(None), sa.func.coalesce(PERSON.c.reason, PERSON.c.underage)),
        (is_empty, "no_number"),
        else_="bad_number",
    )


def _detail() -> Expression:
    left_out = _left_out()
    is_theirs = sa.and_(left_out.in_(("no_number", "too_young")), is_represented())
    return sa.case((is_theirs, GUARDIANS), (left_out == "bad_number", PERSON.c.refusal), else_="")


async def leave_out(session: AsyncSession, numbers: Collection[str], reason: str) -> None:
    """Leaves out these numbers too, for this reason; the other recipients move up."""
    connection = await session.connection()
    for some in in_portions(numbers):
        is_one = sa.and_(PERSON.c.e164.in_(some), PERSON.c.reason.is_(None))
        await connection.execute(sa.update(PERSON).where(is_one).values(reason=reason))
    if numbers:
        await connection.execute(sa.delete(RECIPIENT))
        await connection.execute(recipients())
