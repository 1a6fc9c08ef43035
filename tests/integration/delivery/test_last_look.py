"""What is told between a claim and its request: a STOP, or the end of the campaign. The request is not begun."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlmodel import col, func, select

from storage.models import Campaign, Club, Message, OptOut
from storage.states import CampaignState, MessageState, OptOutScope
from tests import factories as f
from tests.integration.delivery.conftest import World

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
