"""Queries for people by their names as somebody wrote them, whatever the accents, the case, the hyphens and the order."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import digits
from storage.models import Contact

WORDS = 5
"""So many words of a name are looked at, the last name's first."""
AT_ONCE = 5000
_LETTERS = 80
_MARKS = ("-", "'", "’", ".")


async def whose_words(
    session: AsyncSession, club_id: UUID, is_wanted: Callable[[Sequence[str]], bool]
) -> list[UUID]:
    """The people whose names' first words, and what they are found by behind them, are wanted.

    All names of the club are looked through in Python, some thousands at a time: no index finds a hundred names at once,
    and SQL folds and splits them several times as slowly.
    """
    by_name = (col(Contact.search), col(Contact.id))
    mine = (col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None), by_name[0].is_not(None))
    page = sa.select(digits(session, Contact.id), by_name[0]).where(*mine).order_by(*by_name).limit(AT_ONCE)
    connection, found, query = await session.connection(), [], page
    while rows := (await connection.execute(query)).all():
        found += [UUID(id) for id, search in rows if is_wanted(_first_words(search))]
        id, search = rows[-1]
        last = sa.tuple_(sa.literal(search, sa.String), sa.literal(UUID(id), sa.Uuid))
        query = page.where(sa.tuple_(*by_name) > last)
        # Others have their turn between two pages.
        await asyncio.sleep(0)
    return found


def _first_words(search: str) -> list[str]:
    name = search[:_LETTERS]
    for mark in _MARKS:
        if mark in name:
            name = name.replace(mark, " ")
    return name.split(maxsplit=WORDS)[:WORDS]
