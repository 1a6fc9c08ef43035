"""An import from Slack whose bot is killed: all is stored or nothing, once, and the person is told by the next one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import CHORES
from bot.clock import WallClock
from bot.playground.seed import MEMBERS
from bot.playground.workspace import View
from bot.uploads.bring import LEASE
from storage.models import Audit, Contact, ImportFile
from tests.club import COACH, Club, block_of, open_club, text_of
from tests.e2e.process import bot_at_work

pytestmark = [pytest.mark.timeout(240), pytest.mark.both]

MANY = 5_000
_, LOOKED_EVERY = CHORES["imports"]
PATIENCE_SECONDS = (LEASE + LOOKED_EVERY).total_seconds() + 30
"""What a dead bot left is looked at so often, and is its own until its lease is over."""


@pytest.fixture
async def idle(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """A club without its bot."""
    async with open_club(tmp_path, planted=planted, clock=WallClock(), is_started=False) as club:
        yield club


async def looked_at(club: Club) -> View:
    """The window that shows what an import of many people would do."""
    rows = (f"L{n};Zoé;Roy {n};06{45_000_000 + n}" for n in range(MANY))
    content = "\n".join(["N° licence;Prénom;Nom;Portable", *rows]).encode()
    await club.click(await club.open("/contacts"), "import_open")
    view = await club.modal("import_file")
    file = club.workspace.upload(COACH, "many.csv", content)
    await club.workspace.set_value(view, block_of(view, "file"), "file", [file.id])
    await club.submit(view)
    await club.until(lambda: "5,000 new people" in text_of(view), seconds=60)
    return view


async def is_consistent(club: Club) -> bool:
    """Whether all is stored or nothing; gives back which."""
    people, lines = len(await club.rows(Contact)), len(await club.rows(Audit, action="import"))
    assert (people - len(MEMBERS), lines) in ((0, 0), (MANY, 1))
    return bool(lines)


@pytest.mark.parametrize("seconds", [0.2, 0.9, 1.6])
async def test_killed_in_the_middle_all_is_stored_or_nothing_and_it_is_told(
    idle: Club, seconds: float
) -> None:
    async with bot_at_work(idle) as first:
        view = await looked_at(idle)
        await idle.submit(view)
        await idle.workspace.clock.sleep(seconds)
        first.running.kill()
        await first.running.communicate()
    was_stored = await is_consistent(idle)
    said = "is imported" if was_stored else "nothing was stored"
    direct = idle.workspace.direct(COACH)
    async with bot_at_work(idle):
        await idle.until(
            lambda: [one for one in direct.messages(COACH) if said in text_of(one)], seconds=PATIENCE_SECONDS
        )
        if not was_stored:
            (message,) = direct.messages(COACH)
            await idle.click(message, "import_again")
            await idle.until(lambda: "is imported" in text_of(message), seconds=60)
        assert await is_consistent(idle)
        await idle.until(lambda: idle.rows(ImportFile, leased_until=None), seconds=PATIENCE_SECONDS)
