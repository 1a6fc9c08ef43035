"""Queries of an import: everybody the club knows, at once, and many people stored in one transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.consent import said_of_marketing
from storage.db import dialect_of, digits, iso_text, read_in_portions
from storage.many import Many
from storage.models import Consent, Contact, Guardianship, OptOut
from storage.states import ConsentHow, Purpose

Known = Sequence[Any]
"""A contact as an import compares it: the columns of `COMPARED`, lists and fields as the JSON they are stored as."""

COMPARED = (
    "id",
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
    "fields",
    "is_archived",
)
WRITTEN = (
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
    "fields",
    "search",
)
"""What an import writes of a contact."""
Row = tuple[Any, ...]


def _plain(table: type[SQLModel], *columns: str) -> Any:
    """The table with columns that take texts as they are: either database reads them, and nothing is converted."""
    typed = ("club_id", "created_at", "purpose", "at", "recorded_at", "how")
    whole = {name: column.type for name, column in sa.inspect(table).columns.items() if name in typed}
    kept = (sa.column(name, type_) for name, type_ in whole.items())
    return sa.table(str(table.__tablename__), *map(sa.column, columns), *kept)


_CONTACT = _plain(Contact, "id", *WRITTEN)
_PAIR = _plain(Guardianship, "child_id", "guardian_id")
_CONSENT = _plain(Consent, "id", "contact_id", "e164", "given", "evidence", "recorded_by")
_LINE = ("id", "contact_id", "e164", "given", "evidence", "at")


async def everybody(session: AsyncSession, club_id: UUID) -> list[Known]:
    """All contacts of the club, those who are archived too, by their ids."""
    plain = (Contact.first_name, Contact.last_name, Contact.mobile, Contact.e164, Contact.refusal)
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
    found: dict[str, bool] = {}
    async for some in read_in_portions(session, said_of_marketing(club_id)):
        found.update(map(tuple, some))
    blocked = await session.exec(select(OptOut.e164).where(OptOut.club_id == club_id))
    return found | dict.fromkeys(blocked.all(), False)


class Writer:
    """Stores what one import brings, in plain values that were made before: ids as `UUID.hex`, dates and lists as text."""

    def __init__(self, club_id: UUID, actor: str, now: datetime) -> None:
        consent = {
            "club_id": club_id,
            "purpose": Purpose.MARKETING,
            "recorded_by": actor,
            "recorded_at": now,
            "how": ConsentHow.IMPORT,
        }
        self._new = Many(
            sa.insert(_CONTACT).values(club_id=club_id, created_at=now, **_bound("id", *WRITTEN))
        )
        self._changed = Many(
            sa.update(_CONTACT)
            .where(_CONTACT.c.id == sa.bindparam("which"), _CONTACT.c.club_id == club_id)
            .values({name: sa.bindparam(f"new_{name}") for name in WRITTEN})
        )
        self._consent = Many(sa.insert(_CONSENT).values(**consent, **_bound(*_LINE)))
        self._club_id = club_id

    async def add(self, session: AsyncSession, rows: Sequence[Row]) -> None:
        """Stores new contacts: their ids, and what is `WRITTEN` of them."""
        await _execute(self._new, session, ("id", *WRITTEN), rows)

    async def change(self, session: AsyncSession, rows: Sequence[Row]) -> int:
        """Stores what the contacts with these ids are now; how many there were."""
        return await _execute(self._changed, session, ("which", *(f"new_{name}" for name in WRITTEN)), rows)

    async def join(self, session: AsyncSession, pairs: Sequence[tuple[str, str]]) -> None:
        """Notes who answers for whom, child before guardian, unless it is noted."""
        new = (
            dialect_of(session)
            .insert(_PAIR)
            .values(club_id=self._club_id, **_bound("child_id", "guardian_id"))
        )
        await _execute(Many(new.on_conflict_do_nothing()), session, ("child_id", "guardian_id"), pairs)

    async def agree(self, session: AsyncSession, lines: Sequence[Row]) -> None:
        """Adds lines to the record of consent: their ids, whose, the number, whether they agree, the evidence, since when."""
        dated = [(*line, datetime.fromisoformat(at)) for *line, at in lines]
        await _execute(self._consent, session, _LINE, dated)


def _bound(*names: str) -> dict[str, Any]:
    return {name: sa.bindparam(name) for name in names}


async def _execute(many: Many, session: AsyncSession, names: Sequence[str], rows: Sequence[Row]) -> int:
    if not rows:
        return 0
    return await many.execute_columns(session, dict(zip(names, zip(*rows, strict=True), strict=True)))


@lru_cache(maxsize=2**12)
def as_json(value: tuple[Any, ...]) -> str:
    """A list as it is stored."""
    return json.dumps(value)


@lru_cache(maxsize=2**12)
def as_json_object(pairs: tuple[tuple[str, str], ...]) -> str:
    """Values by their names as they are stored."""
    return json.dumps(dict(pairs))


def listed(stored: str) -> list[str]:
    """The roles or tags of a `Known`."""
    return list(json.loads(stored))


def values(stored: str) -> dict[str, str]:
    """The values of own fields of a `Known`."""
    return dict(json.loads(stored))
