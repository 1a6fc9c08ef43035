"""Forgetting that is killed: a person is there with everything or erased with everything, and what is old goes later."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from bot.clock import WallClock
from bot.playground import seed
from storage.models import Audit, Consent, Contact, Membership, Message, OptOut
from storage.models import Club as ClubRow
from storage.states import CampaignState, MessageState
from tests import factories
from tests.club import Club, open_club
from tests.e2e.process import bot_at_work, run, start

pytestmark = [pytest.mark.timeout(240), pytest.mark.both]

HUGO, HUGO_ID = seed.number_of("hugo"), seed.key("hugo")
MANY = 5_000
"""What one tick of retention lets go of in ten steps."""
KEY = "k" * 40
OLD = timedelta(days=400)


@pytest.fixture
async def idle(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """A club without its bot."""
    async with open_club(tmp_path, planted=planted, clock=WallClock(), is_started=False) as club:
        yield club


async def keep_old_texts(club: Club, *numbers: str) -> None:
    """A campaign that is over, and what it sent; one number gets one text of it, and the others of none."""
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    at = club.clock.now() - OLD
    campaign = factories.campaign(row, state=CampaignState.DONE, created_at=at, over_at=at, card_due=False)
    facts = {"state": MessageState.DELIVERED, "created_at": at, "body": "Hello"}
    await club.keep(campaign)
    await club.keep(factories.message(campaign, e164=numbers[0], **facts))
    await club.keep(*(factories.message(row, e164=number, **facts) for number in numbers[1:]))


async def stands(club: Club) -> tuple[bool, ...]:
    """Of everything there is about Hugo, whether it is there."""
    found = await texts(club, e164=HUGO)
    assert found in (0, MANY), "some of his texts alone"
    return (
        bool(found),
        bool(await club.rows(Contact, id=HUGO_ID)),
        bool(await club.rows(Membership, contact_id=HUGO_ID)),
        bool(await club.rows(Consent, e164=HUGO)),
        bool(await club.rows(OptOut, e164=HUGO)),
        not await club.rows(Audit, action="contact_erased"),
    )


async def test_an_erasure_that_is_killed_left_everything_or_nothing_and_is_done_at_the_second_go(
    idle: Club,
) -> None:
    (row,) = await idle.rows(ClubRow, id=seed.key("club"))
    await keep_old_texts(idle, *[HUGO] * MANY)
    await idle.keep(factories.opt_out(row, e164=HUGO), factories.agreed(row, e164=HUGO, contact_id=HUGO_ID))
    env = dict(os.environ) | {"DATABASE_URL": idle.settings.database_url, "SECRET_KEY": KEY}
    asked = ("erase", "--person", HUGO)
    for seconds in (0.1, 0.4):
        process = await start(*asked, env=env)
        assert process.stdout
        assert process.stdin
        await asyncio.wait_for(process.stdout.readuntil(b"?"), 60)
        process.stdin.write(b"y\n")
        await process.stdin.drain()
        await asyncio.wait([asyncio.create_task(process.wait())], timeout=seconds)
        if process.returncode is None:
            process.kill()
        await process.communicate()
        assert len(set(await stands(idle))) == 1
    if all(await stands(idle)):
        code, _, err = await run(*asked, "--yes", env=env)
        assert code == 0, err
    assert not any(await stands(idle))
    assert await texts(idle, body="") == MANY


async def test_what_a_killed_bot_began_to_let_go_of_the_next_one_lets_go_of(idle: Club) -> None:
    await keep_old_texts(idle, *(factories.number(n) for n in range(MANY)))
    old = [one for one in await idle.rows(Contact) if one.id != HUGO_ID][:30]
    for person in old:
        person.archived_at = idle.clock.now() - OLD
    await idle.keep(*old)
    await idle.limit(keep_texts_months=12, keep_archived_months=12)
    async with bot_at_work(idle, SECRET_KEY=KEY) as first:
        await idle.until(lambda: texts(idle, body=""), seconds=60)
        first.running.kill()
        await first.running.communicate()
    bare, nameless = await texts(idle, body=""), await texts(idle, col(Message.e164).like("erased%"))
    assert 0 < bare == nameless, "each text is whole, or nothing of it is"
    await each_is_there_or_noted(idle, old)
    async with bot_at_work(idle, SECRET_KEY=KEY):

        async def is_done() -> bool:
            left = {one.id for one in await idle.rows(Contact)}
            return await texts(idle, body="") == MANY and left.isdisjoint(one.id for one in old)

        await idle.until(is_done, seconds=60)
    await each_is_there_or_noted(idle, old)


async def each_is_there_or_noted(club: Club, people: Sequence[Contact]) -> None:
    """Who is gone has one line that says so, and who is there has none."""
    there = {one.id for one in await club.rows(Contact)}
    noted = sorted(one.subject for one in await club.rows(Audit, action="contact_erased"))
    assert noted == sorted(f"contact {one.id}" for one in people if one.id not in there)


async def texts(club: Club, *which: Any, **columns: Any) -> int:
    """How many messages are so."""
    async with club.database() as db, db.read() as session:
        asked = select(func.count()).select_from(Message).where(*which).filter_by(**columns)
        return (await session.exec(asked)).one()
