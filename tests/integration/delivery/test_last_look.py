"""What is told between a claim and its request: a STOP, or the end of the campaign. The request is not written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, func, select

from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier.faults import Fault
from storage.models import Campaign, Club, Message, OptOut
from storage.states import CampaignState, MessageState, OptOutScope
from tests import factories as f
from tests.integration.delivery.conftest import ACCOUNT, TOKEN, World

Told = Callable[[World, Club, Campaign], sa.Executable]


def _stop(world: World, club: Club, _: Campaign) -> sa.Executable:
    return sa.insert(OptOut).values(f.opt_out(club, since_at=world.clock.now()).model_dump())


def _stop_elsewhere(world: World, club: Club, _: Campaign) -> sa.Executable:
    return sa.insert(OptOut).values(f.opt_out(club, 2, since_at=world.clock.now()).model_dump())


def _stop_to_marketing(world: World, club: Club, _: Campaign) -> sa.Executable:
    opt_out = f.opt_out(club, scope=OptOutScope.MARKETING, since_at=world.clock.now())
    return sa.insert(OptOut).values(opt_out.model_dump())


def _end_of(state: CampaignState) -> Told:
    return lambda world, club, campaign: (
        sa.update(Campaign).where(col(Campaign.id) == campaign.id).values(state=state)
    )


CASES = [
    (_stop, (MessageState.SKIPPED, "opted_out"), "the member said STOP"),
    (_stop_elsewhere, (MessageState.ACCEPTED, None), "another member said STOP"),
    (_stop_to_marketing, (MessageState.ACCEPTED, None), "the member wants no advertising, and this is none"),
    (_end_of(CampaignState.STOPPED), (MessageState.SKIPPED, "stopped"), "a coach stopped it"),
    (_end_of(CampaignState.PAUSED), (MessageState.QUEUED, None), "it was paused"),
]


def _tell_after_the_claim(world: World, told: sa.Executable) -> None:
    """Another process stores this as soon as the claim is committed."""
    url = world.rt.db.engine.url
    other = sa.create_engine(url.set(drivername="sqlite") if world.rt.db.is_sqlite else url)
    claimed = select(func.count()).select_from(Message).where(Message.state == MessageState.SENDING)

    def committed() -> None:
        with other.begin() as connection:
            if connection.execute(claimed).scalar():
                world.rt.db.tell_commits(lambda: None)
                connection.execute(told)
        other.dispose()

    world.rt.db.tell_commits(committed)


@pytest.mark.parametrize(("told", "expected", "reason"), CASES, ids=[case[2] for case in CASES])
async def test_what_is_told_after_the_claim_holds_the_request(
    world: World, told: Told, expected: tuple[MessageState, str | None], reason: str
) -> None:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign)
    await world.keep(club, campaign, message)
    _tell_after_the_claim(world, told(world, club, campaign))
    await world.send_all()
    stored = await world.message(message.id)
    assert (stored.state, stored.reason) == expected, reason
    assert len(world.network.ledger) == (expected[0] is MessageState.ACCEPTED)


async def test_what_is_told_while_a_request_waits_for_a_connection_holds_it(world: World) -> None:
    narrow = TwilioCarrier(
        ACCOUNT,
        TOKEN,
        world.network.url,
        connections=1,
        answer_timeout=timedelta(seconds=1),
        steady=world.clock.steady,
    )
    world.rt = replace(world.rt, carrier=narrow)
    club = f.club()
    campaign = f.campaign(club)
    first, second = (f.message(campaign, e164=f.number(n)) for n in (1, 2))
    await world.keep(club, campaign, first, second)
    world.network.fail(Fault.SILENT_AFTER)
    delivery = world.delivery()
    async with world.network.changes() as changes:
        await world.begin(delivery)
        await changes.get()
        taken = world.network.ledger[0].to
        # The other one has had its look, too, and stands in line.
        (waits,) = {first.e164, second.e164} - {taken}
        await world.keep(f.opt_out(club, e164=waits, since_at=world.clock.now()))
    await delivery.settle()
    await delivery.stop()
    await narrow.close()
    assert await world.states() == {taken: MessageState.UNKNOWN, waits: MessageState.SKIPPED}
    assert [line.to for line in world.network.ledger] == [taken]
