"""What the command line does to keep a copy of everything; a bot at work goes on meanwhile."""

import asyncio
import shlex
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from bot.database import looked_into
from bot.errors import BotError
from storage import backups


class NotAFile(BotError):
    """PostgreSQL is backed up by its own program, beside a bot at work: {command}"""


class NoBackup(BotError):
    """There is no backup: {trouble}."""


async def back_up(database_url: str, file: Path) -> int:
    """Writes a whole copy of the SQLite database into a new file; how many bytes it has.

    Raises `NotAFile` for PostgreSQL, with the command that does it there, and `NoBackup` when nothing was kept.
    """
    async with looked_into(database_url) as db:
        if not db.is_sqlite:
            raise NotAFile(command=_dump(sa.make_url(database_url), file))
        source = Path(db.engine.url.database or "")
    try:
        return await asyncio.to_thread(backups.copy, source, file)
    except (OSError, sqlite3.Error) as error:
        raise NoBackup(trouble=getattr(error, "strerror", None) or error) from error


def _dump(url: sa.URL, file: Path) -> str:
    # The password comes from PGPASSWORD or ~/.pgpass: on a command line every user of the machine could read it.
    address = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return shlex.join(["pg_dump", "--format=custom", f"--file={file}", str(address)])
