"""Tokens, scopes, people, channels, planned faults, rates, and several workspaces on one server."""

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import ManualClock, SlackServer, Workspace
from tests.integration.workspace.house import AWAY, COACH, OLD, STAFF, TEAM, TOKEN, call, config, furnish


async def raw_call(session: aiohttp.ClientSession, url: str, **beside: Any) -> Any:
    async with session.post(url, **beside) as response:
        return await response.json()


async def test_the_token_may_stand_in_the_header_the_form_or_the_json(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    url = f"{workspace.api_url}auth.test"
    header = {"Authorization": f"Bearer {TOKEN}"}
    for beside in ({"headers": header}, {"data": {"token": TOKEN}}, {"json": {"token": TOKEN}}):
        assert (await raw_call(session, url, **beside))["team_id"] == "T0CLUB"
    assert (await raw_call(session, url))["error"] == "not_authed"
    assert (await raw_call(session, url, data={"token": "xoxb-other"}))["error"] == "invalid_auth"


@pytest.mark.parametrize(
    ("body", "error"),
    [("{", "invalid_json"), ("[]", "json_not_object")],
)
async def test_a_body_that_is_no_json_object_is_refused(
    workspace: Workspace, session: aiohttp.ClientSession, body: str, error: str
) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json; charset=utf-8"}
    answer = await raw_call(session, f"{workspace.api_url}auth.test", data=body, headers=headers)
    assert answer["error"] == error


async def test_structures_may_come_as_json_in_a_form(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    blocks = '[{"type": "divider"}]'
    data = {"token": TOKEN, "channel": TEAM, "text": "Hello", "blocks": blocks}
    answer = await raw_call(session, f"{workspace.api_url}chat.postMessage", data=data)
    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_an_unknown_method_is_named(workspace: Workspace) -> None:
    assert (await call(workspace, "chat.shout"))["error"] == "unknown_method"


async def test_a_missing_scope_is_named() -> None:
    app = config(scopes=frozenset({"chat:write"}))
    async with furnish(Workspace("T0CLUB", "FC Example", app)) as workspace:
        answer = await call(workspace, "users.info", user=COACH)
        assert answer == {
            "ok": False,
            "error": "missing_scope",
            "needed": "users:read",
            "provided": "chat:write",
        }
        assert (await call(workspace, "chat.postMessage", channel=TEAM, text="Hello"))["ok"]


async def test_a_user_is_described_with_zone_and_locale(workspace: Workspace, client: AsyncWebClient) -> None:
    user = (await client.users_info(user=COACH, include_locale=True))["user"]
    assert (user["locale"], user["tz"], user["is_admin"], user["is_owner"]) == (
        "fr-FR",
        "Europe/Paris",
        True,
        False,
    )
    assert user["tz_offset"] in (3600, 7200)
    assert user["tz_label"].startswith("Central European")
    assert "locale" not in (await client.users_info(user=COACH))["user"]
    assert (await call(workspace, "users.info", user="U0NOBODY"))["error"] == "user_not_found"


async def test_users_are_listed_in_pages(workspace: Workspace, client: AsyncWebClient) -> None:
    names: list[str] = []
    async for answer in await client.users_list(limit=2):
        names += [user["name"] for user in answer["members"]]
    assert names == ["touchline", "coach", "other"]


async def test_channels_are_listed_by_type_and_membership(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    public = (await client.conversations_list())["channels"]
    assert [channel["id"] for channel in public] == [TEAM, OLD, AWAY]
    assert [channel["is_member"] for channel in public] == [True, True, False]
    both = (await client.conversations_list(types="public_channel,private_channel", exclude_archived=True))[
        "channels"
    ]
    assert [channel["id"] for channel in both] == [TEAM, STAFF, AWAY]
    assert (await call(workspace, "conversations.list", types="rooms"))["error"] == "invalid_types"
    assert (await call(workspace, "conversations.list", cursor="%%"))["error"] == "invalid_cursor"


async def test_the_bot_joins_a_public_channel_and_then_posts(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    assert not (await client.conversations_info(channel=AWAY))["channel"]["is_member"]
    await client.conversations_join(channel=AWAY)
    assert workspace.app.bot_user_id in (await client.conversations_members(channel=AWAY))["members"]
    assert (await client.chat_postMessage(channel=AWAY, text="Hello"))["ok"]
    assert (await call(workspace, "conversations.join", channel=OLD))["error"] == "is_archived"


async def test_a_direct_conversation_is_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users=COACH)
    second = await client.conversations_open(users=[COACH])
    assert first["channel"]["id"] == second["channel"]["id"]
    assert second["already_open"]


async def test_team_and_bot_are_described(client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (await client.team_info())["team"]["id"] == me["team_id"]
    assert (await client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == me["user_id"]


async def test_a_planned_error_strikes_so_often_and_nothing_is_done(workspace: Workspace) -> None:
    workspace.faults.fail("chat.postMessage", "fatal_error", times=2)
    answers = [await call(workspace, "chat.postMessage", channel=TEAM, text=str(n)) for n in range(3)]
    assert [answer.get("error") for answer in answers] == ["fatal_error", "fatal_error", None]
    assert [message.text for message in workspace.channels[TEAM].messages(COACH)] == ["2"]
    assert [made.payload["text"] for made in workspace.calls("chat.postMessage")] == ["0", "1", "2"]


async def test_a_planned_status_comes_without_json(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.fail("auth.test", status=503)
    with pytest.raises(SlackApiError) as raised:
        await client.auth_test()
    assert raised.value.response.status_code == 503


async def test_a_rate_limit_says_how_long_to_wait(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.rate_limit("auth.test", retry_after=7)
    with pytest.raises(SlackApiError) as raised:
        await client.auth_test()
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (429, "7")
    assert (await client.auth_test())["ok"]


async def test_a_lost_answer_was_still_carried_out(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    workspace.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await raw_call(
            session,
            f"{workspace.api_url}chat.postMessage",
            json={"channel": TEAM, "text": "Hello"},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
    assert [message.text for message in workspace.channels[TEAM].messages(COACH)] == ["Hello"]


async def test_while_slack_is_down_every_connection_breaks(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    workspace.faults.down()
    with pytest.raises(aiohttp.ClientError):
        await raw_call(session, f"{workspace.api_url}auth.test", data={"token": TOKEN})
    workspace.faults.up()
    assert (await raw_call(session, f"{workspace.api_url}auth.test", data={"token": TOKEN}))["ok"]


async def test_a_slow_answer_takes_its_time_by_the_workspaces_clock(
    workspace: Workspace, clock: ManualClock
) -> None:
    workspace.faults.slow("auth.test", 5)
    task = asyncio.create_task(call(workspace, "auth.test"))
    await clock.until_sleeping(5)
    assert not task.done()
    await clock.advance(5)
    assert (await task)["ok"]


async def test_beyond_the_tier_of_a_method_comes_429_until_the_minute_is_over(
    workspace: Workspace, clock: ManualClock
) -> None:
    workspace.faults.enforce_tiers()
    answers = [await call(workspace, "users.list") for _ in range(21)]
    assert [answer["ok"] for answer in answers] == [True] * 20 + [False]
    assert answers[-1]["error"] == "ratelimited"
    await clock.advance(60)
    assert (await call(workspace, "users.list"))["ok"]


async def test_workspaces_on_one_server_are_told_apart_by_token() -> None:
    server = SlackServer()
    await server.start()
    one = furnish(Workspace("T0ONE", "One", config(bot_token="xoxb-one")))
    two = furnish(Workspace("T0TWO", "Two", config(bot_token="xoxb-two")))
    await one.start(server=server)
    await two.start(server=server)
    try:
        assert one.api_url == two.api_url
        await call(one, "chat.postMessage", channel=TEAM, text="Only here")
        assert (await call(two, "auth.test"))["team_id"] == "T0TWO"
        assert len(one.channels[TEAM].messages(COACH)) == 1
        assert two.channels[TEAM].messages(COACH) == []
    finally:
        await one.close()
        await two.close()
        await server.close()


async def test_the_same_acts_give_the_same_ids_in_each_run() -> None:
    ids = []
    for _ in range(2):
        board = Workspace("T0SAME", "Same", config(), clock=ManualClock())
        ids.append((board.direct(board.app.bot_user_id).id, board.triggers.issue("U0")))
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"channel": AWAY}, "not_in_channel"),
        ("conversations.history", {"channel": TEAM, "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": TEAM, "limit": "many"}, "invalid_arguments"),
        ("conversations.history", {"channel": TEAM, "limit": 1001}, "invalid_limit"),
        ("conversations.replies", {"channel": TEAM, "ts": "1.000001"}, "thread_not_found"),
        ("conversations.join", {"channel": STAFF}, "method_not_supported_for_channel_type"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
        ("bots.info", {"bot": "B0OTHER"}, "bot_not_found"),
        ("team.info", {"team": "T0OTHER"}, "team_not_found"),
        ("reactions.remove", {"channel": TEAM, "timestamp": "1.000001", "name": "tada"}, "message_not_found"),
        ("views.update", {"view": {}}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.a"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.a", "view": "{"}, "invalid_arguments"),
        ("api.test", {"error": "my_error"}, "my_error"),
    ],
)
async def test_arguments_that_make_no_sense_are_refused(
    workspace: Workspace, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert (await call(workspace, method, **arguments)).get("error") == error


async def test_each_answer_tells_the_tokens_scopes(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    url, header = f"{workspace.api_url}auth.test", {"Authorization": f"Bearer {TOKEN}"}
    async with session.post(url, headers=header) as answer:
        assert {"chat:write", "commands", "channels:read"} <= set(answer.headers["x-oauth-scopes"].split(","))
    workspace.app = replace(workspace.app, scopes=frozenset({"chat:write", "commands"}))
    async with session.post(url, headers=header) as answer:
        assert answer.headers["x-oauth-scopes"] == "chat:write,commands"


async def test_a_users_token_may_ask_whose_it_is_and_nothing_else(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    workspace.app = replace(workspace.app, user_token="xoxp-1")
    header = {"Authorization": "Bearer xoxp-1"}
    told = await raw_call(session, f"{workspace.api_url}auth.test", headers=header)
    assert told["ok"]
    assert "bot_id" not in told
    assert not workspace.users[told["user_id"]].is_bot
    refused = await raw_call(session, f"{workspace.api_url}users.list", headers=header)
    assert refused["error"] == "not_allowed_token_type"


async def test_a_channel_says_whether_another_organisation_is_in_it(workspace: Workspace) -> None:
    channel = next(iter(workspace.channels.values()))
    assert (await call(workspace, "conversations.info", channel=channel.id))["channel"][
        "is_ext_shared"
    ] is False
    channel.is_ext_shared = True
    assert (await call(workspace, "conversations.info", channel=channel.id))["channel"][
        "is_ext_shared"
    ] is True
