"""Socket Mode: the bot hears Slack over a socket that it opens itself, without any address of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import Part, running
from bot.playground.launcher import ON_SOCKET, open_playground
from bot.playground.workspace import AppConfig, Farewell, Miss
from bot.settings import BadSetting
from bot.slack.socket_mode import Socket, SocketDead
from storage.models import Campaign
from tests.club import ADMIN, CHANNEL, COACH, Club, block_of, open_club, text_of
from tests.databases import POSTGRESQL

pytestmark = pytest.mark.turns

QUICK = {"socket_seconds": 2.4}
"""A bot that looks at its socket ten times in a second, and gives it up after 2.4 s."""


@asynccontextmanager
async def on_socket(
    folder: Path, planted: str, app: AppConfig = ON_SOCKET, *, is_started: bool = True, **settings: Any
) -> AsyncIterator[Club]:
    async with open_club(folder, planted=planted, app=app, settings=settings, is_started=is_started) as club:
        yield club


@pytest.fixture
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    async with on_socket(tmp_path, planted) as club:
        yield club


@pytest.fixture
async def watchful(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    async with on_socket(tmp_path, planted, **QUICK) as club:
        yield club


def envelopes(club: Club) -> list[dict[str, Any]]:
    """What the workspace said over its sockets, with the bot's answers."""
    return [
        json.loads(one.request_body) | {"ack": one.response_body}
        for one in club.workspace.log
        if one.direction == "out" and one.peer == "slack"
    ]


async def ready(club: Club) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{club.settings.port}/health/ready") as answer,
    ):
        return dict(await answer.json())


def socket_of(club: Club) -> Socket:
    assert club.bot
    assert club.bot.socket
    return club.bot.socket


async def test_a_text_goes_from_a_command_to_every_phone_of_the_group(club: Club) -> None:
    preview = await club.compose(audience="fixed", groups="U13", message="Training is off tonight.")
    campaign = await club.confirm(preview)
    await club.card(campaign, "Sent to 7 recipients", "7 delivered")
    assert club.phone("jade").inbox[0].body == "Training is off tonight."
    assert {one["type"] for one in envelopes(club)} == {"slash_commands", "interactive"}


async def test_a_window_follows_what_is_typed_and_offers_what_is_looked_for(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, message="Training is off tonight.")
    await club.until(lambda: "*24 characters" in text_of(view))
    await club.fill(view, audience="contacts")
    found = await club.workspace.options(COACH, view, block_of(view, "contacts"), "contacts", "loï")
    assert [one["text"]["text"].split()[0] for one in found.flat] == ["Loïc"]


async def test_a_refused_window_says_why_and_keeps_what_was_typed(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13", message="Training {firstname}")
    refused = await club.submit(view)
    assert (refused.callback_id, set(refused.errors)) == ("compose", {block_of(view, "message")})
    assert refused.form.value(block_of(view, "message"), "message") == "Training {firstname}"


async def test_an_opened_home_is_an_event_over_the_socket(club: Club) -> None:
    assert "Sent SMS" in text_of(await club.home())
    (event,) = [one for one in envelopes(club) if one["type"] == "events_api"]
    assert (event["payload"]["event"]["type"], event["ack"]) == ("app_home_opened", "")


async def test_an_event_whose_acknowledgement_was_lost_comes_again_and_changes_nothing(club: Club) -> None:
    club.workspace.sockets.lose_acks()
    shown = text_of(await club.home())
    await club.until(lambda: len([one for one in envelopes(club) if one["type"] == "events_api"]) == 2)
    await club.until(lambda: len(club.workspace.calls("views.publish")) == 2)
    home = club.workspace.home(COACH)
    assert home
    assert text_of(home) == shown
    assert club.posts() == []


async def test_a_confirmation_whose_acknowledgement_was_lost_is_pressed_again_and_sends_once(
    club: Club,
) -> None:
    preview = await club.compose(audience="fixed", groups="U13", message="Training is off tonight.")
    club.workspace.sockets.lose_acks()
    ack = await club.workspace.submit(preview)
    assert ack
    assert ack.miss is Miss.TIMEOUT
    await club.workspace.submit(preview)
    (campaign,) = await club.rows(Campaign)
    await club.reached(campaign, {"delivered": 7})
    assert len(club.carrier.posts) == 7


@pytest.mark.parametrize("reason", [Farewell.REFRESH, Farewell.WARNING])
async def test_a_connection_that_slack_ends_is_followed_by_another_one(club: Club, reason: Farewell) -> None:
    before = len(club.workspace.calls("apps.connections.open"))
    await club.workspace.sockets.refresh(reason)
    await club.until(lambda: club.workspace.sockets.open == 1)
    assert len(club.workspace.calls("apps.connections.open")) == before + 1
    assert (await club.open("/sms")).callback_id == "compose"


async def test_what_was_asked_over_the_old_connection_is_answered_over_the_new_one(club: Club) -> None:
    club.workspace.faults.slow("users.info", 1)
    typing = asyncio.create_task(club.workspace.run_command(COACH, CHANNEL, "/sms"))
    await club.until(lambda: club.workspace.calls("users.info"))
    await club.workspace.sockets.refresh()
    assert (await typing).is_ok


async def test_nothing_is_posted_to_an_address_and_there_is_no_door_for_it(club: Club) -> None:
    status, _ = await club.post_slack({"command": "/sms"})
    assert status == 404
    assert "touchline_" in await club.get("/metrics")
    assert (await club.post_twilio("/twilio/inbound", {}))[0] == 403


async def test_without_a_public_address_only_the_checks_are_open(tmp_path: Path, planted: str) -> None:
    async with on_socket(tmp_path, planted, public_url="", slack_signing_secret=SecretStr("")) as club:
        assert (await ready(club))["ready"] is True
        base = f"http://127.0.0.1:{club.settings.port}"
        async with aiohttp.ClientSession() as session:
            for path in ("/slack/events", "/twilio/inbound", "/m/anything"):
                async with session.post(base + path) as answer:
                    assert answer.status == 404, path


async def test_two_processes_share_what_slack_says(club: Club) -> None:
    async with club.another_process():
        assert club.workspace.sockets.open == 2
        view = await club.open("/sms")
        await club.fill(view, groups="U13", message="Training is off tonight.")
        assert (await club.submit(view)).callback_id == "preview"
    assert club.workspace.sockets.open == 1


@pytest.mark.both
@pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)
async def test_a_process_that_sends_alone_opens_no_socket(club: Club) -> None:
    settings = club.settings.model_copy(update={"port": 0})
    async with running(settings, club.clock, only=Part.WORKER) as worker:
        assert worker.socket is None
        assert club.workspace.sockets.open == 1
    async with running(settings, club.clock, only=Part.WEB) as web:
        assert web.socket
        assert club.workspace.sockets.open == 2


async def test_asked_to_end_it_answers_what_was_asked_and_hangs_up(club: Club) -> None:
    socket = socket_of(club)
    club.workspace.faults.slow("users.info", 1)
    typing = asyncio.create_task(club.workspace.run_command(COACH, CHANNEL, "/sms"))
    await club.until(lambda: club.workspace.calls("users.info"))
    stopping = asyncio.create_task(club.stop())
    await club.until(lambda: socket._is_closing)
    late = await club.workspace.run_command(ADMIN, CHANNEL, "/groups")
    assert ((await typing).is_ok, late.miss) == (True, Miss.TIMEOUT)
    await stopping
    assert [call.payload["user"] for call in club.workspace.calls("users.info")] == [COACH]
    assert club.workspace.sockets.open == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"app_token": "xapp-another"}, "Slack does not know it (invalid_auth)"),
        ({"app_token_scopes": frozenset[str]()}, "lacks the scope connections:write"),
        ({"is_on_socket": False}, "is of an app whose settings have Socket Mode switched off"),
        ({"bot_token": "xapp-playground", "app_token": "xoxb-playground"}, "begins with xapp-"),
    ],
)
async def test_a_token_that_opens_no_socket_stops_the_start_with_one_line(
    tmp_path: Path, planted: str, changes: dict[str, Any], words: str
) -> None:
    async with on_socket(tmp_path, planted, is_started=False) as club:
        club.workspace.app = replace(club.workspace.app, **changes)
        if "bot_token" in changes:  # the two in each other's place
            club.settings.slack_bot_token = SecretStr("xapp-playground")
        with pytest.raises(BadSetting, match="SLACK_APP_TOKEN: ") as caught:
            await club.start()
        assert words in str(caught.value)


async def test_it_starts_while_slack_is_away_and_is_heard_once_slack_is_back(watchful: Club) -> None:
    club = watchful
    await club.stop()
    club.workspace.faults.down()
    await club.start()
    club.workspace.faults.up()
    await club.until(lambda: club.workspace.sockets.open == 1)
    assert (await club.open("/sms")).callback_id == "compose"
    assert not socket_of(club).dead.is_set()


async def test_a_connection_that_broke_off_is_opened_again(watchful: Club) -> None:
    watchful.workspace.sockets.cut()
    await watchful.until(lambda: watchful.workspace.sockets.open == 1)
    assert (await watchful.open("/sms")).callback_id == "compose"


async def test_an_address_that_was_used_up_in_vain_is_asked_for_anew(watchful: Club) -> None:
    watchful.workspace.sockets.refuse()
    watchful.workspace.sockets.cut()
    await watchful.until(lambda: watchful.workspace.sockets.open == 1)
    assert not socket_of(watchful).dead.is_set()


async def test_a_connection_that_fell_silent_is_given_up_for_another_one(watchful: Club) -> None:
    before = len(watchful.workspace.calls("apps.connections.open"))
    watchful.workspace.sockets.silence()
    await watchful.until(lambda: len(watchful.workspace.calls("apps.connections.open")) > before)
    await watchful.until(lambda: watchful.workspace.sockets.open == 1)
    await watchful.open("/sms")


async def test_an_idle_connection_is_a_living_one(watchful: Club) -> None:
    await asyncio.sleep(2 * QUICK["socket_seconds"])
    assert not socket_of(watchful).dead.is_set()
    assert (await ready(watchful))["ready"] is True


async def test_a_dead_socket_is_told_first_and_ends_the_process_then(watchful: Club) -> None:
    assert watchful.bot
    working = asyncio.create_task(watchful.bot.work_until(asyncio.Event()))
    watchful.workspace.faults.down()
    watchful.workspace.sockets.cut()

    async def is_told() -> bool:
        return "socket" in (await ready(watchful))["troubles"]

    await watchful.until(is_told)
    assert not working.done()
    with pytest.raises(SocketDead, match=r"dead for 2\.4 s"):
        await working


async def test_a_socket_that_comes_back_in_time_ends_nothing(watchful: Club) -> None:
    watchful.workspace.faults.down()
    watchful.workspace.sockets.cut()

    async def is_told() -> bool:
        return not (await ready(watchful))["ready"]

    await watchful.until(is_told)
    watchful.workspace.faults.up()
    await watchful.until(lambda: watchful.workspace.sockets.open == 1)

    async def is_well() -> bool:
        return bool((await ready(watchful))["ready"])

    await watchful.until(is_well)
    assert not socket_of(watchful).dead.is_set()


async def test_a_client_that_stopped_listening_without_a_word_is_found_out(watchful: Club) -> None:
    """slackapi/bolt-python#1529: the connection is open, and nobody reads from it or looks at it any more."""
    client = socket_of(watchful)._client
    assert client.message_receiver
    client.message_receiver.cancel()
    assert client.current_session_monitor
    client.current_session_monitor.cancel()
    client.last_ping_pong_time = None
    assert await client.is_connected()
    async with asyncio.timeout(10):
        await socket_of(watchful).dead.wait()
    assert await client.is_connected()


async def test_the_playground_runs_in_socket_mode(tmp_path: Path) -> None:
    async with open_playground(tmp_path, app=ON_SOCKET) as playground:
        assert playground.bot.socket
        assert (await playground.workspace.run_command(COACH, CHANNEL, "/sms")).is_ok
