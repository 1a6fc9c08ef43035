"""The version before chunks is at work while its database is migrated, and goes on beside this one: nothing doubles."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import WallClock
from bot.playground import seed
from bot.playground.carrier import Latency
from bot.playground.launcher import free_port
from storage.migrate import migrate
from tests.club import Club, draft_of, open_club
from tests.databases import POSTGRESQL
from tests.e2e.process import bot_at_work

ROOT = Path(__file__).parents[2]
FIRST_FILE_SINCE = "bot/carriers/http1/__init__.py"
SLOW = Latency(timedelta(seconds=6), timedelta(), timedelta(), timedelta())
PLANT = """
import asyncio
from bot.clock import WallClock
from bot.playground.launcher import plant
from bot.settings import load_settings
asyncio.run(plant(load_settings(), WallClock()))
"""
FIRST, SECOND = "The gym is closed.", "The pool is closed."

pytestmark = pytest.mark.timeout(90)


def git(*arguments: str) -> bytes:
    """What git says about this checkout."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def has_history() -> bool:
    """Whether this is a whole clone: neither a shallow one nor files without their git."""
    try:
        return git("rev-parse", "--is-shallow-repository").strip() == b"false"
    except (OSError, subprocess.CalledProcessError):
        return False


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last version whose tables had no chunks, unpacked."""
    if not has_history():
        pytest.skip("the version before chunks is not in this checkout's history: clone it in full")
    added = git("log", "--diff-filter=A", "--format=%H", "--", FIRST_FILE_SINCE).split()[-1].decode()
    tree = git("archive", f"{added}^", "bot", "commands", "storage")
    folder = tmp_path_factory.mktemp("old")
    subprocess.run(["tar", "--extract", "--directory", str(folder)], input=tree, check=True)
    return folder


@pytest.fixture
async def club(tmp_path: Path, empty: str, old: Path) -> AsyncIterator[Club]:
    """The club as the old version planted it, without a bot, and with a carrier that takes its time."""
    variables = {"DATABASE_URL": empty}
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", PLANT], cwd=old, env=variables, check=True, timeout=60
    )
    async with open_club(tmp_path, planted=empty, clock=WallClock(), latency=SLOW, is_started=False) as club:
        yield club


async def confirm_for_everyone(club: Club, body: str) -> str:
    """Sends a text to everyone, looking at no table that the old version lacks; the campaign's id."""
    view = await club.open("/sms")
    await club.fill(view, audience="everyone", message=body, sender=seed.NAME)
    preview = await club.submit(view)
    draft_id = draft_of(preview)
    told = await club.submit(preview)
    assert told.callback_id == "told", (told.errors, told.trouble)
    return draft_id


def asked(club: Club, body: str) -> Counter[str]:
    return Counter(post.to for post in club.carrier.posts if post.body.startswith(body))


@pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)
async def test_both_versions_send_from_one_database_while_it_is_migrated(club: Club, old: Path) -> None:
    elsewhere = str(free_port())
    async with bot_at_work(club, cwd=old) as before:
        first = await confirm_for_everyone(club, FIRST)
        await club.until(lambda: asked(club, FIRST))
        async with club.database() as db:
            await migrate(db)
        assert {"queued", "sending"} & set(await club.states(await club.campaign(first))), (
            "it is not done yet"
        )
        async with bot_at_work(club, PORT=elsewhere):
            second = await confirm_for_everyone(club, SECOND)
            for campaign in (first, second):
                await club.card(await club.campaign(campaign), "Sent to", seconds=30)
            code, said = await before.end()
            assert code == 0, said
    assert len(asked(club, SECOND)) > 20
    assert asked(club, FIRST) == asked(club, SECOND) == Counter(set(asked(club, SECOND)))
