"""What a second pair of eyes tried: accents, ceilings, two devices, errors, and what was delivered before."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from bot.playground import seed
from bot.playground.seed import ADMIN, CHANNEL, COACH
from storage import models
from storage.conditions import Compared, Condition, Operator, Rule, to_json
from storage.models import Campaign, Contact, Conversation, Group, Staff
from storage.states import GroupKind, Role
from tests import factories
from tests.club import Club, SetClock, block_of, open_club, text_of
from tests.integration.bot.test_doors import inbound

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
U15 = {"audience": "fixed", "groups": "U15"}


async def test_a_name_that_begins_with_an_accent_is_found_however_it_is_typed(club: Club) -> None:
    await club.keep(
        Contact(
            club_id=seed.key("club"),
            first_name="Élodie",
            last_name="Œuvrard",
            e164="+33678123499",
            created_at=SATURDAY,
        )
    )
    view = await club.open("/sms")
    await club.fill(view, audience="contacts")
    for typed in ("élo", "Élo", "ÉLODIE œuv"):
        found = await club.workspace.options(COACH, view, block_of(view, "contacts"), "contacts", typed)
        assert [one["text"]["text"] for one in found.flat] == ["Élodie Œuvrard"], typed


def by_team(team: str) -> dict[str, object]:
    """The rule of a group of one team."""
    return to_json(Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, team),)))


async def test_a_dynamic_group_whose_value_begins_with_an_accent_reaches_its_people(club: Club) -> None:
    await club.keep(
        Contact(
            club_id=seed.key("club"),
            first_name="Ada",
            last_name="Lys",
            e164="+33678123499",
            fields={"team": "Équipe A"},
            created_at=SATURDAY,
        ),
        Group(
            club_id=seed.key("club"),
            name="Ours",
            kind=GroupKind.DYNAMIC,
            rule=by_team("équipe a"),
        ),
    )
    preview = await club.compose(audience="dynamic", groups="Ours", message="Hello")
    assert "1 recipient" in text_of(preview)


async def test_a_failing_database_puts_no_number_and_no_text_into_the_log(
    club: Club, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with club.database() as db, db.begin() as session:
        await (await session.connection()).execute(sa.text("ALTER TABLE reply RENAME TO away"))
    fields = inbound(Body="Memberwords")
    status, _ = await club.post_twilio("/twilio/inbound", fields)
    assert status == 503
    await club.stop()
    written = "".join(capfd.readouterr()) + caplog.text
    assert "no such table" in written or "UndefinedTable" in written
    assert "Memberwords" not in written
    assert fields["From"].removeprefix("+33") not in written


async def test_a_preview_on_another_device_does_not_change_what_this_one_confirms(club: Club) -> None:
    await club.forget_drafts()
    compose = await club.open("/sms")
    await club.fill(compose, **U15, message="The first text")
    submitted = club.submission(compose)
    first = await club.submit(compose)
    confirmed = club.submission(first)
    values = submitted["view"]["state"]["values"]
    values[block_of(compose, "message")]["message"]["value"] = "Another text"
    status, _ = await club.post_payload(submitted)
    assert status == 200
    status, _ = await club.post_payload(confirmed)
    assert status == 200
    assert [campaign.body for campaign in await club.rows(Campaign)] in ([], ["The first text"])


async def test_a_text_that_an_admin_called_off_is_offered_again_to_who_wrote_it(
    tmp_path: Path, planted: str
) -> None:
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=SetClock(SATURDAY)) as club:
        campaign = await club.send("U15", "No match.")
        await club.click(await club.card(campaign), "undo", user=ADMIN)
        await club.stands(campaign, "cancelled")
        again = await club.open("/sms")
        assert again.form.value("message", "message") == "No match."
        theirs = await club.open("/sms", user=ADMIN)
        assert not theirs.form.value("message", "message")
        whisper = await club.until(lambda: club.whispers(user=ADMIN) and club.whispers(user=ADMIN)[-1])
        assert "is cancelled" in text_of(whisper)
        assert "Your text" not in text_of(whisper)


async def test_a_second_click_on_undo_does_not_say_that_it_has_left(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=SetClock(SATURDAY)) as club:
        card = await club.card(await club.send("U15", "No match."))
        for _ in range(2):
            await club.click(card, "undo")
        whispers = await club.until(lambda: len(club.whispers()) == 2 and club.whispers())
        assert not any("has left" in text_of(post) for post in whispers)


async def test_an_old_reply_that_is_replayed_opens_no_conversation(club: Club) -> None:
    fields = inbound(Body="On my way")
    await club.post_twilio("/twilio/inbound", fields)
    campaign = await club.send("U13", "Training is off tonight.")
    await club.stands(campaign, "done")
    before = await club.rows(Conversation)
    status, _ = await club.post_twilio("/twilio/inbound", fields)
    assert status == 200
    assert await club.rows(Conversation) == before


async def test_who_ends_the_advertising_is_not_promised_that_start_brings_it_back(club_by_day: Club) -> None:
    (said,) = await club_by_day.text("julie", "STOP PUB")
    assert "no more advertising" in said
    assert "START" not in said
    await club_by_day.text("julie", "START")
    preview = await club_by_day.compose(
        audience="everyone", kind="marketing", message="Tombola. STOP au 36123"
    )
    await club_by_day.confirm(preview)
    await club_by_day.until(lambda: club_by_day.carrier.posts)
    assert club_by_day.phone("julie").number not in {post.to for post in club_by_day.carrier.posts}


async def test_a_submit_is_answered_in_time_while_slack_is_slow_to_take_the_count(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13")
    club.workspace.faults.slow("views.update", 4)
    await club.workspace.set_value(view, block_of(view, "message"), "message", "Hello", wait=False)
    await club.until(lambda: club.workspace.calls("views.update"))
    await asyncio.sleep(0.05)
    preview = await club.submit(view)
    assert preview.callback_id == "preview"


async def test_what_was_typed_stays_in_the_window_when_something_breaks(club: Club) -> None:
    await club.text("loic", "Can I come later?")
    post = await club.until(lambda: next((p for p in club.posts() if "Can I come" in text_of(p)), None))
    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message="Yes, at seven.")
    async with club.database() as db, db.begin() as session:
        await (await session.connection()).execute(sa.text("ALTER TABLE message RENAME TO away"))
    try:
        await club.workspace.submit(modal)
        assert club.workspace.views(COACH)
        assert "Something went wrong" in modal.errors["message"]
        assert modal.form.value("message", "message") == "Yes, at seven."
    finally:
        async with club.database() as db, db.begin() as session:
            await (await session.connection()).execute(sa.text("ALTER TABLE away RENAME TO message"))


async def test_a_test_that_ends_after_the_confirmation_does_not_bring_the_preview_back(
    tmp_path: Path, planted: str
) -> None:
    async with open_club(tmp_path, planted=planted, undo_seconds=10) as club:
        await club.change(Staff, {"e164": "+33612345662"}, slack_user_id=COACH)
        preview = await club.compose(**U15, message="Hello")
        club.workspace.faults.slow("views.update", 0.3)
        test = asyncio.create_task(club.click(preview, "test"))
        campaign = await club.confirm(preview)
        await test
        await club.workspace.settled()
        await asyncio.sleep(0.5)
        (top,) = club.workspace.views(COACH)[-1:]
        assert top.callback_id == "told"
        assert str(campaign.id) in str(top.blocks)


async def test_the_number_to_confirm_may_be_typed_as_people_write_it(club: Club) -> None:
    await club.limit(confirm_above=999)
    await club.keep(*(factories.contact(_the_club(), n) for n in range(1000)))
    preview = await club.compose(audience="everyone", message="Hello")
    count = int(text_of(preview).split(" recipients")[0].split()[-1].replace(",", ""))
    campaign = await club.confirm(preview, confirm=f"{count:,}")
    assert campaign.previewed_recipients == count


async def test_a_window_that_could_not_open_where_the_bot_is_no_member_is_offered_elsewhere(
    club: Club,
) -> None:
    club.workspace.faults.fail("views.open", "expired_trigger_id")
    club.workspace.faults.fail("chat.postEphemeral", "not_in_channel")
    await club.command("/sms Hello all")
    offered = await club.until(
        lambda: next(
            (
                post
                for channel in club.workspace.channels.values()
                for post in channel.messages(COACH)
                if "What you typed is kept" in text_of(post)
            ),
            None,
        )
    )
    await club.click(offered, "open_compose")
    assert (await club.modal("compose")).form.value("message", "message") == "Hello all"


async def test_what_slack_escapes_in_a_command_reaches_the_phones_as_typed(club: Club) -> None:
    campaign = await club.send("U15", "Parents &amp; kids &lt;3")
    assert campaign.body == "Parents & kids <3"


async def test_a_group_with_an_ampersand_is_written_with_one(club: Club) -> None:
    group = Group(club_id=seed.key("club"), name="Jeunes & Cie", kind=GroupKind.DYNAMIC)
    group.rule = by_team("U15")
    await club.keep(group)
    preview = await club.compose(audience="dynamic", groups="Jeunes & Cie", message="Hello")
    campaign = await club.confirm(preview)
    assert campaign.audience_words == "Jeunes & Cie"


@pytest.mark.parametrize("path", ["/twilio/inbound", f"/twilio/status/{seed.key('club')}", "/slack/events"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain; charset=none"])
async def test_bytes_that_are_no_text_are_refused_without_a_trace(
    club: Club, path: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": "1"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(club.settings.public_url + path, data=b"\xff\xfe=1", headers=headers) as answer,
    ):
        assert answer.status in (400, 401, 403)
    assert not caplog.records


async def test_an_admin_of_another_workspace_is_no_admin_of_this_club(club: Club) -> None:
    await club.change(Staff, {"role": Role.ADMIN}, slack_user_id=ADMIN)
    await club.change(models.Club, {"slack_team_id": "T0OTHER"}, id=seed.key("club"))
    command = {
        "command": "/sms",
        "text": "help",
        "team_id": "T0OTHER",
        "channel_id": CHANNEL,
        "trigger_id": "1",
    }
    _, answer = await club.post_slack(command | {"user_id": ADMIN})
    assert "Only the club" in answer
    _, answer = await club.post_slack(command | {"user_id": COACH})
    assert "Only the club" not in answer


async def test_a_card_rests_as_long_as_a_busy_slack_asks(club: Club) -> None:
    club.workspace.faults.rate_limit("chat.postMessage", retry_after=60, times=1)
    campaign = await club.send("U15", "No match.")
    await club.until(lambda: len(club.workspace.calls("chat.postMessage")) == 1)
    await club.stands(campaign, "done")

    async def rests() -> bool:
        card_at = (await club.campaign(campaign.id)).card_at
        return card_at is not None and card_at - club.clock.now() > timedelta(seconds=50)

    await club.until(rests)
    club.skip(timedelta(seconds=90))
    await club.card(campaign, "Sent to")


def _the_club() -> factories.Club:
    return factories.club(id=seed.key("club"))
