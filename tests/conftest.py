"""What every test may ask for."""

import gc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest
import structlog

from tests.club import Club, SetClock, open_club
from tests.databases import BOTH, POSTGRESQL, PostgresDatabases, SqliteFiles
from tests.postgres import Postgres, running_postgres

Databases = SqliteFiles | PostgresDatabases


def pytest_configure() -> None:
    """Has errors logged without the values around them, which take seconds to draw."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options of our own."""
    parser.addoption("--everywhere", action="store_true", help="every test on both databases")


def pytest_collection_finish() -> None:
    """Leaves what was collected out of every later search for garbage: that stood still for a second each time."""
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what would take minutes: a whole club's test runs on SQLite alone, or as its marker says."""
    if config.getoption("everywhere"):
        return
    left_out = {item for item in items if _is_left_out(item)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _is_left_out(item: pytest.Item) -> bool:
    kind = item.callspec.params.get("databases") if hasattr(item, "callspec") else None
    if kind is None or item.get_closest_marker("both"):
        return False
    if item.get_closest_marker("turns"):
        return kind != BOTH[crc32(item.nodeid.replace(kind, "").encode()) % 2]
    return kind == POSTGRESQL and "planted" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this test process, quick since it survives no power cut."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Where databases come from that are SQLite's files."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres: Postgres) -> PostgresDatabases:
    """Where databases come from that are PostgreSQL's."""
    return PostgresDatabases(postgres)


@pytest.fixture(params=BOTH)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where fresh databases come from: whoever asks is tested on each kind."""
    found: Databases = request.getfixturevalue(
        "postgres_databases" if request.param == POSTGRESQL else "sqlite_files"
    )
    return found


@pytest.fixture
def empty(databases: Databases) -> Iterator[str]:
    """The URL of a database without a table."""
    with databases.empty() as url:
        yield url


@pytest.fixture
def migrated(databases: Databases) -> Iterator[str]:
    """The URL of a database with today's tables."""
    with databases.fresh("migrated") as url:
        yield url


@pytest.fixture
def planted(databases: Databases) -> Iterator[str]:
    """The URL of a database with the seeded club in it."""
    with databases.fresh("planted") as url:
        yield url


@pytest.fixture
def impatient(sqlite_files: SqliteFiles) -> Iterator[str]:
    """The URL of a file with the seeded club in it, whose bot waits half a second for somebody else's lock."""
    with sqlite_files.fresh("planted") as url:
        yield f"{url}?timeout=0.5"


SATURDAY_MORNING = datetime(2040, 1, 7, 9, 0, tzinfo=UTC)
"""Later than anything that was planted in the club before."""


@pytest.fixture
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The seeded club with a bot at work, in English, and no time to undo."""
    async with open_club(tmp_path, planted=planted) as club:
        yield club


@pytest.fixture
async def club_by_day(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The same on a Saturday morning, when marketing may leave."""
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY_MORNING)) as club:
        yield club
