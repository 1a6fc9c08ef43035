"""The database: one engine, short transactions, and the few things in which SQLite and PostgreSQL differ."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from itertools import islice
from math import ceil
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

T = TypeVar("T")

PARAMETERS_AT_ONCE = 500
"""SQLite takes 32,766 parameters a statement, older builds 999; this stays below either."""
ROWS_AT_ONCE = 2000
"""What takes some milliseconds to read."""
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

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


class TransactionOpen(RuntimeError):
    """The network was asked while a transaction was open: a slow answer would hold up everybody."""


def refuse_open_transaction() -> None:
    """Raises `TransactionOpen` inside a transaction; the clients of Slack and the carrier call it first."""
    if _open.get():
        raise TransactionOpen(TransactionOpen.__doc__)


class Database:
    """Opens transactions on the database that `url` names; `connect` takes the place of its driver."""

    def __init__(
        self,
        url: str,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        connect: Callable[..., Awaitable[Any]] | None = None,
    ) -> None:
        self.engine: AsyncEngine = create_async_engine(
            _attentive(sa.make_url(url), ceil(patience_seconds)),
            **({"async_creator": connect} if connect else {}),
            **_waiting(url, patience_seconds),
            # A statement's values are numbers and texts of members, and an error with them would be logged.
            hide_parameters=True,
        )
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writers = asyncio.Lock() if self.is_sqlite else _NoLock()
        self._writing = self.engine.execution_options(immediate=True)
        # A transaction of SQLite reads as of one moment by itself; on PostgreSQL each statement sees a moment of its
        # own anyway, and without a transaction around them nothing stands still in one.
        self._reading = self._with(isolation_level="AUTOCOMMIT")
        self._still = self._with(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._committed: Callable[[], object] = lambda: None
        if self.is_sqlite:
            sa.event.listen(self.engine.sync_engine, "connect", _configure_sqlite)
            sa.event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            limited = partial(_configure_postgresql, patience_seconds=patience_seconds)
            sa.event.listen(self.engine.sync_engine, "connect", limited)

    def _with(self, **options: Any) -> AsyncEngine:
        return self.engine if self.is_sqlite else self.engine.execution_options(**options)

    def tell_commits(self, committed: Callable[[], object]) -> None:
        """Calls this after each transaction that may write and was committed."""
        self._committed = committed

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write: committed at the end, rolled back on an error."""
        async with self._writers, self._session(self._writing) as session, session.begin():
            yield session
        self._committed()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Statements that only read, and wait for no writer."""
        async with self._session(self._reading) as session, session.begin():
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, and sees everything as of one moment."""
        async with self._session(self._still) as session, session.begin():
            await take_time(session)
            yield session

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        token = _open.set(True)
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session
        finally:
            _open.reset(token)

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


def is_away(error: BaseException) -> bool:
    """Whether the database could not be used at all: gone, locked by somebody else, full, or no connection was free."""
    is_cut_off = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut_off or isinstance(error, OperationalError | NoConnection)


def is_refused(error: BaseException) -> bool:
    """Whether what was to be stored is itself at fault, so that whoever tries again fails again."""
    if isinstance(error, DBAPIError):
        return isinstance(error, DataError | IntegrityError)
    return not isinstance(error, NoConnection | OSError)


async def take_time(session: AsyncSession) -> None:
    """Lets this transaction think for up to a minute between its statements: it has much to compute."""
    if session.get_bind().dialect.name == "postgresql":
        limits = {LONGEST_SILENCE: LONGEST_THOUGHT_SECONDS, LONGEST_TRANSACTION: UNLIMITED}
        await (await session.connection()).exec_driver_sql(*limit(limits, only_here=True))


def limit(seconds: Mapping[str, float], *, only_here: bool = False) -> tuple[str, dict[str, Any]]:
    """What sets these of PostgreSQL's limits, as far as it has them; with `only_here` for one transaction."""
    wanted = [f"{value * 1000:.0f}" for value in seconds.values()]
    return _LIMIT, {"names": list(seconds), "wanted": wanted, "only_here": only_here}


def dialect_of(session: AsyncSession) -> Any:
    """SQLAlchemy's module for this database: its `insert` knows ON CONFLICT, which both spell alike."""
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


class Many:
    """One statement for many rows, handed to the driver as it is.

    SQLAlchemy would look at each value of each row on its way; here only those are converted whose column asks for it,
    each value once. The statement's parameters are bound by name, with the type of their column, and each row gives
    all that have no value of their own. What needs converting must be hashable.
    """

    def __init__(self, statement: sa.UpdateBase) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    async def execute(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> int:
        """Executes it for each row; how many rows of the table it changed."""
        if not rows:
            return 0
        connection = await session.connection()
        statement = self._for(connection.dialect)
        return (await connection.exec_driver_sql(statement.sql, statement.bound(rows))).rowcount

    def _for(self, dialect: sa.Dialect) -> "_Compiled":
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _Compiled(self._statement.compile(dialect=dialect))
        return self._compiled[dialect.name]


class _Compiled:
    """A statement in the words of one database."""

    def __init__(self, compiled: Any) -> None:
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or list(compiled.params)
        self._is_positional: bool = compiled.positional
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._processors: Mapping[str, Callable[[Any], Any]] = compiled._bind_processors

    def bound(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The parameters of each row, as the driver takes them."""
        # Column by column, which is quicker than row by row: nothing else runs while hundreds of rows are bound.
        by_row = zip(*(self._column(name, rows) for name in self._names), strict=True)
        return (
            list(by_row)
            if self._is_positional
            else [dict(zip(self._names, row, strict=True)) for row in by_row]
        )

    def _column(self, name: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        convert = self._processors.get(name)
        if name in self._constants:
            value = self._constants[name]
            return [value if convert is None else convert(value)] * len(rows)
        values = [row[name] for row in rows]
        if convert is None:
            return values
        converted = {value: convert(value) for value in set(values)}
        return [converted[value] for value in values]


async def one_at_a_time(session: AsyncSession, lock: int) -> None:
    """Waits until nobody else's transaction holds the lock of this number; on SQLite whoever writes is alone anyway."""
    if dialect_of(session) is postgresql:
        await (await session.connection()).execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


async def add_if_new(session: AsyncSession, row: SQLModel) -> bool:
    """Stores the row unless one of its unique keys is taken; whether it was stored."""
    statement = dialect_of(session).insert(type(row)).values(**row.model_dump()).on_conflict_do_nothing()
    # psycopg's count of an INSERT is gone with its cursor unless it is asked for.
    counted = statement.execution_options(preserve_rowcount=True)
    return bool((await session.exec(counted)).rowcount == 1)


class read_in_portions:
    """The rows of a query that may give very many, some thousands at a time: between them others have their turn.

    The driver has them all before the first is given, and no cursor stays open when whoever reads is ended in between;
    for that reason it is no generator either, which would be closed at another moment.
    """

    def __init__(self, session: AsyncSession, query: Any) -> None:
        self._session, self._query = session, query
        self._portions: Iterator[Sequence[Any]] | None = None

    def __aiter__(self) -> "read_in_portions":
        return self

    async def __anext__(self) -> Sequence[Any]:
        if self._portions is None:
            connection = await self._session.connection()
            self._portions = (await connection.execute(self._query)).partitions(ROWS_AT_ONCE)
        else:
            await asyncio.sleep(0)
        rows = next(self._portions, None)
        if rows is None:
            raise StopAsyncIteration
        return rows


def in_portions(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists short enough for one statement."""
    rest = iter(items)
    while some := list(islice(rest, PARAMETERS_AT_ONCE)):
        yield some


def _attentive(url: sa.URL, patience_seconds: int) -> sa.URL:
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


def _waiting(url: str, patience_seconds: float) -> Mapping[str, Any]:
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True, "pool_size": 10, "pool_timeout": patience_seconds}
    # The driver's own word in the address, `?timeout=1`, comes first.
    asked = "timeout" in sa.make_url(url).query
    return {} if asked else {"connect_args": {"timeout": patience_seconds}}


class _NoLock:
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event opens transactions, not the driver
    # SQLite's own knows the letters of ASCII alone, and would find no Élodie by "élo":
    # https://www.sqlite.org/lang_corefunc.html#lower
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _configure_postgresql(connection: Any, _record: object, *, patience_seconds: float) -> None:
    limits = dict.fromkeys((LONGEST_WAIT, LONGEST_SILENCE), patience_seconds)
    cursor = connection.cursor()
    cursor.execute(*limit(limits | {LONGEST_TRANSACTION: 3 * patience_seconds}))
    cursor.close()
    connection.commit()


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that reads first fails at once when it comes to write beside another writer.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
