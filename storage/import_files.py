"""Queries about files of people that staff bring in from Slack."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import ImportFile
from storage.states import ImportState


async def one(session: AsyncSession, club_id: UUID, id: UUID) -> ImportFile | None:
    """The club's file of this id."""
    mine = select(ImportFile).where(ImportFile.club_id == club_id, ImportFile.id == id)
    return (await session.exec(mine)).one_or_none()


async def note_shown(
    session: AsyncSession, club_id: UUID, id: UUID, choices: Mapping[int, str], shown: Mapping[str, Any]
) -> bool:
    """Keeps what was shown last of a file that waits; whether it does."""
    kept = {str(place): choice for place, choice in choices.items()}
    return await _of_waiting(session, club_id, id, {"choices": kept, "shown": dict(shown)})


async def begin(session: AsyncSession, club_id: UUID, id: UUID, *, now: datetime, until: datetime) -> bool:
    """Takes a file that waits in hand; whether it did wait."""
    began = {"state": ImportState.RUNNING, "attempt": col(ImportFile.attempt) + 1}
    return await _of_waiting(session, club_id, id, began | {"begun_at": now, "leased_until": until})


async def keep_up(session: AsyncSession, row: ImportFile, until: datetime) -> bool:
    """Goes on having it in hand; whether nobody took it over."""
    return await _go_on(session, row, leased_until=until)


async def finish(session: AsyncSession, row: ImportFile, done: Mapping[str, Any]) -> bool:
    """Notes, in the transaction that stores the people, that it is done; whether nobody took it over."""
    return await _go_on(session, row, state=ImportState.STORED, done=dict(done))


async def give_back(session: AsyncSession, row: ImportFile) -> bool:
    """Lets it wait again: nothing was stored, and whoever brought it in was told."""
    return await _go_on(session, row, state=ImportState.WAITING, leased_until=None)


async def note_message(session: AsyncSession, row: ImportFile, channel: str, ts: str) -> None:
    """Keeps where the person is told how far it is."""
    await session.exec(_of(row).values(channel=channel, ts=ts))


async def note_told(session: AsyncSession, row: ImportFile) -> None:
    """Nobody need see to it any more."""
    await session.exec(_of(row).values(leased_until=None))


async def is_any_left(session: AsyncSession, now: datetime) -> bool:
    """Whether there are such as `left_behind` gives, or are just being stored."""
    lapsed = select(ImportFile.id).where(col(ImportFile.leased_until) < now)
    return (await session.exec(lapsed.limit(1))).first() is not None


async def left_behind(session: AsyncSession, now: datetime, limit: int) -> Sequence[ImportFile]:
    """Files of any club that somebody had in hand and has no longer, such as a process that died."""
    lapsed = select(ImportFile).where(col(ImportFile.leased_until) < now)
    # What is being stored at this moment is locked, and not left behind.
    free = lapsed.with_for_update(skip_locked=True)
    return (await session.exec(free.order_by(col(ImportFile.leased_until)).limit(limit))).all()


async def take_over(session: AsyncSession, row: ImportFile, until: datetime) -> bool:
    """Takes a file in hand that was left behind: whoever had it stores nothing from now on. Whether nobody else did."""
    free = _of(row).where(col(ImportFile.leased_until) == row.leased_until)
    # The row itself is brought up to date too, since this session gave it.
    taken = await session.exec(free.values(attempt=row.attempt + 1, leased_until=until))
    return bool(taken.rowcount == 1)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drops what nobody has in hand and is older than that."""
    old = (col(ImportFile.created_at) < before, col(ImportFile.leased_until).is_(None))
    await session.exec(delete(ImportFile).where(*old))


async def _of_waiting(session: AsyncSession, club_id: UUID, id: UUID, values: Mapping[str, Any]) -> bool:
    mine = sa.and_(col(ImportFile.club_id) == club_id, col(ImportFile.id) == id)
    waiting = update(ImportFile).where(mine, col(ImportFile.state) == ImportState.WAITING)
    return bool((await session.exec(waiting.values(**values))).rowcount == 1)


async def _go_on(session: AsyncSession, row: ImportFile, **values: Any) -> bool:
    running = _of(row).where(col(ImportFile.state) == ImportState.RUNNING)
    return bool((await session.exec(running.values(**values))).rowcount == 1)


def _of(row: ImportFile) -> Any:
    mine = sa.and_(col(ImportFile.club_id) == row.club_id, col(ImportFile.id) == row.id)
    return update(ImportFile).where(mine, col(ImportFile.attempt) == row.attempt)
