"""The page's socket without a browser: who may open it, what it shows to whom, what it survives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSServerHandshakeError

from tests.browser.shell.club import ADMIN, COACH, TEAM, Club, open_club


@pytest.fixture
async def club() -> AsyncIterator[Club]:
    async with open_club() as club:
        yield club


@asynccontextmanager
async def joined(club: Club, user: str, **headers: str) -> AsyncIterator[ClientWebSocketResponse]:
    async with (
        ClientSession() as session,
        session.ws_connect(f"{club.url}/ws?as={user}", headers=headers) as socket,
    ):
        yield socket


async def shown(socket: ClientWebSocketResponse, target: str) -> dict[str, Any]:
    """The next thing the page is told of one list."""
    while True:
        for op in await socket.receive_json(timeout=5):
            if op["target"] == target:
                found: dict[str, Any] = op
                return found


async def test_the_page_runs_no_script_but_its_own_and_asks_no_other_server(club: Club) -> None:
    async with ClientSession() as session, session.get(club.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'none'; script-src 'self'" in policy
    assert '<html lang="en">' in page
    assert "https://" not in page


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_another_site_may_not_open_the_socket(club: Club, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError, match="403"):
        async with joined(club, COACH, Origin=origin):
            pass


async def test_the_page_itself_may_open_the_socket(club: Club) -> None:
    async with joined(club, COACH, Origin=club.url) as socket:
        assert (await shown(socket, "sidebar"))["keys"]


@pytest.mark.parametrize("user", ["U0NOBODY", "", "U0PLAYGRNDBOT"], ids=["unknown", "nobody", "the bot"])
async def test_somebody_unknown_looks_as_the_first_of_the_staff(club: Club, user: str) -> None:
    async with joined(club, user) as socket:
        assert 'value="U0COACH" selected' in (await shown(socket, "sidebar"))["html"]["who"]


async def test_a_channel_one_is_not_in_is_not_shown(club: Club) -> None:
    club.workspace.add_channel("C0BOARD", "board", [ADMIN], is_private=True)
    await club.workspace.post_message(ADMIN, "C0BOARD", "the secret")
    async with joined(club, COACH) as socket:
        assert "board" not in (await shown(socket, "sidebar"))["html"]["places"]
        await socket.send_json({"act": "place", "place": "C0BOARD"})
        assert (await shown(socket, "place"))["keys"] == ["place-home"]


@pytest.mark.parametrize(
    "act",
    [
        "not json",
        "{}",
        '{"act": "no such act"}',
        '{"act": "click", "home": "x", "block": "b", "action": "a"}',
    ],
)
async def test_an_act_that_makes_no_sense_ends_in_a_banner_at_most(club: Club, act: str) -> None:
    async with joined(club, COACH) as socket:
        await socket.send_str(act)
        await socket.send_json({"act": "say", "text": "still here"})
        await shown(socket, "messages")
        assert "still here" in "".join((await shown(socket, "messages"))["html"].values())


async def test_a_late_click_on_something_gone_does_nothing(club: Club) -> None:
    async with joined(club, COACH) as socket:
        await shown(socket, "messages")
        await socket.send_json({"act": "click", "channel": TEAM, "ts": "1.0", "block": "b", "action": "a"})
        await socket.send_json({"act": "submit", "view": "V0GONE"})
        await socket.send_json({"act": "say", "text": "after it"})
        assert "after it" in "".join((await shown(socket, "messages"))["html"].values())
        assert club.workspace.banners(COACH) == []


async def test_only_the_message_that_changed_is_sent(club: Club) -> None:
    first = await club.workspace.post_message(COACH, "C0GENERAL", "one")
    async with joined(club, COACH) as socket:
        assert f"m-{first.ts}" in (await shown(socket, "messages"))["html"]
        second = await club.workspace.post_message(ADMIN, "C0GENERAL", "two")
        told = await shown(socket, "messages")
        assert list(told["html"]) == [f"m-{second.ts}"]
        assert told["keys"][-2:] == [f"m-{first.ts}", f"m-{second.ts}"]


async def test_commands_in_threads_are_refused_as_slack_refuses_them(club: Club) -> None:
    parent = await club.workspace.post_message(COACH, "C0GENERAL", "one")
    async with joined(club, COACH) as socket:
        await shown(socket, "messages")
        await socket.send_json({"act": "say", "text": "/sms", "thread": parent.ts})
        (banner,) = (await shown(socket, "banners"))["html"].values()
        assert "/sms is not supported in threads" in banner
