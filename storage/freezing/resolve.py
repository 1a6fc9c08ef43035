"""Whom a campaign concerns, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.contacts import in_club, picked
from storage.db import in_portions, iso_text
from storage.freezing.asked import Asked, begins_of
from storage.freezing.tables import (
    PERSON,
    PLACE,
    READS,
    WARD,
    is_reached,
    is_represented,
    open_tables,
    recipients,
)
from storage.models import Consent, Contact, Guardianship, OptOut
from storage.states import Purpose

Expression = Any
APART = 100
"""Between two chosen people there is room for so many who answer for the first."""


async def resolve(session: AsyncSession, asked: Asked) -> None:
    """Finds everybody whom the campaign concerns and what becomes of them, in tables that are gone with the transaction."""
    await open_tables(session)
    connection = await session.connection()
    by_place = [
        {"begins": begins, "length": length, **asdict(where)}
        for (begins, length), where in asked.by_place.items()
    ]
    reads = [{"written": written, "code": code} for written, code in asked.reads.items()]
    for table, rows in ((PLACE, by_place), (READS, reads)):
        for some in in_portions(rows):
            await connection.execute(sa.insert(table), some)
    for statement in _steps(session, asked):
        await connection.execute(statement)


def _steps(session: AsyncSession, asked: Asked) -> Sequence[Any]:
    chosen = _chosen(session, asked)
    return [
        sa.insert(PERSON).from_select(_names_of(chosen), chosen),
        _wards(session, asked),
        _others(session, asked),
        *_young(asked),
        *_second(session, asked),
        recipients(),
    ]


def _names_of(query: Any) -> list[str]:
    return [column.name for column in query.selected_columns]


def _chosen(session: AsyncSession, asked: Asked) -> Any:
    by_name = (col(Contact.last_name), col(Contact.first_name), col(Contact.id))
    place = sa.func.row_number().over(order_by=by_name) * APART
    is_one = sa.and_(in_club(asked.club_id), picked(session, asked.club_id, asked.picked))
    return _people(session, asked, place, Contact, is_chosen=True).where(is_one).order_by(col(Contact.id))


def _people(
    session: AsyncSession,
    asked: Asked,
    rank: Expression,
    source: Any,
    *,
    is_chosen: bool,
    is_second: bool = False,
) -> sa.Select[Any]:
    """The people of this source as they are put down, each with why its number is left out or until when it waits."""
    e164, born = sa.func.nullif(Contact.e164, ""), iso_text(session, Contact.birth_date)
    blocked = sa.and_(col(OptOut.club_id) == asked.club_id, col(OptOut.e164) == col(Contact.e164))
    begins = begins_of(col(Contact.e164), asked.digits_of_places)
    is_there = sa.and_(PLACE.c.begins == begins, PLACE.c.length == sa.func.length(Contact.e164))
    minor = sa.case((born > asked.minor_after, sa.literal(asked.minor, sa.String)), else_=None)
    columns: Sequence[Any] = (
        col(Contact.id).label("contact_id"),
        rank.label("rank"),
        sa.literal(is_chosen).label("is_chosen"),
        sa.literal(is_second).label("is_second"),
        e164.label("e164"),
        col(Contact.refusal).label("refusal"),
        sa.func.coalesce(born, "", type_=sa.String).label("born"),
        sa.func.coalesce(READS.c.code, "", type_=sa.String).label("code"),
        sa.case((e164.is_not(None), _reason(asked))).label("reason"),
        (minor if asked.minor else sa.null()).label("underage"),
        (PLACE.c.until if asked.by_place else sa.null()).label("until"),
    )
    people = sa.outerjoin(source, OptOut, blocked).outerjoin(READS, READS.c.written == col(Contact.language))
    return sa.select(*columns).select_from(people.outerjoin(PLACE, is_there) if asked.by_place else people)


def _reason(asked: Asked) -> Expression:
    """Why a number is left out, by where it is, else by its record."""
    agreed = _agreed(asked.club_id)
    does_agreeing_matter = (
        len({reason for (scope, _), reason in asked.by_record.items() if scope is None}) > 1
    )
    whens = [
        (
            sa.and_(
                col(OptOut.scope) == scope if scope else col(OptOut.scope).is_(None),
                (agreed if is_agreed else ~agreed) if does_agreeing_matter else sa.true(),
            ),
            sa.literal(reason, sa.String),
        )
        for (scope, is_agreed), reason in asked.by_record.items()
        if reason
    ]
    by_record = sa.case(*whens) if whens else sa.null()
    return sa.func.coalesce(PLACE.c.abroad, by_record, PLACE.c.never) if asked.by_place else by_record


def _agreed(club_id: UUID) -> Expression:
    """Whether the number agrees to marketing, by what counts of its record (`storage.consent.said_of_marketing`)."""
    owner = aliased(Contact)
    is_theirs = (
        sa.select(col(owner.id))
        .where(col(owner.id) == col(Consent.contact_id), col(owner.club_id) == club_id)
        .where(col(owner.e164) == col(Consent.e164), col(owner.archived_at).is_(None))
        .exists()
    )
    given = (
        sa.select(col(Consent.given))
        .where(col(Consent.club_id) == club_id, col(Consent.purpose) == Purpose.MARKETING)
        .where(col(Consent.e164) == col(Contact.e164))
        .where(sa.or_(col(Consent.given).is_(False), col(Consent.contact_id).is_(None), is_theirs))
        .order_by(col(Consent.at).desc(), col(Consent.given))
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
    return sa.func.coalesce(given, sa.false())


def _wards(session: AsyncSession, asked: Asked) -> Any:
    guardian = aliased(Contact)
    pairs = (
        sa.select(col(Guardianship.guardian_id), PERSON.c.contact_id, PERSON.c.rank)
        .join(PERSON, PERSON.c.contact_id == col(Guardianship.child_id))
        .join(guardian, col(guardian.id) == col(Guardianship.guardian_id))
        .where(col(Guardianship.club_id) == asked.club_id, col(guardian.club_id) == asked.club_id)
        .where(col(guardian.archived_at).is_(None), col(Guardianship.guardian_id) != PERSON.c.contact_id)
        .where(sa.or_(PERSON.c.born == "", PERSON.c.born > asked.alone_before))
    )
    return sa.insert(WARD).from_select(["guardian_id", "child_id", "rank"], pairs)


def _others(session: AsyncSession, asked: Asked) -> Any:
    """The guardians who are not chosen themselves, each behind the first of their children."""
    is_known = sa.select(PERSON.c.contact_id).where(PERSON.c.contact_id == WARD.c.guardian_id).exists()
    first = sa.func.min(WARD.c.rank)
    behind = sa.func.row_number().over(partition_by=first, order_by=WARD.c.guardian_id)
    new = (
        sa.select(WARD.c.guardian_id.label("id"), (first + behind).label("rank"))
        .where(~is_known)
        .group_by(WARD.c.guardian_id)
        .subquery()
    )
    source = sa.join(new, Contact, col(Contact.id) == new.c.id)
    people = _people(session, asked, new.c.rank, source, is_chosen=False)
    return sa.insert(PERSON).from_select(_names_of(people), people)


def _young(asked: Asked) -> Sequence[Any]:
    if not asked.young:
        return []
    is_young = sa.and_(PERSON.c.born > asked.young_after, is_represented(young_after=asked.young_after))
    return [sa.update(PERSON).where(is_young).values(underage=asked.young)]


def _second(session: AsyncSession, asked: Asked) -> Sequence[Any]:
    """The second adult, put down last, and whom they go along with; nobody where they are not reached themselves."""
    if asked.second is None:
        return []
    adult, known = aliased(Contact), PERSON.alias("known")
    number = sa.select(col(adult.e164)).where(col(adult.id) == asked.second).scalar_subquery()
    along = sa.and_(
        PERSON.c.is_chosen,
        PERSON.c.born > asked.accompanied_after,
        is_reached(),
        ~is_represented(),
        PERSON.c.contact_id != asked.second,
        PERSON.c.e164 != number,
    )
    is_known = sa.select(known.c.contact_id).where(known.c.contact_id == asked.second).exists()
    last = sa.select(sa.func.coalesce(sa.func.max(known.c.rank), 0) + APART).scalar_subquery()
    person = _people(session, asked, last, Contact, is_chosen=False, is_second=True)
    is_needed = sa.select(PERSON.c.contact_id).where(along).exists()
    new = person.where(in_club(asked.club_id), col(Contact.id) == asked.second, ~is_known, is_needed)
    is_there = is_known.where(known.c.e164.is_not(None), known.c.reason.is_(None), known.c.underage.is_(None))
    pairs = sa.select(sa.literal(asked.second, sa.Uuid), PERSON.c.contact_id, PERSON.c.rank)
    alone = sa.select(WARD.c.child_id).where(WARD.c.guardian_id == PERSON.c.contact_id).exists()
    return [
        sa.insert(PERSON).from_select(_names_of(new), new),
        sa.insert(WARD).from_select(["guardian_id", "child_id", "rank"], pairs.where(along, is_there)),
        sa.delete(PERSON).where(PERSON.c.is_second, ~alone),
    ]
