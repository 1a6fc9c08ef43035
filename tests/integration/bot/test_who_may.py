"""Who may text the members and who may change the settings, in the language of who asks."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.playground import seed
from storage.models import Campaign, Draft, Staff
from storage.models import Club as ClubRow
from tests.club import ADMIN, COACH, PARENT, Club, block_of, draft_of, has_field, text_of

NOT_STAFF = "Only the club's coaches can text members."


@pytest.mark.parametrize("user", [COACH, ADMIN])
async def test_a_named_coach_and_an_admin_of_the_workspace_may_text(club: Club, user: str) -> None:
    view = await club.open("/sms", user=user)
    assert view.callback_id == "compose"


async def test_anybody_else_is_turned_away_politely_and_nothing_opens(club: Club) -> None:
    club.workspace.users[PARENT].locale = "en-GB"
    await club.command("/sms U13 Come at once", user=PARENT)
    assert NOT_STAFF in text_of(club.whispers(user=PARENT)[-1])
    assert not club.workspace.views(PARENT)
    assert not await club.rows(Draft)


async def test_anybody_else_is_turned_away_in_french_when_slack_speaks_french(club: Club) -> None:
    await club.command("/sms", user=PARENT)
    said = text_of(club.whispers(user=PARENT)[-1])
    assert NOT_STAFF not in said
    assert "entraîneurs" in said


async def test_the_shortcut_opens_nothing_for_anybody_else(club: Club) -> None:
    await club.workspace.run_shortcut(PARENT, "send_sms")
    await club.quiet(lambda: len(club.workspace.calls("views.open")))
    assert not club.workspace.calls("views.open")


async def test_the_home_of_anybody_else_says_who_can_change_that(club: Club) -> None:
    club.workspace.users[PARENT].locale = "en-GB"
    home = await club.home(user=PARENT)
    assert NOT_STAFF in text_of(home)
    assert "open_compose" not in str(home.blocks)


async def test_a_button_in_the_channel_does_nothing_for_anybody_else(club: Club) -> None:
    await club.limit(undo_seconds=60)
    club.workspace.users[PARENT].locale = "en-GB"
    campaign = await club.send("U13", "Training is off tonight.")
    card = await club.card(campaign)
    await club.click(card, "undo", user=PARENT)
    await club.until(lambda: club.whispers(user=PARENT))
    assert NOT_STAFF in text_of(club.whispers(user=PARENT)[-1])
    assert (await club.campaign(campaign.id)).state == "scheduled"


def forged(club: Club, payload: dict[str, Any], user: str) -> dict[str, Any]:
    """The payload as if this user had sent it."""
    return payload | {"user": {"id": user, "username": "x", "name": "x", "team_id": seed.TEAM_ID}}


async def test_a_submission_by_anybody_else_makes_nothing(club: Club) -> None:
    preview = await club.compose(groups="U13", message="Come at once")
    payload = forged(club, club.submission(preview), PARENT)
    status, answer = await club.post_payload(payload)
    assert status == 200
    assert "response_action" in answer
    assert not await club.rows(Campaign)


async def test_another_coach_s_draft_cannot_be_confirmed(club: Club) -> None:
    preview = await club.compose(groups="U13", message="Come at once")
    await club.post_payload(forged(club, club.submission(preview), ADMIN))
    assert not await club.rows(Campaign)


async def test_names_are_offered_to_staff_alone(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, audience="contacts")
    payload = {
        "type": "block_suggestion",
        "team": {"id": seed.TEAM_ID, "domain": "x"},
        "user": {"id": PARENT, "name": "x", "team_id": seed.TEAM_ID},
        "api_app_id": club.workspace.app.app_id,
        "token": "t",
        "action_id": "contacts",
        "block_id": block_of(view, "contacts"),
        "value": "a",
        "view": {"id": view.id, "type": "modal", "callback_id": "compose"},
        "container": {"type": "view", "view_id": view.id},
    }
    status, answer = await club.post_payload(payload)
    assert (status, json.loads(answer)) == (200, {"options": []})
    _, answer = await club.post_payload(forged(club, payload, COACH))
    assert json.loads(answer)["options"]


async def test_a_coach_who_is_dismissed_may_no_longer_text(club: Club) -> None:
    modal = await club.open("/sms-settings", user=ADMIN)
    await club.fill(modal, coaches=[])
    await club.submit(modal)
    await club.command("/sms")
    assert not club.workspace.views(COACH)
    assert NOT_STAFF in text_of(club.whispers()[-1])


async def test_an_admin_names_a_coach_and_sets_the_limits(club: Club) -> None:
    modal = await club.open("/sms-settings", user=ADMIN)
    await club.fill(
        modal,
        coaches=[COACH, PARENT],
        undo_seconds="30",
        confirm_above="50",
        max_segments="5",
        segments_a_day="300",
        channel="C0GENERAL",
    )
    await club.submit(modal)
    assert not club.workspace.views(ADMIN)
    (row,) = await club.rows(ClubRow)
    assert (row.undo_seconds, row.confirm_above, row.max_segments, row.segments_a_day, row.channel_id) == (
        30,
        50,
        5,
        300,
        "C0GENERAL",
    )
    assert (await club.open("/sms", user=PARENT)).callback_id == "compose"


async def test_a_coach_sees_the_own_phone_alone_in_the_settings(club: Club) -> None:
    modal = await club.open("/sms-settings")
    assert has_field(modal, "my_phone")
    assert not has_field(modal, "coaches")
    assert not has_field(modal, "segments_a_day")


async def test_a_coach_s_forged_settings_change_nothing(club: Club) -> None:
    modal = await club.open("/sms-settings", user=ADMIN)
    await club.fill(modal, segments_a_day="1000000", coaches=[COACH, PARENT])
    before = await club.rows(ClubRow), await club.rows(Staff)
    _, answer = await club.post_payload(forged(club, club.submission(modal), COACH))
    assert "Only an admin" in answer
    assert (await club.rows(ClubRow), await club.rows(Staff)) == before


async def test_the_window_speaks_french_to_a_french_coach_and_english_to_an_english_one(club: Club) -> None:
    club.workspace.users[COACH].locale = "fr-FR"
    french = text_of(await club.open("/sms"))
    english = text_of(await club.open("/sms", user=ADMIN))
    assert "Groupes" in french
    assert "What is it?" in english
    assert "What is it?" not in french


async def test_one_who_lost_the_workspace_s_admin_rights_and_is_no_coach_is_turned_away(club: Club) -> None:
    club.workspace.users[ADMIN].is_admin = False
    await club.command("/sms", user=ADMIN)
    assert not club.workspace.views(ADMIN)


async def test_the_draft_of_a_preview_stays_its_owner_s(club: Club) -> None:
    preview = await club.compose(groups="U13", message="Mine")
    draft_id = draft_of(preview)
    await club.post_payload(forged(club, club.submission(club.workspace.views(COACH)[0]), ADMIN))
    (draft,) = [row for row in await club.rows(Draft) if str(row.id) == draft_id]
    assert draft.slack_user_id == COACH


async def test_an_admin_s_own_number_is_kept_when_the_settings_are_saved(club: Club) -> None:
    modal = await club.open("/sms-settings", user=ADMIN)
    await club.fill(modal, my_phone="06 12 34 56 62", undo_seconds="5")
    await club.submit(modal)
    again = await club.open("/sms-settings", user=ADMIN)
    assert again.form.value("my_phone", "my_phone").replace(" ", "") in ("0612345662", "+33612345662")
    assert again.form.value("coaches", "coaches") == [COACH]


async def test_an_admin_who_gave_a_number_and_loses_the_workspace_s_rights_may_no_longer_text(
    club: Club,
) -> None:
    modal = await club.open("/sms-settings", user=ADMIN)
    await club.fill(modal, my_phone="06 12 34 56 62")
    await club.submit(modal)
    club.workspace.users[ADMIN].is_admin = False
    club.skip(timedelta(hours=2))
    await club.command("/sms", user=ADMIN)
    await club.quiet(lambda: len(club.workspace.calls("views.open")))
    assert not club.workspace.views(ADMIN)


async def test_a_campaign_of_nobody_cannot_be_stopped_and_is_told_so(club: Club) -> None:
    campaign = await club.send("U13", "Training is off tonight.")
    card = await club.card(campaign)
    button = {"type": "button", "action_id": "stop", "block_id": "b", "value": str(uuid4())}
    payload = {
        "type": "block_actions",
        "team": {"id": seed.TEAM_ID, "domain": "x"},
        "user": {"id": COACH, "name": "x", "team_id": seed.TEAM_ID},
        "api_app_id": club.workspace.app.app_id,
        "token": "t",
        "trigger_id": "1",
        "container": {"type": "message", "channel_id": card.channel, "message_ts": card.ts},
        "channel": {"id": card.channel, "name": "sms"},
        "actions": [button | {"action_ts": "1.1"}],
    }
    status, _ = await club.post_payload(payload)
    assert status == 200
    await club.until(lambda: any("no longer there" in text_of(post) for post in club.whispers()))
