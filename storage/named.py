"""Queries for people by their names as somebody wrote them: whatever the accents, the case, the hyphens and the order."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import folded_text
from storage.models import Contact

_MARKS = (" ", "-", "'", "’", ".")
"""What stands between the words of a name; a key has none of it."""

Found = Mapping[str, Collection[UUID]]


async def by_full_name(session: AsyncSession, club_id: UUID, keys: Collection[str]) -> Found:
    """The people whose last name with the first name behind it is each of these keys, of some thousands at most.

    All of the club's names are looked through once, however many keys there are.
    """
    name = _key(session, col(Contact.last_name) + col(Contact.first_name))
    return await _by_key(session, sa.select(name, col(Contact.id)).where(_mine(club_id), name.in_(keys)))


async def by_half_a_name(
    session: AsyncSession, club_id: UUID, keys: Collection[str], *, at_most: int
) -> Found:
    """The first so many people whose first name alone, or whose last name alone, is each of these keys."""
    halves = [_half(session, club_id, keys, column) for column in (Contact.first_name, Contact.last_name)]
    each = sa.union_all(*halves).subquery()
    return await _by_key(session, sa.select(each.c.key, each.c.id).where(each.c.nth <= at_most))


def _half(session: AsyncSession, club_id: UUID, keys: Collection[str], column: Any) -> sa.Select[Any]:
    name = _key(session, col(column))
    nth = sa.func.row_number().over(partition_by=name, order_by=col(Contact.id)).label("nth")
    return sa.select(name.label("key"), col(Contact.id), nth).where(_mine(club_id), name.in_(keys))


async def _by_key(session: AsyncSession, query: Any) -> Found:
    found: dict[str, set[UUID]] = defaultdict(set)
    for key, id in (await (await session.connection()).execute(query)).all():
        found[key].add(id)
    return found


def _mine(club_id: UUID) -> Any:
    return sa.and_(col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None))


def _key(session: AsyncSession, name: Any) -> Any:
    key = folded_text(session, name)
    for mark in _MARKS:
        key = sa.func.replace(key, mark, "", type_=sa.String)
    return key
