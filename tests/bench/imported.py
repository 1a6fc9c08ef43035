"""One import in a process of its own, or one of those it is measured by; prints what it took, as JSON.

python -m tests.bench.imported look|store|csv|phonenumbers|executemany FILE DATABASE [OTHER]   OTHER holds what is stored
"""

import asyncio
import csv
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from bot.i18n import load_catalogues, words_for
from bot.imports import rows, run
from bot.settings import load_settings
from storage.clubs import all_clubs
from storage.db import Database
from tests.bench import roll
from tests.bench.store import url_of

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of the processor, which others on the machine disturb least; by the clock; and the peak of memory."""

    seconds: float
    clock_seconds: float
    peak_bytes: int


def look(file: Path, database: Path) -> Took:
    """A dry run, with the report of every bad row."""
    return asyncio.run(_import(file, database, is_stored=False))


def store(file: Path, database: Path) -> Took:
    """The storing of what a dry run found, beginning when the dry run has ended."""
    return asyncio.run(_import(file, database, is_stored=True))


def bare_csv(file: Path, database: Path) -> Took:
    """The csv module, which throws each row away."""
    with _measured() as took, file.open(encoding="utf-8", newline="") as opened:
        for _ in csv.reader(opened, delimiter=";"):
            pass
    return took[0]


def plain_phonenumbers(file: Path, database: Path) -> Took:
    """The loop that anybody would write: each number parsed, checked, and written in E.164 or noted with its row."""
    good, bad = [], []
    with _measured() as took:
        for row, typed in roll.numbers(file):
            try:
                number = phonenumbers.parse(typed, "FR")
            except NumberParseException:
                bad.append((row, typed))
                continue
            if phonenumbers.is_valid_number(number):
                good.append(phonenumbers.format_number(number, PhoneNumberFormat.E164))
            else:
                bad.append((row, typed))
    return took[0]


def bare_executemany(file: Path, database: Path, stored: Path) -> Took:
    """The driver, with the rows of the other database at hand, into tables and indexes like ours."""
    source = sqlite3.connect(stored)
    names = [name for _, name, *_ in source.execute("PRAGMA table_info(contact)")]
    contacts = source.execute(f"SELECT {', '.join(names)} FROM contact").fetchall()
    target = sqlite3.connect(database, isolation_level=None)
    for told in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        target.execute(f"PRAGMA {told}")
    into = f"INSERT INTO contact ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    with _measured() as took:
        target.execute("BEGIN IMMEDIATE")
        target.executemany(into, contacts)
        target.execute("COMMIT")
    return took[0]


async def _import(file: Path, database: Path, *, is_stored: bool) -> Took:
    # Longer files than are taken show whether memory grows with them.
    rows.MOST_ROWS = rows.MOST_BYTES = NO_LIMIT
    db = Database(url_of(database))
    async with db.read() as session:
        club = (await all_clubs(session))[0]
    words = words_for("fr", load_catalogues())
    with _measured() as took:
        looked = await run.look(db, club, file, today=NOW.date(), words=words)
    if is_stored:
        with _measured() as took:
            await run.store(db, club, looked, settings=load_settings({}), actor="the bench", now=NOW)
    looked.spool.close()
    await db.close()
    return took[0]


@contextmanager
def _measured() -> Iterator[list[Took]]:
    took: list[Took] = []
    began, clock = time.process_time(), time.perf_counter()
    yield took
    seconds, clock_seconds = time.process_time() - began, time.perf_counter() - clock
    took.append(Took(seconds, clock_seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


RUNS = {
    "look": look,
    "store": store,
    "csv": bare_csv,
    "phonenumbers": plain_phonenumbers,
    "executemany": bare_executemany,
}

if __name__ == "__main__":
    which, *paths = sys.argv[1:]
    print(json.dumps(asdict(RUNS[which](*map(Path, paths)))))
