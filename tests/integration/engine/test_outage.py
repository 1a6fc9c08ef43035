"""The engine while PostgreSQL itself is gone: it says so, loses nothing, and goes on by itself."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from bot.engine import AT_ONCE
from tests import factories as f
from tests.club import SetClock
from tests.databases import PostgresDatabases
from tests.integration.engine.desk import Desk, some_chunks, store, until
from tests.postgres import Postgres, running_postgres
from tests.silence import wire_to


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of this test alone, which keeps what it was told to keep."""
    with running_postgres(is_durable=True) as server:
        yield server


@pytest.fixture
def url(server: Postgres) -> Iterator[str]:
    with PostgresDatabases(server).fresh("migrated") as url:
        yield url


@pytest.fixture
async def desk(url: str) -> AsyncIterator[Desk]:
    desk = Desk(url, SetClock(f.NOW))
    yield desk
    await desk.db.close()


async def test_a_server_that_crashes_and_comes_back_loses_no_chunk(server: Postgres, desk: Desk) -> None:
    club = f.club()
    await f.keep(desk.db, club)
    async with desk.at_work():
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(desk.finished) == 1)
        desk.is_open.clear()
        chunks = some_chunks(club, 6)
        await store(desk, chunks)
        await until(lambda: len(desk.handed) == 1 + AT_ONCE)
        server.stop(is_immediate=True)
        await until(lambda: "chunks" in desk.health.troubles)
        server.start()
        desk.is_open.set()
        await until(lambda: {chunk.id for chunk in chunks} <= set(desk.finished))
        await until(lambda: not desk.health.troubles)
        await store(desk, some_chunks(club, 1))
        await until(lambda: len(set(desk.finished)) == 8)


async def test_a_server_that_falls_silent_is_given_up_and_asked_again(url: str) -> None:
    async with wire_to(url) as wire:
        desk = Desk(wire.address, SetClock(f.NOW), heartbeat=timedelta(seconds=1), patience_seconds=1.0)
        club = f.club()
        await f.keep(desk.db, club)
        async with desk.at_work():
            await store(desk, some_chunks(club, 1))
            await until(lambda: len(desk.finished) == 1)
            wire.cut()
            await until(lambda: "chunks" in desk.health.troubles)
            await until(lambda: "queue" in desk.health.troubles)
            wire.mend()
            await store(desk, some_chunks(club, 1))
            await until(lambda: len(desk.finished) == 2)
            await until(lambda: not desk.health.troubles)
        await desk.db.close()
