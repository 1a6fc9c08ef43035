"""The database: whether it is there and has today's tables, what it knows of the clubs, and whether it can grow."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.data import load_countries
from bot.database import looked_into
from bot.doctor.findings import Check, Finding, ok, skipped, warning, wrong
from bot.doctor.visit import Visit
from bot.rules.countries import Country
from bot.settings import BadSetting
from storage import clubs
from storage.db import Database
from storage.migrate import Standing, standing
from storage.states import SenderKind

FULL_BYTES, NEARLY_FULL_BYTES = 50 * 2**20, 500 * 2**20
STANDINGS = {
    Standing.EMPTY: ("has no tables yet", "Run `touchline migrate`; `touchline run` does so by itself too."),
    Standing.OLDER: (
        "is out of date: its tables are those of an older version",
        "Run `touchline migrate`; `touchline run` does so by itself too.",
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of a club."""

    name: str
    team_id: str
    country: Country | None
    channel_id: str | None
    channel_trouble: str | None
    senders: tuple[tuple[SenderKind, str], ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """How the database stands, and the clubs in it when it could be read."""

    finding: Finding
    clubs: tuple[Known, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether the clubs are all there are."""
        return self.finding.state in ("ok", "warning")


async def stored(visit: Visit) -> Stored:
    """Reads the clubs, unless something is wrong with the database."""
    try:
        async with looked_into(visit.settings.database_url) as db:
            stands = await standing(db)
            if stands in STANDINGS:
                words, mending = STANDINGS[stands]
                return Stored(wrong(Check.DATABASE, f"The database {words}.", mending))
            known = await _clubs(db)
    except BadSetting as error:
        return Stored(_unusable(str(error.values["trouble"])))
    if stands is Standing.NEWER:
        return Stored(
            warning(
                Check.DATABASE,
                "The database has the tables of a newer version than this one, which works with them.",
                "Install the newer Touchline here too once what made you go back is mended.",
            ),
            known,
        )
    many = "1 club" if len(known) == 1 else f"{len(known)} clubs"
    return Stored(ok(Check.DATABASE, f"The database answers, has today's tables, and knows {many}."), known)


def _unusable(trouble: str) -> Finding:
    if trouble.startswith("there is no file"):
        return wrong(
            Check.DATABASE,
            f"There is no database yet: {trouble}.",
            "Run `touchline migrate`, or `touchline run`; or correct DATABASE_URL, which is looked for from here.",
        )
    return wrong(
        Check.DATABASE,
        f"The database cannot be used: {trouble}.",
        "Start it, let this machine reach it, and compare user, password, host and name in DATABASE_URL.",
    )


async def _clubs(db: Database) -> tuple[Known, ...]:
    async with db.read() as session:
        known, senders = await clubs.all_clubs(session), await clubs.every_sender(session)
    countries = load_countries()
    return tuple(
        Known(
            club.name,
            club.slack_team_id,
            countries.get(club.country),
            club.channel_id,
            club.channel_trouble,
            tuple((sender.kind, sender.value) for sender in senders if sender.club_id == club.id),
        )
        for club in known
    )


async def database(visit: Visit) -> Sequence[Finding]:
    """Whether the database can be used, and is of this version."""
    return [(await visit.once(stored)).finding]


async def disk(visit: Visit) -> Sequence[Finding]:
    """Whether the file may be written, and has room to grow."""
    if not visit.settings.database_url.startswith("sqlite"):
        return [skipped(Check.DISK, "The database keeps its own disk.")]
    return [await asyncio.to_thread(_of_file, visit.settings.database_url)]


def _of_file(url: str) -> Finding:
    path = Path(url.partition("///")[2].partition("?")[0]).absolute()
    folder = path.parent
    if not folder.is_dir():
        return wrong(Check.DISK, f"There is no folder {folder}.", "Make it, or correct DATABASE_URL.")
    if not _may_write(folder) or (path.exists() and not _may_write(path)):
        return wrong(
            Check.DISK,
            f"{path} or its folder may not be written by this user.",
            "Give both to the user that runs Touchline: chown.",
        )
    return room(folder, shutil.disk_usage(folder).free)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK)


def room(folder: Path, free: int) -> Finding:
    """Whether so many free bytes are enough."""
    words = f"{free / 2**20:,.0f} MiB are free where the database is, {folder}."
    if free < FULL_BYTES:
        return wrong(Check.DISK, words, "Make room: nothing can be stored on a full disk, no STOP either.")
    if free < NEARLY_FULL_BYTES:
        return warning(Check.DISK, words, "Make room before it is full.")
    return ok(Check.DISK, words)
