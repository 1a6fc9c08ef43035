"""Queries of an import: everybody the club knows, at once, and many people stored in one transaction."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import dialect_of, digits, iso_text, read_in_portions
from storage.folding import searchable
from storage.many import Many
from storage.models import Consent, Contact, Guardianship, OptOut
from storage.states import Purpose

Known = Sequence[Any]
"""A contact as an import compares it: the columns of `COMPARED`, lists and fields as the JSON they are stored as."""

COMPARED = (
    "id",
    "first_name",
    "last_name",
    "mobile",
    "e164",
    "birth_date",
    "language",
    "roles",
    "tags",
    "reference",
    "fields",
    "is_archived",
)
_CHANGED = (
    "first_name",
    "last_name",
    "mobile",
    "e164",
    "refusal",
    "birth_date",
    "language",
    "roles",
    "tags",
    "reference",
)


class Values(dict[str, str]):
    """Values of own fields that many rows share; nobody changes them."""

    def __hash__(self) -> int:  # type: ignore[override]  # a dict has none, since dicts are changed
        return hash(tuple(self.items()))


_NEW = Many(sa.insert(Contact))
_CHANGE = Many(
    sa.update(Contact)
    .where(col(Contact.id) == sa.bindparam("contact_id"), col(Contact.club_id) == sa.bindparam("of_club"))
    .values({name: sa.bindparam(f"new_{name}") for name in (*_CHANGED, "fields", "search")})
)
_CONSENT = Many(sa.insert(Consent))


async def everybody(session: AsyncSession, club_id: UUID) -> list[Known]:
    """All contacts of the club, those who are archived too, by their ids."""
    plain = (Contact.first_name, Contact.last_name, Contact.mobile, Contact.e164)
    columns: Sequence[Any] = (
        digits(session, Contact.id),
        *plain,
        iso_text(session, Contact.birth_date),
        Contact.language,
        sa.cast(col(Contact.roles), sa.String),
        sa.cast(col(Contact.tags), sa.String),
        Contact.reference,
        sa.cast(col(Contact.fields), sa.String),
        col(Contact.archived_at).is_not(None),
    )
    query = sa.select(*columns).where(col(Contact.club_id) == club_id).order_by(col(Contact.id))
    found: list[Known] = []
    async for some in read_in_portions(session, query):
        found += map(tuple, some)
    return found


async def pairs(session: AsyncSession, club_id: UUID) -> set[tuple[str, str]]:
    """Who answers for whom: ids of children with those of their guardians, as `everybody` writes them."""
    child, guardian = digits(session, Guardianship.child_id), digits(session, Guardianship.guardian_id)
    query = sa.select(child, guardian).where(col(Guardianship.club_id) == club_id)
    return {(child, guardian) async for some in read_in_portions(session, query) for child, guardian in some}


async def said(session: AsyncSession, club_id: UUID) -> dict[str, bool]:
    """What each number said last of marketing; an opt-out says no."""
    lines: Sequence[Any] = (Consent.e164, Consent.given)
    query = sa.select(*lines).where(
        col(Consent.club_id) == club_id, col(Consent.purpose) == Purpose.MARKETING
    )
    found: dict[str, bool] = {}
    async for some in read_in_portions(session, query.order_by(col(Consent.at), col(Consent.id))):
        found.update(map(tuple, some))
    blocked = await session.exec(select(OptOut.e164).where(OptOut.club_id == club_id))
    return found | dict.fromkeys(blocked.all(), False)


async def add(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores new contacts, each with all its columns; lists as tuples, fields as `Values`."""
    await _NEW.execute(session, [{**row, "search": searchable(row)} for row in rows])


async def change(session: AsyncSession, club_id: UUID, rows: Sequence[Mapping[str, Any]]) -> int:
    """Stores what the contacts with these ids are now, all columns but the club and the times; how many there were."""
    bound = [
        {
            "contact_id": row["id"],
            "of_club": club_id,
            **{f"new_{name}": row[name] for name in (*_CHANGED, "fields")},
            "new_search": searchable(row),
        }
        for row in rows
    ]
    return await _CHANGE.execute(session, bound)


async def join(session: AsyncSession, club_id: UUID, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Notes who answers for whom, child before guardian, unless it is noted."""
    if not pairs:
        return
    rows = [{"club_id": club_id, "child_id": child, "guardian_id": guardian} for child, guardian in pairs]
    await Many(dialect_of(session).insert(Guardianship).on_conflict_do_nothing()).execute(session, rows)


async def agree(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds lines to the record of consent."""
    await _CONSENT.execute(session, rows)


def listed(stored: str) -> list[str]:
    """The roles or tags of a `Known`."""
    return list(json.loads(stored))


def values(stored: str) -> dict[str, str]:
    """The values of own fields of a `Known`."""
    return dict(json.loads(stored))
