"""What every test may ask for."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.club import Club, open_club
from tests.databases import BOTH, POSTGRESQL, PostgresDatabases, SqliteFiles
from tests.postgres import Postgres, running_postgres

Databases = SqliteFiles | PostgresDatabases


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
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The seeded club with a bot at work, in English, and no time to undo."""
    async with open_club(tmp_path, planted=planted) as club:
        yield club
