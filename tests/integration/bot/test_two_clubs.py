"""Two clubs on one database: neither sees, texts or stops what is the other's."""

from typing import Any

import pytest

from bot.playground import seed
from bot.playground.seed import CHANNEL, COACH
from storage.models import Campaign, Draft, Group, Membership, Message, OptOut, Reply
from storage.states import CampaignState, GroupKind
from tests import factories
from tests.club import ACCOUNT_SID, Club, block_of, text_of

pytestmark = pytest.mark.turns

THEIR_NUMBER = "36999"


@pytest.fixture
async def theirs(club: Club) -> Campaign:
    """Another club's paused campaign; the club has a number, a group and a person of its own."""
    other = factories.club(name="AS Ailleurs")
    campaign = factories.campaign(other, state=CampaignState.PAUSED, title="Not yours", sender=THEIR_NUMBER)
    person = factories.contact(other, 7, first_name="Zacharie", last_name="Ailleurs")
    group = Group(club_id=other.id, name="U99", kind=GroupKind.FIXED)
    rows = (other, factories.sender(other, value=THEIR_NUMBER), person, group, campaign)
    for row in rows:
        await club.keep(row)
    await club.keep(Membership(club_id=other.id, group_id=group.id, contact_id=person.id))
    return campaign


def pressed(club: Club, action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": seed.TEAM_ID, "domain": "x"},
        "user": {"id": COACH, "name": "x", "team_id": seed.TEAM_ID},
        "api_app_id": club.workspace.app.app_id,
        "token": "t",
        "trigger_id": club.workspace.triggers.issue(COACH),
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1"},
        "channel": {"id": CHANNEL, "name": "sms"},
        "actions": [{"type": "button", "block_id": "b", "action_ts": "1.1"} | action],
    }


@pytest.mark.parametrize("action", ["undo", "cancel", "stop", "resume", "reschedule", "details"])
async def test_no_button_reaches_another_club_s_campaign(club: Club, theirs: Campaign, action: str) -> None:
    status, _ = await club.post_payload(pressed(club, {"action_id": action, "value": str(theirs.id)}))
    assert status == 200
    await club.until(lambda: any("no longer there" in text_of(post) for post in club.whispers()))
    assert (await club.campaign(theirs.id)).state is CampaignState.PAUSED
    assert not club.workspace.views(COACH)


async def test_no_menu_of_a_list_reaches_another_club_s_campaign(club: Club, theirs: Campaign) -> None:
    chosen = {"text": {"type": "plain_text", "text": "x"}, "value": f"stop:{theirs.id}"}
    action = {"type": "overflow", "action_id": "row", "selected_option": chosen}
    await club.post_payload(pressed(club, action))
    await club.until(lambda: any("no longer there" in text_of(post) for post in club.whispers()))
    assert (await club.campaign(theirs.id)).state is CampaignState.PAUSED


async def test_lists_home_and_pickers_show_nothing_of_another_club(club: Club, theirs: Campaign) -> None:
    await club.command("/sms sent")
    assert "Not yours" not in text_of(club.whispers()[-1])
    assert "Not yours" not in text_of(await club.home())
    view = await club.open("/sms")
    assert "U99" not in str(view.blocks)
    await club.fill(view, audience="contacts")
    found = await club.workspace.options(COACH, view, block_of(view, "contacts"), "contacts", "Zach")
    assert not found.flat


@pytest.mark.parametrize("audience", ["fixed", "contacts"])
async def test_a_forged_choice_of_another_club_s_people_reaches_nobody(
    club: Club, theirs: Campaign, audience: str
) -> None:
    await club.forget_drafts()
    view = await club.open("/sms")
    await club.fill(view, audience=audience, message="Hello")
    (group,) = await club.rows(Group, name="U99")
    (member,) = await club.rows(Membership, group_id=group.id)
    stolen = str(group.id if audience == "fixed" else member.contact_id)
    name = "groups" if audience == "fixed" else "contacts"
    payload = club.submission(view)
    option = {"text": {"type": "plain_text", "text": "x"}, "value": stolen}
    payload["view"]["state"]["values"][block_of(view, name)][name]["selected_options"] = [option]
    _, answer = await club.post_payload(payload)
    assert "Nobody to text" in answer or "errors" in answer
    assert not await club.rows(Message)


async def test_a_reply_belongs_to_the_club_whose_number_it_was_written_to(
    club: Club, theirs: Campaign
) -> None:
    sid = "SM" + "5" * 32
    posted = {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": club.phone("loic").number,
        "To": THEIR_NUMBER,
        "Body": "STOP",
        "NumMedia": "0",
    }
    status, _ = await club.post_twilio("/twilio/inbound", posted)
    assert status == 200
    (reply,) = await club.rows(Reply)
    (blocked,) = await club.rows(OptOut, e164=club.phone("loic").number)
    assert {reply.club_id, blocked.club_id} == {theirs.club_id}
    preview = await club.compose(groups="U13", message="Hello")
    assert "7 recipients" in text_of(preview)


async def test_another_club_s_draft_is_neither_shown_nor_overwritten_nor_sent(
    club: Club, theirs: Campaign
) -> None:
    draft = Draft(
        id=theirs.id,
        club_id=theirs.club_id,
        slack_user_id=COACH,
        fields={"message": "Their words"},
        updated_at=factories.NOW,
    )
    await club.keep(draft)
    await club.post_payload(pressed(club, {"action_id": "open_compose", "value": str(draft.id)}))
    view = await club.modal("compose")
    assert not view.form.value("message", "message")
    await club.fill(view, groups="U13", message="Our words")
    preview = await club.submit(view)
    await club.workspace.submit(preview)
    (kept,) = await club.rows(Draft, id=theirs.id)
    assert kept.fields == {"message": "Their words"}
    assert not await club.rows(Message)
