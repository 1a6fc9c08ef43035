"""The door of the member's page as networks and their programs use it: in pieces, by odd methods, many at once."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest
from multidict import CIMultiDict

from bot.members import doors
from bot.members.guard import MISSES
from bot.playground.seed import NAME
from bot.rules.page import ANSWERS_AN_HOUR
from storage.models import Conversation, OptOut, Reply
from tests.club import Club
from tests.club.process import PATIENCE_SECONDS

pytestmark = pytest.mark.turns


async def linked(club: Club) -> str:
    """The link on Loïc's phone."""
    campaign = await club.confirm(await club.compose(groups="U13", sender=NAME, message="Gym closed"))
    await club.reached(campaign, {"delivered": 7})
    return club.link("loic")


async def in_pieces(link: str, *pieces: str) -> str:
    """What the door answers to a form that comes in these pieces, a moment apart."""
    address = urlsplit(link)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    length = sum(map(len, pieces))
    head = f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {length}\r\nConnection: close\r\n"
    for piece in (f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n", *pieces):
        writer.write(piece.encode())
        await writer.drain()
        await asyncio.sleep(0.05)
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def test_an_answer_that_comes_in_pieces_is_kept_whole(club: Club) -> None:
    link = await linked(club)
    answer = await in_pieces(link, "act=answer&text=I+come", "+at+nine,+not+at+eight")
    assert answer.startswith("HTTP/1.1 303")
    assert [reply.body for reply in await club.rows(Reply)] == ["I come at nine, not at eight"]


async def test_a_stop_that_comes_in_pieces_is_heeded(club: Club) -> None:
    link = await linked(club)
    answer = await in_pieces(link, "once=9f86d081884c7d65", "&act=", "stop")
    assert answer.startswith("HTTP/1.1 303")
    assert club.phone("loic").number in {row.e164 for row in await club.rows(OptOut)}


async def test_a_proxy_that_adds_a_header_below_the_clients_is_believed_alone(club: Club) -> None:
    link = await linked(club)
    missing = f"{club.settings.public_url}/m/aB3aB3aB3a"
    async with aiohttp.ClientSession() as session:
        for number in range(MISSES):
            said = [("X-Forwarded-For", f"6.6.6.{number}"), ("X-Forwarded-For", "203.0.113.9")]
            assert (await session.get(missing, headers=CIMultiDict(said))).status == 404
    assert (await club.visit(link, **{"X-Forwarded-For": "203.0.113.9"})).status == 429
    assert (await club.visit(link, **{"X-Forwarded-For": "6.6.6.0"})).status == 200


async def test_a_form_that_never_ends_is_given_up(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "FORM_SECONDS", 0.05)
    address = urlsplit(await linked(club))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nact=stop".encode())
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()
    assert await club.rows(Reply) == []


@pytest.mark.both
async def test_a_flood_of_answers_at_once_is_stopped_like_one_after_the_other(club: Club) -> None:
    link = await linked(club)
    presses = [
        club.press(link, "answer", once=f"{number:016x}", follow=False, text=f"Answer {number}")
        for number in range(3 * ANSWERS_AN_HOUR)
    ]
    statuses = [answer.status for answer in await asyncio.gather(*presses)]
    assert statuses.count(303) == ANSWERS_AN_HOUR
    assert len(await club.rows(Reply)) == ANSWERS_AN_HOUR
    assert len(await club.rows(Conversation)) == 1


@pytest.mark.both
async def test_a_stop_from_many_windows_at_once_stands_there_once(club: Club) -> None:
    link = await linked(club)
    taps = [club.press(link, "stop", once=f"{number:016x}", follow=False) for number in range(10)]
    assert {tap.status for tap in await asyncio.gather(*taps)} == {303}
    assert [reply.keyword for reply in await club.rows(Reply)] == ["stop"]
    assert len(await club.rows(Conversation)) == 1


async def test_who_goes_to_and_fro_without_end_stays_stopped(club: Club) -> None:
    link = await linked(club)
    for _ in range(ANSWERS_AN_HOUR):
        assert (await club.press(link, "stop")).status == 200
        assert (await club.press(link, "start")).status == 200
    assert (await club.press(link, "stop")).status == 200
    refused = await club.press(link, "start")
    assert refused.status == 422
    assert "Please wait a while." in refused.text
    assert club.phone("loic").number in {row.e164 for row in await club.rows(OptOut)}
    club.skip(timedelta(hours=1, minutes=1))
    assert (await club.press(link, "start")).status == 200
    assert (await club.press(link, "stop")).status == 200
