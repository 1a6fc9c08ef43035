"""SQLite without a thread, in the shape that SQLAlchemy's aiosqlite dialect expects.

The database is a file in memory (/dev/shm) in the shipped WAL mode, so that readers have their snapshots and a
second writer is refused by SQLite itself. Only the waiting for it is ours: on one thread SQLite's own busy
handler would wait for somebody who cannot run.
"""

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.simulation.loop import Process, here

LOCKED, FULL, UNREADABLE = "database is locked", "database or disk is full", "disk I/O error"
"""SQLite's own words. A locked or full database can still be read."""
BUSY_SECONDS = re.compile(r"PRAGMA busy_timeout = (\d+)")
AGAIN_AFTER = 0.02
WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


@dataclass
class Disk:
    """The one database of all processes, and what is wrong with it."""

    path: Path
    chance: Random
    committed: Callable[[Process], None] = lambda _: None
    trouble: str | None = None
    """SQLite's own words for what it answers to whoever writes."""
    haste: float = 0.75
    """How often a statement is answered at once, and lets nobody else run."""

    async def connect(self) -> "Connection":
        """A connection of the process that asks."""
        process = here()
        await process.point("connect")
        return Connection(self, process)

    def backup(self) -> bytes:
        """All that is committed, as one file's bytes."""
        source, copy = sqlite3.connect(self.path), sqlite3.connect(":memory:")
        try:
            source.backup(copy)
            return copy.serialize()
        finally:
            source.close()
            copy.close()

    def restore(self, saved: bytes) -> None:
        """Puts the bytes of a backup in the place of the database; every process must be dead."""
        for name in (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm"):
            self.path.with_name(name).unlink(missing_ok=True)
        self.path.write_bytes(saved)


class Connection:
    """What aiosqlite's connection is to the dialect."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self.disk = disk
        self.process = process
        self.busy_seconds = 5.0
        self.raw: sqlite3.Connection = sqlite3.connect(disk.path, check_same_thread=False, timeout=0)
        self._connection: sqlite3.Connection | None = self.raw
        self._conn = self.raw
        self._tx = _AtOnce()
        self._changes = 0
        # SQLite's own dice would fall differently in each run.
        self.raw.create_function("randomblob", 1, os.urandom)
        process.on_death.append(self._end)

    def cursor(self) -> "Cursor":
        """A cursor; entered before it is used."""
        return Cursor(self)

    async def create_function(self, *args: Any, **kwargs: Any) -> None:
        """Makes an SQL function of ours known."""
        self.raw.create_function(*args, **kwargs)

    async def commit(self) -> None:
        """Makes durable; a process may die before it, or after it without knowing."""
        self.refuse_if_closed()
        if not self.raw.in_transaction:
            return
        writes = self._changes != self.raw.total_changes
        if writes:
            await self.process.point("before a commit")
            self._fail_if_ill()
        self.raw.commit()
        if writes:
            self._changes = self.raw.total_changes
            self.disk.committed(self.process)
            await self.process.point("after a commit")
            await self.breathe(commit=True)

    def refuse_if_closed(self) -> None:
        """Raises when nothing can be asked any more: the process is dead, or asks by another's connection."""
        if self.process.dead or here() is not self.process:
            raise asyncio.CancelledError
        if self._connection is None:
            raise sqlite3.ProgrammingError("Connection closed")

    async def rollback(self) -> None:
        """Forgets what was not committed."""
        if self._connection is not None and self.raw.in_transaction:
            self.raw.rollback()
            self._changes = self.raw.total_changes

    async def close(self) -> None:
        """Closes; what was not committed is forgotten."""
        self._end()

    def stop(self) -> None:
        """Closes at once."""
        self._end()

    async def run(self, sql: str, run: Callable[[], Any]) -> Any:
        """Runs the statement when SQLite lets it, and waits as long as a busy time-out lasts."""
        self.refuse_if_closed()
        await self.process.point("statement")
        await self.breathe()
        begins = sql == "BEGIN IMMEDIATE"
        if sql.startswith(WRITES) or self.disk.trouble == UNREADABLE:
            self._fail_if_ill()
        until = asyncio.get_running_loop().time() + self.busy_seconds
        while True:
            try:
                return run()
            except sqlite3.OperationalError as error:
                if not begins or LOCKED not in str(error) or asyncio.get_running_loop().time() >= until:
                    raise
            await asyncio.sleep(AGAIN_AFTER * (1 + self.disk.chance.random()))
            await self.process.point("waiting for the lock")

    async def breathe(self, *, commit: bool = False) -> None:
        """Lets others run while the thread of a real driver would be at work."""
        drawn = self.disk.chance.random()
        if drawn < self.disk.haste:
            return
        await asyncio.sleep(0 if drawn < 0.95 and not commit else self.disk.chance.random() * 0.01)

    def _fail_if_ill(self) -> None:
        if self.disk.trouble:
            raise sqlite3.OperationalError(self.disk.trouble)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection = None
            self.raw.close()


class Cursor:
    """What aiosqlite's cursor is to the dialect."""

    def __init__(self, connection: Connection) -> None:
        self._of = connection
        self._raw: sqlite3.Cursor | None = None

    async def __aenter__(self) -> "Cursor":
        self._of.refuse_if_closed()
        self._raw = self._of.raw.cursor()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def description(self) -> Any:
        """The columns of the last statement."""
        return self._raw.description if self._raw else None

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        return self._raw.rowcount if self._raw else -1

    @property
    def lastrowid(self) -> int | None:
        """The last row's id."""
        return self._raw.lastrowid if self._raw else None

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> "Cursor":
        """Runs one statement."""
        busy = BUSY_SECONDS.match(sql)
        if busy:
            self._of.busy_seconds = int(busy[1]) / 1000
        elif not sql.startswith("PRAGMA synchronous"):  # a file in memory has no disk to wait for
            await self._of.run(sql, lambda: self._raw.execute(sql, values))  # type: ignore[union-attr]
        return self

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> "Cursor":
        """Runs one statement for each of the rows."""
        await self._of.run(sql, lambda: self._raw.executemany(sql, rows))  # type: ignore[union-attr]
        return self

    async def fetchall(self) -> list[Any]:
        """Every row that is left."""
        return self._raw.fetchall() if self._raw else []

    async def fetchone(self) -> Any:
        """The next row."""
        return self._raw.fetchone() if self._raw else None

    async def close(self) -> None:
        """Lets go of the statement."""
        if self._raw is not None and self._of._connection is not None:
            self._raw.close()


class _AtOnce:
    """Takes the place of the queue to aiosqlite's thread."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any], Callable[[], Any]]) -> None:
        """Does what the thread would do, now."""
        future, work = asked
        future.set_result(work())
