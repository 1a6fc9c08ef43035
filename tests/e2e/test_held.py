"""Killed while texts are held and around the minute at which they may leave, the bot sends each once and none early."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.playground.carrier import Latency
from storage.models import Campaign, Chunk
from tests.abroad import (
    LEAVES_AT,
    MOMENTS,
    MORNING,
    join_from_abroad,
    legal_by,
    place_of,
    scheduled,
    sent,
    skip_to,
)
from tests.club import Club, SetClock, open_club
from tests.e2e.process import SECONDS_TO_START, environment
from tests.proof.doomed import said
from tests.proof.spawner import Child, Spawner

pytestmark = [pytest.mark.both, pytest.mark.timeout(240)]

SLOW = Latency(timedelta(milliseconds=200), timedelta(), timedelta(), timedelta())
PATIENCE = {"answer_seconds": 0.7, "lease_seconds": 6.0, "grace_seconds": 1.45}
"""Far shorter than in life, in the same order."""
SECONDS_TO_SETTLE = 30.0
POINTS = ("in a release, before its commit", "in the request", "after the claim", "after the answer")
DEATHS = dict(zip(MOMENTS, POINTS, strict=True))
"""Where in its work the bot dies at each moment."""


@dataclass(frozen=True, slots=True)
class Bots:
    """The club's bot as one process after the other, each of which is killed."""

    club: Club
    spawner: Spawner
    log: Path

    @asynccontextmanager
    async def at(self, moment: datetime, **asked: Any) -> AsyncIterator[Child]:
        """A bot at work, whose club, carrier and clock are at this moment when it begins; killed at the end."""
        await self.club.carrier.advance(moment - self.club.clock.now())
        skip_to(self.club, moment)
        env, log = environment(self.club.settings), str(self.log)
        child = self.spawner.start("travelled", env=env, log=log, at=moment.isoformat(), **asked)
        try:
            yield child
        finally:
            await child.kill()

    async def ready(self, child: Child) -> None:
        """Comes back once it answers."""

        async def is_ready() -> bool:
            assert not child.has_ended(), self.last_words()
            try:
                return bool(await self.club.get("/health/ready"))
            except aiohttp.ClientError:
                return False

        await self.club.until(is_ready, seconds=SECONDS_TO_START)

    def last_words(self) -> str:
        """The last line that was written."""
        return self.log.read_text(errors="replace").splitlines()[-1]


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    with Spawner() as spawner:
        yield spawner


@pytest.fixture
async def bots(tmp_path: Path, planted: str, spawner: Spawner) -> AsyncIterator[Bots]:
    """A club with members in six places, and with a carrier on the same clock that takes its time."""
    async with open_club(
        tmp_path, planted=planted, clock=SetClock(MORNING), latency=SLOW, settings=PATIENCE, reaches=("+",)
    ) as club:
        await club.carrier.advance(club.clock.now() - datetime.now(UTC))
        await join_from_abroad(club)
        yield Bots(club, spawner, tmp_path / "bot.log")


async def is_killed_before(bots: Bots, moment: datetime) -> None:
    before = moment - timedelta(minutes=1)
    async with bots.at(before) as child:
        await bots.ready(child)
        await bots.club.quiet(lambda: sent(bots.club), seconds=0.5)
    assert sent(bots.club) == legal_by(before)


async def dies_around(bots: Bots, moment: datetime, death: str) -> None:
    async with bots.at(moment - timedelta(seconds=1), doom={"point": death, "turn": 1}) as child:
        await child.over()
    assert bots.last_words() == said(death)


async def is_killed_right_after(bots: Bots, moment: datetime) -> None:
    async with bots.at(moment + timedelta(minutes=1)) as child:
        await bots.ready(child)
        await bots.club.until(
            lambda: set(legal_by(moment)) <= set(sent(bots.club)), seconds=SECONDS_TO_SETTLE
        )
    assert sent(bots.club) == legal_by(moment)


async def is_killed_at_rest(bots: Bots, campaign: Campaign, moment: datetime) -> None:
    delivered = len(legal_by(moment))
    states = {"delivered": delivered, "held": len(LEAVES_AT) - delivered}
    async with bots.at(moment + timedelta(minutes=20)):
        standing = {state: messages for state, messages in states.items() if messages}
        await bots.club.reached(campaign, standing, seconds=SECONDS_TO_SETTLE)
    assert sent(bots.club) == legal_by(moment)


async def test_killed_between_the_hold_and_the_legal_hour_and_around_it_each_leaves_once_and_none_early(
    bots: Bots,
) -> None:
    club = bots.club
    campaign = await scheduled(club)
    await club.stop()
    for moment, death in DEATHS.items():
        await is_killed_before(bots, moment)
        await dies_around(bots, moment, death)
        await is_killed_right_after(bots, moment)
        await is_killed_at_rest(bots, campaign, moment)
    async with bots.at(MOMENTS[-1] + timedelta(days=1)):
        await club.stands(campaign, "done", seconds=SECONDS_TO_SETTLE)
    assert sent(club) == sorted(LEAVES_AT)
    assert not [post for post in club.carrier.posts if post.at < LEAVES_AT[place_of(post.to)]]
    known = [(message.e164, message.sid) for message in await club.messages(campaign)]
    assert sorted(known) == sorted((line.to, line.sid) for line in club.carrier.ledger)
    assert [chunk.waiting for chunk in await club.rows(Chunk, campaign_id=campaign.id)] == [0]
