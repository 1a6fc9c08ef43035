"""What if we die here? After each step that changes the world, the next life settles it without doubling."""

import asyncio
from datetime import timedelta

import pytest

from bot.carriers import Outgoing
from bot.delivery.sending import status_url
from bot.playground.carrier.faults import Fault
from storage.models import Message
from storage.states import MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World

LEASE = timedelta(seconds=120)
GRACE = timedelta(seconds=300)
A_MOMENT = timedelta(seconds=1)


async def _one_message(world: World) -> Message:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign)
    await world.keep(club, campaign, message)
    return message


async def _next_life(world: World) -> None:
    """Another process does all the chores until nothing is open."""
    for pause in (LEASE + A_MOMENT, GRACE + A_MOMENT):
        world.clock.advance(pause)
        await world.expire()
        await world.look()
        await world.send_all()


async def test_a_claim_whose_owner_died_before_it_asked_is_sent_by_the_next_life(world: World) -> None:
    message = await _one_message(world)
    await world.visits()
    await _next_life(world)
    assert len(world.network.ledger) == 1
    stored = await world.message(message.id)
    assert (stored.state, stored.attempt) == (MessageState.ACCEPTED, 2)


async def test_a_claim_is_nobody_elses_while_its_lease_lasts(world: World) -> None:
    message = await _one_message(world)
    await world.visits()
    world.clock.advance(LEASE - A_MOMENT)
    await world.expire()
    await world.send_all()
    assert not world.network.posts
    assert (await world.message(message.id)).state is MessageState.SENDING


async def test_a_message_whose_owner_died_after_the_request_is_adopted_and_never_sent_again(
    world: World,
) -> None:
    message = await _one_message(world)
    [claimed] = await world.visits()
    # The request went out; kill -9 came before its answer was recorded.
    url = status_url(world.rt.settings.public_url, claimed)
    sent = await world.rt.carrier.send(Outgoing(claimed.e164, claimed.sender, claimed.body, url))
    await _next_life(world)
    assert len(world.network.posts) == 1
    stored = await world.message(message.id)
    assert (stored.state, stored.sid, stored.attempt) == (MessageState.ACCEPTED, sent.sid, 1)


async def test_a_delivery_that_is_torn_down_in_mid_request_leaves_the_message_in_doubt(world: World) -> None:
    message = await _one_message(world)
    world.network.fail(Fault.SILENT_AFTER)
    delivery = world.delivery()
    async with world.network.changes() as changes, asyncio.timeout(5):
        await world.begin(delivery)
        await changes.get()
    await world.rt.tasks.cancel()
    assert (await world.message(message.id)).state is MessageState.SENDING
    await _next_life(world)
    assert len(world.network.posts) == 1
    assert (await world.message(message.id)).state is MessageState.ACCEPTED


async def test_a_frozen_owner_that_wakes_after_its_lease_does_not_ask(world: World) -> None:
    message = await _one_message(world)
    delivery = world.delivery()
    await world.begin(delivery)
    # The process stood still between its claim and its request; its steady clock went on.
    world.clock.seconds += LEASE.total_seconds()
    await delivery.settle()
    assert not world.network.posts
    stored = await world.message(message.id)
    assert (stored.state, stored.attempt) == (MessageState.QUEUED, 1)
    await delivery.stop()


async def test_no_request_starts_that_could_outlive_its_lease(world: World) -> None:
    await _one_message(world)
    delivery = world.delivery()
    await world.begin(delivery)
    world.clock.seconds += LEASE.total_seconds() - 45
    await delivery.settle()
    assert not world.network.posts
    await delivery.stop()


async def test_a_frozen_owner_changes_nothing_of_what_its_successor_did(world: World) -> None:
    message = await _one_message(world)
    frozen = world.delivery()
    await world.begin(frozen)
    world.clock.seconds += LEASE.total_seconds()
    world.clock.at += LEASE + A_MOMENT
    await world.expire()
    world.clock.at += GRACE + A_MOMENT
    await world.look()
    successor = world.delivery()
    await world.rounds(successor)
    await frozen.settle()
    assert len(world.network.ledger) == 1
    stored = await world.message(message.id)
    assert (stored.state, stored.attempt) == (MessageState.ACCEPTED, 2)
    await frozen.stop()
    await successor.stop()


async def test_an_answer_that_comes_after_the_lease_still_counts(world: World) -> None:
    message = await _one_message(world)
    delivery = world.delivery()
    async with world.network.changes() as changes, asyncio.timeout(5):
        await world.begin(delivery)
        await changes.get()
    world.clock.at += LEASE + A_MOMENT
    await world.expire()
    await delivery.settle()
    stored = await world.message(message.id)
    assert stored.state is MessageState.ACCEPTED
    assert stored.sid == world.network.ledger[0].sid
    await delivery.stop()


async def test_a_stopping_delivery_gives_back_what_it_has_not_asked_for(world: World) -> None:
    message = await _one_message(world)
    delivery = world.delivery()
    await world.begin(delivery)
    await delivery.stop()
    stored = await world.message(message.id)
    assert not world.network.posts
    assert (stored.state, stored.attempt) == (MessageState.QUEUED, 1)
    assert stored.lease_until is None


async def test_a_stopping_delivery_waits_for_the_answers_under_way(world: World) -> None:
    message = await _one_message(world)
    delivery = world.delivery()
    async with world.network.changes() as changes, asyncio.timeout(5):
        await world.begin(delivery)
        await changes.get()
    await delivery.stop()
    assert (await world.message(message.id)).state is MessageState.ACCEPTED


@pytest.mark.parametrize("deliveries", [2, 4])
async def test_deliveries_side_by_side_ask_for_each_message_once(world: World, deliveries: int) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(60)))
    several = [world.delivery(places=7) for _ in range(deliveries)]
    await asyncio.gather(*(world.rounds(delivery) for delivery in several))
    assert len(world.network.posts) == 60
    assert len({line.to for line in world.network.ledger}) == 60
    for delivery in several:
        await delivery.stop()
