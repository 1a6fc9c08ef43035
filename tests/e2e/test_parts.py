"""One process opens the doors and another one sends, on one database."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.clock import WallClock
from bot.playground.launcher import free_port
from tests.club import Club, open_club
from tests.databases import POSTGRESQL, SQLITE
from tests.e2e.process import bot_at_work, environment, run

pytestmark = [pytest.mark.both, pytest.mark.timeout(60)]

BODY = "The club is closed."


@pytest.fixture
async def quick(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club, without a bot."""
    async with open_club(tmp_path, planted=planted, clock=WallClock(), is_started=False) as club:
        yield club


@pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)
async def test_what_the_doors_take_in_leaves_through_the_worker_and_its_receipts_come_back(
    quick: Club,
) -> None:
    elsewhere = str(free_port())
    async with bot_at_work(quick, "--only", "web"):
        campaign = await quick.send("U13", BODY)
        await quick.stands(campaign, "sending")
        assert not quick.carrier.posts, "the doors send nothing"
        async with bot_at_work(quick, "--only", "worker", PORT=elsewhere):
            async with aiohttp.ClientSession() as session:
                for door in ("slack/events", "twilio/inbound"):
                    async with session.post(f"http://127.0.0.1:{elsewhere}/{door}") as answer:
                        assert answer.status == 404, "a worker opens no door but the checks"
            await quick.card(campaign, "Sent to 7", "7 delivered", seconds=12)
    assert len(quick.carrier.posts) == 7


@pytest.mark.parametrize("databases", [SQLITE], indirect=True)
async def test_an_sqlite_file_is_for_one_whole_process(quick: Club) -> None:
    code, _, err = await run("run", "--only", "web", env=environment(quick.settings))
    assert code == 2
    assert err.startswith("touchline: --only: needs PostgreSQL")
    assert err.count("\n") == 1
