"""Fresh databases for tests, on SQLite and on a real PostgreSQL: making one from nothing takes a second."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from bot.clock import WallClock
from bot.playground.launcher import plant
from bot.settings import load_settings
from storage.db import Database
from storage.migrate import migrate
from tests.postgres import Postgres

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
BOTH = (SQLITE, POSTGRESQL)


async def _migrated(url: str) -> None:
    db = Database(url)
    try:
        await migrate(db)
    finally:
        await db.close()


async def _planted(url: str) -> None:
    await plant(load_settings({"DATABASE_URL": url}), WallClock())


CONTENTS: Mapping[str, Callable[[str], Awaitable[None]]] = {"migrated": _migrated, "planted": _planted}

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
HANG_UP = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
AS_IT_WAS = "OVERRIDING SYSTEM VALUE SELECT * FROM kept"
WITHOUT_TRIGGERS = "SET session_replication_role = replica"


class SqliteFiles:
    """Copies of files, in a folder that pytest clears."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    @contextmanager
    def fresh(self, contents: str) -> Iterator[str]:
        """The URL of a new database with these contents."""
        template = self._folder / f"{contents}.db"
        if not template.exists():
            template.touch()
            asyncio.run(CONTENTS[contents](_url(template)))
        copy = self._folder / f"{contents}-{next(self._numbers)}.db"
        shutil.copy(template, copy)
        yield _url(copy)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a new database without a table."""
        yield _url(self._folder / f"empty-{next(self._numbers)}.db")


class PostgresDatabases:
    """Databases of one server, one for each kind of contents; they are put back to what they were made with."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._putting_back: dict[str, str] = {}

    @contextmanager
    def fresh(self, contents: str) -> Iterator[str]:
        """The URL of a database with these contents and no others; one at a time."""
        try:
            self._put_back(contents)
        except (LookupError, psycopg.Error):  # not made yet, or its tables are no longer those that were made
            self._make(contents)
        yield self._server.url(contents)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database that may be given any tables, which is gone afterwards."""
        self._server.run("CREATE DATABASE empty")
        try:
            yield self._server.url("empty")
        finally:
            self._server.run("DROP DATABASE empty WITH (FORCE)")

    def _put_back(self, contents: str) -> None:
        self._server.run(self._putting_back[contents], database=contents)

    def _make(self, contents: str) -> None:
        self._server.run(f"DROP DATABASE IF EXISTS {contents} WITH (FORCE)")
        self._server.run(f"CREATE DATABASE {contents}")
        asyncio.run(CONTENTS[contents](self._server.url(contents)))
        tables = [name for (name,) in self._server.run(TABLES, database=contents)]
        kept = "; ".join(f"CREATE TABLE kept.{name} AS TABLE public.{name}" for name in tables)
        self._server.run(f"CREATE SCHEMA kept; {kept}", database=contents)
        # Some milliseconds, where a new database takes up to half a second.
        back = (f"DELETE FROM {name}; INSERT INTO {name} {AS_IT_WAS}.{name}" for name in tables)
        self._putting_back[contents] = "; ".join((HANG_UP, WITHOUT_TRIGGERS, *back))


def _url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"
