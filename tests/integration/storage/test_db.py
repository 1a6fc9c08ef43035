"""The few things in which the databases differ."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from storage.db import Database, add_if_new
from storage.models import Club
from tests import factories as f


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    db = Database(migrated)
    yield db
    await db.close()


async def test_a_row_is_stored_once_and_its_second_coming_changes_nothing(db: Database) -> None:
    first = f.club(name="First")
    async with db.begin() as session:
        assert await add_if_new(session, first)
        assert not await add_if_new(session, f.club(slack_team_id=first.slack_team_id, name="Second"))
    async with db.read() as session:
        assert (await session.exec(select(Club.name))).all() == ["First"]
