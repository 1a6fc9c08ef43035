"""A database with one big campaign in it, written past the bot: a million rows in seconds, not in minutes."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import SQLModel, select

from bot.clock import WallClock
from bot.playground.launcher import plant
from bot.settings import Settings
from storage import chunks, tallies
from storage.db import Database
from storage.models import Chunk, Club, Sender
from storage.states import Kind, MessageState
from tests import factories
from tests.bench.senders import number

CAMPAIGN = UUID(int=1)
NO_LIMIT = 1_000_000
A_DAY = timedelta(days=1)


def url_of(path: Path) -> str:
    """How the bot is told of the file."""
    return f"sqlite+aiosqlite:///{path}"


def sid_of(n: int) -> str:
    """The carrier's id of the n-th message."""
    return f"SM{n:032x}"


class Store:
    """Makes each database once, and hands out copies."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings

    async def copy(self, messages: int, state: MessageState = MessageState.QUEUED) -> Path:
        """A file of its own with so many messages, all of them in this state."""
        made = self._folder / f"{state}-{messages}.db"
        if not made.exists():
            await self._make(made, messages, state)
        copied = self._folder / "bench.db"
        for ending in ("", "-wal", "-shm"):
            copied.with_name(copied.name + ending).unlink(missing_ok=True)
        shutil.copyfile(made, copied)
        return copied

    async def _make(self, path: Path, messages: int, state: MessageState) -> None:
        settings = self._settings.model_copy(update={"database_url": url_of(path)})
        await plant(settings, WallClock())
        db = Database(settings.database_url)
        try:
            chunk_ids = await _write_first(db, messages, state)
        finally:
            await db.close()
        _write_others(path, messages, chunk_ids, has_sid=state is not MessageState.QUEUED)


async def _write_first(db: Database, messages: int, state: MessageState) -> Sequence[UUID]:
    """The campaign, its chunks, its count and its first message; the chunks' ids."""
    is_open, now = state is MessageState.QUEUED, datetime.now(UTC)
    async with db.begin() as session:
        club = (await session.exec(select(Club))).one()
        club.segments_a_day = 2_000_000_000
        for sender in (await session.exec(select(Sender))).all():
            sender.segments_per_second = NO_LIMIT
        campaign = factories.campaign(
            club, id=CAMPAIGN, created_at=now, release_at=now, previewed_recipients=messages
        )
        rows = [
            _chunk(campaign, n, min(chunks.SIZE, messages - first), is_open, now)
            for n, first in enumerate(range(0, messages, chunks.SIZE))
        ]
        message = factories.message(
            campaign,
            e164=number(0),
            state=state,
            chunk_id=rows[0].id,
            sid=None if is_open else sid_of(0),
            attempt=0 if is_open else 1,
            not_before=now if is_open else now + A_DAY,
            created_at=now,
            changed_at=now,
        )
        await _add(session, [campaign], rows, [message])
        shift = tallies.Shift()
        shift.add(club.id, tallies.key_of(CAMPAIGN, state, None), messages, messages)
        await tallies.store(session, shift)
    return [row.id for row in rows]


def _chunk(campaign: Any, number: int, waiting: int, is_open: bool, now: datetime) -> Chunk:
    chunk = chunks.chunk_for(campaign.club_id, CAMPAIGN, Kind.ALERT, waiting=waiting, at=now, number=number)
    if not is_open:
        chunk.waiting, chunk.due_at = 0, None
    return chunk


async def _add(session: Any, *layers: Sequence[SQLModel]) -> None:
    for rows in layers:
        session.add_all(rows)
        await session.flush()


def _write_others(path: Path, messages: int, chunk_ids: Sequence[UUID], *, has_sid: bool) -> None:
    """The other messages, each like the first one but for its id, its number, its chunk and its carrier's id."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        cursor = connection.execute("SELECT * FROM message WHERE campaign_id = ?", (CAMPAIGN.hex,))
        names = [column[0] for column in cursor.description]
        first = dict(zip(names, cursor.fetchone(), strict=True))
        places = ", ".join(f":{name}" for name in names)
        connection.executemany(
            f"INSERT INTO message ({', '.join(names)}) VALUES ({places})",
            _others(first, messages, chunk_ids, has_sid=has_sid),
        )
        connection.execute("ANALYZE")
    connection.close()


def _others(
    first: dict[str, Any], messages: int, chunk_ids: Sequence[UUID], *, has_sid: bool
) -> Iterator[dict[str, Any]]:
    for n in range(1, messages):
        yield first | {
            "id": uuid4().hex,
            "e164": number(n),
            "chunk_id": chunk_ids[n // chunks.SIZE].hex,
            "sid": sid_of(n) if has_sid else None,
        }


def ids_of(path: Path) -> list[UUID]:
    """The campaign's message ids, in the order of the numbers."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT id FROM message WHERE campaign_id = ? ORDER BY e164", (CAMPAIGN.hex,)
        ).fetchall()
    connection.close()
    return [UUID(row[0]) for row in rows]


def states_of(path: Path) -> dict[str, int]:
    """How many of the campaign's messages stand in each state."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT state, count(*) FROM message WHERE campaign_id = ? GROUP BY state", (CAMPAIGN.hex,)
        ).fetchall()
    connection.close()
    return dict(rows)
