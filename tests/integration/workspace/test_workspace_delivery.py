"""How the workspace posts to the app, and what people see when the app is late, gone or wrong."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.playground.workspace import ManualClock, Miss, Workspace
from tests.integration.workspace.forms import actions, button, modal, text_field
from tests.integration.workspace.house import COACH, SECRET, STAFF, TEAM, RawApp, open_modal

TROUBLE = "We had some trouble connecting. Try again?"


def banners(workspace: Workspace) -> list[str]:
    return [banner.text for banner in workspace.banners(COACH)]


async def late(clock: ManualClock, raw: RawApp, act: Any) -> Any:
    """What becomes of an act when the app answers after four seconds."""
    raw.hold = asyncio.Event()
    task = asyncio.create_task(act)
    await clock.until_sleeping(3)
    await clock.advance(3)
    return await task


async def test_each_request_carries_a_signature_that_the_sdk_accepts(
    workspace: Workspace, raw: RawApp
) -> None:
    await workspace.run_command(COACH, TEAM, "/sms été €")
    headers, body = raw.requests[0]
    assert SignatureVerifier(SECRET).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)


async def test_a_command_that_is_not_answered_in_three_seconds_timed_out(
    workspace: Workspace, raw: RawApp, clock: ManualClock
) -> None:
    ack = await late(clock, raw, workspace.run_command(COACH, TEAM, "/sms"))
    assert ack.miss is Miss.TIMEOUT
    assert banners(workspace) == ['/sms failed with the error "operation_timeout"']


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, "http_client_error"),
        (500, "http_service_error"),
    ],
)
async def test_a_command_refused_by_http_says_by_whom(
    workspace: Workspace, raw: RawApp, status: int, error: str
) -> None:
    raw.will_answer(web.Response(status=status))
    await workspace.run_command(COACH, TEAM, "/sms")
    assert banners(workspace) == [f'/sms failed with the error "{error}"']


async def test_a_command_to_an_app_that_is_gone_is_not_dispatched(workspace: Workspace) -> None:
    workspace.connect("http://127.0.0.1:9/slack/events")
    await workspace.run_command(COACH, TEAM, "/sms")
    assert banners(workspace) == ['/sms failed with the error "dispatch_failed"']
    workspace.dismiss_banner(workspace.banners(COACH)[0].id)
    assert banners(workspace) == []


async def test_a_shortcut_that_is_not_taken_is_told_by_its_name(workspace: Workspace, raw: RawApp) -> None:
    raw.will_answer(web.Response(status=500))
    await workspace.run_shortcut(COACH, "compose")
    assert banners(workspace) == ['Send SMS failed with the error "http_service_error"']


async def test_an_answer_of_a_command_that_cannot_be_shown_is_a_banner(
    workspace: Workspace, raw: RawApp
) -> None:
    raw.will_answer({"text": "Hello", "blocks": [{"type": "nothing"}]})
    await workspace.run_command(COACH, TEAM, "/sms")
    assert (banners(workspace), workspace.channels[TEAM].messages(COACH)) == (
        ["The app's answer could not be shown."],
        [],
    )


async def test_an_act_nobody_waits_for_is_still_delivered(workspace: Workspace, raw: RawApp) -> None:
    view = await open_modal(workspace, modal(actions(button()), text_field(optional=True)))
    assert await workspace.click(COACH, view, "actions", "go", wait=False) is None
    await workspace.settled()
    assert raw.payload()["actions"][0]["action_id"] == "go"


async def test_trouble_over_a_view_goes_with_the_next_action_that_is_taken(
    workspace: Workspace, raw: RawApp
) -> None:
    view = await open_modal(workspace, modal(actions(button()), text_field(optional=True)))
    raw.will_answer(web.Response(status=500))
    await workspace.click(COACH, view, "actions", "go")
    assert view.trouble == TROUBLE
    await workspace.click(COACH, view, "actions", "go")
    assert view.trouble == ""


async def test_an_unknown_command_is_not_posted(workspace: Workspace, raw: RawApp) -> None:
    await workspace.run_command(COACH, TEAM, "/smss")
    assert (raw.requests, banners(workspace)) == ([], ["/smss is not a valid command."])


@pytest.mark.parametrize(
    ("answer", "seen_by_other"),
    [
        (web.Response(text="Hello"), []),  # plain text is for the one who typed
        ({"text": "Hello"}, []),  # JSON without response_type too
        ({"response_type": "in_channel", "text": "Hello"}, ["Hello"]),
    ],
)
async def test_the_answer_of_a_command_is_shown_to_whom_it_is_for(
    workspace: Workspace, raw: RawApp, answer: Any, seen_by_other: list[str]
) -> None:
    raw.will_answer(answer)
    await workspace.run_command(COACH, TEAM, "/sms")
    channel = workspace.channels[TEAM]
    assert [message.text for message in channel.messages(COACH)] == ["Hello"]
    assert [message.text for message in channel.messages("U0OTHER")] == seen_by_other


async def test_a_late_submit_leaves_the_modal_with_the_words_of_trouble(
    workspace: Workspace, raw: RawApp, clock: ManualClock
) -> None:
    view = await open_modal(workspace, modal())
    await late(clock, raw, workspace.submit(view))
    assert (view.trouble, view.is_busy, workspace.views(COACH)) == (TROUBLE, False, [view])


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="ok"),  # no JSON
        {"response_action": "close"},  # no such action
        {"response_action": "errors", "errors": {}},  # nothing to show
        {"response_action": "errors", "errors": {"nowhere": "No"}},  # no such block
        {"response_action": "errors", "errors": {"info": "No"}},  # a block, but not an input
        {"response_action": "update"},  # no view
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},  # a view without a title
        {"response_action": "push", "view": {"type": "home", "blocks": []}},  # a Home on a modal
        web.Response(status=500),
    ],
)
async def test_an_answer_slack_cannot_use_is_shown_as_trouble(
    workspace: Workspace, raw: RawApp, answer: Any
) -> None:
    info = {"type": "section", "block_id": "info", "text": {"type": "mrkdwn", "text": "Info"}}
    view = await open_modal(workspace, modal(text_field(optional=True), info))
    # A web.Response is used up when it is sent, so each case makes its own.
    raw.will_answer(
        web.Response(status=answer.status, text=answer.text) if isinstance(answer, web.Response) else answer
    )
    ack = await workspace.submit(view)
    assert ack is not None
    assert not ack.is_ok
    assert (view.trouble, view.errors, workspace.views(COACH)) == (TROUBLE, {}, [view])


async def test_a_second_press_while_the_first_waits_is_not_posted(
    workspace: Workspace, raw: RawApp, clock: ManualClock
) -> None:
    view = await open_modal(workspace, modal())
    raw.hold = asyncio.Event()
    first = asyncio.create_task(workspace.submit(view))
    await clock.until_sleeping(3)
    assert view.is_busy
    assert await workspace.submit(view) is None
    forced = asyncio.create_task(workspace.submit(view, even_if_busy=True))
    await asyncio.sleep(0)
    raw.hold.set()
    await first
    await forced
    assert len(raw.requests) == 2


async def test_an_event_is_tried_four_times_at_once_after_one_and_after_five_minutes(
    workspace: Workspace, raw: RawApp, clock: ManualClock
) -> None:
    raw.will_answer(*(web.Response(status=500) for _ in range(4)))
    started = clock.monotonic()
    await workspace.post_message(COACH, TEAM, "Hello")
    await clock.until_sleeping(60)
    assert (len(raw.requests), clock.monotonic() - started) == (2, 0)
    await clock.advance(60)
    await clock.until_sleeping(300)
    assert len(raw.requests) == 3
    await clock.advance(300)
    await workspace.settled()

    told = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in raw.requests]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in raw.requests}) == 1


async def test_an_app_that_asks_for_no_retry_gets_none(workspace: Workspace, raw: RawApp) -> None:
    raw.will_answer(web.Response(status=500, headers={"X-Slack-No-Retry": "1"}))
    await workspace.post_message(COACH, TEAM, "Hello")
    await workspace.settled()
    assert len(raw.requests) == 1


async def test_a_late_event_is_tried_again_for_its_lateness(
    workspace: Workspace, raw: RawApp, clock: ManualClock
) -> None:
    raw.hold = asyncio.Event()
    await workspace.post_message(COACH, TEAM, "Hello")
    await clock.until_sleeping(3)
    raw.hold.set()
    raw.hold = None
    await workspace.settled()
    assert len(raw.requests) == 1

    raw.hold = asyncio.Event()
    await workspace.post_message(COACH, TEAM, "Again")
    await clock.until_sleeping(3)
    await clock.advance(3)
    await clock.until_sleeping(3)
    raw.hold.set()
    await workspace.settled()
    assert raw.requests[-1][0]["x-slack-retry-reason"] == "http_timeout"


async def test_a_redelivered_event_is_the_same_event_with_the_headers_of_a_retry(
    workspace: Workspace, raw: RawApp
) -> None:
    await workspace.post_message(COACH, TEAM, "Hello")
    await workspace.settled()
    await workspace.redeliver()
    (_, first), (headers, second) = raw.requests
    assert first == second
    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("1", "http_timeout")


async def test_events_the_app_did_not_subscribe_to_are_not_posted(workspace: Workspace, raw: RawApp) -> None:
    await workspace.post_message(COACH, "C0AWAY", "The bot is not in this channel")
    await workspace.post_message(COACH, STAFF, "It is in this one")
    await workspace.settled()
    assert [json.loads(body)["event"]["channel_type"] for _, body in raw.requests] == ["group"]


async def test_the_url_is_verified_by_the_challenge(workspace: Workspace, raw: RawApp) -> None:
    assert not await workspace.verify_url()
    question = raw.payload()
    assert (question["type"], bool(question["challenge"])) == ("url_verification", True)


async def test_both_directions_stand_in_the_protocol_log(workspace: Workspace, raw: RawApp) -> None:
    raw.will_answer(web.Response(text="Hello"))
    await workspace.run_command(COACH, TEAM, "/sms")
    await open_modal(workspace, modal())
    out, came_in = list(workspace.log)
    assert (out.direction, out.status, out.response_body, out.peer) == ("out", 200, "Hello", "slack")
    assert "command=%2Fsms" in out.request_body
    assert (came_in.direction, came_in.url, came_in.status) == ("in", "/api/views.open", 200)
