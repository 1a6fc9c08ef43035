"""The bot's own carrier asks for lists: what is found, and when nothing can be said."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.carriers import AnswerLost, CarrierError, Outgoing, Throttled
from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier import Fault, Pace, StandInCarrier
from tests.integration.carrier.asking import HASTE, LONG_AGO, PATIENCE, SMS, connected, head, serving
from tests.integration.carrier.club import CLUB, MEMBER, SHORT_CODE, SID, Door


async def test_what_was_sent_is_found_by_its_number(twilio: TwilioCarrier, carrier: StandInCarrier) -> None:
    carrier.fail(Fault.RESET_AFTER)
    began = datetime.now(UTC)
    with pytest.raises(AnswerLost):
        await twilio.send(SMS)
    await twilio.send(Outgoing("+33698765432", SHORT_CODE, "x", "http://127.0.0.1:9/"))
    [found] = await twilio.find(MEMBER, since=began)
    assert (found.sid, found.to, found.body) == (carrier.ledger[0].sid, MEMBER, SMS.body)
    assert (found.status, found.error_code, found.segments) == ("queued", None, 1)
    assert found.created_at is not None
    assert abs(found.created_at - began) < timedelta(seconds=5)


async def test_the_end_of_a_message_is_found_with_its_number(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    carrier.scenario(outcome="undelivered", error=30003)
    await twilio.send(SMS)
    await carrier.flush()
    [found] = await twilio.find(MEMBER, since=LONG_AGO)
    assert (found.status, found.error_code) == ("undelivered", 30003)


async def test_what_is_older_is_not_found_but_all_of_the_same_second_is() -> None:
    instant = datetime(2026, 11, 21, 18, 0, 0, 900_000, tzinfo=UTC)
    async with StandInCarrier([CLUB], pace=Pace.MANUAL, clock=lambda: instant) as carrier:
        twilio = connected(carrier.url)
        await twilio.send(SMS)
        await carrier.advance(timedelta(minutes=5))
        later = await twilio.send(SMS)
        assert len(await twilio.find(MEMBER, since=instant)) == 2
        assert [found.sid for found in await twilio.find(MEMBER, since=instant + timedelta(minutes=1))] == [
            later.sid
        ]
        await twilio.close()


async def test_a_message_the_list_does_not_show_yet_is_found_later(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    carrier.scenario(unlisted_for=timedelta(minutes=2))
    await twilio.send(SMS)
    assert await twilio.find(MEMBER, since=LONG_AGO) == ()
    await carrier.advance(timedelta(minutes=3))
    assert len(await twilio.find(MEMBER, since=LONG_AGO)) == 1


LISTS = [
    (Fault.ERROR_BEFORE, AnswerLost, "an error"),
    (Fault.THROTTLED, Throttled, "too many requests"),
    (Fault.RESET_BEFORE, AnswerLost, "a reset"),
    (Fault.SILENT_BEFORE, AnswerLost, "no answer"),
    (Fault.GARBLED_AFTER, AnswerLost, "no JSON"),
]


@pytest.mark.parametrize(("fault", "error", "reason"), LISTS, ids=[row[2] for row in LISTS])
async def test_a_list_that_could_not_be_had_is_an_error_and_never_empty(
    carrier: StandInCarrier, fault: Fault, error: type[CarrierError], reason: str
) -> None:
    twilio = connected(carrier.url, answer_timeout=HASTE if fault is Fault.SILENT_BEFORE else PATIENCE)
    # Twice: the HTTP client itself repeats a GET once on a connection that was open before.
    carrier.fail(fault, on="list", times=2)
    with pytest.raises(error):
        await twilio.find(MEMBER, since=LONG_AGO)
    await twilio.close()


PAGES = [
    ({}, "no messages"),
    ({"messages": None}, "null"),
    ({"messages": ["SM1"]}, "not objects"),
    ({"messages": [], "next_page_uri": "http://elsewhere.example/"}, "a page at somebody else's"),
    (
        {"messages": [], "next_page_uri": f"/2010-04-01/Accounts/{SID}/Messages.json?Page=1"},
        "pages without end",
    ),
]


@pytest.mark.parametrize(("page", "reason"), PAGES, ids=[row[1] for row in PAGES])
async def test_a_list_that_is_not_whole_is_an_error(page: dict[str, Any], reason: str) -> None:
    asked = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response(page)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    twilio = connected(f"http://127.0.0.1:{runner.addresses[0][1]}")
    with pytest.raises(AnswerLost):
        await twilio.find(MEMBER, since=LONG_AGO)
    await twilio.close()
    await runner.cleanup()
    assert asked <= 20, reason


async def test_texts_of_members_can_be_fetched_oldest_first(
    twilio: TwilioCarrier, carrier: StandInCarrier, door: Door
) -> None:
    for body in ("Oui", "Non"):
        await carrier.text(from_=MEMBER, to=SHORT_CODE, body=body)
    received = await twilio.received(SHORT_CODE, since=LONG_AGO)
    assert [(inbound.from_, inbound.to, inbound.body) for inbound in received] == [
        (MEMBER, SHORT_CODE, "Oui"),
        (MEMBER, SHORT_CODE, "Non"),
    ]
    assert received[0].account_sid == SID


async def test_a_list_behind_a_redirect_is_no_empty_list() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head("302 Found", b'{"messages": [], "next_page_uri": null}', "Location: /login"))
        await writer.drain()

    async with serving(write) as url:
        twilio = connected(url)
        with pytest.raises(AnswerLost):
            await twilio.find(MEMBER, since=LONG_AGO)
        await twilio.close()
