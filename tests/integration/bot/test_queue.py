"""How long a text takes to leave, and what the carrier's ten hours have no room for; the short code sends 100 a second."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground import seed
from storage.models import Campaign, Draft, Sender
from tests import factories as f
from tests.club import Club, SetClock, draft_of, open_club, text_of

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEN_HOURS = 3_600_000
U13 = {"audience": "fixed", "groups": "U13", "message": "Training is off tonight."}
PEOPLE = 7


@pytest.fixture
async def club(tmp_path: Path, planted: Path) -> AsyncIterator[Club]:
    """The club on a Saturday; what waits in it is not due before evening."""
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY)) as club:
        yield club


async def queue_up(club: Club, segments: int) -> None:
    """A campaign of the club's short code is leaving, with one huge text whose turn has not come."""
    home = f.club(id=seed.key("club"))
    campaign = f.campaign(home, sender=seed.SHORT_CODE, created_at=SATURDAY, release_at=SATURDAY)
    text = f.message(campaign, segments=segments, not_before=SATURDAY + timedelta(hours=9))
    async with club.database() as db:
        # Together: a campaign without a text is closed at once.
        await f.keep(db, campaign, text)
        await f.count(db, campaign)


async def test_a_text_that_leaves_within_a_minute_says_nothing_of_time(club: Club) -> None:
    assert "Sending takes" not in text_of(await club.compose(**U13))


async def test_the_preview_says_how_long_the_sender_takes_for_what_waits_and_for_this(club: Club) -> None:
    await queue_up(club, 150_000)
    said = text_of(await club.compose(**U13))
    assert "Sending takes about 25 minutes, with 150,000 SMS waiting before it" in said
    assert "this sender sends 100 SMS a second." in said


async def test_what_waits_for_another_sender_is_not_waited_for(club: Club) -> None:
    await queue_up(club, 150_000)
    assert "Sending takes" not in text_of(await club.compose(**U13, sender=seed.NAME))


async def test_what_has_left_by_then_is_not_waited_for(club: Club) -> None:
    await queue_up(club, 150_000)
    preview = await club.compose(**U13, when="later", at_date="2026-11-21", at_time="10:15")
    assert "Sending takes about 10 minutes" in text_of(preview)
    preview = await club.compose(**U13, when="later", at_date="2026-11-21", at_time="10:30")
    assert "Sending takes" not in text_of(preview)


async def test_what_fills_the_ten_hours_to_the_last_sms_is_sent(club: Club) -> None:
    await queue_up(club, TEN_HOURS - PEOPLE)
    preview = await club.compose(**U13)
    assert "Sending takes about 10 hours" in text_of(preview)
    await club.limit(segments_a_day=TEN_HOURS)
    assert (await club.confirm(preview)).previewed_segments == PEOPLE


async def test_one_sms_more_is_refused_under_the_sender_and_stays_typed(club: Club) -> None:
    await queue_up(club, TEN_HOURS - PEOPLE + 1)
    view = await club.compose(**U13)
    assert view.callback_id == "compose"
    ((block_id, said),) = view.errors.items()
    assert block_id.split(".")[0] == "sender"
    assert said == (
        "36123 can send 6 more SMS within ten hours, and this is 7. "
        "Choose another sender or fewer people, or split it over several days."
    )
    assert view.form.value("message", "message") == U13["message"]
    assert len(await club.rows(Campaign)) == 1
    (draft,) = [row for row in await club.rows(Draft) if str(row.id) == draft_of(view)]
    assert draft.fields["message"] == U13["message"]


async def test_another_sender_or_another_day_has_room(club: Club) -> None:
    await queue_up(club, TEN_HOURS)
    view = await club.compose(**U13)
    assert "0 more SMS" in view.errors["sender"]
    await club.fill(view, when="later", at_date="2026-11-22", at_time="10:00")
    assert (await club.submit(view)).callback_id == "preview"
    assert (await club.compose(**U13, sender=seed.NAME)).callback_id == "preview"


async def test_a_sender_with_a_pace_of_its_own_takes_its_own_time(club: Club) -> None:
    await club.change(Sender, {"segments_per_second": 0.05}, value=seed.SHORT_CODE)
    assert "Sending takes about 2 minutes: this sender sends 3 SMS a minute." in text_of(
        await club.compose(**U13)
    )
    await club.change(Sender, {"segments_per_second": 0.0001}, value=seed.SHORT_CODE)
    assert "36123 can send 3 more SMS within ten hours" in (await club.compose(**U13)).errors["sender"]


async def test_a_refused_one_liner_opens_the_window_with_the_reason(club: Club) -> None:
    await queue_up(club, TEN_HOURS)
    view = await club.open("/sms U13 Training is off tonight.")
    assert view.callback_id == "compose"
    assert "36123 can send 0 more SMS within ten hours" in text_of(view)
    assert view.form.value("message", "message") == U13["message"]


async def test_a_queue_that_filled_up_since_the_preview_refuses_the_confirmation(club: Club) -> None:
    preview = await club.compose(**U13)
    await queue_up(club, TEN_HOURS)
    told = await club.submit(preview)
    assert "36123 can send 0 more SMS within ten hours" in text_of(told)
    assert len(await club.rows(Campaign)) == 1
