"""An import: first a look, which stores nothing and says what would become of each row; then everything or nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.clubs
import storage.imports
import storage.people
from bot.i18n import Words
from bot.imports import known as before
from bot.imports import storing
from bot.imports.compare import Outcome
from bot.imports.errors import ChangedMeanwhile, NoClub, WhichClub
from bot.imports.reading import Looked, Progress, Reading
from bot.people.erase import marked_among, put_back_marked
from bot.people.facts import OwnField
from bot.settings import Settings
from bot.tasks import MUCH, aside, let_go
from storage.db import Database, room, take_time
from storage.imports import Known, Writer
from storage.models import Audit, Club

Also = Callable[[AsyncSession], Awaitable[None]]


async def _nothing(session: AsyncSession) -> None:
    return None


async def look(
    db: Database,
    club: Club,
    path: Path,
    *,
    today: date,
    words: Words,
    choices: Mapping[int, str] | None = None,
    progress: Progress = lambda rows: None,
) -> Looked:
    """What would become of each row; those with something wrong are written beside the file. Raises a `FileRefused`.

    `choices` take the place of what is guessed of the columns (`bot.imports.choices`). `progress` is told in a thread.
    """
    known = await _known(db, club.id)
    reading = Reading(club, path, known, today, words, progress, choices)
    try:
        # However small, it is opened and searched on a disk: nobody else waits for that.
        return await aside(MUCH, reading.look_once)
    except asyncio.CancelledError:
        reading.is_stopped = True
        raise


async def store(
    db: Database,
    club: Club,
    looked: Looked,
    *,
    settings: Settings,
    actor: str,
    now: datetime,
    progress: Progress = lambda rows: None,
    also: Also = _nothing,
) -> None:
    """Stores what was looked at, all of it or nothing. Raises `ChangedMeanwhile` when the club is no longer as it was.

    `also` is done in the same transaction.
    """
    ready = await aside(looked.people, lambda: storing.prepared(looked.spool, zone=club.zone, now=now))
    try:
        # Whoever is erased from here on changes the club, and nothing is stored.
        marked = await marked_among(db, settings, club.id, storing.numbers(ready))
        async with db.begin() as session:
            # If we die in here nothing is stored, and the same file can be imported again.
            await take_time(session)
            await also(session)
            if looked.changes_nothing:
                return
            await storage.people.alone(session, club.id)
            if await _fingerprint(session, club.id) != looked.fingerprint:
                raise ChangedMeanwhile
            async with room(session):
                await storing.store(session, Writer(club.id, actor, now), ready, progress)
            await put_back_marked(session, club.id, marked, now)
            await storage.audit.note(session, _line(club, looked, actor, now))
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    finally:
        ready.close()


class _Facts(NamedTuple):
    """What an import has to know of a club, as it is stored."""

    people: list[Known]
    pairs: set[tuple[str, str]]
    said: dict[str, bool]
    fields: tuple[OwnField, ...]


async def _known(db: Database, club_id: UUID) -> before.Club:
    async with db.snapshot() as session:
        facts = await _facts(session, club_id)
    return await aside(len(facts.people), lambda: before.Club.of(*facts))


async def _facts(session: AsyncSession, club_id: UUID) -> _Facts:
    rows = await storage.people.fields(session, club_id)
    return _Facts(
        await storage.imports.everybody(session, club_id),
        await storage.imports.pairs(session, club_id),
        await storage.imports.said(session, club_id),
        tuple(OwnField(one.id.hex, one.name, one.kind, tuple(one.choices)) for one in rows),
    )


async def _fingerprint(session: AsyncSession, club_id: UUID) -> int:
    """That of the club as it is now, which nobody else can change before the transaction ends."""
    facts = await _facts(session, club_id)

    def found() -> int:
        fingerprint = before.fingerprint_of(*facts)
        let_go(facts.people)
        return fingerprint

    return await aside(len(facts.people), found)


def _line(club: Club, looked: Looked, actor: str, now: datetime) -> Audit:
    counts = {str(outcome): looked.outcomes[outcome] for outcome in Outcome}
    detail = counts | {"guardians": looked.guardians, "consents": looked.consents}
    return Audit(
        club_id=club.id, at=now, actor=actor, action="import", subject=looked.file.name, detail=detail
    )


async def club_of(db: Database, team: str | None) -> Club:
    """The club of the Slack team, or the only one there is. Raises `WhichClub` or `NoClub`."""
    async with db.read() as session:
        clubs = await storage.clubs.all_clubs(session)
    found = [club for club in clubs if team in (None, club.slack_team_id)]
    if not found:
        raise NoClub(team=team or "")
    if len(found) > 1:
        raise WhichClub(teams=" | ".join(club.slack_team_id for club in found))
    return found[0]
