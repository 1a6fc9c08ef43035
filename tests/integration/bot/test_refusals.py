"""What cannot be sent: each with its clear words under its field, and nothing of the text lost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.playground import seed
from storage.models import Campaign, Draft, Message, Sender, Staff
from storage.states import SenderKind
from tests.club import COACH, Club, SetClock, draft_of, open_club, text_of

U15 = {"audience": "fixed", "groups": "U15"}


@pytest.mark.parametrize(
    ("fields", "name", "words", "because"),
    [
        (U15 | {"message": " \u200b\n "}, "message", "Write the text first.", "nothing would show"),
        (U15 | {"message": "a" * 460}, "message", "takes 4 SMS a person", "above three segments"),
        (U15 | {"message": "ê" * 202}, "message", "takes 4 SMS a person", "the same in UCS-2"),
        (
            U15 | {"message": "Hi {firstname}"},
            "message",
            "Did you mean {first_name}?",
            "an unknown field, and the nearest",
        ),
        (U15 | {"message": "Hi {zzz}"}, "message", "These exist: {first_name}", "nothing like it"),
        (
            U15 | {"message": "Your shirt is number {shirt}"},
            "message",
            "There is no field {shirt}",
            "no contact has it",
        ),
        (
            {"audience": "everyone", "message": "Team {team}"},
            "message",
            "People without {team}: ",
            "some have no team",
        ),
        (
            U15 | {"message": "Photos: bit[.]ly/u15"},
            "message",
            "Operators block texts with links of bit.ly",
            "a short link, however disguised",
        ),
        ({"audience": "fixed", "message": "Hello"}, "groups", "", "Slack itself asks for a group"),
    ],
)
async def test_what_cannot_be_sent_is_said_under_its_field_and_stays_typed(
    club: Club, fields: dict[str, Any], name: str, words: str, because: str
) -> None:
    view = await club.compose(**fields)
    assert view.callback_id == "compose", because
    ((block_id, said),) = view.errors.items()
    assert block_id.split(".")[0] == name
    assert words in said
    assert view.form.value("message", "message") == fields["message"]
    assert not await club.rows(Campaign)
    if words:
        (draft,) = [row for row in await club.rows(Draft) if str(row.id) == draft_of(view)]
        assert draft.fields["message"] == fields["message"]


async def test_every_field_that_is_wrong_is_said_at_once(club: Club) -> None:
    past = {"when": "later", "at_date": "2020-02-02", "at_time": "20:20"}
    view = await club.compose(**U15, message="a" * 500, **past)
    assert {block_id.split(".")[0] for block_id in view.errors} == {"message", "at_time"}


async def test_a_missing_value_with_a_default_is_no_hole(club: Club) -> None:
    preview = await club.compose(audience="everyone", message="Team {team|all of you}")
    assert preview.callback_id == "preview", preview.errors


async def test_a_refused_one_liner_opens_the_window_with_its_text_and_the_reason(club: Club) -> None:
    view = await club.open("/sms U15 Hello {firstname}")
    assert view.callback_id == "compose"
    assert "Did you mean {first_name}?" in text_of(view)
    assert view.form.value("message", "message") == "Hello {firstname}"
    assert view.form.value("groups.fixed", "groups")[0]["text"]["text"] == "U15"


async def test_a_one_liner_to_no_group_opens_the_window_with_its_text(club: Club) -> None:
    view = await club.open("/sms U99 See you tonight")
    assert view.callback_id == "compose"
    assert view.form.value("message", "message") == "U99 See you tonight"


async def test_who_has_not_agreed_to_advertising_is_left_out_with_that_reason(club: Club) -> None:
    preview = await club.compose(**U15, kind="marketing", message="Club shop open! STOP au 36123")
    assert "Nobody to text" in text_of(preview)
    assert "never agreed to advertising" in text_of(preview)
    assert not preview.content.get("submit")


async def test_when_nobody_is_left_at_confirmation_nothing_is_made(club: Club) -> None:
    preview = await club.compose(audience="contacts", contacts="Loï", message="Hello")
    await club.text("loic", "STOP")
    told = await club.submit(preview)
    assert "Nobody is left" in text_of(told)
    assert not await club.rows(Campaign)


async def test_a_sender_that_the_country_does_not_take_is_refused(club: Club) -> None:
    await club.keep(Sender(club_id=seed.key("club"), kind=SenderKind.LONG_CODE, value="+33644631000"))
    view = await club.compose(**U15, message="Hello", sender="+33644631000")
    assert "do not take this sender" in view.errors["sender"]


async def test_a_sender_that_was_taken_away_meanwhile_is_refused(club: Club) -> None:
    await club.forget_drafts()
    view = await club.open("/sms")
    await club.fill(view, **U15, message="Hello", sender=seed.NAME)
    await club.change(Sender, {"value": "Another"}, value=seed.NAME)
    await club.submit(view)
    assert "is not your club's" in view.errors["sender"]


async def test_above_the_club_s_number_one_types_how_many_they_are(club: Club) -> None:
    await club.limit(confirm_above=3)
    preview = await club.compose(audience="fixed", groups="U13", message="Hello")
    await club.fill(preview, confirm="6")
    await club.submit(preview)
    assert "Type the number of people, 7" in preview.errors["confirm"]
    assert not await club.rows(Campaign)
    await club.confirm(preview, confirm=" 7 ")


async def test_the_club_s_ceiling_of_a_day_holds_at_confirmation(club: Club) -> None:
    await club.limit(segments_a_day=6)
    preview = await club.compose(audience="fixed", groups="U13", message="Hello")
    assert "Above the club's limit" in text_of(preview)
    told = await club.submit(preview)
    assert "its limit is 6" in text_of(told)
    assert not await club.rows(Campaign)


async def test_the_ceiling_holds_for_what_was_scheduled_too_and_an_admin_lets_it_go_on(
    tmp_path: Path, planted: str
) -> None:
    clock = SetClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    async with open_club(tmp_path, planted=planted, clock=clock) as club:
        preview = await club.compose(
            when="later", at_date="2026-11-22", at_time="18:30", groups="U13", message="Hello"
        )
        campaign = await club.confirm(preview)
        await club.limit(segments_a_day=6)
        club.skip(campaign.release_at - clock.now())
        await club.stands(campaign, "paused")
        card = await club.card(campaign, "has reached its SMS for today")
        assert not club.carrier.posts
        await club.limit(segments_a_day=20)
        await club.click(card, "resume")
        await club.reached(campaign, {"delivered": 7})


async def test_the_same_text_to_the_same_people_again_is_warned_of(club: Club) -> None:
    await club.send("U15", "No match.")
    club.skip(timedelta(minutes=2))
    preview = await club.compose(**U15, message="No match.")
    assert "Sent already?" in text_of(preview)
    assert f"<@{COACH}>" in text_of(preview)
    other = await club.compose(**U15, message="No match on Sunday.")
    assert "Sent already?" not in text_of(other)


async def test_one_may_send_it_to_one_s_own_phone_first(club: Club) -> None:
    await club.change(Staff, {"e164": club.phone("roger").number}, slack_user_id=COACH)
    preview = await club.compose(**U15, message="Hello {first_name}")
    await club.click(preview, "test")
    await club.click(preview, "test")
    await club.until(lambda: "Sent to" in text_of(preview))
    await club.until(lambda: club.phone("roger").inbox)
    await club.quiet(lambda: len(club.phone("roger").inbox))
    assert len(club.phone("roger").inbox) == 1
    assert len(await club.rows(Message)) == 1
    campaign = await club.confirm(preview)
    await club.stands(campaign, "done")


async def test_without_an_own_number_the_preview_asks_for_it_and_then_sends_the_test(club: Club) -> None:
    preview = await club.compose(**U15, message="Hello")
    await club.click(preview, "my_phone")
    asked = await club.modal("my_phone")
    await club.fill(asked, my_phone="letters")
    await club.submit(asked)
    assert "not a mobile number" in asked.errors["my_phone"]
    await club.fill(asked, my_phone="06 12 34 56 62")
    preview = await club.submit(asked)
    assert preview.callback_id == "preview"
    await club.until(lambda: "Send it to my phone first" in text_of(preview))
    await club.click(preview, "test")
    await club.until(lambda: club.phone("roger").inbox)


async def test_a_coach_gives_the_own_number_in_the_settings(club: Club) -> None:
    modal = await club.open("/sms-settings")
    await club.fill(modal, my_phone="letters")
    await club.submit(modal)
    assert "not a mobile number" in modal.errors["my_phone"]
    await club.fill(modal, my_phone="06 12 34 56 62")
    await club.submit(modal)
    (row,) = await club.rows(Staff, slack_user_id=COACH)
    assert row.e164 == "+33612345662"


async def test_what_is_confirmed_is_what_was_previewed(club: Club) -> None:
    await club.forget_drafts()
    compose = await club.open("/sms")
    await club.fill(compose, **U15, message="The first text")
    preview = await club.submit(compose)
    # The window beneath can still be typed in by a second device.
    await club.workspace.set_value(compose, "message", "message", "Another text")
    campaign = await club.confirm(preview)
    assert campaign.body == "The first text"
