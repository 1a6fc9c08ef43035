"""Everything goes wrong at once, and still each message is sent once; trouble of our own is survived."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.testing import capture_logs

from bot.carriers import Accepted, Outgoing
from bot.delivery.alone import queue_alone
from bot.delivery.reconcile import finish
from bot.delivery.sending import Delivery
from bot.engine.loop import LoopEngine
from bot.playground.carrier.faults import Chaos, Fault, Reports
from storage.db import Database
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World

MESSAGES = 24
# Dearer than life: every third answer goes wrong, every third callback never comes.
CHAOS = {
    Fault.THROTTLED: 0.08,
    Fault.ERROR_BEFORE: 0.06,
    Fault.ERROR_AFTER: 0.06,
    Fault.RESET_BEFORE: 0.04,
    Fault.RESET_AFTER: 0.04,
    Fault.GARBLED_AFTER: 0.04,
    Fault.CUT_AFTER: 0.04,
}
REPORTS = {Reports.LOST: 0.3, Reports.DOUBLED: 0.2, Reports.DISORDERED: 0.2, Reports.EARLY: 0.1}
SENT = {MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED}


async def _live_and_die(world: World, dice: Random) -> None:
    """One life: it begins to send, and is killed in the middle, told to stop at once, or comes to its end."""
    delivery = world.delivery(places=7)
    await world.begin(delivery)
    match dice.randrange(3):
        case 0:
            for _ in range(dice.randrange(60)):
                await asyncio.sleep(0)
            await world.rt.tasks.cancel()
        case 1:
            await delivery.stop()
        case _:
            await delivery.settle()
            await delivery.stop()


async def _others_tidy_up(world: World) -> None:
    for pause in (world.rt.settings.lease, world.rt.settings.grace):
        world.clock.advance(pause + timedelta(seconds=1))
        await world.expire()
        await world.look()


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_and_nothing_is_doubled(listening: World, seed: int) -> None:
    world, dice = listening, Random(seed)
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(MESSAGES)))
    world.network.go_wrong_at_random(Chaos(seed, CHAOS, REPORTS))
    for _ in range(100):
        await _live_and_die(world, dice)
        await world.network.flush()
        await _others_tidy_up(world)
        texted = Counter(line.to for line in world.network.ledger)
        assert max(texted.values(), default=1) == 1, "doubled"
        if await finish(world.rt):
            break
    assert texted == Counter(f.number(n) for n in range(MESSAGES)), "lost"
    assert set((await world.states()).values()) <= SENT
    assert (await world.campaign(campaign.id)).state is CampaignState.DONE


class BrokenClient:
    """A carrier client with a fault of its own."""

    async def send(self, _: Outgoing, *, until: float | None = None) -> Accepted:
        raise ZeroDivisionError


async def test_a_fault_of_the_carrier_client_leaves_the_message_in_doubt(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    delivery = Delivery(replace(world.rt, carrier=BrokenClient()), is_caught_up=True)
    with capture_logs() as lines:
        await world.rounds(delivery)
    await delivery.stop()
    assert (await world.message(message.id)).state is MessageState.UNKNOWN
    assert [line["event"] for line in lines] == ["carrier_client_failed", "answer_lost"]


class DatabaseWithGaps(Database):
    """A database that is away at certain transactions, counted from zero."""

    def __init__(
        self, url: str, *, begins: frozenset[int] = frozenset(), reads: frozenset[int] = frozenset()
    ):
        super().__init__(url)
        self._begins, self._reads = begins, reads
        self._begun = self._read = -1

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        self._begun += 1
        if self._begun in self._begins:
            raise OSError("the disk is full")
        async with super().begin() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        self._read += 1
        if self._read in self._reads:
            raise OSError("the disk is gone")
        async with super().read() as session:
            yield session


async def test_an_answer_that_cannot_be_recorded_is_kept_until_it_can(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    gaps = DatabaseWithGaps(str(world.rt.db.engine.url), begins=frozenset({1, 2}))
    delivery = Delivery(replace(world.rt, db=gaps), is_caught_up=True)
    with capture_logs() as lines:
        await world.rounds(delivery)
        await delivery.stop()
    await gaps.close()
    assert [line["event"] for line in lines if "part" in line] == ["part_failed", "part_recovered"]
    assert (await world.message(message.id)).state is MessageState.ACCEPTED
    assert len(world.network.posts) == 1


async def test_an_answer_that_is_never_recorded_is_found_again_and_not_sent_again(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    gaps = DatabaseWithGaps(str(world.rt.db.engine.url), begins=frozenset(range(1, 99)))
    delivery = Delivery(replace(world.rt, db=gaps), is_caught_up=True)
    with capture_logs() as lines:
        await world.begin(delivery)
        await delivery.stop()
    await gaps.close()
    assert "answers_not_recorded" in [line["event"] for line in lines]
    assert (await world.message(message.id)).state is MessageState.SENDING
    await _others_tidy_up(world)
    await world.send_all()
    assert len(world.network.posts) == 1
    assert (await world.message(message.id)).state is MessageState.ACCEPTED


async def test_a_claim_that_cannot_be_committed_asks_for_nothing(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    gaps = DatabaseWithGaps(str(world.rt.db.engine.url), begins=frozenset({0}))
    delivery = Delivery(replace(world.rt, db=gaps), is_caught_up=True)
    with pytest.raises(OSError, match="full"):
        await world.begin(delivery)
    await delivery.stop()
    await gaps.close()
    assert not world.network.posts
    assert (await world.message(message.id)).state is MessageState.QUEUED


async def test_a_running_engine_outlives_a_database_that_was_away(world: World) -> None:
    club, rt = f.club(), world.rt
    await world.keep(club)
    async with rt.db.begin() as session:
        await queue_alone(rt, session, f.message(club))
    gaps = DatabaseWithGaps(str(rt.db.engine.url), reads=frozenset({0}))
    delivery = Delivery(replace(rt, db=gaps), is_caught_up=True)
    engine = LoopEngine(gaps, rt.clock, rt.tasks, rt.work, rt.health)
    rt.work.set()
    with capture_logs() as lines:
        async with world.network.changes() as changes, asyncio.timeout(5):
            running = asyncio.create_task(engine.run(delivery.work_off))
            await changes.get()
        await engine.stop()
        await delivery.stop()
        await running
    await gaps.close()
    assert "part_failed" in [line["event"] for line in lines]
    assert len(world.network.ledger) == 1


async def test_each_attempt_says_its_number_to_the_carrier(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    world.network.fail(Fault.THROTTLED, times=2)
    for _ in range(3):
        await world.send_all()
        world.clock.advance(timedelta(minutes=1))
    urls = [post.status_url for post in world.network.posts]
    assert [int(url.rpartition("=")[2]) for url in urls][-1] == 3
    assert all(str(message.id) in url for url in urls)
    assert UUID(urls[-1].rpartition("/")[2].split("?")[0]) == message.id
