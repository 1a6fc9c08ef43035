"""What delivery writes in its log: a line for what is out of the ordinary, with campaign, message and attempt."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from bot.carriers import Throttled
from bot.delivery.recording import Recorder, Result, dice
from bot.playground.carrier.faults import Fault
from storage.models import Campaign, Message
from storage.states import CampaignState
from tests import factories as f
from tests.databases import SQLITE
from tests.integration.delivery.conftest import World

pytestmark = pytest.mark.parametrize("databases", [SQLITE], indirect=True)


async def a_campaign(world: World, messages: int = 1) -> tuple[Campaign, list[Message]]:
    club = f.club()
    campaign = f.campaign(club)
    rows = [f.message(campaign, n) for n in range(messages)]
    await world.keep(club, campaign, *rows)
    return campaign, rows


def lines_of(lines: Sequence[Mapping[str, Any]], event: str) -> list[dict[str, Any]]:
    return [dict(line) for line in lines if line["event"] == event]


def marked(campaign: Campaign, message_id: UUID, attempt: int = 1) -> dict[str, Any]:
    return {"campaign": str(campaign.id), "message": str(message_id), "attempt": attempt}


async def test_what_goes_well_writes_nothing(world: World) -> None:
    await a_campaign(world, 30)
    with capture_logs() as lines:
        await world.send_all()
    assert lines == []


async def test_a_lost_answer_and_what_the_list_says_of_it(world: World) -> None:
    campaign, [message] = await a_campaign(world)
    world.network.fail(Fault.ERROR_BEFORE, times=1)
    with capture_logs() as lines:
        await world.send_all()
        world.clock.advance(world.rt.settings.grace)
        await world.look()
    [lost] = lines_of(lines, "answer_lost")
    assert lost == marked(campaign, message.id) | {
        "event": "answer_lost",
        "log_level": "warning",
        "code": None,
        "error": "AnswerLost",
    }
    [again] = lines_of(lines, "requeued_after_list")
    assert again == marked(campaign, message.id) | {"event": "requeued_after_list", "log_level": "warning"}


async def test_a_lost_answer_that_the_list_knows_is_found(world: World) -> None:
    campaign, [message] = await a_campaign(world)
    world.network.fail(Fault.ERROR_AFTER, times=1)
    with capture_logs() as lines:
        await world.send_all()
        world.clock.advance(world.rt.settings.grace)
        await world.look()
    [found] = lines_of(lines, "found_on_list")
    assert found.items() >= marked(campaign, message.id).items()
    assert not lines_of(lines, "requeued_after_list")


async def test_a_list_that_cannot_be_had_leaves_it_in_doubt(world: World) -> None:
    campaign, [message] = await a_campaign(world)
    world.network.fail(Fault.ERROR_BEFORE, times=1)
    with capture_logs() as lines:
        await world.send_all()
        await world.network.stop()
        world.clock.advance(world.rt.settings.grace)
        await world.look()
    [stays] = lines_of(lines, "stays_in_doubt")
    assert stays.items() >= (marked(campaign, message.id) | {"because": "no_list"}).items()


async def test_a_lease_that_ends_unsettled(world: World) -> None:
    campaign, [message] = await a_campaign(world)
    assert len(await world.visits()) == 1
    world.clock.advance(world.rt.settings.lease + timedelta(seconds=1))
    with capture_logs() as lines:
        await world.expire()
        await world.expire()
    [expired] = lines_of(lines, "lease_expired")
    assert expired.items() >= marked(campaign, message.id).items()


async def test_a_pause_is_told_once_with_the_carriers_number(world: World) -> None:
    campaign, _ = await a_campaign(world, 2)
    first, second = await world.visits()
    recorder = Recorder(world.rt, is_idle=lambda: True, jitter=dice)
    with capture_logs() as lines:
        for claimed in (first, second):
            recorder.add(Result(claimed, Throttled(code=63038)))
            await recorder.settled()
    assert (await world.campaign(campaign.id)).state is CampaignState.PAUSED
    [paused] = lines_of(lines, "campaign_paused")
    assert paused.items() >= (marked(campaign, first.id) | {"code": 63038}).items()


async def test_a_carrier_that_cannot_follow_is_told_once_a_cut(world: World) -> None:
    campaign, [message] = await a_campaign(world)
    world.network.fail(Fault.THROTTLED, times=1)
    delivery = world.delivery()
    with capture_logs() as lines:
        await world.begin(delivery)
        await delivery.settle()
    await delivery.stop()
    [slowed] = lines_of(lines, "sending_slowed")
    assert slowed.items() >= (marked(campaign, message.id) | {"code": 20429, "answer": "throttled"}).items()
    assert slowed["places"] < 20
    assert slowed["seconds"] > 0
