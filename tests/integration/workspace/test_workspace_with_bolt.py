"""The workspace as a real slack-bolt app meets it."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace
from tests.integration.workspace.house import COACH, OTHER, TEAM


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def compose(count: int = 0) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "compose",
        "title": plain("Compose"),
        "submit": plain("Preview"),
        "blocks": [
            {
                "type": "input",
                "block_id": "message",
                "label": plain("Message"),
                "dispatch_action": True,
                "element": {
                    "type": "plain_text_input",
                    "action_id": "message",
                    "multiline": True,
                    "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
                },
            },
            {"type": "context", "block_id": "count", "elements": [plain(f"{count} characters")]},
        ],
    }


def preview() -> dict[str, Any]:
    text = {"type": "mrkdwn", "text": "One recipient"}
    return {
        "type": "modal",
        "callback_id": "preview",
        "title": plain("Preview"),
        "submit": plain("Send"),
        "blocks": [{"type": "section", "text": text}],
    }


def install_composer(app: AsyncApp) -> None:
    @app.command("/sms")
    async def open_composer(ack: Any, client: AsyncWebClient, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=compose())

    @app.action("message")
    async def count(ack: Any, client: AsyncWebClient, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        view = body["view"]
        await client.views_update(
            view_id=view["id"], hash=view["hash"], view=compose(len(action["value"] or ""))
        )

    @app.view("compose")
    async def check(ack: Any, view: dict[str, Any]) -> None:
        text = view["state"]["values"]["message"]["message"]["value"]
        if "!" in text:
            await ack(response_action="errors", errors={"message": "No shouting"})
        else:
            await ack(response_action="push", view=preview())

    @app.view("preview")
    async def send(ack: Any, client: AsyncWebClient) -> None:
        await ack(response_action="clear")
        await client.chat_postMessage(channel=TEAM, text="Sent")


async def test_a_text_goes_from_the_command_over_typing_errors_and_preview_to_the_channel(
    workspace: Workspace, bolt: AsyncApp
) -> None:
    install_composer(bolt)

    ack = await workspace.run_command(COACH, TEAM, "/sms")
    assert ack.is_ok, ack
    view = workspace.top_view(COACH)
    for length in range(1, 4):
        await workspace.set_value(view, "message", "message", "Hi!"[:length])
    assert view.blocks[1]["elements"][0]["text"] == "3 characters"
    assert view.form.value("message", "message") == "Hi!"

    await workspace.submit(view)
    assert view.errors == {"message": "No shouting"}

    await workspace.set_value(view, "message", "message", "Hi")
    assert view.errors == {}
    await workspace.submit(view)
    assert [v.callback_id for v in workspace.views(COACH)] == ["compose", "preview"]

    await workspace.submit(workspace.top_view(COACH))
    assert workspace.views(COACH) == []
    assert [m.text for m in workspace.channels[TEAM].messages(COACH)] == ["Sent"]


async def test_an_error_of_the_web_api_reaches_the_sdk_by_its_name(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="C0NOWHERE", text="Hello")
    assert raised.value.response["error"] == "channel_not_found"


async def test_respond_answers_a_command_and_a_button(workspace: Workspace, bolt: AsyncApp) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "7"}

    @bolt.command("/sms")
    async def answer(ack: Any, respond: Any) -> None:
        await ack("At once")
        await respond(text="Later", blocks=[{"type": "actions", "block_id": "b", "elements": [button]}])

    @bolt.action("go")
    async def replace(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"Gone {action['value']}", replace_original=True)

    await workspace.run_command(COACH, TEAM, "/sms help")
    channel = workspace.channels[TEAM]
    later, at_once = channel.messages(COACH)
    assert (at_once.text, later.text, channel.messages(OTHER)) == ("At once", "Later", [])

    await workspace.click(COACH, later, "b", "go")
    assert (later.text, later.blocks) == ("Gone 7", [])


async def test_the_home_is_published_when_it_is_opened(workspace: Workspace, bolt: AsyncApp) -> None:
    @bolt.event("app_home_opened")
    async def publish(client: AsyncWebClient, event: dict[str, Any]) -> None:
        blocks = [{"type": "header", "text": plain(f"Hello {event['user']}")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    await workspace.open_home(COACH)
    await workspace.settled()
    home = workspace.home(COACH)
    assert home is not None
    assert home.blocks[0]["text"]["text"] == f"Hello {COACH}"


async def test_an_external_select_is_filled_by_the_app(workspace: Workspace, bolt: AsyncApp) -> None:
    element = {"type": "multi_external_select", "action_id": "groups", "min_query_length": 0}
    block = {"type": "input", "block_id": "groups", "label": plain("Groups"), "element": element}
    view = {"type": "modal", "title": plain("Pick"), "submit": plain("Go"), "blocks": [block]}
    chosen: list[Any] = []

    @bolt.command("/sms")
    async def open_it(ack: Any, client: AsyncWebClient, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bolt.options("groups")
    async def suggest(ack: Any, payload: dict[str, Any]) -> None:
        names = [name for name in ("U13", "U15", "Parents") if name.startswith(payload["value"])]
        await ack(options=[{"text": plain(name), "value": name.lower()} for name in names])

    @bolt.view("")
    async def keep(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        chosen.extend(view["state"]["values"]["groups"]["groups"]["selected_options"])

    await workspace.run_command(COACH, TEAM, "/sms")
    modal = workspace.top_view(COACH)
    offered = await workspace.options(COACH, modal, "groups", "groups", "U")
    assert [option["value"] for option in offered.options] == ["u13", "u15"]
    await workspace.set_value(modal, "groups", "groups", ["u15"])
    await workspace.submit(modal)
    assert [option["value"] for option in chosen] == ["u15"]


async def test_a_staff_message_in_a_thread_is_heard_and_the_bots_own_is_not(
    workspace: Workspace, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    heard: list[dict[str, Any]] = []

    @bolt.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event)

    posted = await client.chat_postMessage(channel=TEAM, text="A reply came in")
    await workspace.post_message(COACH, TEAM, "I call her & see", posted["ts"])
    await workspace.settled()
    assert [(event["text"], event["thread_ts"]) for event in heard] == [
        ("I call her &amp; see", posted["ts"])
    ]
    assert workspace.message(TEAM, posted["ts"]).reply_count == 1
