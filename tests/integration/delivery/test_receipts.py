"""Receipts move messages forward only, are stored once, and settle what an answer could not."""

import asyncio
import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from bot.delivery.receipts import Taken
from bot.playground.carrier.faults import Fault, Reports
from storage.models import Consent, OptOut
from storage.states import MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World

SID = "SM" + "a" * 32
OTHER_SID = "SM" + "b" * 32


@pytest.mark.parametrize("reports", [Reports.NORMAL, Reports.DOUBLED, Reports.DISORDERED, Reports.LATE])
async def test_however_the_callbacks_travel_the_message_ends_delivered(
    listening: World, reports: Reports
) -> None:
    club = f.club()
    message = f.message(club)
    await listening.keep(club, message)
    listening.network.scenario(reports=reports)
    await listening.send_all()
    await listening.network.flush()
    stored = await listening.message(message.id)
    assert stored.state is MessageState.DELIVERED
    assert "delivered" in listening.callbacks
    kinds = [(receipt.sid, receipt.status) for receipt in await listening.stored_receipts()]
    assert len(kinds) == len(set(kinds))


async def test_a_callback_that_overtakes_the_answer_is_not_undone_by_it(listening: World) -> None:
    club = f.club()
    message = f.message(club)
    await listening.keep(club, message)
    listening.network.scenario(reports=Reports.EARLY)
    await listening.send_all()
    stored = await listening.message(message.id)
    assert stored.state is MessageState.DELIVERED
    assert stored.sid == listening.network.ledger[0].sid


async def test_a_callback_settles_a_message_whose_answer_was_lost(listening: World) -> None:
    club = f.club()
    message = f.message(club)
    await listening.keep(club, message)
    listening.network.fail(Fault.ERROR_AFTER)
    await listening.send_all()
    assert (await listening.message(message.id)).state is MessageState.UNKNOWN
    await listening.network.flush()
    stored = await listening.message(message.id)
    assert (stored.state, stored.sid) == (MessageState.DELIVERED, listening.network.ledger[0].sid)


@pytest.mark.parametrize(("outcome", "code"), [("undelivered", 30003), ("failed", 30001)])
async def test_a_failure_that_comes_later_keeps_its_number(listening: World, outcome: str, code: int) -> None:
    club = f.club()
    message = f.message(club)
    await listening.keep(club, message)
    listening.network.scenario(outcome=outcome, error=code)
    await listening.send_all()
    await listening.network.flush()
    stored = await listening.message(message.id)
    assert (stored.state, stored.error_code) == (MessageState(outcome), code)


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "undelivered"])))
async def test_the_first_final_word_wins(world: World, order: tuple[str, ...]) -> None:
    club = f.club()
    message = f.message(club, state=MessageState.ACCEPTED, attempt=1, sid=SID)
    await world.keep(club, message)
    for status in order:
        await world.receipts.take(message.id, 1, SID, status)
    first = next(status for status in order if status != "sent")
    assert (await world.message(message.id)).state is MessageState(first)


async def test_receipts_of_the_same_moment_share_one_transaction(world: World) -> None:
    club = f.club()
    messages = [f.message(club, n, state=MessageState.ACCEPTED, attempt=1) for n in range(50)]
    await world.keep(club, *messages)
    commits = world.count_commits()
    taken = await asyncio.gather(
        *(world.receipts.take(message.id, 1, f"SM{n:032x}", "sent") for n, message in enumerate(messages))
    )
    assert set(taken) == {Taken.STORED}
    assert commits() == 1
    assert set((await world.states()).values()) == {MessageState.SENT}


async def test_a_receipt_for_a_message_that_is_not_ours_changes_nothing(world: World) -> None:
    club = f.club()
    message = f.message(club, state=MessageState.ACCEPTED, attempt=1)
    await world.keep(club, message)
    strange = world.receipts.take(uuid4(), 1, SID, "delivered")
    ours = world.receipts.take(message.id, 1, OTHER_SID, "delivered")
    assert await asyncio.gather(strange, ours) == [Taken.UNKNOWN, Taken.STORED]
    assert len(await world.stored_receipts()) == 1


async def test_a_word_that_we_do_not_know_is_stored_and_moves_nothing(world: World) -> None:
    club = f.club()
    message = f.message(club, state=MessageState.ACCEPTED, attempt=1, sid=SID)
    await world.keep(club, message)
    assert await world.receipts.take(message.id, 1, SID, "teleported") is Taken.STORED
    assert (await world.message(message.id)).state is MessageState.ACCEPTED
    assert [receipt.status for receipt in await world.stored_receipts()] == ["teleported"]


async def test_an_opt_out_that_a_callback_tells_of_is_recorded_once(world: World) -> None:
    club = f.club()
    message = f.message(club, state=MessageState.ACCEPTED, attempt=1)
    await world.keep(club, message)
    for _ in range(3):
        await world.receipts.take(message.id, 1, SID, "failed", 21610)
    async with world.rt.db.read() as session:
        assert [row.e164 for row in (await session.exec(select(OptOut))).all()] == [f.number(1)]
        assert len((await session.exec(select(Consent))).all()) == 2, "one line for each purpose"


async def test_a_receipt_keeps_a_message_that_waits_again_from_being_sent_twice(world: World) -> None:
    club = f.club()
    later = f.NOW + timedelta(minutes=1)
    message = f.message(club, state=MessageState.QUEUED, attempt=1, not_before=later)
    await world.keep(club, message)
    await world.receipts.take(message.id, 1, SID, "sent")
    world.clock.advance(timedelta(minutes=2))
    await world.send_all()
    assert not world.network.posts
    assert (await world.message(message.id)).state is MessageState.SENT


async def test_a_receipt_that_moves_a_message_makes_its_card_due_and_a_repeated_one_does_not(
    world: World,
) -> None:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign, state=MessageState.ACCEPTED, attempt=1)
    await world.keep(club, campaign, message)
    await world.receipts.take(message.id, 1, SID, "delivered")
    assert (await world.campaign(campaign.id)).card_due
    await world.show_card(campaign.id)
    await world.receipts.take(message.id, 1, SID, "delivered")
    await world.receipts.take(message.id, 1, SID, "sent")
    assert not (await world.campaign(campaign.id)).card_due
