"""The database: one engine, short transactions, and the few things in which SQLite and PostgreSQL differ."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

T = TypeVar("T")

PARAMETERS_AT_ONCE = 500
PATIENCE_SECONDS = 5.0
"""How long a transaction waits for another process's lock, or for a connection; then whoever asked is told."""
ACROSS_A_NETWORK: Mapping[str, Any] = {
    "pool_pre_ping": True,
    "pool_size": 10,
    "pool_timeout": PATIENCE_SECONDS,
}

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


class TransactionOpen(RuntimeError):
    """The network was asked while a transaction was open: a slow answer would hold up everybody."""


def refuse_open_transaction() -> None:
    """Raises `TransactionOpen` inside a transaction; the clients of Slack and the carrier call it first."""
    if _open.get():
        raise TransactionOpen(TransactionOpen.__doc__)


class Database:
    """Opens transactions on the database that `url` names; `connect` takes the place of its driver."""

    def __init__(self, url: str, *, connect: Callable[..., Awaitable[Any]] | None = None) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            **({"async_creator": connect} if connect else {}),
            **(_in_a_file(url) if url.startswith("sqlite") else ACROSS_A_NETWORK),
            # A statement's values are numbers and texts of members, and an error with them would be logged.
            hide_parameters=True,
        )
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writers = asyncio.Lock() if self.is_sqlite else _NoLock()
        self._writing = self.engine.execution_options(immediate=True)
        # A transaction of SQLite reads as of one moment by itself.
        still = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._still = self.engine.execution_options(**still)
        self._committed: Callable[[], object] = lambda: None
        if self.is_sqlite:
            sa.event.listen(self.engine.sync_engine, "connect", _configure_sqlite)
            sa.event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

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
        """A transaction that only reads, and waits for no writer."""
        async with self._session(self.engine) as session, session.begin():
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, and sees everything as of one moment."""
        async with self._session(self._still) as session, session.begin():
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
    return isinstance(error, OperationalError | NoConnection)


def dialect_of(session: AsyncSession) -> Any:
    """SQLAlchemy's module for this database: its `insert` knows ON CONFLICT, which both spell alike."""
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


class Many:
    """One statement for many rows, handed to the driver as it is.

    SQLAlchemy would look at each value of each row on its way; here only those are converted whose column asks for it.
    The statement's parameters are bound by name, with the type of their column.
    """

    def __init__(self, statement: sa.UpdateBase) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {}

    async def execute(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> int:
        """Executes it for each row; how many rows of the table it changed."""
        if not rows:
            return 0
        connection = await session.connection()
        sql, bind = self._for(connection.dialect)
        return (await connection.exec_driver_sql(sql, [bind(row) for row in rows])).rowcount

    def _for(self, dialect: sa.Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        if dialect.name not in self._compiled:
            compiled = self._statement.compile(dialect=dialect)
            constants = {k: v for k, v in compiled.params.items() if v is not None}
            processors: Mapping[str, Any] = compiled._bind_processors
            binds = _by_position if compiled.positional else _by_name
            names = compiled.positiontup or list(compiled.params)
            self._compiled[dialect.name] = str(compiled), binds(names, constants, processors)
        return self._compiled[dialect.name]


def _by_position(
    names: Sequence[str], constants: Mapping[str, Any], processors: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Any]:
    ways = [(name, constants.get(name), processors.get(name)) for name in names]

    def bind(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(_bound(row.get(name, constant), process) for name, constant, process in ways)

    return bind


def _by_name(
    names: Sequence[str], constants: Mapping[str, Any], processors: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Any]:
    bind = _by_position(names, constants, processors)
    return lambda row: dict(zip(names, bind(row), strict=True))


def _bound(value: Any, process: Callable[[Any], Any] | None) -> Any:
    return value if process is None else process(value)


async def add_if_new(session: AsyncSession, row: SQLModel) -> bool:
    """Stores the row unless one of its unique keys is taken; whether it was stored."""
    statement = dialect_of(session).insert(type(row)).values(**row.model_dump()).on_conflict_do_nothing()
    # psycopg's count of an INSERT is gone with its cursor unless it is asked for.
    counted = statement.execution_options(preserve_rowcount=True)
    return bool((await session.exec(counted)).rowcount == 1)


def in_portions(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists short enough for one statement."""
    rest = iter(items)
    while some := list(islice(rest, PARAMETERS_AT_ONCE)):
        yield some


def _in_a_file(url: str) -> Mapping[str, Any]:
    # The driver's own word in the address, `?timeout=1`, comes first.
    asked = "timeout" in sa.make_url(url).query
    return {} if asked else {"connect_args": {"timeout": PATIENCE_SECONDS}}


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


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that reads first fails at once when it comes to write beside another writer.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
