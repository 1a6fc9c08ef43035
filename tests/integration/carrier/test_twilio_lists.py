"""The bot's own carrier asks for lists: what is found, and when nothing can be said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.carriers import AnswerLost, CarrierError, Outgoing, Refused, Throttled
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


async def test_one_message_is_fetched_by_its_id(twilio: TwilioCarrier, carrier: StandInCarrier) -> None:
    sent = await twilio.send(SMS)
    carrier.scenario(outcome="undelivered", error=30003)
    other = await twilio.send(SMS)
    await carrier.flush()
    fetched = [await twilio.fetch(sid) for sid in (sent.sid, other.sid)]
    assert [one.sid for one in fetched] == [sent.sid, other.sid]
    assert [(one.status, one.error_code) for one in fetched] == [("delivered", None), ("undelivered", 30003)]


async def test_a_message_that_nobody_sent_cannot_be_fetched(twilio: TwilioCarrier) -> None:
    for sid in ("SM" + "0" * 32, "../Messages", ""):
        with pytest.raises(Refused) as raised:
            await twilio.fetch(sid)
        assert (raised.value.code, raised.value.http_status) == (20404, 404)


@pytest.mark.parametrize(("fault", "error", "reason"), LISTS, ids=[row[2] for row in LISTS])
async def test_a_message_that_could_not_be_had_is_an_error(
    carrier: StandInCarrier, fault: Fault, error: type[CarrierError], reason: str
) -> None:
    twilio = connected(carrier.url, answer_timeout=HASTE if fault is Fault.SILENT_BEFORE else PATIENCE)
    sent = (await twilio.send(SMS)).sid
    carrier.fail(fault, on="fetch", times=2)
    with pytest.raises(error):
        await twilio.fetch(sent)
    await twilio.close()


async def test_another_message_than_asked_for_is_an_error() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head("200 OK", b'{"sid": "SM2", "status": "sent"}'))
        await writer.drain()

    async with serving(write) as url:
        twilio = connected(url)
        with pytest.raises(AnswerLost):
            await twilio.fetch("SM1")
        await twilio.close()


async def test_all_that_was_sent_is_listed_newest_first_without_what_members_wrote(
    twilio: TwilioCarrier, carrier: StandInCarrier, door: Door
) -> None:
    sent = [(await twilio.send(SMS)).sid for _ in range(3)]
    await carrier.text(from_=MEMBER, to=SHORT_CODE, body="Oui")
    sent.append((await twilio.send(SMS)).sid)
    pages = [[one.sid for one in page] async for page in twilio.newest()]
    assert pages == [list(reversed(sent))]


LIST = f"/2010-04-01/Accounts/{SID}/Messages.json"
LISTED = {"direction": "outbound-api", "to": MEMBER, "status": "sent"}


@asynccontextmanager
async def listing(pages: dict[str, Any], asked: list[str]) -> AsyncIterator[TwilioCarrier]:
    """A carrier that has these pages, by the number in their address."""

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.query.get("Page", "0"))
        return web.json_response(pages[asked[-1]])

    app = web.Application()
    app.router.add_get(LIST, answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    twilio = connected(f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield twilio
    await twilio.close()
    await runner.cleanup()


async def test_pages_come_one_by_one_and_only_as_far_as_somebody_reads() -> None:
    pages = {
        str(page): {"messages": [LISTED | {"sid": f"SM{page}"}], "next_page_uri": f"{LIST}?Page={page + 1}"}
        for page in range(5)
    }
    asked: list[str] = []
    async with listing(pages, asked) as twilio:
        async for page in twilio.newest():
            if page[0].sid == "SM2":
                break
    assert asked == ["0", "1", "2"]


async def test_of_pages_that_lead_in_a_circle_each_is_read_once() -> None:
    circle = {"messages": [], "next_page_uri": f"{LIST}?Page=1"}
    asked: list[str] = []
    async with listing({"0": circle, "1": circle}, asked) as twilio:
        with pytest.raises(AnswerLost):
            _ = [page async for page in twilio.newest()]
    assert asked == ["0", "1"]


async def test_what_members_wrote_is_listed_newest_first_with_its_time(
    twilio: TwilioCarrier, carrier: StandInCarrier, door: Door
) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    for body in ("Oui", "Non\0"):
        await carrier.text(from_=MEMBER, to=SHORT_CODE, body=body)
    [page] = [page async for page in twilio.received(SHORT_CODE, since=LONG_AGO)]
    assert [(one.from_, one.to, one.body) for one in page] == [
        (MEMBER, SHORT_CODE, "Non"),
        (MEMBER, SHORT_CODE, "Oui"),
    ]
    assert page[0].account_sid == SID
    assert all(one.came_at and began <= one.came_at <= datetime.now(UTC) for one in page)


async def test_of_what_members_wrote_only_what_is_new_enough_is_asked_for_page_by_page() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    async with StandInCarrier([CLUB], pace=Pace.MANUAL, clock=lambda: noon) as carrier:
        twilio = connected(carrier.url)
        for _ in range(5):
            for n in range(100):
                await carrier.text(from_=MEMBER, to=SHORT_CODE, body=str(n))
            await carrier.advance(timedelta(days=1))
        since = noon + timedelta(days=2)
        pages = [page async for page in twilio.received(SHORT_CODE, since=since)]
        asked = [exchange.url for exchange in carrier.log if exchange.method == "GET"]
        await twilio.close()
    assert [len(page) for page in pages] == [200, 100]
    assert {one.came_at for page in pages for one in page} == {since + timedelta(days=n) for n in range(3)}
    assert all("DateSent%3E=2026-11-22" in url for url in asked)


WRITTEN = {
    "sid": "SM" + "1" * 32,
    "direction": "inbound",
    "from": MEMBER,
    "to": SHORT_CODE,
    "account_sid": SID,
    "body": "Oui",
}


async def test_a_listed_text_that_no_door_would_take_does_not_hide_the_others() -> None:
    odd = [WRITTEN | changed for changed in ({"sid": None}, {"from": "whatsapp:+33612345678"}, {"to": {}})]
    async with listing({"0": {"messages": [*odd, WRITTEN], "next_page_uri": None}}, []) as twilio:
        [page] = [page async for page in twilio.received(SHORT_CODE, since=LONG_AGO)]
    assert [one.sid for one in page] == [WRITTEN["sid"]]


async def test_a_list_behind_a_redirect_is_no_empty_list() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head("302 Found", b'{"messages": [], "next_page_uri": null}', "Location: /login"))
        await writer.drain()

    async with serving(write) as url:
        twilio = connected(url)
        with pytest.raises(AnswerLost):
            await twilio.find(MEMBER, since=LONG_AGO)
        await twilio.close()
