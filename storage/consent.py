"""Queries about consent and opt-outs. The record is only ever added to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import PARAMETERS_AT_ONCE, dialect_of, in_portions, read_in_portions
from storage.models import Consent, Contact, OptOut
from storage.states import OptOutScope, Purpose


async def record(session: AsyncSession, consent: Consent) -> None:
    """Adds a line to the record."""
    session.add(consent)
    await session.flush()


async def history(session: AsyncSession, club_id: UUID, e164: str) -> Sequence[Consent]:
    """The record of one number, oldest first."""
    mine = select(Consent).where(Consent.club_id == club_id, Consent.e164 == e164)
    return (await session.exec(mine.order_by(col(Consent.at), col(Consent.id)))).all()


async def records(session: AsyncSession, club_id: UUID, numbers: Collection[str]) -> dict[str, list[Consent]]:
    """The records of these numbers, each oldest first."""
    found: dict[str, list[Consent]] = {}
    for some in in_portions(numbers):
        rows = select(Consent).where(Consent.club_id == club_id, col(Consent.e164).in_(some))
        for line in (await session.exec(rows.order_by(col(Consent.at), col(Consent.id)))).all():
            found.setdefault(line.e164, []).append(line)
    return found


async def line(session: AsyncSession, club_id: UUID, line_id: UUID) -> Consent | None:
    """The line of the club's record with this id."""
    return (
        await session.exec(select(Consent).where(Consent.club_id == club_id, Consent.id == line_id))
    ).first()


async def said_since(
    session: AsyncSession, club_id: UUID, e164: str, at: datetime, *, by: str | None = None
) -> bool | None:
    """What the number's newest line about texts after then says: whether it wants any; None without one.

    Only what was recorded `by` somebody counts, where that is given.
    """
    newer = select(Consent.given).where(
        Consent.club_id == club_id, Consent.e164 == e164, Consent.purpose == Purpose.ALERTS, Consent.at > at
    )
    if by is not None:
        newer = newer.where(Consent.recorded_by == by)
    return (await session.exec(newer.order_by(col(Consent.at).desc()).limit(1))).first()


async def opt_out(
    session: AsyncSession, club_id: UUID, e164: str, scope: OptOutScope, since_at: datetime
) -> None:
    """Blocks the number for this club; an opt-out from everything is never narrowed to marketing."""
    row = OptOut(club_id=club_id, e164=e164, scope=scope, since_at=since_at)
    # In one statement: two texts of a member, or a text and the carrier's word, may come at once.
    stored = dialect_of(session).insert(OptOut).values(**row.model_dump())
    widened = stored.on_conflict_do_update(
        index_elements=["club_id", "e164"],
        set_={"scope": scope, "since_at": since_at},
        where=col(OptOut.scope) != OptOutScope.ALL,
    )
    await session.exec(widened)


async def opt_in(session: AsyncSession, club_id: UUID, e164: str, *, of: OptOutScope | None = None) -> bool:
    """Unblocks the number, where it is blocked so far, if that is given; whether it was."""
    gone = delete(OptOut).where(col(OptOut.club_id) == club_id, col(OptOut.e164) == e164)
    if of is not None:
        gone = gone.where(col(OptOut.scope) == of)
    return (await session.exec(gone)).rowcount == 1


async def locked(session: AsyncSession, club_id: UUID, e164: str) -> OptOut | None:
    """The number's opt-out, which nobody changes before this transaction ends; a STOP waits for it, and counts."""
    row = select(OptOut).where(OptOut.club_id == club_id, OptOut.e164 == e164).with_for_update()
    return (await session.exec(row.execution_options(populate_existing=True))).first()


async def listed(session: AsyncSession, club_id: UUID, *, limit: int, offset: int) -> Sequence[OptOut]:
    """A page of the club's opt-outs, the newest first."""
    mine = select(OptOut).where(OptOut.club_id == club_id)
    newest_first = mine.order_by(col(OptOut.since_at).desc(), col(OptOut.e164))
    return (await session.exec(newest_first.limit(limit).offset(offset))).all()


async def how_many(session: AsyncSession, club_id: UUID) -> int:
    """How many numbers are opted out."""
    mine = select(sa.func.count()).select_from(OptOut).where(OptOut.club_id == club_id)
    return (await session.exec(mine)).one()


async def opted_out(session: AsyncSession, club_id: UUID, numbers: Collection[str]) -> dict[str, OptOutScope]:
    """Which of these numbers are blocked, and how far."""
    mine = sa.select(col(OptOut.e164), col(OptOut.scope)).where(col(OptOut.club_id) == club_id)
    if len(numbers) <= PARAMETERS_AT_ONCE:
        few = mine.where(col(OptOut.e164).in_(numbers))
        rows = (await (await session.connection()).execute(few)).all()
        return {e164: OptOutScope(scope) for e164, scope in rows}
    # A few are looked up by the index; for many the whole list is read once.
    return {
        e164: OptOutScope(scope)
        async for some in read_in_portions(session, mine)
        for e164, scope in some
        if e164 in numbers
    }


async def agreed_to_marketing(session: AsyncSession, club_id: UUID, numbers: Collection[str]) -> set[str]:
    """Which of these numbers agree to marketing, by what counts of their record (`bot/rules/consent.py`)."""
    # A few are looked up by the index; for many the whole record is read once.
    some = [col(Consent.e164).in_(numbers)] if len(numbers) <= PARAMETERS_AT_ONCE else []
    agreed: set[str] = set()
    async for rows in read_in_portions(session, agreeing(club_id).where(*some)):
        agreed.update(e164 for (e164,) in rows if e164 in numbers)
    return agreed


def agreeing(club_id: UUID) -> Any:
    """The numbers that agree to marketing: they said yes, that counts, and no refusal came with it or after it."""
    refusal = aliased(Consent)
    is_one = sa.and_(col(refusal.club_id) == club_id, col(refusal.purpose) == Purpose.MARKETING)
    refused = sa.select(col(refusal.e164)).where(is_one, col(refusal.given).is_(False))
    is_over = refused.where(
        col(refusal.e164) == col(Consent.e164), col(refusal.at) >= col(Consent.at)
    ).exists()
    # Few numbers ever refused; those that did are found once, and theirs alone are looked into.
    holds = sa.or_(col(Consent.e164).not_in(refused), ~is_over)
    return _of_marketing(club_id, Consent.e164).where(col(Consent.given).is_(True), holds)


def said_of_marketing(club_id: UUID) -> Any:
    """What counts of the record about marketing: numbers and what they said, so that the last of each number holds.

    Of two lines at one moment the refusal holds.
    """
    lines = _of_marketing(club_id, Consent.e164, Consent.given)
    return lines.order_by(col(Consent.e164), col(Consent.at), col(Consent.given).desc())


def _of_marketing(club_id: UUID, *columns: Any) -> Any:
    """What counts of the record: what somebody agreed to does not, once the number is no longer theirs."""
    is_theirs = sa.and_(
        col(Contact.id) == col(Consent.contact_id),
        col(Contact.club_id) == col(Consent.club_id),
        col(Contact.e164) == col(Consent.e164),
        col(Contact.archived_at).is_(None),
    )
    counts = sa.or_(
        col(Consent.given).is_(False), col(Consent.contact_id).is_(None), col(Contact.id).is_not(None)
    )
    mine = sa.and_(col(Consent.club_id) == club_id, col(Consent.purpose) == Purpose.MARKETING)
    return sa.select(*columns).outerjoin(Contact, is_theirs).where(mine, counts)
