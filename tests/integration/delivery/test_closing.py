"""A campaign closes with counts that say what its messages say, whatever happens at that moment."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

import storage.campaigns
from bot.delivery.counts import mend_counts
from bot.delivery.reconcile import finish
from storage import tallies
from storage.models import Campaign, Message
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World
from tests.interleaving import around, nothing

THE_COUNT = "GROUP BY message.state"


async def _all_with_the_carrier(world: World) -> tuple[Campaign, Sequence[Message]]:
    """A campaign that is over, but for the receipts of its four messages; nobody has counted it yet."""
    club = f.club()
    campaign = f.campaign(club)
    with_carrier = [
        f.message(campaign, n, state=MessageState.ACCEPTED, attempt=1, sid=f"SM{n:032x}") for n in range(4)
    ]
    await world.keep(club, campaign, *with_carrier)
    return campaign, with_carrier


async def _receipt(world: World, message: Message) -> None:
    await world.receipts.take(message.id, 1, str(message.sid), "delivered")


async def _counts(world: World, campaign: Campaign) -> dict[str, int]:
    async with world.rt.db.read() as session:
        kept = await tallies.of_campaign(session, campaign.id)
        assert kept == await tallies.counted(session, campaign.id)
    return {key.what: messages for key, (messages, _) in kept.items()}


async def test_receipts_that_come_while_it_is_counted_are_neither_lost_nor_counted_twice(
    world: World,
) -> None:
    campaign, (first, second, *_) = await _all_with_the_carrier(world)
    await f.count(world.rt.db, campaign)
    with (
        capture_logs() as logged,
        around(
            world.rt.db,
            THE_COUNT,
            before=lambda: _receipt(world, first),
            after=lambda: _receipt(world, second),
        ),
    ):
        assert await finish(world.rt) == 1
    assert await _counts(world, campaign) == {"accepted": 2, "delivered": 2}
    assert not logged, "nothing had to be mended"


async def test_moves_that_nobody_counted_are_counted_beside_those_that_come_meanwhile(world: World) -> None:
    campaign, (first, second, *_) = await _all_with_the_carrier(world)
    with around(
        world.rt.db, THE_COUNT, before=lambda: _receipt(world, first), after=lambda: _receipt(world, second)
    ):
        assert await finish(world.rt) == 1
    assert await _counts(world, campaign) == {"accepted": 2, "delivered": 2}


async def test_of_two_that_close_it_at_the_same_moment_one_mends_its_counts(world: World) -> None:
    campaign, _ = await _all_with_the_carrier(world)
    closed: list[int] = []

    async def another() -> None:
        closed.append(await finish(world.rt))

    with around(world.rt.db, THE_COUNT, before=nothing, after=another):
        closed.append(await finish(world.rt))
    assert sorted(closed) == [0, 1]
    assert await _counts(world, campaign) == {"accepted": 4}


async def test_what_moved_while_it_was_counted_is_not_closed_and_its_counts_stay(world: World) -> None:
    campaign, _ = await _all_with_the_carrier(world)

    async def stop() -> None:
        await world.set_campaign(campaign.id, CampaignState.STOPPED)

    with around(world.rt.db, THE_COUNT, before=nothing, after=stop):
        assert await finish(world.rt) == 0
    assert (await world.campaign(campaign.id)).state is CampaignState.STOPPED
    async with world.rt.db.read() as session:
        assert not await tallies.of_campaign(session, campaign.id)


async def test_each_of_several_is_closed(world: World) -> None:
    campaigns = [(await _all_with_the_carrier(world))[0] for _ in range(3)]
    finishing = await asyncio.gather(finish(world.rt), finish(world.rt))
    assert sum(finishing) == len(campaigns)
    for campaign in campaigns:
        assert await _counts(world, campaign) == {"accepted": 4}


@pytest.mark.both
async def test_what_an_older_version_closed_without_counting_is_counted_once_whoever_looks(
    world: World,
) -> None:
    campaign, with_carrier = await _all_with_the_carrier(world)
    skewed = tallies.Shift()
    skewed.add(campaign.club_id, tallies.Key(campaign.id, "queued"), -3, -3)
    skewed.add(campaign.club_id, tallies.Key(campaign.id, "sending"), 3, 3)
    other = f.club(slack_team_id="T2")
    uncounted = f.campaign(other)
    await world.keep(other, uncounted, f.message(uncounted, 9))
    async with world.rt.db.begin() as session:
        await tallies.store(session, skewed)
        for each in (campaign, uncounted):
            await storage.campaigns.change(
                session, each.id, state=CampaignState.DONE, over_at=world.rt.clock.now(), card_due=False
            )
    both = [campaign, uncounted] * 4
    mending = [mend_counts(world.rt, one) for one in both]
    mended = await asyncio.gather(*mending, _receipt(world, with_carrier[0]))
    assert mended.count(True) == 2
    assert await _counts(world, campaign) == {"accepted": 3, "delivered": 1}
    assert await _counts(world, uncounted) == {"queued": 1}
    assert not await mend_counts(world.rt, campaign)
