"""An audience that takes long to think about is confirmed, tried and released like any other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from bot.campaigns import drafts
from bot.campaigns.launch import launch, send_test
from bot.campaigns.release import release
from bot.campaigns.values import Fields
from bot.data import load_countries
from bot.i18n import load_catalogues, words_for
from bot.runtime import Runtime, Who
from storage.db import Database
from storage.states import AudienceWay, Role
from tests import factories as f
from tests.integration.delivery.conftest import World
from tests.interleaving import around, nothing

PATIENCE_SECONDS = 0.3
THE_AUDIENCE = "FROM contact"
FIELDS = Fields(audience=AudienceWay.EVERYONE, message="Hello {first_name}.", sender=f.SHORT_CODE)


@pytest.fixture
async def rt(world: World, migrated: str) -> AsyncIterator[Runtime]:
    """The bot with a database that is less patient than in life."""
    db = Database(migrated, patience_seconds=PATIENCE_SECONDS)
    yield replace(world.rt, db=db, countries=load_countries(), catalogues=load_catalogues())
    await db.close()


@pytest.fixture
async def who(rt: Runtime) -> Who:
    """A coach of a club, who has a number."""
    club = f.club(undo_seconds=0)
    staff = f.staff(club, e164=f.number(9))
    await f.keep(rt.db, club, f.sender(club), staff, *(f.contact(club, n) for n in range(3)))
    return Who(club, staff.slack_user_id, Role.COACH, words_for("en", rt.catalogues), club.zone)


@pytest.fixture
async def draft_id(rt: Runtime, who: Who) -> UUID:
    draft_id = uuid4()
    await drafts.keep(rt, who, draft_id, FIELDS, previewed=True)
    return draft_id


async def _think() -> None:
    # Longer than anything but a transaction that takes time may last.
    await asyncio.sleep(4 * PATIENCE_SECONDS)


async def test_it_is_confirmed_and_released(rt: Runtime, who: Who, draft_id: UUID) -> None:
    with around(rt.db, THE_AUDIENCE, before=nothing, after=_think):
        launched = await launch(rt, who, draft_id, mark=drafts.mark_of(FIELDS))
    assert launched.campaign.previewed_recipients == 3
    with around(rt.db, THE_AUDIENCE, before=nothing, after=_think):
        assert await release(rt, launched.campaign)


async def test_it_is_tried_on_ones_own_phone_and_nobody_waits_for_that(
    rt: Runtime, world: World, who: Who, draft_id: UUID
) -> None:
    async def another_writes() -> None:
        await f.keep(rt.db, f.contact(who.club, 4))
        await _think()

    with around(rt.db, THE_AUDIENCE, before=nothing, after=another_writes):
        assert await send_test(rt, who, draft_id) == f.number(9)
    assert set(await world.states()) == {f.number(9)}
