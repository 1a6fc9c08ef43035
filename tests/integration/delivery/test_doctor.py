"""The doctor on a real database: what it finds there, and that it changes nothing."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.delivery.visits import sender_key
from bot.doctor.delivery import Diagnosis, examine
from bot.playground.carrier.faults import Fault
from storage.models import Campaign, Club, Pace, Tally
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def examined(world: World) -> list[Diagnosis]:
    return list(await examine(world.rt.db, world.rt.settings, world.clock.now()))


async def a_campaign(world: World, *states: MessageState, **columns: object) -> Campaign:
    """A campaign with a message in each state, and the counts that go with them."""
    club = f.club()
    campaign = f.campaign(club, released_at=f.NOW, **columns)
    chunk = f.chunk(campaign, waiting=len(states), parked=campaign.state is CampaignState.PAUSED)
    if chunk.parked:
        chunk.due_at = None
    rows = [
        f.message(
            campaign, n, state=state, chunk_id=chunk.id, requested_at=f.NOW, lease_until=f.NOW + 2 * MINUTE
        )
        for n, state in enumerate(states)
    ]
    await world.keep(club, campaign, chunk, *rows)
    await world.keep(
        *(
            Tally(
                club_id=club.id, campaign_id=campaign.id, what=state, messages=states.count(state), segments=1
            )
            for state in set(states)
        )
    )
    return campaign


def words_of(found: Diagnosis) -> str:
    return " ".join(reason.words for reason in found.reasons)


async def test_where_nothing_is_open_there_is_nothing_to_say(world: World) -> None:
    done = MessageState.DELIVERED
    await a_campaign(world, done, state=CampaignState.DONE)
    club = f.club()
    await world.keep(club, f.message(club, state=done))
    await a_campaign(world, state=CampaignState.SCHEDULED, release_at=f.NOW + HOUR)
    await a_campaign(world, state=CampaignState.SCHEDULED, release_at=f.NOW - MINUTE / 2)
    assert await examined(world) == []


async def test_a_campaign_that_nobody_works_on_is_stuck_after_a_minute(world: World) -> None:
    await a_campaign(world, MessageState.QUEUED, MessageState.DELIVERED)
    [found] = await examined(world)
    assert (found.counts, found.is_stuck) == ("1 queued, 1 delivered", False)
    world.clock.advance(2 * MINUTE)
    [found] = await examined(world)
    assert found.is_stuck
    assert "1 chunk is due since 10:00" in words_of(found)


async def test_what_the_carrier_paused_is_said_with_its_number(world: World) -> None:
    await a_campaign(world, MessageState.QUEUED, state=CampaignState.PAUSED, pause_code=63038)
    [found] = await examined(world)
    assert found.is_stuck
    assert "63038: The account has reached its limit" in words_of(found)
    assert "no queue" not in words_of(found), "it rests since it is paused"


async def test_a_campaign_whose_time_has_passed_was_released_by_nobody(world: World) -> None:
    await a_campaign(world, state=CampaignState.SCHEDULED, release_at=f.NOW - 2 * MINUTE)
    [found] = await examined(world)
    assert found.is_stuck


async def test_what_a_throttled_carrier_gave_back_leaves_again(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club, released_at=f.NOW)
    await world.keep(club, campaign, f.message(campaign))
    async with world.rt.db.begin() as session:
        session.add(Tally(club_id=club.id, campaign_id=campaign.id, what="queued", messages=1, segments=1))
    world.network.fail(Fault.THROTTLED, times=1)
    delivery = world.delivery()
    await world.begin(delivery)
    await delivery.settle()
    [found] = await examined(world)
    assert "1 given back, since the carrier was too busy or out of reach; again from 10:00." in words_of(
        found
    )
    assert not found.is_stuck
    await delivery.stop()


async def test_what_a_dead_process_claimed_is_said_until_it_is_in_doubt(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club, released_at=f.NOW)
    await world.keep(club, campaign, f.message(campaign))
    async with world.rt.db.begin() as session:
        session.add(Tally(club_id=club.id, campaign_id=campaign.id, what="queued", messages=1, segments=1))
    assert len(await world.visits()) == 1
    [found] = await examined(world)
    assert "died" not in words_of(found), "it may be asking at this moment"
    world.clock.advance(MINUTE)
    [found] = await examined(world)
    assert "1 claimed by a process that has died; its lease ends at 10:02." in words_of(found)
    assert not found.is_stuck
    world.clock.advance(2 * MINUTE)
    await world.expire()
    [found] = await examined(world)
    assert "1 in doubt since 10:03: the answers were lost." in words_of(found)
    assert not found.is_stuck
    world.clock.advance(HOUR)
    [found] = await examined(world)
    assert "should have been looked for at 10:08" in words_of(found)
    assert found.is_stuck


async def test_what_was_lost_for_a_day_is_looked_for_no_more(world: World) -> None:
    await a_campaign(world, MessageState.UNKNOWN)
    world.clock.advance(25 * HOUR)
    [found] = await examined(world)
    assert "1 never settled" in words_of(found)


async def test_a_busy_sender_is_waited_for(world: World) -> None:
    campaign = await a_campaign(world, MessageState.QUEUED)
    key = sender_key(campaign.club_id, campaign.sender)
    await world.keep(Pace(key=key, free_at=f.NOW + 7 * MINUTE))
    [found] = await examined(world)
    assert "until 10:07" in words_of(found)


async def test_counts_that_were_lost_are_found(world: World) -> None:
    campaign = await a_campaign(world, MessageState.QUEUED, MessageState.QUEUED)
    async with world.rt.db.begin() as session:
        mine = sa.update(Tally).where(sa.column("campaign_id") == campaign.id)
        await session.exec(mine.values(messages=5))
    [found] = await examined(world)
    assert "queued 5 instead of 2" in words_of(found)
    assert found.is_stuck


async def test_a_single_text_is_told_by_the_end_of_its_number_alone(world: World) -> None:
    club = f.club()
    await _with_chunk(world, club, 1, MessageState.QUEUED)
    await _with_chunk(world, club, 2, MessageState.DELIVERED)
    await world.keep(
        f.message(club, 3, state=MessageState.UNKNOWN, created_at=f.NOW + MINUTE),
        f.message(club, 4, created_at=f.NOW + 2 * MINUTE),
    )
    world.clock.advance(3 * MINUTE)
    found = await examined(world)
    assert [one.title for one in found] == [f"a single text to ••0{n}" for n in (1, 3, 4)]
    assert [one.is_stuck for one in found] == [True, False, True]
    assert "due since 10:00" in words_of(found[0])
    assert "in doubt" in words_of(found[1])
    assert "in no queue" in words_of(found[2])


async def _with_chunk(world: World, club: Club, n: int, state: MessageState) -> None:
    is_open = state is MessageState.QUEUED
    chunk = f.chunk(club, due_at=f.NOW if is_open else None)
    async with world.rt.db.read() as session:
        known = await session.get(Club, club.id)
    await world.keep(*(() if known else (club,)), chunk, f.message(club, n, state=state, chunk_id=chunk.id))


async def test_the_doctor_waits_for_no_writer(world: World) -> None:
    await a_campaign(world, MessageState.QUEUED)
    async with world.rt.db.begin() as session, asyncio.timeout(5):
        session.add(f.club())
        await session.flush()
        assert len(await examined(world)) == 1


async def test_one_look_sees_one_moment_and_may_change_nothing(world: World) -> None:
    await a_campaign(world, MessageState.QUEUED)
    counted = sa.text("SELECT count(*) FROM club")
    async with world.rt.db.snapshot() as session:
        before = (await session.exec(counted)).scalar_one()
        await world.keep(f.club())
        assert (await session.exec(counted)).scalar_one() == before
    if not world.rt.db.is_sqlite:
        async with world.rt.db.snapshot() as session:
            with pytest.raises(DBAPIError):
                await session.exec(sa.text("DELETE FROM chunk"))
