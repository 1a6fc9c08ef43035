"""A club gets another clock: what was scheduled keeps its time of day."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground.workspace import View
from storage.models import Audit, Campaign
from storage.models import Club as ClubRow
from tests.club import ADMIN, Club, SetClock, open_club, text_of

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
IN_PARIS = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
IN_REUNION = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


@pytest.fixture
async def saturday(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club on a Saturday morning, with an SMS for Sunday at 18:30."""
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY)) as club:
        yield club


async def scheduled(club: Club) -> Campaign:
    preview = await club.compose(
        when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Bring a torch."
    )
    return await club.confirm(preview)


async def choose(club: Club, zone: str) -> View:
    """An admin chooses the clock; what they read then."""
    modal = await club.open("/sms-settings", user=ADMIN)
    await club.fill(modal, zone=zone)
    return await club.submit(modal)


async def test_a_scheduled_text_keeps_its_time_of_day_on_the_new_clock(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.card(campaign, "at 18:30")
    told = await choose(saturday, "Indian/Reunion")
    assert "1 scheduled SMS leaves at the same time of day" in text_of(told)
    assert (await saturday.campaign(campaign.id)).release_at == IN_REUNION
    saturday.skip(IN_REUNION - timedelta(seconds=5) - saturday.clock.now())
    await saturday.card(campaign, "Leaves Sunday, November 22 at 18:30")
    assert not saturday.carrier.posts
    saturday.skip(timedelta(seconds=6))
    await saturday.reached(campaign, {"delivered": 7})


async def test_a_text_whose_time_has_passed_on_the_new_clock_leaves_when_it_would_have(
    saturday: Club,
) -> None:
    campaign = await scheduled(saturday)
    saturday.skip(IN_REUNION + timedelta(minutes=30) - saturday.clock.now())
    told = await choose(saturday, "Indian/Reunion")
    assert "the time of 1 scheduled SMS has passed" in text_of(told)
    await saturday.card(campaign, "at 21:30")
    assert (await saturday.campaign(campaign.id)).release_at == IN_PARIS
    assert not saturday.carrier.posts


async def test_a_text_in_its_undo_window_leaves_as_it_would_have(tmp_path: Path, planted: str) -> None:
    clock = SetClock(SATURDAY)
    async with open_club(tmp_path, planted=planted, undo_seconds=60, clock=clock) as club:
        campaign = await club.send("U15", "No match.")
        told = await choose(club, "America/Cayenne")
        assert "scheduled SMS" not in text_of(told)
        assert (await club.campaign(campaign.id)).release_at == campaign.release_at


async def test_a_cancelled_text_is_not_moved(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.click(await saturday.card(campaign), "cancel")
    await saturday.stands(campaign, "cancelled")
    await choose(saturday, "Indian/Reunion")
    assert (await saturday.campaign(campaign.id)).release_at == IN_PARIS


async def test_the_same_clock_moves_nothing_and_says_nothing(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await choose(saturday, "Indian/Reunion")
    await choose(saturday, "Indian/Reunion")
    assert not saturday.workspace.views(ADMIN)
    assert (await saturday.campaign(campaign.id)).release_at == IN_REUNION
    await choose(saturday, "Europe/Paris")
    assert (await saturday.campaign(campaign.id)).release_at == IN_PARIS
    assert [row.detail.get("zone") for row in await saturday.rows(Audit, action="settings")] == [
        "Indian/Reunion",
        "Indian/Reunion",
        "Europe/Paris",
    ]


async def test_what_was_typed_before_a_change_and_is_confirmed_after_it_is_read_on_the_new_clock(
    saturday: Club,
) -> None:
    preview = await saturday.compose(
        when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Bring a torch."
    )
    await choose(saturday, "Indian/Reunion")
    assert (await saturday.confirm(preview)).release_at == IN_REUNION


async def test_a_zone_of_elsewhere_is_refused_under_its_field(saturday: Club) -> None:
    modal = await saturday.open("/sms-settings", user=ADMIN)
    submission = saturday.submission(modal)
    submission["view"]["state"]["values"]["zone"]["zone"]["selected_option"]["value"] = "Mars/Olympus"
    _, answer = await saturday.post_payload(submission)
    assert "one of your country" in answer
    assert [row.zone for row in await saturday.rows(ClubRow)] == ["Europe/Paris"]
