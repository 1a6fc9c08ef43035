"""A PostgreSQL that falls silent is noticed: whoever waits for it is told within three times their patience."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import Database, is_away
from tests.databases import PostgresDatabases
from tests.silence import Wire, wire_to

PATIENCE_SECONDS = 2.0
TOLD_WITHIN_SECONDS = 3 * PATIENCE_SECONDS + 1.0


@pytest.fixture
def url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    with postgres_databases.fresh("migrated") as url:
        yield url


@pytest.fixture
async def wire(url: str) -> AsyncIterator[Wire]:
    async with wire_to(url) as wire:
        yield wire


@pytest.fixture
async def db(wire: Wire) -> AsyncIterator[Database]:
    db = Database(wire.address, patience_seconds=PATIENCE_SECONDS)
    yield db
    await db.close()


async def _ask(session: AsyncSession, statement: str) -> None:
    await (await session.connection()).execute(sa.text(statement))


async def _is_told(db: Database, statement: str = "SELECT 1") -> bool:
    """Whether whoever asks is told in time that the database is away."""
    async with asyncio.timeout(TOLD_WITHIN_SECONDS):
        with pytest.raises(DBAPIError) as told:
            async with db.begin() as session:
                await _ask(session, statement)
    return is_away(told.value)


async def test_a_new_connection_to_a_silent_server_is_given_up(db: Database, wire: Wire) -> None:
    wire.cut()
    assert await _is_told(db)


async def test_a_question_that_does_not_arrive_is_given_up(db: Database, wire: Wire) -> None:
    async with db.begin() as session:
        await _ask(session, "SELECT 1")
    wire.cut()
    assert await _is_told(db)
    wire.mend()
    async with db.begin() as session:
        await _ask(session, "SELECT 1")


async def test_an_answer_that_never_comes_is_given_up(db: Database, wire: Wire) -> None:
    asking = asyncio.create_task(_is_told(db, "SELECT pg_sleep(0.5)"))
    await asyncio.sleep(0.3)
    wire.cut()
    assert await asking


async def test_what_the_address_says_of_silence_comes_first(wire: Wire) -> None:
    db = Database(f"{wire.address}?tcp_user_timeout=1234")
    assert db.engine.url.query["tcp_user_timeout"] == "1234"
    assert db.engine.url.query["keepalives_idle"] == "5"
    await db.close()
