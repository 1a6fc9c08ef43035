"""Whatever answers in the place of Slack, of Twilio or of the bot ends as words, in the one check it belongs to."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import web

from bot.doctor.findings import Check, Finding, State
from bot.playground.launcher import free_port
from tests.club import Club
from tests.integration.doctor.visits import always, answering, of, visit

SHORT = timedelta(seconds=0.4)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def never(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def breaks_off(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def cut_short(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "900", "Content-Type": "application/json"})
    await answer.prepare(request)
    await answer.write(b'{"ok": tr')
    assert request.transport
    request.transport.abort()
    return answer


ODD: dict[str, Answer] = {
    "a page for people": always(200, "<html>Welcome</html>"),
    "an error's page": always(502, "<html>Bad Gateway</html>"),
    "an error of the server": always(500),
    "another kind of JSON": always(200, "[1, 2]", "application/json"),
    "JSON without the fields": always(200, "{}", "application/json"),
    "JSON of a depth that nobody reads": always(200, "[" * 50_000, "application/json"),
    "no text at all": always(200, "\x00\ufffe"),
    "what leads on": always(301, headers={"Location": "https://login.example.org/?token=canary"}),
    "what leads on nowhere": always(302, headers={"Location": "http://[::bad"}),
    "a door that wants a password": always(401, "Who?", headers={"WWW-Authenticate": "Basic"}),
    "nobody there of that name": always(404, "404 page not found"),
    "a refusal": always(403, "Forbidden"),
    "what is too busy": always(429, "later", headers={"Retry-After": "Thu, 01 Jan 2026 00:00:00 GMT"}),
    "a broken clock": always(200, "{}", "application/json", headers={"Date": "yesterday"}),
    "silence": never,
    "a broken connection": breaks_off,
    "half an answer": cut_short,
}


def in_words(found: list[Finding]) -> bool:
    """Whether the check says one thing that is wrong and how to mend it, and did not fail itself."""
    return all(
        one.state is State.WRONG and one.mending and "failed" not in one.words and "canary" not in one.words
        for one in found
    )


@pytest.mark.parametrize("name", list(ODD))
async def test_what_answers_in_anybodys_place_ends_as_words(club: Club, name: str) -> None:
    async with answering(ODD[name]) as url:
        found = await visit(
            club, patience=SHORT, SLACK_API_URL=f"{url}/api/", TWILIO_API_URL=url, PUBLIC_URL=url
        )
    for check in (Check.SLACK_TOKEN, Check.SLACK_WEBHOOK, Check.TWILIO_ACCOUNT, Check.TWILIO_WEBHOOK):
        [only] = of(found, check)
        assert in_words([only]), only
    assert {one.check for one in found} == set(Check)
    assert {one.state for one in of(found, Check.DATABASE)} == {State.OK}


async def test_where_nobody_listens_it_says_so(club: Club) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    found = await visit(club, SLACK_API_URL=f"{url}/api/", TWILIO_API_URL=url, PUBLIC_URL=url)
    assert "nobody listens there" in of(found, Check.SLACK_TOKEN)[0].words
    assert "it was not reached" in of(found, Check.TWILIO_ACCOUNT)[0].words
    assert "nobody listens there" in of(found, Check.TWILIO_WEBHOOK)[0].words
    assert of(found, Check.CLOCK)[0].state is State.SKIPPED


async def test_https_where_none_is_spoken_is_said(club: Club) -> None:
    url = club.settings.public_url.replace("http://", "https://")
    found = await visit(club, PUBLIC_URL=url)
    assert "does not speak https" in of(found, Check.SLACK_WEBHOOK)[0].words


async def test_where_a_redirect_leads_is_said_without_its_path(club: Club) -> None:
    async with answering(ODD["what leads on"]) as url:
        found = await visit(club, PUBLIC_URL=url)
    [webhook] = of(found, Check.SLACK_WEBHOOK)
    assert "it leads on to https://login.example.org (HTTP 301)" in webhook.words
    assert "the very address" in webhook.mending


async def test_a_server_that_takes_everything_is_not_taken_for_the_bot(club: Club) -> None:
    """Whatever answers 404 as the bot does, signed or not, refuses no forgery."""
    async with answering(always(404, "No such message.", "text/plain")) as url:
        found = await visit(club, PUBLIC_URL=url)
    assert "What nobody signed is not refused" in of(found, Check.TWILIO_WEBHOOK)[0].words


async def test_an_echo_is_not_taken_for_the_bot(club: Club) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(text="You sent: " + 200 * " " + await request.text())

    async with answering(echo) as url:
        found = await visit(club, PUBLIC_URL=url)
    assert of(found, Check.SLACK_WEBHOOK)[0].state is State.WRONG


async def test_a_silent_slack_holds_up_nobody_else(club: Club) -> None:
    club.workspace.faults.slow("auth.test", 30)
    loop = asyncio.get_running_loop()
    began = loop.time()
    found = await visit(club, patience=timedelta(seconds=2))
    assert loop.time() - began < 20
    assert "no answer came in time" in of(found, Check.SLACK_TOKEN)[0].words
    assert of(found, Check.TWILIO_ACCOUNT)[0].state is State.OK
    assert of(found, Check.SLACK_WEBHOOK)[0].state is State.OK


async def test_what_others_say_is_told_on_one_line_without_secrets_numbers_or_signs_for_terminals(
    club: Club,
) -> None:
    told = "\x1b[2Jno xoxb-playground\n+33612345678 [red]" + "long" * 500
    answer = always(200, json.dumps({"ok": False, "error": told}), "application/json")
    async with answering(answer) as url:
        [token] = of(await visit(club, SLACK_API_URL=f"{url}/api/"), Check.SLACK_TOKEN)
    assert token.words.startswith("SLACK_BOT_TOKEN: Slack refuses it ([2Jno ••• +33 •••• •• 78 [red]long")
    assert len(token.words) <= 600
