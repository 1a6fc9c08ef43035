"""When a text leaves: at its time and once, whatever happened in between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.campaigns.release import release
from bot.playground import seed
from bot.playground.carrier import Latency
from bot.playground.workspace import Message
from storage.models import Campaign, Membership, Sender
from tests.club import ADMIN, CHANNEL, COACH, Club, SetClock, open_club, text_of

pytestmark = pytest.mark.turns

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVENING = {"when": "later", "at_date": "2026-11-22", "at_time": "18:30"}
"""17:30 in UTC."""
IN_PARIS = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


@pytest.fixture
async def saturday(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club on a Saturday morning."""
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY)) as club:
        yield club


async def scheduled(club: Club) -> Campaign:
    preview = await club.compose(**EVENING, groups="U13", message="Bring a torch.")
    return await club.confirm(preview)


def skip_to(club: Club, at: datetime) -> None:
    club.skip(at - club.clock.now())


def posted(club: Club) -> Counter[str]:
    return Counter(post.to for post in club.carrier.posts)


def joins(key: str, group: str) -> Membership:
    return Membership(club_id=seed.key("club"), group_id=seed.key(group), contact_id=seed.key(key))


async def test_a_scheduled_text_leaves_once_to_the_group_as_it_is_then(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.keep(joins("manon", "U13"))
    skip_to(saturday, IN_PARIS - timedelta(seconds=30))
    await saturday.card(campaign, "Leaves Sunday")
    assert not saturday.carrier.posts
    skip_to(saturday, IN_PARIS)
    await saturday.reached(campaign, {"delivered": 8})
    assert posted(saturday)[seed.number_of("manon")] == 1
    assert set(posted(saturday).values()) == {1}


async def down_until(club: Club, at: datetime) -> None:
    """The bot is down from now until then."""
    await club.stop()
    skip_to(club, at)
    await club.start()


def asked(club: Club) -> list[Message]:
    """What the bot asked the coach in private."""
    return [
        post
        for channel in club.workspace.channels.values()
        for post in channel.messages(COACH)
        if channel.id != CHANNEL and "Send it now?" in text_of(post)
    ]


async def test_what_was_due_while_the_bot_was_down_leaves_once_when_it_is_back(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.keep(joins("manon", "U13"))
    await down_until(saturday, IN_PARIS + timedelta(hours=2, minutes=59))
    await saturday.reached(campaign, {"delivered": 8})
    assert set(posted(saturday).values()) == {1}
    assert not asked(saturday)


async def test_what_is_a_day_late_waits_for_a_word_and_leaves_once_when_it_comes(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await down_until(saturday, IN_PARIS + timedelta(days=1))
    await saturday.stands(campaign, "paused")
    card = await saturday.card(campaign, "Paused: 0 of 7", "It was due Sunday, November 22 at 18:30")
    (question,) = await saturday.until(lambda: asked(saturday))
    assert "It was due Sunday, November 22 at 18:30, while the bot was down. Send it now?" in text_of(card)
    assert not saturday.carrier.posts
    await asyncio.gather(saturday.click(question, "resume"), saturday.click(card, "resume"))
    await saturday.reached(campaign, {"delivered": 7})
    await saturday.card(campaign, "Sent to 7")
    assert set(posted(saturday).values()) == {1}


async def test_what_is_a_day_late_can_be_dropped(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await down_until(saturday, IN_PARIS + timedelta(days=1))
    (question,) = await saturday.until(lambda: asked(saturday))
    await saturday.click(question, "stop")
    await saturday.reached(campaign, {"skipped": 7})
    await saturday.card(campaign, "Stopped: 0 of 7")
    assert not saturday.carrier.posts


async def test_two_processes_that_come_back_late_ask_once(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.stop()
    skip_to(saturday, IN_PARIS + timedelta(days=1))
    async with saturday.another_process(), saturday.another_process():
        await saturday.stands(campaign, "paused")
        await saturday.until(lambda: asked(saturday))
        await saturday.quiet(lambda: len(asked(saturday)))
    assert len(asked(saturday)) == 1
    assert not saturday.carrier.posts


async def test_a_text_sent_now_that_the_bot_lost_for_a_day_waits_too(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=SetClock(SATURDAY)) as club:
        campaign = await club.send("U15", "Training tonight is cancelled.")
        await down_until(club, SATURDAY + timedelta(days=1))
        await club.stands(campaign, "paused")
        await club.card(campaign, "It was due Saturday, November 21 at 10:00")
        assert not club.carrier.posts


@pytest.mark.parametrize(
    ("by", "because"),
    [
        (timedelta(hours=1), "an hour ahead"),
        (timedelta(seconds=301), "more than Slack's requests may be old"),
    ],
)
async def test_a_clock_that_jumps_ahead_and_back_lets_a_campaign_leave_once(
    saturday: Club, by: timedelta, because: str
) -> None:
    campaign = await scheduled(saturday)
    skip_to(saturday, IN_PARIS - timedelta(seconds=5))
    saturday.skip(by)
    await saturday.reached(campaign, {"delivered": 7})
    saturday.skip(-2 * by)
    assert saturday.clock.now() < IN_PARIS, because
    await saturday.home()
    saturday.skip(3 * by)
    await saturday.card(campaign, "Sent to 7")
    assert set(posted(saturday).values()) == {1}


async def test_two_processes_on_one_database_let_a_campaign_leave_once_under_one_card(
    saturday: Club,
) -> None:
    campaign = await scheduled(saturday)
    async with saturday.another_process() as other:
        skip_to(saturday, IN_PARIS)
        other.rt.due.set()
        await saturday.reached(campaign, {"delivered": 7})
        assert set(posted(saturday).values()) == {1}
        await saturday.card(campaign, "Sent to 7")
    assert len([post for post in saturday.posts() if "Bring a torch." in text_of(post)]) == 1


async def test_two_processes_post_one_card_and_one_reply(saturday: Club) -> None:
    async with saturday.another_process() as other:
        # Slow, so that both look while the first one asks.
        saturday.workspace.faults.slow("chat.postMessage", 0.3)
        for name in ("Walk", "Run", "Swim"):
            campaign = await saturday.send("U15", name)
            other.rt.due.set()
            await saturday.card(campaign, "Sent to 4")
        await saturday.text("manon", "Thanks")
        other.rt.due.set()
        await saturday.until(lambda: len(saturday.workspace.calls("chat.postMessage")) >= 4)
        await saturday.quiet(lambda: len(saturday.workspace.calls("chat.postMessage")))
    assert len(saturday.posts()) == 3
    assert len(saturday.workspace.calls("chat.postMessage")) == 4


async def test_a_cancelled_text_never_leaves(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.click(await saturday.card(campaign), "cancel")
    await saturday.stands(campaign, "cancelled")
    skip_to(saturday, IN_PARIS + timedelta(hours=1))
    await saturday.card(campaign, "Cancelled: nothing was sent")
    assert not saturday.carrier.posts


async def test_a_text_can_be_cancelled_from_the_list(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.command("/sms scheduled")
    await saturday.click(saturday.whispers()[-1], "row", f"cancel:{campaign.id}")
    await saturday.stands(campaign, "cancelled")


async def test_a_new_time_replaces_the_old_one(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.click(await saturday.card(campaign), "reschedule")
    modal = await saturday.modal("reschedule")
    assert modal.form.value("at_time", "at_time") == "18:30"
    await saturday.fill(modal, at_time="20:00")
    await saturday.submit(modal)
    await saturday.card(campaign, "at 20:00")
    skip_to(saturday, IN_PARIS + timedelta(minutes=30))
    await saturday.home()
    assert not saturday.carrier.posts
    skip_to(saturday, IN_PARIS + timedelta(minutes=90))
    await saturday.reached(campaign, {"delivered": 7})


async def test_a_new_time_in_the_past_is_refused_under_its_field(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    await saturday.click(await saturday.card(campaign), "reschedule")
    modal = await saturday.modal("reschedule")
    await saturday.fill(modal, at_date="2026-11-20")
    await saturday.submit(modal)
    assert "This time has passed" in str(modal.errors)
    assert (await saturday.campaign(campaign.id)).release_at == IN_PARIS


async def test_a_campaign_that_has_left_cannot_be_moved_or_cancelled(saturday: Club) -> None:
    campaign = await scheduled(saturday)
    card = await saturday.card(campaign)
    await saturday.click(card, "reschedule")
    modal = await saturday.modal("reschedule")
    skip_to(saturday, IN_PARIS)
    await saturday.stands(campaign, "done")
    await saturday.fill(modal, at_time="20:00", at_date="2026-11-23")
    told = await saturday.submit(modal)
    assert "Too late: it has left already." in text_of(told)


async def test_undo_in_the_window_sends_nothing_and_keeps_the_text(tmp_path: Path, planted: str) -> None:
    clock = SetClock(SATURDAY)
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=clock) as club:
        campaign = await club.send("U15", "No match.")
        told = await club.modal("told")
        await club.click(told, "undo")
        await club.stands(campaign, "cancelled")
        await club.until(lambda: told.content["title"]["text"] == "Cancelled")
        club.skip(timedelta(seconds=20))
        await club.card(campaign, "Cancelled")
        assert not club.carrier.posts
        again = await club.open("/sms")
        assert again.form.value("message", "message") == "No match."


async def test_undo_that_comes_too_late_says_so(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=SetClock(SATURDAY)) as club:
        campaign = await club.send("U15", "No match.")
        told = await club.modal("told")
        club.skip(timedelta(seconds=20))
        await club.stands(campaign, "done")
        await club.click(told, "undo")
        await club.until(lambda: told.content["title"]["text"] == "Not possible")
        assert "Too late: it has left already." in text_of(told)


async def test_another_coach_s_undo_works_too(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=SetClock(SATURDAY)) as club:
        campaign = await club.send("U15", "No match.")
        await club.click(await club.card(campaign), "undo", user=ADMIN)
        await club.stands(campaign, "cancelled")


async def test_stop_lets_finish_what_was_asked_and_asks_for_nothing_more(
    tmp_path: Path, planted: str
) -> None:
    slow = Latency(timedelta(seconds=0.5), timedelta(), timedelta(), timedelta())
    async with open_club(tmp_path, planted=planted, latency=slow) as club:
        # Slow enough for a stop to come before the last, however busy the machine is.
        await club.change(Sender, {"segments_per_second": 1.0}, value=seed.NAME)
        preview = await club.compose(audience="everyone", message="The club is closed.", sender=seed.NAME)
        campaign = await club.confirm(preview)

        def asked() -> int:
            return len([post for post in club.carrier.posts if post.body.startswith("The club is closed.")])

        async def is_leaving() -> bool:
            return (await club.states(campaign)).get("sending", 0) > 0

        await club.until(is_leaving)
        card = await club.card(campaign, "Sending")
        await asyncio.gather(*(club.click(card, "stop") for _ in range(5)))
        await club.stands(campaign, "stopped")

        async def is_over() -> bool:
            rest = campaign.previewed_recipients - asked()
            return await club.states(campaign) == {"delivered": asked(), "skipped": rest}

        await club.until(is_over)
        rest = campaign.previewed_recipients - asked()
        assert rest > 0
        await club.card(campaign, f"Stopped: {asked()} of", f"{rest} not sent")
        await club.quiet(asked, seconds=1.5)
        assert asked() + rest == campaign.previewed_recipients


@pytest.mark.parametrize(
    ("now", "fields", "words", "because"),
    [
        (SATURDAY, ("2026-11-21", "09:30"), "This time has passed", "half an hour ago in Paris"),
        (SATURDAY, ("2026-11-20", "23:00"), "This time has passed", "yesterday"),
        (SATURDAY, ("2030-01-01", "10:00"), "too far ahead", "a mistyped year"),
        (SATURDAY, ("2026-11-22", None), "", "no time at all: Slack itself asks for it"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_and_the_text_stays(
    tmp_path: Path,
    planted: str,
    now: datetime,
    fields: tuple[str, str | None],
    words: str,
    because: str,
) -> None:
    async with open_club(tmp_path, planted=planted, clock=SetClock(now)) as club:
        view = await club.compose(
            when="later", at_date=fields[0], at_time=fields[1], groups="U15", message="Bring a torch."
        )
        assert view.callback_id == "compose", because
        assert words in str(view.errors)
        assert set(view.errors) <= {"at_time", "at_date"}
        assert view.form.value("message", "message") == "Bring a torch."
        assert not await club.rows(Campaign)


async def test_a_time_that_the_clocks_skip_is_the_next_that_exists_and_said_to_be(
    tmp_path: Path, planted: str
) -> None:
    clock = SetClock(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    async with open_club(tmp_path, planted=planted, clock=clock) as club:
        preview = await club.compose(
            when="later", at_date="2026-03-29", at_time="02:30", groups="U15", message="Bring a torch."
        )
        assert "02:30 does not exist that day. It leaves Sunday, March 29 at 03:00." in text_of(preview)
        campaign = await club.confirm(preview)
        assert campaign.release_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
        await club.click(await club.card(campaign, "March 29 at 03:00"), "reschedule")
        modal = await club.modal("reschedule")
        assert modal.form.value("at_time", "at_time") == "03:00"
        await club.fill(modal, at_time="02:45")
        told = await club.submit(modal)
        assert "02:45 does not exist that day. It leaves Sunday, March 29 at 03:00." in text_of(told)
        skip_to(club, datetime(2026, 3, 29, 0, 59, tzinfo=UTC))
        await club.card(campaign, "Leaves Sunday")
        assert not club.carrier.posts
        skip_to(club, datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
        await club.reached(campaign, {"delivered": 4})


async def test_a_time_that_comes_twice_means_its_first_coming(tmp_path: Path, planted: str) -> None:
    clock = SetClock(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    async with open_club(tmp_path, planted=planted, clock=clock) as club:
        preview = await club.compose(
            when="later", at_date="2026-10-25", at_time="02:30", groups="U15", message="Bring a torch."
        )
        campaign = await club.confirm(preview)
        assert campaign.release_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


async def test_a_release_that_saw_the_campaign_before_it_was_cancelled_lets_nothing_leave(
    saturday: Club,
) -> None:
    seen = await scheduled(saturday)
    await saturday.click(await saturday.card(seen), "cancel")
    await saturday.stands(seen, "cancelled")
    assert saturday.bot
    assert not await release(saturday.bot.rt, seen)
    assert await saturday.states(seen) == {}
    await saturday.stands(seen, "cancelled")


async def test_a_release_that_saw_the_old_time_waits_for_the_new_one(saturday: Club) -> None:
    seen = await scheduled(saturday)
    await saturday.change(Campaign, {"release_at": IN_PARIS + timedelta(hours=1)}, id=seen.id)
    assert saturday.bot
    assert not await release(saturday.bot.rt, seen)
    assert await saturday.states(seen) == {}
