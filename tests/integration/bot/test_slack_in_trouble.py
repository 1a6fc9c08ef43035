"""Slack slow, busy or away, channels that cannot be written to: texts leave all the same, and cards follow."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground import seed
from bot.playground.seed import CHANNEL, COACH
from bot.playground.workspace import Workspace
from bot.slack.client import SlackError
from storage import models
from storage.models import Campaign, Draft, OptOut, Staff
from storage.states import Role
from tests.club import Club, SetClock, open_club, text_of

AWAY: Mapping[str, Callable[[Workspace], None]] = {
    "nobody answers": lambda workspace: workspace.faults.down(),
    "an error": lambda workspace: workspace.faults.fail("*", status=503, times=1000),
    "a refusal": lambda workspace: workspace.faults.fail("*", "internal_error", times=1000),
}
SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def cards(club: Club, words: str) -> int:
    return sum(words in text_of(post) for c in club.workspace.channels.values() for post in c.messages(COACH))


async def confirmed_while(club: Club) -> None:
    """A text that is confirmed while Slack does not take posts; every phone gets it."""
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 7})


async def test_a_card_that_slack_was_too_busy_for_is_posted_later_and_once(club: Club) -> None:
    club.workspace.faults.rate_limit("chat.postMessage", retry_after=1, times=3)
    await confirmed_while(club)
    (campaign,) = await club.rows(Campaign)
    await club.card(campaign, "7 delivered", "Sent to")
    assert cards(club, "Training is off tonight.") == 1


async def test_texts_leave_while_slack_refuses_every_post_and_the_card_comes_when_it_is_back(
    club: Club,
) -> None:
    club.workspace.faults.fail("chat.postMessage", status=503, times=1000)
    await confirmed_while(club)
    assert cards(club, "Training is off tonight.") == 0
    club.workspace.faults.clear()
    (campaign,) = await club.rows(Campaign)
    await club.card(campaign, "Sent to 7")
    assert cards(club, "Training is off tonight.") == 1


async def test_while_slack_is_down_texts_leave_at_their_time_and_replies_are_kept(
    tmp_path: Path, planted: str
) -> None:
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY)) as club:
        preview = await club.compose(
            when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Bring a torch."
        )
        campaign = await club.confirm(preview)
        await club.card(campaign)
        club.workspace.faults.down()
        club.skip(campaign.release_at - club.clock.now())
        await club.reached(campaign, {"delivered": 7})
        await club.text("loic", "I have none")
        club.workspace.faults.up()
        card = await club.card(campaign, "7 delivered", "Sent to")
        await club.until(lambda: [post for post in club.thread(card) if "I have none" in text_of(post)])
        assert cards(club, "Bring a torch.") == 1


@pytest.mark.both
@pytest.mark.parametrize("trouble", AWAY, ids=list(AWAY))
async def test_a_bot_that_starts_while_slack_is_away_sends_what_is_due_and_hears_who_says_stop(
    club: Club, trouble: str
) -> None:
    await club.limit(undo_seconds=60)
    campaign = await club.send("U13", "Training is off tonight.")
    await club.stop()
    AWAY[trouble](club.workspace)
    await club.start()
    await club.text("loic", "STOP")
    assert await club.rows(OptOut, e164=club.phone("loic").number)
    club.skip(timedelta(seconds=60))
    await club.reached(campaign, {"delivered": 6})
    club.workspace.faults.clear()
    await club.card(campaign, "Sent to 6", "6 delivered")


async def test_a_bot_that_knows_no_club_does_not_start_without_slack(tmp_path: Path, migrated: str) -> None:
    async with open_club(tmp_path, planted=migrated, is_started=False) as club:
        club.workspace.faults.down()
        with pytest.raises(SlackError):
            await club.start()
        club.workspace.faults.up()
        await club.start()
        assert [row.slack_team_id for row in await club.rows(models.Club)] == [seed.TEAM_ID]


async def test_a_slow_slack_holds_up_no_text_and_makes_no_second_card(club: Club) -> None:
    club.workspace.faults.slow("chat.postMessage", 4)
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 7}, seconds=3.9)
    club.workspace.faults.clear()
    await club.card(campaign, "Sent to 7")
    assert cards(club, "Training is off tonight.") == 1


async def test_a_window_that_slack_could_not_open_is_offered_by_a_button_that_works(club: Club) -> None:
    club.workspace.faults.fail("views.open", "expired_trigger_id")
    club.workspace.set_stack(COACH, [])
    await club.command("/sms U13 Training is off tonight.")
    whisper = await club.until(lambda: club.whispers() and club.whispers()[-1])
    assert "What you typed is kept" in text_of(whisper)
    await club.click(whisper, "open_compose")
    view = await club.modal("compose")
    assert view.form.value("message", "message") == "Training is off tonight."
    assert view.form.value("groups.fixed", "groups")[0]["text"]["text"] == "U13"
    campaign = await club.confirm(await club.submit(view))
    await club.reached(campaign, {"delivered": 7})


async def test_a_window_from_the_shortcut_that_could_not_open_is_offered_in_the_bot_s_own_conversation(
    club: Club,
) -> None:
    club.workspace.faults.fail("views.open", "expired_trigger_id")
    await club.workspace.run_shortcut(COACH, "send_sms")
    direct = club.workspace.direct(COACH).id
    post = await club.until(lambda: club.posts(channel=direct))
    await club.click(post[0], "open_compose")
    await club.modal("compose")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [("archived", "The club's channel is archived"), ("not_in", "The bot is not in the club's channel")],
)
async def test_a_channel_that_cannot_be_written_to_sends_the_card_to_the_coach_and_the_home_says_so(
    club: Club, trouble: str, words: str
) -> None:
    channel = club.workspace.channels[CHANNEL]
    if trouble == "archived":
        channel.is_archived = True
    else:
        channel.members.remove(club.workspace.app.bot_user_id)
    campaign = await club.send("U13", "Training is off tonight.")
    card = await club.card(campaign, "Sent to 7", "7 delivered")
    assert club.workspace.channels[card.channel].im_with == COACH
    assert words in text_of(await club.home())
    channel.is_archived = False
    channel.members.append(club.workspace.app.bot_user_id)
    again = await club.card(await club.send("U15", "No match."))
    assert again.channel == CHANNEL
    assert words not in text_of(await club.home())


async def test_a_reply_to_a_campaign_whose_card_went_to_the_coach_stands_in_its_thread(club: Club) -> None:
    club.workspace.channels[CHANNEL].is_archived = True
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 7})
    card = await club.card(campaign)
    await club.text("loic", "OK coach")
    await club.until(lambda: [post for post in club.thread(card) if "OK coach" in text_of(post)])


async def test_a_reply_that_no_channel_takes_goes_to_staff_and_an_admin_comes_first(club: Club) -> None:
    club.workspace.channels[CHANNEL].is_archived = True
    await club.text("loic", "Anybody there?")
    await club.until(lambda: cards(club, "Anybody there?"))
    row = Staff(
        club_id=seed.key("club"),
        slack_user_id=seed.ADMIN,
        role=Role.ADMIN,
        named_by=seed.ADMIN,
        created_at=SATURDAY,
    )
    await club.keep(row)
    await club.text("hugo", "And here?")
    direct = club.workspace.direct(seed.ADMIN).id
    await club.until(
        lambda: any("And here?" in text_of(post) for post in club.posts(user=seed.ADMIN, channel=direct))
    )


async def test_a_reply_to_a_card_in_a_channel_that_was_archived_meanwhile_is_shown_elsewhere(
    club: Club,
) -> None:
    await club.card(await club.send("U13", "Training is off tonight."), "Sent to 7")
    club.workspace.channels[CHANNEL].is_archived = True
    await club.text("loic", "OK coach")
    direct = club.workspace.direct(COACH).id
    await club.until(lambda: any("OK coach" in text_of(post) for post in club.posts(channel=direct)))


async def test_without_a_channel_the_card_goes_to_who_sent_it_and_the_home_asks_for_one(club: Club) -> None:
    await club.limit(channel_id=None)
    campaign = await club.send("U13", "Training is off tonight.")
    card = await club.card(campaign, "Sent to 7")
    assert club.workspace.channels[card.channel].im_with == COACH
    assert "No channel yet" in text_of(await club.home())


async def test_what_was_typed_survives_a_submit_that_slack_never_heard_the_answer_of(club: Club) -> None:
    await club.forget_drafts()
    view = await club.open("/sms")
    await club.fill(view, groups="U13", message="Training is off tonight.")
    await club.stop()
    await club.workspace.submit(view)
    assert "trouble connecting" in view.trouble
    assert view.form.value("message", "message") == "Training is off tonight."
    await club.start()
    campaign = await club.confirm(await club.submit(view))
    await club.reached(campaign, {"delivered": 7})


async def test_a_home_that_slack_did_not_take_is_shown_at_the_next_opening(club: Club) -> None:
    club.workspace.faults.fail("views.publish", "internal_error")
    await club.workspace.open_home(COACH)
    await club.until(lambda: club.workspace.calls("views.publish"))
    assert "Sent SMS" in text_of(await club.home())


async def test_an_unknown_error_is_told_with_a_number_that_the_log_knows(
    club: Club, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = {
        "type": "block_actions",
        "team": {"id": seed.TEAM_ID},
        "user": {"id": COACH},
        "api_app_id": club.workspace.app.app_id,
        "token": "t",
        "trigger_id": "1",
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1"},
        "channel": {"id": CHANNEL},
        "actions": [{"type": "button", "action_id": "stop", "block_id": "b", "value": "no uuid"}],
    }
    await club.post_slack({"payload": json.dumps(payload)})
    whisper = await club.until(lambda: club.whispers() and club.whispers()[-1])
    incident = text_of(whisper).split()[-1].rstrip(".")
    assert incident in capsys.readouterr().out


async def test_only_one_draft_is_kept_for_a_window_that_was_offered_again(club: Club) -> None:
    club.workspace.faults.fail("views.open", "expired_trigger_id")
    await club.command("/sms U13 Training is off tonight.")
    await club.until(club.whispers)
    await club.click(club.whispers()[-1], "open_compose")
    await club.modal("compose")
    assert len(await club.rows(Draft)) == 1


async def test_a_card_whose_channel_was_archived_meanwhile_is_brought_up_to_date_when_it_is_back(
    club: Club,
) -> None:
    await club.limit(undo_seconds=10)
    campaign = await club.send("U13", "Training is off tonight.")
    await club.card(campaign)
    club.workspace.channels[CHANNEL].is_archived = True
    club.skip(timedelta(seconds=11))
    await club.stands(campaign, "done")
    await club.until(lambda: club.workspace.calls("chat.update"))
    club.workspace.channels[CHANNEL].is_archived = False
    await club.quiet(lambda: len(club.workspace.calls("chat.update")))
    club.skip(timedelta(minutes=6))
    await club.card(campaign, "Sent to 7")


async def test_a_deleted_post_is_not_asked_for_again_and_again(club: Club) -> None:
    await club.text("loic", "May I come?")
    post = await club.until(lambda: next((p for p in club.posts() if "May I come" in text_of(p)), None))
    await club.click(post, "answer")
    modal = await club.modal("answer")
    club.workspace.drop_message(post)
    await club.fill(modal, message="Yes")
    await club.submit(modal)
    await club.until(lambda: club.phone("loic").inbox)
    await club.quiet(lambda: len(club.workspace.calls("chat.update")), seconds=1.5)
    assert len(club.workspace.calls("chat.update")) <= 4
