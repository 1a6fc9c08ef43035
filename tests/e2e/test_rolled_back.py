"""The processes of `compose.postgres.yml` are killed, upgraded and rolled back while texts leave: each leaves once."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
import yaml

from bot.clock import WallClock
from bot.playground import seed
from bot.playground.carrier import Latency
from bot.playground.launcher import free_port
from tests.club import Club, draft_of, open_club
from tests.databases import POSTGRESQL
from tests.e2e.process import Process, bot_at_work

ROOT = Path(__file__).parents[2]
SLOW = Latency(timedelta(seconds=2), timedelta(), timedelta(), timedelta())
PATIENCE = {"ANSWER_SECONDS": "3", "LEASE_SECONDS": "7", "GRACE_SECONDS": "7"}
NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = {last!r}
branch_labels = depends_on = None


def upgrade():
    op.add_column("message", sa.Column("mood", sa.String(), nullable=True))
    op.add_column("campaign", sa.Column("colour", sa.Integer(), nullable=False, server_default="0"))
"""

pytestmark = [
    pytest.mark.both,
    pytest.mark.timeout(200),
    pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True),
]


@dataclass
class Fleet:
    """The bot's processes as compose starts them, all of one version."""

    club: Club
    cwd: Path | None = None
    doors: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, *, workers: int) -> None:
        """One of the doors, since no proxy stands in front of two here, and so many workers."""
        services, port = _services(), str(self.club.settings.port)
        self.doors.append(await self._start(services["web-1"]["command"], port))
        for _ in range(workers):
            self.workers.append(await self._start(services["worker"]["command"], str(free_port())))

    async def end_workers(self) -> None:
        """As a supervisor ends them; they finish what is under way."""
        await _end(self.workers)

    async def close_door(self) -> None:
        """As its supervisor closes it."""
        await _end(self.doors)

    async def aclose(self) -> None:
        await self._open.aclose()

    async def _start(self, command: list[str], port: str) -> Process:
        assert command[0] == "run"
        at_work = bot_at_work(self.club, *command[1:], cwd=self.cwd, PORT=port, **PATIENCE)
        return await self._open.enter_async_context(at_work)


async def _end(processes: list[Process]) -> None:
    for code, said in await asyncio.gather(*(process.end() for process in processes)):
        assert code == 0, said
    processes.clear()


def _services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load((ROOT / "deploy" / "compose.postgres.yml").read_text())["services"])


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The next version: this one, with one more step."""
    folder = tmp_path / "later"
    for layer in ("bot", "commands", "storage"):
        shutil.copytree(ROOT / layer, folder / layer)
    steps = folder / "storage" / "migrations" / "versions"
    last = max(path.name.split("_")[0] for path in steps.glob("[0-9]*.py"))
    (steps / "9000_what_comes_next.py").write_text(NEXT_STEP.format(last=last))
    return folder


@pytest.fixture
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club without a bot, and a carrier that takes its time."""
    async with open_club(
        tmp_path, planted=planted, clock=WallClock(), latency=SLOW, is_started=False
    ) as club:
        yield club


async def sent(club: Club, body: str) -> str:
    """Sends a text to everyone; the campaign's id."""
    view = await club.open("/sms")
    await club.fill(view, audience="everyone", message=body, sender=seed.NAME)
    preview = await club.submit(view)
    draft_id = draft_of(preview)
    await club.submit(preview)
    await club.until(lambda: asked(club, body))
    return draft_id


def asked(club: Club, body: str) -> Counter[str]:
    return Counter(post.to for post in club.carrier.posts if post.body.startswith(body))


async def test_killed_upgraded_and_rolled_back_each_text_leaves_once(club: Club, later: Path) -> None:
    before, after, back = Fleet(club), Fleet(club, cwd=later), Fleet(club)
    bodies = ("The gym is closed.", "The pool is closed.", "The bar is closed.")
    try:
        await before.start(workers=_services()["worker"]["deploy"]["replicas"])
        campaigns = [await sent(club, bodies[0])]
        before.workers[0].running.send_signal(SIGKILL)
        await before.workers.pop(0).running.wait()

        await before.close_door()
        await after.start(workers=1)
        await before.end_workers()
        campaigns.append(await sent(club, bodies[1]))

        await after.close_door()
        await back.start(workers=1)
        await after.end_workers()
        campaigns.append(await sent(club, bodies[2]))
        for campaign in campaigns:
            await club.card(await club.campaign(campaign), "Sent to", seconds=40)
    finally:
        for fleet in (before, after, back):
            await fleet.aclose()
    everyone = Counter(set(asked(club, bodies[2])))
    assert len(everyone) > 20
    assert [asked(club, body) for body in bodies] == [everyone] * 3
