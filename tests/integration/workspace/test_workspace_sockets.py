"""Socket Mode as the app sees it: who may open a socket, what comes over it, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Farewell, ManualClock, Miss, Workspace
from tests.integration.workspace.forms import actions, button, field, modal, text_field
from tests.integration.workspace.house import COACH, TEAM, TOKEN, RawApp, config, furnish, open_modal

APP_TOKEN = "xapp-1-playground"
Json = dict[str, Any]


@dataclass
class Line:
    """One open socket, read message by message."""

    socket: aiohttp.ClientWebSocketResponse

    async def hear(self) -> Json:
        return dict(await self.socket.receive_json(timeout=5))

    async def ack(self, envelope: Json, **payload: Any) -> None:
        said = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
        await self.socket.send_json(said)


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    app = config(app_token=APP_TOKEN, is_on_socket=True)
    async with furnish(Workspace("T0CLUB", "FC Example", app, clock=clock)) as workspace:
        yield workspace


@pytest.fixture
async def lines(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[Any]:
    """Opens sockets, each once it was greeted."""
    async with AsyncExitStack() as opened:

        async def open_line() -> Line:
            url = (await ask(workspace, session))["url"]
            line = Line(await opened.enter_async_context(session.ws_connect(url)))
            assert (await line.hear())["type"] == "hello"
            return line

        yield open_line


async def ask(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    bearer: str | None = APP_TOKEN,
    fields: dict[str, str] | None = None,
) -> Json:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    url = workspace.api_url + "apps.connections.open"
    async with session.post(url, data=fields, headers=headers) as answer:
        return dict(await answer.json())


def banners(workspace: Workspace) -> list[str]:
    return [banner.text for banner in workspace.banners(COACH)]


@pytest.mark.parametrize(
    ("token", "fields", "error"),
    [
        (None, {}, "not_authed"),
        (None, {"token": APP_TOKEN}, "not_authed"),  # only the header counts
        ("xapp-1-unknown", {}, "invalid_auth"),
        (TOKEN, {}, "not_allowed_token_type"),
    ],
)
async def test_a_socket_is_opened_with_the_apps_own_token_alone(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    token: str | None,
    fields: dict[str, str],
    error: str,
) -> None:
    assert await ask(workspace, session, token, fields) == {"ok": False, "error": error}


async def test_the_apps_own_token_needs_its_scope_and_does_nothing_else(
    clock: ManualClock, session: aiohttp.ClientSession
) -> None:
    app = config(app_token=APP_TOKEN, is_on_socket=True, app_token_scopes=frozenset({"authorizations:read"}))
    async with furnish(Workspace("T0CLUB", "FC Example", app, clock=clock)) as workspace:
        refused = await ask(workspace, session)
        assert (refused["error"], refused["needed"]) == ("missing_scope", "connections:write")
        bearer = {"Authorization": f"Bearer {APP_TOKEN}"}
        async with session.post(workspace.api_url + "users.list", headers=bearer) as answer:
            assert (await answer.json())["error"] == "not_allowed_token_type"


async def test_no_socket_is_opened_where_socket_mode_is_off(
    workspace: Workspace, session: aiohttp.ClientSession, lines: Any
) -> None:
    line = await lines()
    await workspace.use_sockets(False)
    assert (await line.hear())["reason"] == "link_disabled"
    assert (await ask(workspace, session))["error"] == "socket_mode_not_enabled"


async def test_an_address_opens_one_socket_once(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    url = (await ask(workspace, session))["url"]
    assert url.startswith("ws://127.0.0.1:")
    async with session.ws_connect(url) as socket:
        hello = await socket.receive_json(timeout=5)
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": workspace.app.app_id}
        assert hello["debug_info"]["approximate_connection_time"] > 0
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_a_command_comes_in_an_envelope_and_its_ack_is_the_answer(
    workspace: Workspace, lines: Any
) -> None:
    line = await lines()
    typing = asyncio.create_task(workspace.run_command(COACH, TEAM, "/sms help"))
    envelope = await line.hear()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert (envelope["payload"]["command"], envelope["payload"]["text"]) == ("/sms", "help")
    assert "retry_attempt" not in envelope
    await line.ack(envelope, text="Here is how")
    assert (await typing).is_ok
    assert [m.text for m in workspace.channels[TEAM].messages(COACH)] == ["Here is how"]


async def test_a_submission_is_refused_on_its_field_by_the_payload_of_an_ack(
    workspace: Workspace, lines: Any
) -> None:
    line, view = await lines(), await open_modal(workspace, modal(text_field(optional=True)))
    pressing = asyncio.create_task(workspace.submit(view))
    envelope = await line.hear()
    assert (envelope["type"], envelope["payload"]["type"]) == ("interactive", "view_submission")
    block_id = view.blocks[0]["block_id"]
    await line.ack(envelope, response_action="errors", errors={block_id: "Too long"})
    assert (await pressing).is_ok
    assert view.errors == {block_id: "Too long"}


async def test_a_payload_of_an_ack_that_slack_cannot_use_is_trouble_over_the_view(
    workspace: Workspace, lines: Any
) -> None:
    line, view = await lines(), await open_modal(workspace, modal(text_field(optional=True)))
    pressing = asyncio.create_task(workspace.submit(view))
    await line.ack(await line.hear(), response_action="errors", errors={"no such block": "Too long"})
    assert (await pressing).miss is Miss.INVALID
    assert view.trouble


async def test_whatever_people_do_is_an_interactive_envelope_that_takes_an_answer(
    workspace: Workspace, lines: Any
) -> None:
    select = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    view = await open_modal(
        workspace, modal(actions(button()), field("who", select, optional=True), notify_on_close=True)
    )
    line = await lines()
    offered = [{"text": {"type": "plain_text", "text": "Zoé"}, "value": "1"}]

    async def told(act: Any, **answer: Any) -> tuple[str, Any]:
        acting = asyncio.create_task(act)
        envelope = await line.hear()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", True)
        await line.ack(envelope, **answer)
        return envelope["payload"]["type"], await acting

    assert (await told(workspace.run_shortcut(COACH, "compose")))[0] == "shortcut"
    assert (await told(workspace.click(COACH, view, "actions", "go")))[0] == "block_actions"
    kind, found = await told(workspace.options(COACH, view, "who", "who", "zo"), options=offered)
    assert (kind, [one["value"] for one in found.flat]) == ("block_suggestion", ["1"])
    assert (await told(workspace.close_view(view)))[0] == "view_closed"


async def test_what_is_no_ack_is_passed_over_and_a_missing_one_is_a_timeout(
    workspace: Workspace, lines: Any, clock: ManualClock
) -> None:
    line = await lines()
    typing = asyncio.create_task(workspace.run_command(COACH, TEAM, "/sms"))
    await line.hear()
    for said in ("[]", "no JSON", '{"envelope_id": "unknown"}', '{"envelope_id": []}', "{}"):
        await line.socket.send_str(said)
    await clock.until_sleeping(3)
    await clock.advance(3)
    assert (await typing).miss is Miss.TIMEOUT
    assert banners(workspace) == ['/sms failed with the error "operation_timeout"']


async def test_without_a_socket_nothing_is_delivered_not_even_to_an_address(
    workspace: Workspace, raw: RawApp
) -> None:
    await workspace.run_command(COACH, TEAM, "/sms")
    assert banners(workspace) == ['/sms failed with the error "dispatch_failed"']
    assert raw.requests == []


async def test_an_event_that_is_not_acked_comes_again_in_envelopes_of_its_own(
    workspace: Workspace, lines: Any, clock: ManualClock
) -> None:
    line = await lines()
    await workspace.open_home(COACH)
    heard = []
    for pause_s in (0, 60, 300, 0):
        heard.append(await line.hear())
        await clock.until_sleeping(3)
        await clock.advance(3)
        if pause_s:
            await clock.until_sleeping(pause_s)
            await clock.advance(pause_s)
    assert [(one["retry_attempt"], one["retry_reason"]) for one in heard[:2]] == [(0, ""), (1, "timeout")]
    assert [one["retry_attempt"] for one in heard] == [0, 1, 2, 3]
    assert len({one["envelope_id"] for one in heard}) == 4
    assert len({one["payload"]["event_id"] for one in heard}) == 1
    assert {one["accepts_response_payload"] for one in heard} == {False}
    assert {one["type"] for one in heard} == {"events_api"}


async def test_an_event_that_is_acked_does_not_come_again(workspace: Workspace, lines: Any) -> None:
    line = await lines()
    await workspace.open_home(COACH)
    await line.ack(await line.hear())
    await workspace.settled()
    again = asyncio.create_task(workspace.redeliver())
    envelope = await line.hear()
    assert envelope["retry_attempt"] == 1
    await line.ack(envelope)
    assert (await again).is_ok


async def test_one_payload_goes_to_one_of_up_to_ten_connections(workspace: Workspace, lines: Any) -> None:
    opened = [await lines() for _ in range(10)]
    assert workspace.sockets.open == 10
    for line in opened:
        typing = asyncio.create_task(workspace.run_command(COACH, TEAM, "/sms"))
        await line.ack(await line.hear())
        assert (await typing).is_ok


async def test_an_eleventh_connection_is_sent_away(
    workspace: Workspace, session: aiohttp.ClientSession, lines: Any
) -> None:
    for _ in range(10):
        await lines()
    async with session.ws_connect(workspace.sockets.invite()) as socket:
        assert (await socket.receive_json(timeout=5))["reason"] == "too_many_websockets"
        assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert workspace.sockets.open == 10


async def test_a_refresh_ends_the_connection_at_once_and_takes_an_ack_over_the_next_one(
    workspace: Workspace, lines: Any
) -> None:
    old = await lines()
    typing = asyncio.create_task(workspace.run_command(COACH, TEAM, "/sms"))
    envelope = await old.hear()
    await workspace.sockets.refresh()
    said = await old.hear()
    assert (said["type"], said["reason"]) == ("disconnect", "refresh_requested")
    assert (await old.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    await (await lines()).ack(envelope)
    assert (await typing).is_ok


async def test_a_warning_comes_ten_seconds_before_the_end_and_nothing_else_comes_after_it(
    workspace: Workspace, lines: Any, clock: ManualClock
) -> None:
    old = await lines()
    await workspace.sockets.refresh(Farewell.WARNING)
    assert (await old.hear())["reason"] == "warning"
    assert not old.socket.closed
    assert (await workspace.run_command(COACH, TEAM, "/sms")).miss is Miss.UNREACHABLE
    await clock.until_sleeping(10)
    await clock.advance(10)
    assert (await old.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


async def test_a_silent_connection_answers_no_ping_and_a_cut_one_is_gone(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(workspace.sockets.invite(), autoping=False) as socket:
        await socket.receive_json(timeout=5)
        await socket.ping(b"1")
        assert (await socket.receive(timeout=5)).data == b"1"
        workspace.sockets.silence()
        await socket.ping(b"2")
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.2)
        workspace.sockets.cut()
        assert (await socket.receive(timeout=5)).type in (
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.ERROR,
        )


async def test_what_goes_over_a_socket_stands_in_the_protocol_log(workspace: Workspace, lines: Any) -> None:
    line = await lines()
    typing = asyncio.create_task(workspace.run_command(COACH, TEAM, "/sms"))
    await line.ack(await line.hear(), text="Hello")
    await typing
    out = [exchange for exchange in workspace.log if exchange.direction == "out"][-1]
    assert (out.status, json.loads(out.response_body)) == (200, {"text": "Hello"})
    assert json.loads(out.request_body)["type"] == "slash_commands"


async def test_slacks_own_client_hears_over_the_socket_and_answers(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    app = AsyncApp(client=client, process_before_response=True)

    @app.command("/sms")
    async def answer(ack: Any, command: Json) -> None:
        await ack(f"You said {command['text']}")

    handler = AsyncSocketModeHandler(app, APP_TOKEN)
    await handler.connect_async()
    try:
        assert (await workspace.run_command(COACH, TEAM, "/sms été")).is_ok
        assert [m.text for m in workspace.channels[TEAM].messages(COACH)] == ["You said été"]
    finally:
        await handler.close_async()
