"""Posting, changing, deleting and reading messages, and the response URLs."""

from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Change, ChangeKind, ManualClock, Workspace
from tests.integration.workspace.forms import actions, button, field, modal, options
from tests.integration.workspace.house import AWAY, COACH, OLD, OTHER, STAFF, TEAM, RawApp, call

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}


async def post(workspace: Workspace, **arguments: Any) -> dict[str, Any]:
    return await call(workspace, "chat.postMessage", **({"channel": TEAM, "text": "Hello"} | arguments))


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("chat.postMessage", {"channel": ""}, "channel_not_found"),
        ("chat.postMessage", {"channel": AWAY}, "not_in_channel"),
        ("chat.postMessage", {"channel": OLD}, "is_archived"),
        ("chat.postMessage", {"text": ""}, "no_text"),
        ("chat.postMessage", {"blocks": "[not json"}, "invalid_blocks_format"),
        ("chat.postMessage", {"blocks": [SECTION] * 51}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "alert", "text": SECTION["text"]}]}, "invalid_blocks"),
        (
            "chat.postMessage",
            {"blocks": [SECTION | {"text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5},
            "msg_blocks_too_long",
        ),
        ("chat.postMessage", {"thread_ts": "1.000001"}, "thread_not_found"),
        ("chat.postEphemeral", {"user": "U0NOBODY"}, "user_not_in_channel"),
        ("chat.postEphemeral", {}, "user_not_found"),
        ("chat.update", {"ts": "1.000001"}, "message_not_found"),
        ("chat.update", {"channel": "C0NOWHERE", "ts": "1.000001"}, "channel_not_found"),
        ("chat.delete", {"ts": "1.000001"}, "message_not_found"),
        ("chat.getPermalink", {"message_ts": "1.000001"}, "message_not_found"),
    ],
)
async def test_a_call_that_cannot_be_done_is_refused_by_its_name(
    workspace: Workspace, method: str, arguments: dict[str, Any], error: str
) -> None:
    answer = await call(workspace, method, **({"channel": TEAM, "text": "Hello"} | arguments))
    assert (answer["ok"], answer.get("error")) == (False, error)


async def test_wrong_blocks_are_pointed_at(workspace: Workspace) -> None:
    long = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    answer = await post(workspace, blocks=[SECTION, long])
    words = "must be less than 151 characters [json-pointer:/blocks/1/text/text]"
    assert answer["errors"] == [words]
    assert answer["response_metadata"] == {"messages": [f"[ERROR] {words}"]}


async def test_an_update_replaces_text_and_blocks_and_a_person_may_not_be_edited(
    workspace: Workspace,
) -> None:
    ts = (await post(workspace, blocks=[SECTION]))["ts"]
    answer = await call(workspace, "chat.update", channel=TEAM, ts=ts, text="Changed")
    message = workspace.message(TEAM, ts)
    assert (message.text, message.blocks, answer["text"], answer["ts"]) == ("Changed", [], "Changed", ts)
    assert answer["message"]["edited"]["user"] == workspace.app.bot_user_id

    long = await call(workspace, "chat.update", channel=TEAM, ts=ts, text="x" * 4001)
    assert long["error"] == "msg_too_long"
    theirs = await workspace.post_message(COACH, TEAM, "Mine")
    refused = await call(workspace, "chat.update", channel=TEAM, ts=theirs.ts, text="Yours")
    assert refused["error"] == "cant_update_message"
    refused = await call(workspace, "chat.delete", channel=TEAM, ts=theirs.ts)
    assert refused["error"] == "cant_delete_message"


async def test_a_text_above_forty_thousand_characters_is_cut(workspace: Workspace) -> None:
    answer = await post(workspace, text="x" * 40_001)
    assert len(workspace.message(TEAM, answer["ts"]).text) == 40_000


async def test_a_user_id_as_channel_opens_the_direct_conversation(workspace: Workspace) -> None:
    answer = await post(workspace, channel=COACH)
    direct = workspace.channels[answer["channel"]]
    assert (direct.im_with, [m.text for m in direct.messages(COACH)]) == (COACH, ["Hello"])
    assert (await post(workspace, channel="#team"))["channel"] == TEAM


async def test_an_ephemeral_message_is_seen_by_one_user_and_found_by_nobody(workspace: Workspace) -> None:
    answer = await call(workspace, "chat.postEphemeral", channel=TEAM, user=COACH, text="Psst")
    channel = workspace.channels[TEAM]
    assert [message.text for message in channel.messages(COACH)] == ["Psst"]
    assert channel.messages(OTHER) == []
    refused = await call(workspace, "chat.update", channel=TEAM, ts=answer["message_ts"], text="Louder")
    assert refused["error"] == "message_not_found"
    assert (await call(workspace, "conversations.history", channel=TEAM))["messages"] == []


async def test_a_thread_is_counted_read_and_left_as_a_tombstone(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    parent = (await post(workspace))["ts"]
    reply = (await post(workspace, thread_ts=parent, text="One"))["ts"]
    await workspace.post_message(COACH, TEAM, "Two", parent)
    read = await client.conversations_replies(channel=TEAM, ts=parent)
    assert [message["text"] for message in read["messages"]] == ["Hello", "One", "Two"]
    assert (read["messages"][0]["reply_count"], read["messages"][0]["reply_users"]) == (
        2,
        [workspace.app.bot_user_id, COACH],
    )
    history = await client.conversations_history(channel=TEAM)
    assert [message["ts"] for message in history["messages"]] == [parent]
    nested = await post(workspace, thread_ts=reply)
    assert nested["error"] == "cannot_reply_to_message"

    await client.chat_delete(channel=TEAM, ts=reply)
    assert workspace.message(TEAM, parent).reply_count == 1
    await client.chat_delete(channel=TEAM, ts=parent)
    assert workspace.message(TEAM, parent).subtype == "tombstone"


async def test_a_broadcast_reply_stands_in_the_channel_too(workspace: Workspace) -> None:
    parent = (await post(workspace))["ts"]
    await post(workspace, thread_ts=parent, text="All of you", reply_broadcast=True)
    assert [m.text for m in workspace.channels[TEAM].messages(COACH)] == ["Hello", "All of you"]


async def test_history_comes_newest_first_in_pages(workspace: Workspace, client: AsyncWebClient) -> None:
    sent = [(await post(workspace, text=str(number)))["ts"] for number in range(5)]
    texts: list[str] = []
    async for answer in await client.conversations_history(channel=TEAM, limit=2):
        texts += [message["text"] for message in answer["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]
    since = await client.conversations_history(channel=TEAM, oldest=sent[2], inclusive=True)
    assert [message["text"] for message in since["messages"]] == ["4", "3", "2"]


async def test_posts_edits_and_deletions_are_told_as_events(workspace: Workspace, raw: RawApp) -> None:
    ts = (await post(workspace))["ts"]
    await call(workspace, "chat.update", channel=TEAM, ts=ts, text="Changed")
    await call(workspace, "chat.delete", channel=TEAM, ts=ts)
    await workspace.settled()
    events = sorted((raw.payload(i)["event"] for i in range(3)), key=lambda event: str(event["event_ts"]))
    assert [event.get("subtype") for event in events] == [None, "message_changed", "message_deleted"]
    assert (events[0]["bot_id"], events[1]["message"]["text"], events[1]["previous_message"]["text"]) == (
        workspace.app.bot_id,
        "Changed",
        "Hello",
    )
    assert events[2]["deleted_ts"] == ts


async def test_a_permalink_names_channel_message_and_thread(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    parent = (await post(workspace))["ts"]
    reply = (await post(workspace, thread_ts=parent))["ts"]
    link = (await client.chat_getPermalink(channel=TEAM, message_ts=reply))["permalink"]
    assert link == (
        f"https://fc-example.slack.com/archives/{TEAM}/p{reply.replace('.', '')}?thread_ts={parent}&cid={TEAM}"
    )


async def test_a_reaction_is_added_once_and_taken_back(workspace: Workspace, client: AsyncWebClient) -> None:
    ts = (await post(workspace))["ts"]
    await client.reactions_add(channel=TEAM, timestamp=ts, name="tada")
    again = await call(workspace, "reactions.add", channel=TEAM, timestamp=ts, name="tada")
    assert again["error"] == "already_reacted"
    history = await client.conversations_history(channel=TEAM)
    assert history["messages"][0]["reactions"] == [
        {"name": "tada", "users": [workspace.app.bot_user_id], "count": 1}
    ]
    await client.reactions_remove(channel=TEAM, timestamp=ts, name="tada")
    assert workspace.message(TEAM, ts).reactions == {}


async def answer_hook(session: aiohttp.ClientSession, url: str, **body: Any) -> tuple[int, str]:
    async with session.post(url, json=body) as response:
        text = await response.text()
    return response.status, text


async def command_url(workspace: Workspace, raw: RawApp) -> str:
    await workspace.run_command(COACH, TEAM, "/sms")
    return raw.form()["response_url"]


async def test_a_response_url_serves_five_times(
    workspace: Workspace, raw: RawApp, session: aiohttp.ClientSession
) -> None:
    url = await command_url(workspace, raw)
    answers = [await answer_hook(session, url, text=str(number)) for number in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert answers[0][1] == "ok"
    assert "used_url" in answers[5][1]
    assert [m.text for m in workspace.channels[TEAM].messages(COACH)] == list("01234")
    assert workspace.channels[TEAM].messages(OTHER) == []


async def test_a_response_url_serves_half_an_hour(
    workspace: Workspace, raw: RawApp, session: aiohttp.ClientSession, clock: ManualClock
) -> None:
    url = await command_url(workspace, raw)
    await clock.advance(30 * 60 + 1)
    status, text = await answer_hook(session, url, text="Late")
    assert (status, "expired_url" in text) == (404, True)


async def test_a_response_url_answers_in_channel_replaces_and_deletes(
    workspace: Workspace, raw: RawApp, session: aiohttp.ClientSession
) -> None:
    url = await command_url(workspace, raw)
    await answer_hook(session, url, text="All", response_type="in_channel")
    assert [m.text for m in workspace.channels[TEAM].messages(OTHER)] == ["All"]

    ts = (await post(workspace, blocks=[actions(button())]))["ts"]
    card = workspace.message(TEAM, ts)
    await workspace.click(COACH, card, "actions", "go")
    url = raw.payload()["response_url"]
    await answer_hook(session, url, text="New", replace_original=True)
    assert card.text == "New"
    await answer_hook(session, url, delete_original=True)
    assert ts not in workspace.channels[TEAM].by_ts


async def test_wrong_blocks_are_refused_by_a_response_url_too(
    workspace: Workspace, raw: RawApp, session: aiohttp.ClientSession
) -> None:
    url = await command_url(workspace, raw)
    status, text = await answer_hook(session, url, text="x", blocks=[modal()])
    assert (status, "invalid_blocks" in text) == (404, True)


async def test_a_message_in_a_private_channel_of_others_does_not_exist_for_the_app(
    workspace: Workspace,
) -> None:
    workspace.channels[STAFF].members.remove(workspace.app.bot_user_id)
    assert (await post(workspace, channel=STAFF))["error"] == "channel_not_found"


async def test_listeners_are_told_which_channel_changed_and_whose_banners(workspace: Workspace) -> None:
    changes: list[Change] = []
    workspace.subscribe(changes.append)
    await post(workspace)
    await workspace.post_message(COACH, STAFF, "Hello")
    await workspace.run_command(COACH, TEAM, "/unknown")
    assert changes == [
        Change(kind=ChangeKind.CHANNEL, channel=TEAM),
        Change(kind=ChangeKind.CHANNEL, channel=STAFF),
        Change(kind=ChangeKind.BANNERS, user=COACH),
    ]


async def test_a_button_that_is_not_taken_tells_so_under_the_message_to_who_pressed_it(
    workspace: Workspace, raw: RawApp
) -> None:
    card = workspace.message(TEAM, (await post(workspace, blocks=[actions(button())]))["ts"])
    # The event of the post must not take the answer that is meant for the click.
    await workspace.settled()
    raw.will_answer(web.Response(status=500))
    await workspace.click(COACH, card, "actions", "go")
    assert card.trouble == {COACH: "We had some trouble connecting. Try again?"}
    await workspace.click(COACH, card, "actions", "go")
    assert card.trouble == {COACH: ""}


async def test_an_input_in_a_message_keeps_what_each_person_chose(workspace: Workspace, raw: RawApp) -> None:
    pick = field("pick", {"type": "static_select", "options": options("a", "b")})
    card = workspace.message(TEAM, (await post(workspace, blocks=[pick, actions(button())]))["ts"])
    await workspace.settled()
    asked = len(raw.requests)
    assert await workspace.click(COACH, card, "pick", "pick", "a") is None
    await workspace.click(OTHER, card, "actions", "go")
    await workspace.click(COACH, card, "actions", "go")
    states = [raw.payload(index)["state"]["values"]["pick"]["pick"] for index in range(asked, asked + 2)]
    assert [state["selected_option"] and state["selected_option"]["value"] for state in states] == [None, "a"]


async def test_an_answer_to_a_command_that_replaces_nothing_is_a_new_message(
    workspace: Workspace, raw: RawApp, session: aiohttp.ClientSession
) -> None:
    url = await command_url(workspace, raw)
    assert await answer_hook(session, url, text="Done", replace_original=True) == (200, "ok")
    assert [m.text for m in workspace.channels[TEAM].messages(COACH)] == ["Done"]
    status, _ = await answer_hook(session, url[:-1] + "_", text="Done")
    assert status == 404
