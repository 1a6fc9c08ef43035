"""What is due is sent once, and every answer of the carrier finds its place."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.delivery.alone import queue_alone
from bot.playground.carrier.faults import Fault
from storage.models import Consent, OptOut
from storage.states import CampaignState, Kind, MessageState, OptOutScope
from tests import factories as f
from tests.integration.delivery.conftest import World


async def test_each_queued_message_is_asked_for_once_and_keeps_the_carriers_id(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(40)))
    await world.send_all()
    assert sorted(line.to for line in world.network.ledger) == [f.number(n) for n in range(40)]
    assert len(world.network.posts) == 40
    assert set((await world.states()).values()) == {MessageState.ACCEPTED}


async def test_the_carrier_gets_sender_text_and_a_url_with_our_id_and_the_attempt(world: World) -> None:
    club = f.club()
    message = f.message(club, body="Bonjour à tous")
    await world.keep(club, message)
    await world.send_all()
    [post] = world.network.posts
    assert (post.to, post.sender, post.body) == (f.number(1), f.SHORT_CODE, "Bonjour à tous")
    assert post.status_url == f"http://127.0.0.1:1/twilio/status/{message.id}?attempt=1"
    stored = await world.message(message.id)
    assert stored.sid == world.network.ledger[0].sid
    assert stored.lease_until is None


# state of the campaign, not_before from now, the reason that it stays
STAYS = [
    (CampaignState.SCHEDULED, 0, "its undo window is open"),
    (CampaignState.PAUSED, 0, "somebody must mend something first"),
    (CampaignState.STOPPED, 0, "nothing leaves a stopped campaign"),
    (CampaignState.DONE, 0, "it is over"),
    (CampaignState.SENDING, 1, "its time has not come"),
]


@pytest.mark.parametrize(("state", "seconds", "reason"), STAYS, ids=[row[2] for row in STAYS])
async def test_what_may_not_leave_yet_is_not_asked_for(
    world: World, state: CampaignState, seconds: int, reason: str
) -> None:
    club = f.club()
    campaign = f.campaign(club, state=state)
    later = f.NOW + timedelta(seconds=seconds)
    await world.keep(club, campaign, f.message(campaign, not_before=later))
    await world.send_all()
    assert not world.network.posts, reason


async def test_what_may_leave_takes_nothing_along_that_may_not(world: World) -> None:
    club = f.club()
    paused, sending = f.campaign(club, state=CampaignState.PAUSED), f.campaign(club)
    await world.keep(club, paused, sending, f.message(paused, 1), f.message(sending, 2), f.message(club, 3))
    await world.send_all()
    assert sorted(post.to for post in world.network.posts) == [f.number(2), f.number(3)]


async def test_a_single_answer_leaves_before_a_campaign_that_was_there_first(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    earlier = f.NOW - timedelta(minutes=5)
    await world.keep(club, campaign, *(f.message(campaign, n, not_before=earlier) for n in range(5)))
    await world.keep(f.message(club, 9))
    delivery = world.delivery(places=1)
    await world.rounds(delivery)
    assert next(post.to for post in world.network.posts) == f.number(9)
    await delivery.stop()


async def test_the_campaign_of_the_earlier_time_leaves_first(world: World) -> None:
    club = f.club()
    second, first = f.campaign(club), f.campaign(club)
    later, earlier = f.chunk(second), f.chunk(first, due_at=f.NOW - timedelta(minutes=2))
    await world.keep(club, second, first, later, earlier)
    await world.keep(f.message(second, 2, chunk_id=later.id), f.message(first, 1, chunk_id=earlier.id))
    delivery = world.delivery(places=1)
    await world.rounds(delivery)
    assert [post.to for post in world.network.posts] == [f.number(1), f.number(2)]
    await delivery.stop()


# scope of the opt-out, kind of the campaign (None: a single answer), whether the text may leave, why
OPT_OUTS = [
    (OptOutScope.ALL, Kind.ALERT, False, "STOP blocks every kind"),
    (OptOutScope.ALL, Kind.MARKETING, False, "STOP blocks every kind"),
    (OptOutScope.ALL, None, False, "an answer by staff is a text too"),
    (OptOutScope.MARKETING, Kind.MARKETING, False, "STOP PUB blocks marketing"),
    (OptOutScope.MARKETING, Kind.ALERT, True, "STOP PUB leaves alerts alone"),
    (OptOutScope.MARKETING, None, True, "an answer is no marketing"),
]


@pytest.mark.parametrize(("scope", "kind", "leaves", "reason"), OPT_OUTS)
async def test_the_last_look_at_the_opt_outs_is_the_claim(
    world: World, scope: OptOutScope, kind: Kind | None, leaves: bool, reason: str
) -> None:
    club = f.club()
    campaign = f.campaign(club, kind=kind or Kind.ALERT)
    message = f.message(campaign if kind else club)
    await world.keep(club, campaign, message, f.opt_out(club, scope=scope))
    await world.send_all()
    assert bool(world.network.posts) is leaves, reason
    stored = await world.message(message.id)
    expected = (MessageState.ACCEPTED, None) if leaves else (MessageState.SKIPPED, "opted_out")
    assert (stored.state, stored.reason) == expected
    assert stored.attempt == int(leaves)


async def test_an_opt_out_from_another_club_blocks_nothing(world: World) -> None:
    ours, theirs = f.club(), f.club()
    await world.keep(ours, theirs, f.opt_out(theirs), f.message(ours))
    await world.send_all()
    assert len(world.network.ledger) == 1


# the fault, the state it leaves, the error it leaves, the reason
ANSWERS = [
    (Fault.THROTTLED, MessageState.QUEUED, None, "429 was never processed"),
    (Fault.ERROR_BEFORE, MessageState.UNKNOWN, None, "nobody can tell it from the next one"),
    (Fault.ERROR_AFTER, MessageState.UNKNOWN, None, "500 may come after the message was taken"),
    (Fault.RESET_AFTER, MessageState.UNKNOWN, None, "the request was read"),
    (Fault.SILENT_AFTER, MessageState.UNKNOWN, None, "a time-out says nothing"),
    (Fault.GARBLED_AFTER, MessageState.UNKNOWN, None, "a 201 without a sid"),
]


@pytest.mark.parametrize(("fault", "state", "error", "reason"), ANSWERS, ids=[str(row[0]) for row in ANSWERS])
async def test_each_broken_answer_leaves_the_message_where_it_cannot_be_doubled(
    world: World, fault: Fault, state: MessageState, error: int | None, reason: str
) -> None:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign)
    await world.keep(club, campaign, message)
    world.network.fail(fault)
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.error_code) == (state, error), reason
    assert stored.not_before > world.clock.now()
    assert len(world.network.posts) <= 1
    assert (await world.campaign(campaign.id)).state is CampaignState.SENDING


async def test_what_the_carrier_had_no_time_for_is_sent_later_exactly_once(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(10)))
    world.network.fail(Fault.THROTTLED, times=4)
    await world.send_all()
    assert len(world.network.ledger) == 6
    world.clock.advance(timedelta(minutes=1))
    await world.send_all()
    assert sorted(line.to for line in world.network.ledger) == [f.number(n) for n in range(10)]


async def test_a_throttled_message_waits_as_long_as_the_carrier_asks(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    world.network.fail(Fault.THROTTLED, retry_after=timedelta(seconds=30))
    await world.send_all()
    assert (await world.message(message.id)).not_before == f.NOW + timedelta(seconds=30)
    world.clock.advance(timedelta(seconds=29))
    await world.send_all()
    assert len(world.network.posts) == 1
    world.clock.advance(timedelta(seconds=1))
    await world.send_all()
    assert len(world.network.ledger) == 1


async def test_a_carrier_that_cannot_be_reached_costs_nothing_but_time(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    await world.network.stop()
    await world.send_all()
    stored = await world.message(message.id)
    assert stored.state is MessageState.QUEUED
    assert stored.not_before > f.NOW
    await world.network.start()
    world.clock.advance(timedelta(minutes=1))
    await world.send_all()
    assert len(world.network.ledger) == 1
    assert world.network.posts[0].status_url.endswith("?attempt=2")


# Twilio's number, and why the whole campaign waits
PAUSES = [
    (63038, "the account's cap for the day"),
    (21606, "the sender cannot send"),
    (20003, "the token is wrong"),
]


@pytest.mark.parametrize(("code", "reason"), PAUSES)
async def test_an_error_of_the_account_pauses_the_campaign_and_keeps_its_messages(
    world: World, code: int, reason: str
) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(30)))
    if code == 63038:
        world.network.fail(Fault.DAILY_CAP, times=None)
    else:
        world.network.scenario(refuse=code)
    await world.send_all()
    paused = await world.campaign(campaign.id)
    assert (paused.state, paused.pause_code, paused.card_due) == (CampaignState.PAUSED, code, True), reason
    assert set((await world.states()).values()) == {MessageState.QUEUED}
    assert len(world.network.posts) <= 20


async def test_a_resumed_campaign_sends_what_the_pause_kept(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(30)))
    world.network.scenario(refuse=21606)
    await world.send_all()
    world.network.heal()
    await world.set_campaign(campaign.id, CampaignState.SENDING)
    await world.send_all()
    assert sorted(line.to for line in world.network.ledger) == [f.number(n) for n in range(30)]


async def test_an_error_of_the_account_fails_a_single_answer_so_that_its_author_hears_of_it(
    world: World,
) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    world.network.scenario(refuse=21606)
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.error_code) == (MessageState.FAILED, 21606)


async def test_a_number_that_cannot_be_texted_fails_alone(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(3)))
    world.network.scenario(to=f.number(1), refuse=21614)
    await world.send_all()
    states = await world.states()
    assert states.pop(f.number(1)) is MessageState.FAILED
    assert set(states.values()) == {MessageState.ACCEPTED}
    assert (await world.campaign(campaign.id)).state is CampaignState.SENDING


async def test_an_opt_out_that_only_the_carrier_knew_of_is_recorded(world: World) -> None:
    club = f.club()
    message = f.message(club)
    await world.keep(club, message)
    world.network.scenario(refuse=21610)
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.error_code) == (MessageState.FAILED, 21610)
    async with world.rt.db.read() as session:
        [blocked] = (await session.exec(select(OptOut))).all()
        record = (await session.exec(select(Consent))).all()
    assert (blocked.e164, blocked.scope) == (f.number(1), OptOutScope.ALL)
    assert {(line.given, line.evidence) for line in record} == {(False, "carrier 21610")}


async def test_a_message_that_is_put_back_after_a_stop_is_skipped(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign)
    await world.keep(club, campaign, message)
    world.network.fail(Fault.THROTTLED)
    delivery = world.delivery()
    await world.begin(delivery)
    await world.set_campaign(campaign.id, CampaignState.STOPPED)
    await delivery.settle()
    world.clock.advance(timedelta(minutes=1))
    await world.visits()
    stored = await world.message(message.id)
    assert (stored.state, stored.reason) == (MessageState.SKIPPED, "stopped")
    await delivery.stop()


async def test_a_claim_takes_no_more_than_leaves_in_a_moment(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(12)))
    world.network.fail(Fault.SILENT_AFTER, times=None)
    delivery = world.delivery(places=5)
    async with world.network.changes() as changes, asyncio.timeout(5):
        working = asyncio.create_task(world.begin(delivery))
        await changes.get()
    waiting = [state for state in (await world.states()).values() if state is MessageState.QUEUED]
    assert len(waiting) == 7
    working.cancel()
    await delivery.stop()


async def test_a_running_delivery_wakes_when_something_is_queued(world: World) -> None:
    club = f.club()
    await world.keep(club)
    delivery = world.delivery()
    running = asyncio.create_task(world.rt.engine.run(delivery.work_off))
    async with world.network.changes() as changes, asyncio.timeout(5):
        async with world.rt.db.begin() as session:
            await queue_alone(world.rt, session, f.message(club))
        world.rt.work.set()
        await changes.get()
    await world.rt.engine.stop()
    await delivery.stop()
    await running
    assert len(world.network.ledger) == 1


async def test_every_change_makes_the_campaigns_card_due(world: World) -> None:
    club = f.club()
    campaign, other = f.campaign(club), f.campaign(club)
    await world.keep(club, campaign, other, f.message(campaign))
    await world.send_all()
    assert (await world.campaign(campaign.id)).card_due
    assert not (await world.campaign(other.id)).card_due
