"""The SMS a club may send a day: who goes over it waits, and nobody else does."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.playground.seed import COACH
from storage.models import Staff
from storage.states import CampaignState
from tests.club import Club, SetClock, open_club, text_of

pytestmark = pytest.mark.turns

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def test_a_coach_cannot_let_a_campaign_go_on_above_the_ceiling(tmp_path: Path, planted: str) -> None:
    clock = SetClock(SATURDAY)
    async with open_club(tmp_path, planted=planted, clock=clock) as club:
        preview = await club.compose(
            when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Hello"
        )
        campaign = await club.confirm(preview)
        await club.limit(segments_a_day=6)
        club.skip(campaign.release_at - clock.now())
        await club.stands(campaign, "paused")
        await club.click(await club.card(campaign, "has reached its SMS"), "resume")
        await club.until(lambda: any("its limit is 6" in text_of(post) for post in club.whispers()))
        assert not club.carrier.posts
        assert (await club.campaign(campaign.id)).state is CampaignState.PAUSED


async def test_a_campaign_that_waits_at_the_ceiling_holds_up_no_smaller_one(
    tmp_path: Path, planted: str
) -> None:
    clock = SetClock(SATURDAY)
    async with open_club(tmp_path, planted=planted, clock=clock) as club:
        preview = await club.compose(
            when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Hello"
        )
        waiting = await club.confirm(preview)
        await club.limit(segments_a_day=6)
        club.skip(waiting.release_at - clock.now())
        await club.stands(waiting, "paused")
        urgent = await club.confirm(await club.compose(groups="U15", message="The gym is closed."))
        await club.stands(urgent, "done")
        assert len(club.carrier.posts) == urgent.previewed_recipients


async def test_a_test_to_the_own_phone_counts_as_an_sms_of_the_day(club: Club) -> None:
    await club.change(Staff, {"e164": "+33612345662"}, slack_user_id=COACH)
    await club.limit(segments_a_day=0)
    preview = await club.compose(groups="U15", message="Hello")
    await club.click(preview, "test")
    await club.until(lambda: "its limit is 0" in text_of(preview))
    assert not club.carrier.posts


async def test_what_was_sent_today_is_not_held_against_tomorrow(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY)) as club:
        await club.limit(segments_a_day=8)
        await club.stands(await club.send("U13", "Hello"), "done")
        preview = await club.compose(
            when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Good morning"
        )
        assert "Above the club's limit" not in text_of(preview)
        assert (await club.confirm(preview)).state is CampaignState.SCHEDULED
