"""The database: one engine, short transactions, and the few things in which SQLite and PostgreSQL differ."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
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

from storage import letters
from storage.connections import (
    LONGEST_SILENCE,
    LONGEST_THOUGHT_SECONDS,
    LONGEST_TRANSACTION,
    PATIENCE_SECONDS,
    UNLIMITED,
    attentive,
    configure,
    limit,
    waiting,
)

T = TypeVar("T")

PARAMETERS_AT_ONCE = 500
"""SQLite takes 32,766 parameters a statement, older builds 999; this stays below either."""
ROWS_AT_ONCE = 2000
"""What takes some milliseconds to read."""

_LITTLE_ROOM_KIB = 2000
"""What SQLite's connections have by themselves: https://www.sqlite.org/pragma.html#pragma_cache_size"""
_MUCH_ROOM_KIB = 2**16

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
            attentive(sa.make_url(url), ceil(patience_seconds)),
            **({"async_creator": connect} if connect else {}),
            **waiting(url, patience_seconds),
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
        configure(self.engine.sync_engine, patience_seconds)
        if self.is_sqlite:
            sa.event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

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


@asynccontextmanager
async def room(session: AsyncSession) -> AsyncIterator[None]:
    """Lets this transaction keep more of the file in memory, for a hundred thousand rows come to pages all over it.

    With the two MB that SQLite has by itself each page is written and read again many times: twice the time in all, in
    which nobody else can write.
    """
    if dialect_of(session) is postgresql:
        yield
        return
    connection = await session.connection()
    await connection.exec_driver_sql(f"PRAGMA cache_size = -{_MUCH_ROOM_KIB}")
    try:
        yield
    finally:
        await connection.exec_driver_sql(f"PRAGMA cache_size = -{_LITTLE_ROOM_KIB}")


def dialect_of(session: AsyncSession) -> Any:
    """SQLAlchemy's module for this database: its `insert` knows ON CONFLICT, which both spell alike."""
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def digits(session: AsyncSession, id: Any) -> Any:
    """An id in a query as `UUID.hex` writes it; objects for a hundred thousand of them take longest of all to make."""
    if dialect_of(session) is sqlite:
        return sa.type_coerce(id, sa.String)  # it keeps them so
    return sa.func.replace(sa.cast(id, sa.String), "-", "")


def iso_text(session: AsyncSession, day: Any) -> Any:
    """A date in a query as "2027-03-27", whatever style the server writes dates in."""
    if dialect_of(session) is sqlite:
        return sa.type_coerce(day, sa.String)  # it keeps them so
    return sa.func.to_char(day, "YYYY-MM-DD", type_=sa.String)


def folded_text(session: AsyncSession, text: Any) -> Any:
    """A text in a query as `letters.folded` gives it."""
    if dialect_of(session) is sqlite:
        return sa.func.folded(text, type_=sa.String)
    # Most texts are plain, and what goes through the long table takes a hundred times as long.
    is_plain = sa.func.octet_length(text) == sa.func.length(text)
    through = sa.func.translate(text, letters.FROM, letters.TO, type_=sa.String)
    return sa.case((is_plain, sa.func.lower(text.collate("C"), type_=sa.String)), else_=through)


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


class _NoLock:
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that reads first fails at once when it comes to write beside another writer.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
