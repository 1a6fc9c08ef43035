"""Queries about contacts and their guardians."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.db import PARAMETERS_AT_ONCE, digits, in_portions, iso_text, read_in_portions
from storage.models import Contact, ContactField, Guardianship
from storage.parts import Flat, belongs

Listed = Sequence[Any]
"""What an audience needs of a contact: its id (32 digits), first and last name, number in E.164, refusal, language and
birth date (an ISO text), and after these seven the values of the club's own fields that were asked for.

As the driver gives it, for there may be a hundred thousand of them.
"""


@dataclass(frozen=True, slots=True)
class Picked:
    """Whom somebody chose: everyone, or these people and who is in these groups on a day."""

    today: date
    is_everyone: bool = False
    contact_ids: Collection[UUID] = ()
    groups: Flat = field(default_factory=Flat)


def in_club(club_id: UUID) -> Any:
    """What holds for the people whom the club has now."""
    return sa.and_(col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None))


def picked(session: AsyncSession, club_id: UUID, people: Picked) -> Any:
    """What holds for those of the club's people who were chosen."""
    if people.is_everyone:
        return sa.true()
    named = [col(Contact.id).in_(people.contact_ids)] if people.contact_ids else []
    return sa.or_(sa.false(), *named, belongs(session, club_id, people.groups, people.today))


def _of_club(club_id: UUID) -> SelectOfScalar[Contact]:
    return select(Contact).where(in_club(club_id))


def _by_name(query: SelectOfScalar[Contact]) -> SelectOfScalar[Contact]:
    return query.order_by(col(Contact.last_name), col(Contact.first_name), col(Contact.id))


def ids_of(listed: Iterable[Listed]) -> set[str]:
    """Their ids."""
    return set(map(itemgetter(0), listed))


def numbers_of(listed: Iterable[Listed]) -> set[str]:
    """The numbers of those who have one."""
    return set(map(itemgetter(3), listed)) - {None, ""}


async def how_many(session: AsyncSession, club_id: UUID, people: Picked) -> int:
    """How many of the club's people were chosen."""
    mine = sa.select(sa.func.count()).select_from(Contact)
    mine = mine.where(in_club(club_id), picked(session, club_id, people))
    found: int = (await (await session.connection()).execute(mine)).scalar_one()
    return found


async def those_picked(
    session: AsyncSession, club_id: UUID, fields: Sequence[str], people: Picked
) -> list[Listed]:
    """The contacts of a choice, each once, by name."""
    return await _listed(session, fields, in_club(club_id), picked(session, club_id, people))


async def listed(
    session: AsyncSession, club_id: UUID, fields: Sequence[str], contact_ids: Collection[UUID]
) -> list[Listed]:
    """The contacts with these ids that the club has, by name."""
    found: list[Listed] = []
    for some in in_portions(contact_ids):
        found += await _listed(session, fields, in_club(club_id), col(Contact.id).in_(some))
    return sorted(found, key=lambda one: (one[2], one[1], one[0]))


async def these(session: AsyncSession, club_id: UUID, contact_ids: Collection[UUID]) -> Sequence[Contact]:
    """The contacts with these ids that the club has, by name."""
    found: list[Contact] = []
    for some in in_portions(contact_ids):
        found += (await session.exec(_of_club(club_id).where(col(Contact.id).in_(some)))).all()
    return sorted(found, key=lambda contact: (contact.last_name, contact.first_name, contact.id))


def listed_columns(session: AsyncSession, fields: Sequence[str]) -> Sequence[Any]:
    """The columns of a `Listed`."""
    own = [col(Contact.fields)[name].as_string() for name in fields]
    names = (col(Contact.first_name), col(Contact.last_name))
    born = iso_text(session, Contact.birth_date)
    known = (*names, col(Contact.e164), col(Contact.refusal), col(Contact.language), born)
    return (digits(session, Contact.id), *known, *own)


async def _listed(session: AsyncSession, fields: Sequence[str], *conditions: Any) -> list[Listed]:
    columns = listed_columns(session, fields)
    by_name = (col(Contact.last_name), col(Contact.first_name), col(Contact.id))
    found: list[Listed] = []
    async for some in read_in_portions(session, sa.select(*columns).where(*conditions).order_by(*by_name)):
        found += some
    return found


async def guardianships(
    session: AsyncSession, club_id: UUID, child_ids: Collection[str]
) -> dict[str, list[str]]:
    """Who answers for each of these children, by ids of 32 digits."""
    guardians: dict[str, list[str]] = {}
    child, guardian = digits(session, Guardianship.child_id), digits(session, Guardianship.guardian_id)
    pairs = sa.select(child, guardian).where(col(Guardianship.club_id) == club_id)
    # A few are looked up by the index; for many all pairs are read once.
    is_few = len(child_ids) <= PARAMETERS_AT_ONCE
    some = [col(Guardianship.child_id).in_(map(UUID, child_ids))] if is_few else []
    query = pairs.where(*some).order_by(col(Guardianship.guardian_id))
    async for rows in read_in_portions(session, query):
        for child_id, guardian_id in rows:
            if child_id in child_ids:
                guardians.setdefault(child_id, []).append(guardian_id)
    return guardians


async def with_number(session: AsyncSession, club_id: UUID, e164: str) -> Sequence[Contact]:
    """The contacts whose number this is."""
    return (await session.exec(_by_name(_of_club(club_id).where(Contact.e164 == e164)))).all()


async def with_numbers(
    session: AsyncSession, club_id: UUID, numbers: Collection[str]
) -> dict[str, list[Contact]]:
    """The contacts whose numbers these are, by number, then by name."""
    found: dict[str, list[Contact]] = {}
    for some in in_portions(numbers):
        rows = _by_name(_of_club(club_id).where(col(Contact.e164).in_(some)))
        for contact in (await session.exec(rows)).all():
            found.setdefault(contact.e164 or "", []).append(contact)
    return found


async def field_names(session: AsyncSession, club_id: UUID) -> Sequence[str]:
    """The names of the club's own contact fields, in its order."""
    mine = select(ContactField.name).where(ContactField.club_id == club_id)
    return (await session.exec(mine.order_by(col(ContactField.position), col(ContactField.name)))).all()
