"""The carrier's segments take the place of ours wherever it tells them, and the counts follow."""

from datetime import timedelta

import pytest

from bot.delivery.follow import ask_after
from bot.doctor.delivery import count_again
from bot.playground.carrier import Account, Number
from bot.playground.carrier.faults import Fault, Reports
from bot.playground.carrier.state import Service
from bot.scrape import scrape
from storage import tallies
from storage.models import Message
from storage.states import MessageState
from tests import factories as f
from tests.integration.delivery.conftest import ACCOUNT, TOKEN, World
from tests.scrapes import samples

GRACE = timedelta(seconds=301)
SERVICE = "MG" + "5e" * 16


@pytest.fixture
def patience() -> timedelta:
    """Enough for receipts to be stored before the answer comes, on a busy machine too: here no answer is waited for in vain."""
    return timedelta(seconds=15)


async def a_text(world: World, *others: Message, body: str = f.BODY, **columns: object) -> Message:
    """A message of a campaign that is leaving, and the counts that go with it."""
    club = f.club()
    campaign = f.campaign(club, title="Match samedi", **columns)
    message = f.message(campaign, body=body, sender=campaign.sender)
    await world.keep(club, campaign, message, *others)
    await f.count(world.rt.db, campaign)
    return message


async def stands(world: World, message: Message) -> tuple[MessageState, int]:
    """The message's state and segments, which its campaign's counts say as well."""
    stored = await world.message(message.id)
    assert stored.campaign_id
    async with world.rt.db.read() as session:
        kept = await tallies.of_campaign(session, stored.campaign_id)
        assert kept == await tallies.counted(session, stored.campaign_id)
    assert kept[tallies.key_of(stored.campaign_id, stored.state, stored.error_code)] == (1, stored.segments)
    return stored.state, stored.segments


async def test_those_of_its_answer(world: World) -> None:
    message = await a_text(world)
    world.network.scenario(segments=3)
    await world.send_all()
    assert await stands(world, message) == (MessageState.ACCEPTED, 3)


@pytest.mark.parametrize(
    ("outcome", "error"), [("delivered", None), ("undelivered", 30003), ("failed", 30001)]
)
async def test_those_of_an_answer_that_a_receipt_has_overtaken(
    listening: World, outcome: str, error: int | None
) -> None:
    message = await a_text(listening)
    listening.network.scenario(reports=Reports.EARLY, segments=3, outcome=outcome, error=error)
    await listening.send_all()
    assert await stands(listening, message) == (MessageState(outcome), 3)
    stored = await listening.message(message.id)
    assert (stored.error_code, stored.sid) == (error, listening.network.ledger[0].sid)


async def test_those_of_the_list_that_settles_a_lost_answer(world: World) -> None:
    message = await a_text(world)
    world.network.scenario(segments=3)
    world.network.fail(Fault.ERROR_AFTER)
    await world.send_all()
    assert await stands(world, message) == (MessageState.UNKNOWN, 1)
    world.clock.advance(GRACE)
    await world.look()
    assert await stands(world, message) == (MessageState.ACCEPTED, 3)


async def test_a_service_that_does_not_know_yet_leaves_ours_until_it_is_asked(world: World) -> None:
    numbers = (Number(f.SHORT_CODE),)
    world.network.add_account(
        Account(ACCOUNT, TOKEN, numbers=numbers, services=(Service(SERVICE, (f.SHORT_CODE,)),))
    )
    message = await a_text(world, sender=SERVICE)
    world.network.scenario(segments=3)
    await world.send_all()
    assert await stands(world, message) == (MessageState.ACCEPTED, 1)
    await world.network.flush()
    world.clock.advance(world.rt.settings.receipt)
    await ask_after(world.rt)
    assert await stands(world, message) == (MessageState.DELIVERED, 3)


async def test_they_cost_no_transaction_of_their_own(listening: World) -> None:
    spent = []
    for segments in (1, 3):
        for reports in (Reports.NORMAL, Reports.EARLY):
            await a_text(listening)
            listening.network.scenario(segments=segments, reports=reports)
            commits = listening.count_commits()
            await listening.send_all()
            spent.append(commits())
            listening.network.heal()
    assert spent[:2] == spent[2:]


async def test_both_counts_are_measured(world: World) -> None:
    await a_text(world)
    world.network.scenario(segments=3)
    await world.send_all()
    await a_text(world, body="a" * 161)
    world.network.heal()
    await world.send_all()
    seen = samples(await scrape(world.rt))
    names = ("touchline_segments_estimated_total", "touchline_segments_counted_total")
    assert [seen[name] for name in names] == [2, 5]


async def test_the_doctor_says_what_the_carrier_counts_otherwise(world: World) -> None:
    assert await count_again(world.rt.db, world.clock.now()) == ""
    await a_text(world)
    await world.send_all()
    assert await count_again(world.rt.db, world.clock.now()) == ""
    world.network.scenario(segments=3)
    await a_text(world)
    await world.send_all()
    said = await count_again(world.rt.db, world.clock.now())
    assert "Of the last 2 texts the carrier counts 1 otherwise than Touchline: 2 SMS more, 0 fewer." in said
    assert "The newest: Match samedi, 3 SMS instead of 1." in said
    assert f.BODY not in said
    assert f.number(1)[-4:] not in said
    assert await count_again(world.rt.db, world.clock.now() + timedelta(days=8)) == ""


async def test_the_doctor_counts_no_text_that_the_carrier_never_took(world: World) -> None:
    club = f.club()
    await world.keep(club, *(f.message(club, n, segments=9) for n in range(3)))
    assert await count_again(world.rt.db, world.clock.now()) == ""
