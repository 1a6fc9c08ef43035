"""What a connection of either database is told before its first use, and for how long it waits for others."""

import asyncio
import sqlite3
from collections.abc import Mapping
from functools import partial
from time import monotonic
from typing import Any

import sqlalchemy as sa

from storage.letters import teach

PATIENCE_SECONDS = 5.0
"""How long a transaction waits for another process's lock, or for a connection; then whoever asked is told.

PostgreSQL ends a transaction in which nothing was said for so long, too: a process that stands still, or a machine that
is gone, would hold its locks for as long as its connection lives.
"""
LONGEST_THOUGHT_SECONDS = 60.0
UNLIMITED = 0.0
LONGEST_WAIT, LONGEST_SILENCE = "lock_timeout", "idle_in_transaction_session_timeout"
"""https://www.postgresql.org/docs/current/runtime-config-client.html"""
LONGEST_TRANSACTION = "transaction_timeout"
"""Since PostgreSQL 17. The silence after psycopg's `executemany`, which ends with a Flush, is not counted: this ends it."""
_LIMIT = """
    SELECT set_config(name, value, %(only_here)s)
    FROM pg_settings JOIN unnest(%(names)s::text[], %(wanted)s::text[]) AS limits (name, value) USING (name)
"""


def limit(seconds: Mapping[str, float], *, only_here: bool = False) -> tuple[str, dict[str, Any]]:
    """What sets these of PostgreSQL's limits, as far as it has them; with `only_here` for one transaction."""
    wanted = [f"{value * 1000:.0f}" for value in seconds.values()]
    return _LIMIT, {"names": list(seconds), "wanted": wanted, "only_here": only_here}


def attentive(url: sa.URL, patience_seconds: int) -> sa.URL:
    """The address, with what has a silent server noticed: within twice the patience, and one more for another connection.

    A machine that is gone, or a cable that is cut, says nothing, and TCP would hope for a quarter of an hour. What the
    address says of this comes first: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    """
    if url.get_backend_name() == "sqlite":
        return url
    limits = {
        "connect_timeout": patience_seconds,
        # Whoever waits for an answer has these packets ask whether the other side is still there.
        "keepalives_idle": patience_seconds,
        "keepalives_interval": 1,
        "keepalives_count": patience_seconds,
        # And this is for what the other side does not acknowledge; in milliseconds.
        "tcp_user_timeout": 2000 * patience_seconds,
    }
    return url.set(query={name: str(value) for name, value in limits.items()} | dict(url.query))


def waiting(url: str, patience_seconds: float) -> Mapping[str, Any]:
    """How an engine waits for a connection, and SQLite for its lock."""
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True, "pool_size": 10, "pool_timeout": patience_seconds}
    # The driver's own word in the address, `?timeout=1`, comes first.
    asked = "timeout" in sa.make_url(url).query
    return {} if asked else {"connect_args": {"timeout": patience_seconds}}


def configure(engine: sa.Engine, patience_seconds: float) -> None:
    """Tells each new connection of this engine how it is to behave."""
    tell = _configure_sqlite if engine.dialect.name == "sqlite" else _configure_postgresql
    sa.event.listen(engine, "connect", partial(tell, patience_seconds=patience_seconds))


def _configure_sqlite(connection: Any, _record: object, *, patience_seconds: float) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event opens transactions, not the driver
    teach(connection)
    connection.run_async(partial(_write_ahead, patience_seconds=patience_seconds))
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


async def _write_ahead(driver: Any, *, patience_seconds: float) -> None:
    """Has the file written ahead; whoever else opens a new one at this moment may have its turn first.

    SQLite refuses without any waiting where two would wait for each other: https://www.sqlite.org/c3ref/busy_handler.html
    """
    until = monotonic() + patience_seconds
    while True:
        try:
            async with driver.cursor() as cursor:
                await cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() >= until:
                raise
        await asyncio.sleep(0.02)


def _configure_postgresql(connection: Any, _record: object, *, patience_seconds: float) -> None:
    limits = dict.fromkeys((LONGEST_WAIT, LONGEST_SILENCE), patience_seconds)
    cursor = connection.cursor()
    cursor.execute(*limit(limits | {LONGEST_TRANSACTION: 3 * patience_seconds}))
    cursor.close()
    connection.commit()
