"""Lost answers are settled by the carrier's list, or stay in sight; nothing is sent again on a guess."""

from datetime import timedelta

import pytest

from bot.carriers import Outgoing
from bot.delivery.reconcile import GIVE_UP_AFTER, _settle, finish
from bot.playground.carrier.faults import Fault
from storage.models import Campaign, Message
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World

GRACE = timedelta(seconds=301)


async def _lost(world: World, fault: Fault, **columns: object) -> tuple[Campaign, Message]:
    """A campaign of one message whose answer was lost in this way."""
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign, **columns)
    await world.keep(club, campaign, message)
    world.network.fail(fault)
    await world.send_all()
    assert (await world.message(message.id)).state is MessageState.UNKNOWN
    return campaign, message


async def _somebody_else_sends(world: World, body: str) -> None:
    await world.rt.carrier.send(Outgoing(f.number(1), f.SHORT_CODE, body, "http://127.0.0.1:1/"))


@pytest.mark.parametrize(
    "fault", [Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.GARBLED_AFTER, Fault.CUT_AFTER]
)
async def test_a_message_that_the_list_shows_is_adopted(world: World, fault: Fault) -> None:
    _, message = await _lost(world, fault)
    world.clock.advance(GRACE)
    await world.look()
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.sid) == (MessageState.ACCEPTED, world.network.ledger[0].sid)
    assert len(world.network.posts) == 1


async def test_an_adopted_message_takes_the_state_that_the_list_shows(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_AFTER)
    await world.network.flush()
    world.clock.advance(GRACE)
    await world.look()
    assert (await world.message(message.id)).state is MessageState.DELIVERED


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.RESET_BEFORE])
async def test_a_message_that_the_list_does_not_show_is_sent_in_its_next_attempt(
    world: World, fault: Fault
) -> None:
    _, message = await _lost(world, fault)
    world.clock.advance(GRACE)
    await world.look()
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.attempt) == (MessageState.ACCEPTED, 2)
    assert [line.sid for line in world.network.ledger] == [stored.sid]


async def test_nobody_looks_before_the_grace_is_over(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_BEFORE)
    world.clock.advance(GRACE - timedelta(seconds=2))
    await world.look()
    assert (await world.message(message.id)).state is MessageState.UNKNOWN


async def test_without_a_list_the_message_stays_unknown_and_is_looked_for_again(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_BEFORE)
    world.network.fail(Fault.ERROR_BEFORE, on="list")
    world.clock.advance(GRACE)
    await world.look()
    stored = await world.message(message.id)
    assert (stored.state, stored.attempt) == (MessageState.UNKNOWN, 1)
    assert stored.not_before > world.clock.now(), "not at every tick"
    world.clock.advance(GRACE)
    await world.look()
    assert (await world.message(message.id)).state is MessageState.QUEUED


async def test_two_candidates_leave_the_message_unknown(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_AFTER)
    await _somebody_else_sends(world, message.body)
    world.clock.advance(GRACE)
    await world.look()
    await world.send_all()
    assert (await world.message(message.id)).state is MessageState.UNKNOWN
    assert len(world.network.posts) == 2


async def test_another_text_to_the_same_number_is_no_candidate(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_BEFORE)
    await _somebody_else_sends(world, "Something else")
    world.clock.advance(GRACE)
    await world.look()
    assert (await world.message(message.id)).state is MessageState.QUEUED


async def test_the_same_text_of_an_earlier_campaign_is_no_candidate(world: World) -> None:
    club = f.club()
    earlier = f.campaign(club)
    await world.keep(club, earlier, f.message(earlier))
    await world.send_all()
    campaign = f.campaign(club)
    message = f.message(campaign)
    await world.keep(campaign, message)
    world.network.fail(Fault.ERROR_BEFORE)
    await world.send_all()
    world.clock.advance(GRACE)
    await world.look()
    assert (await world.message(message.id)).state is MessageState.QUEUED


async def test_a_text_that_is_on_its_way_for_another_message_is_not_adopted(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_BEFORE)
    twin = f.campaign(f.club(id=message.club_id))
    lease = world.clock.now() + timedelta(hours=1)
    asked = f.message(twin, state=MessageState.SENDING, attempt=1, lease_until=lease)
    await world.keep(twin, asked)
    await _somebody_else_sends(world, message.body)
    world.clock.advance(GRACE)
    await world.look()
    assert (await world.message(message.id)).state is MessageState.UNKNOWN


async def test_one_listed_message_is_adopted_by_one_of_two_lost_ones(world: World) -> None:
    club = f.club()
    first, second = f.campaign(club), f.campaign(club)
    await world.keep(club, first, second, f.message(first), f.message(second))
    world.network.fail(Fault.ERROR_AFTER)
    world.network.fail(Fault.ERROR_BEFORE)
    await world.send_all()
    world.clock.advance(GRACE)
    await world.look()
    await world.send_all()
    assert len(world.network.ledger) == 2, "one text for each of the two"


async def test_a_lost_message_of_a_stopped_campaign_is_skipped_when_it_was_not_sent(world: World) -> None:
    campaign, message = await _lost(world, Fault.ERROR_BEFORE)
    await world.set_campaign(campaign.id, CampaignState.STOPPED)
    world.clock.advance(GRACE)
    await world.look()
    await world.visits()
    stored = await world.message(message.id)
    assert (stored.state, stored.reason) == (MessageState.SKIPPED, "stopped")


async def test_a_lost_message_of_a_stopped_campaign_is_adopted_when_it_was_sent(world: World) -> None:
    campaign, message = await _lost(world, Fault.ERROR_AFTER)
    await world.set_campaign(campaign.id, CampaignState.STOPPED)
    world.clock.advance(GRACE)
    await world.look()
    assert (await world.message(message.id)).state is MessageState.ACCEPTED


async def test_a_message_that_the_carrier_spoke_of_in_a_new_word_is_never_sent_again(world: World) -> None:
    world.network.scenario(unlisted_for=timedelta(days=9))
    _, message = await _lost(world, Fault.ERROR_AFTER)
    sid = world.network.ledger[0].sid
    await world.receipts.take(message.id, 1, sid, "teleported")
    world.clock.advance(GRACE)
    await world.look()
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.sid) == (MessageState.ACCEPTED, sid)
    assert len(world.network.posts) == 1


async def test_two_reconcilers_requeue_a_message_once(world: World) -> None:
    _, message = await _lost(world, Fault.ERROR_BEFORE)
    world.clock.advance(GRACE)
    await world.look()
    world.network.fail(Fault.SILENT_AFTER)
    await world.send_all()
    # The second attempt is in doubt now; a reconciler that had listed before it must not free it.
    stale = Message(**message.model_dump() | {"attempt": 1, "state": MessageState.UNKNOWN})
    async with world.rt.db.begin() as session:
        await _settle(session, [stale], {stale.e164: ()}, world.clock.now(), world.rt.settings)
    stored = await world.message(message.id)
    assert (stored.state, stored.attempt) == (MessageState.UNKNOWN, 2)


async def test_a_message_that_the_list_shows_late_is_not_sent_again_within_the_grace(world: World) -> None:
    world.network.scenario(unlisted_for=timedelta(minutes=2))
    _, message = await _lost(world, Fault.ERROR_AFTER)
    world.clock.advance(GRACE)
    await world.look()
    await world.send_all()
    assert len(world.network.posts) == 1
    assert (await world.message(message.id)).state is MessageState.ACCEPTED


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.HELD, MessageState.SENDING])
async def test_a_campaign_with_something_left_to_send_is_not_over(world: World, state: MessageState) -> None:
    club = f.club()
    campaign = f.campaign(club)
    rest = f.message(campaign, 2, state=state, lease_until=f.NOW + timedelta(days=1))
    await world.keep(club, campaign, f.message(campaign, state=MessageState.DELIVERED), rest)
    assert await finish(world.rt) == 0
    assert (await world.campaign(campaign.id)).state is CampaignState.SENDING


async def test_a_campaign_is_over_when_all_is_with_the_carrier(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(3)))
    await world.send_all()
    assert await finish(world.rt) == 1
    done = await world.campaign(campaign.id)
    assert (done.state, done.over_at) == (CampaignState.DONE, f.NOW)


async def test_a_campaign_whose_whole_audience_was_left_out_is_over_at_once(world: World) -> None:
    club = f.club()
    await world.keep(club, f.campaign(club))
    assert await finish(world.rt) == 1


async def test_a_paused_campaign_is_not_closed(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club, state=CampaignState.PAUSED)
    await world.keep(club, campaign)
    assert await finish(world.rt) == 0


async def test_a_lost_answer_keeps_its_campaign_open_for_a_day_and_stays_in_sight_after_it(
    world: World,
) -> None:
    _, message = await _lost(world, Fault.ERROR_BEFORE)
    world.network.fail(Fault.ERROR_BEFORE, on="list", times=None)
    world.clock.advance(GIVE_UP_AFTER)
    await world.look()
    assert await finish(world.rt) == 0
    world.clock.advance(timedelta(seconds=1))
    world.network.heal()
    await world.look()
    assert await finish(world.rt) == 1
    assert (await world.message(message.id)).state is MessageState.UNKNOWN


async def test_an_expired_lease_makes_its_card_due(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign, state=MessageState.SENDING, attempt=1, lease_until=f.NOW)
    await world.keep(club, campaign, message)
    assert await world.expire() == 0
    world.clock.advance(timedelta(seconds=1))
    assert await world.expire() == 1
    assert (await world.campaign(campaign.id)).card_due
    assert (await world.message(message.id)).not_before == world.clock.now() + world.rt.settings.grace
