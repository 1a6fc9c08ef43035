"""Each payload has the fields Slack's has, no more and no fewer."""

import re
from typing import Any

import pytest

from bot.playground.workspace import Message, Workspace
from tests.integration.workspace.forms import actions, button, field, modal, options, plain, text_field
from tests.integration.workspace.house import COACH, OTHER, STAFF, TEAM, RawApp, call, open_modal

USER = {"id": COACH, "username": "coach", "name": "coach", "team_id": "T0CLUB"}
TRIGGER = re.compile(r"\d+\.\d+\.[0-9a-f]{32}")
VIEW_FIELDS = {
    "id", "team_id", "type", "blocks", "private_metadata", "callback_id", "state", "hash", "title", "clear_on_close",
    "notify_on_close", "close", "submit", "previous_view_id", "root_view_id", "app_id", "external_id",
    "app_installed_team_id", "bot_id",
}  # fmt: skip


async def posted(workspace: Workspace, *blocks: dict[str, Any], **beside: Any) -> Message:
    answer = await call(
        workspace, "chat.postMessage", channel=TEAM, text="Card", blocks=list(blocks), **beside
    )
    assert answer["ok"], answer
    return workspace.message(TEAM, answer["ts"])


async def test_a_command_is_a_form_of_these_fields(workspace: Workspace, raw: RawApp) -> None:
    await workspace.run_command(COACH, TEAM, "/sms  U15 Training & more ")
    form = raw.form()
    assert TRIGGER.fullmatch(form.pop("trigger_id"))
    assert form.pop("response_url").startswith(f"{workspace.url}/commands/T0CLUB/")
    assert form == {
        "token": "verification-token-of-the-playground",
        "team_id": "T0CLUB",
        "team_domain": "fc-example",
        "channel_id": TEAM,
        "channel_name": "team",
        "user_id": COACH,
        "user_name": "coach",
        "command": "/sms",
        "text": "U15 Training & more",
        "api_app_id": "A0PLAYGROUND",
        "is_enterprise_install": "false",
    }


async def test_a_private_channel_is_not_named_to_the_app(workspace: Workspace, raw: RawApp) -> None:
    await workspace.run_command(COACH, STAFF, "/sms")
    assert raw.form()["channel_name"] == "privategroup"


async def test_a_global_shortcut_has_these_fields(workspace: Workspace, raw: RawApp) -> None:
    await workspace.run_shortcut(COACH, "compose")
    payload = raw.payload()
    assert TRIGGER.fullmatch(payload.pop("trigger_id"))
    assert re.fullmatch(r"\d{10}\.\d{6}", payload.pop("action_ts"))
    assert payload == {
        "type": "shortcut",
        "token": "verification-token-of-the-playground",
        "team": {"id": "T0CLUB", "domain": "fc-example"},
        "user": {"id": COACH, "username": "coach", "team_id": "T0CLUB"},
        "enterprise": None,
        "is_enterprise_install": False,
        "callback_id": "compose",
    }


async def test_an_action_in_a_modal_carries_the_view_and_no_response_url(
    workspace: Workspace, raw: RawApp
) -> None:
    view = await open_modal(
        workspace,
        modal(
            text_field(optional=True),
            actions(button(value="7", style="danger")),
            callback_id="compose",
            private_metadata="draft 1",
            external_id="ours",
            notify_on_close=True,
        ),
    )
    await workspace.set_value(view, "message", "message", "Hi")
    await workspace.click(COACH, view, "actions", "go")
    payload = raw.payload()
    assert payload.keys() == {
        "type", "user", "api_app_id", "token", "container", "trigger_id", "team", "enterprise",
        "is_enterprise_install", "view", "actions",
    }  # fmt: skip
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["user"] == USER
    (action,) = payload["actions"]
    assert re.fullmatch(r"\d{10}\.\d{6}", action.pop("action_ts"))
    assert action == {
        "type": "button",
        "block_id": "actions",
        "action_id": "go",
        "text": {"type": "plain_text", "text": "Go", "emoji": True},
        "value": "7",
        "style": "danger",
    }
    shown = payload["view"]
    assert shown.keys() == VIEW_FIELDS
    assert shown["state"] == {"values": {"message": {"message": {"type": "plain_text_input", "value": "Hi"}}}}
    assert (shown["callback_id"], shown["private_metadata"], shown["external_id"]) == (
        "compose",
        "draft 1",
        "ours",
    )
    assert (shown["notify_on_close"], shown["clear_on_close"]) == (True, False)
    assert (shown["close"], shown["previous_view_id"], shown["root_view_id"]) == (None, None, view.id)
    assert shown["title"] == {"type": "plain_text", "text": "Compose", "emoji": True}


async def test_an_action_in_a_message_carries_message_channel_and_response_url(
    workspace: Workspace, raw: RawApp
) -> None:
    card = await posted(workspace, actions(button(value="a & b")))
    await workspace.click(COACH, card, "actions", "go")
    payload = raw.payload()
    assert payload.keys() == {
        "type", "user", "api_app_id", "token", "container", "trigger_id", "team", "enterprise",
        "is_enterprise_install", "channel", "message", "state", "response_url", "actions",
    }  # fmt: skip
    assert payload["channel"] == {"id": TEAM, "name": "team"}
    assert payload["container"] == {
        "type": "message", "message_ts": card.ts, "channel_id": TEAM, "is_ephemeral": False,
    }  # fmt: skip
    assert payload["message"].keys() >= {"type", "user", "bot_id", "app_id", "team", "ts", "text", "blocks"}
    assert payload["state"] == {"values": {}}
    assert payload["response_url"].startswith(f"{workspace.url}/actions/T0CLUB/")


async def test_an_action_in_an_ephemeral_message_carries_no_message(
    workspace: Workspace, raw: RawApp
) -> None:
    blocks = [actions(button())]
    await call(workspace, "chat.postEphemeral", channel=TEAM, user=COACH, text="Psst", blocks=blocks)
    (whispered,) = workspace.channels[TEAM].messages(COACH)
    await workspace.click(COACH, whispered, "actions", "go")
    payload = raw.payload()
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload


async def test_an_action_in_a_thread_names_the_thread(workspace: Workspace, raw: RawApp) -> None:
    parent = await posted(workspace)
    reply = await posted(workspace, actions(button()), thread_ts=parent.ts)
    await workspace.click(COACH, reply, "actions", "go")
    payload = raw.payload()
    assert payload["container"]["thread_ts"] == parent.ts
    assert payload["message"]["parent_user_id"] == workspace.app.bot_user_id


@pytest.mark.parametrize(
    ("element", "value", "told"),
    [
        ({"type": "overflow", "options": options("a", "b")}, "b", ("selected_option", "b")),
        ({"type": "static_select", "options": options("a", "b")}, "b", ("selected_option", "b")),
        ({"type": "radio_buttons", "options": options("a", "b")}, "b", ("selected_option", "b")),
        ({"type": "checkboxes", "options": options("a", "b")}, ["b"], ("selected_options", ["b"])),
        ({"type": "datepicker"}, "2026-11-22", ("selected_date", "2026-11-22")),
        ({"type": "timepicker"}, "18:30", ("selected_time", "18:30")),
        ({"type": "datetimepicker"}, 1795368600, ("selected_date_time", 1795368600)),
        ({"type": "users_select"}, OTHER, ("selected_user", OTHER)),
        ({"type": "conversations_select"}, TEAM, ("selected_conversation", TEAM)),
    ],
)
async def test_an_action_tells_what_was_chosen(
    workspace: Workspace, raw: RawApp, element: dict[str, Any], value: Any, told: tuple[str, Any]
) -> None:
    card = await posted(workspace, actions({"action_id": "pick", **element}))
    await workspace.click(COACH, card, "actions", "pick", value)
    name, expected = told
    chosen = raw.payload()["actions"][0][name]
    if isinstance(chosen, list):
        chosen = [option["value"] for option in chosen]
    assert (chosen["value"] if isinstance(chosen, dict) else chosen) == expected
    state = raw.payload()["state"]["values"]
    assert state == {} if element["type"] == "overflow" else name in state["actions"]["pick"]


async def test_a_submission_has_these_fields(workspace: Workspace, raw: RawApp) -> None:
    view = await open_modal(workspace, modal())
    await workspace.submit(view)
    payload = raw.payload()
    assert payload.keys() == {
        "type", "team", "user", "api_app_id", "token", "trigger_id", "view", "response_urls", "enterprise",
        "is_enterprise_install",
    }  # fmt: skip
    assert (payload["type"], payload["response_urls"], payload["view"].keys()) == (
        "view_submission",
        [],
        VIEW_FIELDS,
    )


async def test_a_closed_view_is_told_only_when_it_asked_for_it(workspace: Workspace, raw: RawApp) -> None:
    await workspace.close_view(await open_modal(workspace, modal()))
    assert raw.requests == []
    await workspace.close_view(await open_modal(workspace, modal(notify_on_close=True)))
    payload = raw.payload()
    assert payload.keys() == {
        "type", "team", "user", "api_app_id", "token", "view", "is_cleared", "enterprise", "is_enterprise_install",
    }  # fmt: skip
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)


async def test_a_suggestion_has_these_fields(workspace: Workspace, raw: RawApp) -> None:
    element = {"type": "external_select", "min_query_length": 1, "placeholder": plain("Who?")}
    view = await open_modal(workspace, modal(field("who", element)))
    raw.will_answer({"options": options("a")})
    await workspace.options(COACH, view, "who", "who", "cam")
    payload = raw.payload()
    assert payload.keys() == {
        "type", "user", "container", "api_app_id", "token", "action_id", "block_id", "value", "team", "view",
        "enterprise", "is_enterprise_install",
    }  # fmt: skip
    assert (payload["type"], payload["value"], payload["action_id"]) == ("block_suggestion", "cam", "who")


async def test_an_event_comes_in_this_envelope(workspace: Workspace, raw: RawApp) -> None:
    message = await workspace.post_message(COACH, TEAM, "1 < 2 & 3")
    await workspace.settled()
    payload = raw.payload()
    assert payload.keys() == {
        "token", "team_id", "context_team_id", "context_enterprise_id", "api_app_id", "event", "type", "event_id",
        "event_time", "authorizations", "is_ext_shared_channel", "event_context",
    }  # fmt: skip
    assert payload["authorizations"][0]["user_id"] == workspace.app.bot_user_id
    event = payload["event"]
    assert event["text"] == "1 &lt; 2 &amp; 3"
    assert event["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "1 < 2 & 3"}]
    assert (event["ts"], event["event_ts"], event["channel"], event["channel_type"], event["user"]) == (
        message.ts, message.ts, TEAM, "channel", COACH,
    )  # fmt: skip
    assert re.fullmatch(r"[0-9a-f-]{36}", event["client_msg_id"])


async def test_an_opened_home_is_told_with_what_it_shows(workspace: Workspace, raw: RawApp) -> None:
    await workspace.open_home(COACH)
    await workspace.settled()
    event = raw.payload()["event"]
    assert event.keys() == {"type", "user", "channel", "tab", "event_ts"}
    assert (event["type"], event["tab"], event["channel"][0]) == ("app_home_opened", "home", "D")

    home = {"type": "home", "blocks": [{"type": "divider"}]}
    assert (await call(workspace, "views.publish", user_id=COACH, view=home))["ok"]
    await workspace.open_home(COACH)
    await workspace.settled()
    assert raw.payload()["event"]["view"].keys() == VIEW_FIELDS


async def test_texts_of_messages_come_back_escaped(workspace: Workspace, raw: RawApp) -> None:
    element = button() | {"text": plain("Yes & no")}
    card = await posted(workspace, actions(element))
    card.text = "Salt & pepper &amp; more"
    await workspace.click(COACH, card, "actions", "go")
    message = raw.payload()["message"]
    assert message["text"] == "Salt &amp; pepper &amp; more"
    assert message["blocks"][0]["elements"][0]["text"]["text"] == "Yes &amp; no"
