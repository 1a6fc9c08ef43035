"""The bot's own carrier, against the stand-in and against servers that misbehave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from bot.carriers import (
    AnswerLost,
    Carrier,
    CarrierError,
    NeverConnected,
    Outgoing,
    Refused,
    Throttled,
)
from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier import Fault, Pace, StandInCarrier
from storage.db import Database, TransactionOpen
from tests.integration.carrier.club import CLUB, LONG_CODE, MEMBER, SERVICE, SHORT_CODE, SID, TOKEN, Door

SMS = Outgoing(to=MEMBER, sender=SHORT_CODE, body="Entraînement à 18 h", status_url="http://127.0.0.1:9/s/1")
# Short where waiting in vain is what is tested; else so long that a busy machine changes nothing.
HASTE = timedelta(milliseconds=150)
PATIENCE = timedelta(seconds=10)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def connected(url: str, **options: Any) -> TwilioCarrier:
    patience = {"connect_timeout": PATIENCE, "answer_timeout": PATIENCE}
    return TwilioCarrier(SID, TOKEN, url, **(patience | options))


@pytest.fixture
async def twilio(carrier: StandInCarrier) -> AsyncIterator[TwilioCarrier]:
    twilio = connected(carrier.url)
    yield twilio
    await twilio.close()


async def test_an_accepted_message_has_its_sid_state_and_segments(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    protocol: Carrier = twilio
    accepted = await protocol.send(SMS)
    assert (accepted.status, accepted.segments) == ("queued", 1)
    [line] = carrier.ledger
    assert (line.sid, line.to, line.sender, line.body) == (accepted.sid, MEMBER, SHORT_CODE, SMS.body)
    assert carrier.message(accepted.sid).status_url == SMS.status_url


async def test_the_request_asks_for_the_text_as_it_is(twilio: TwilioCarrier, carrier: StandInCarrier) -> None:
    await twilio.send(SMS)
    [exchange] = carrier.log
    assert parse_qs(exchange.request_body) == {
        "To": [MEMBER],
        "From": [SHORT_CODE],
        "Body": [SMS.body],
        "StatusCallback": [SMS.status_url],
        "SmartEncoded": ["false"],
    }


async def test_a_service_takes_the_place_of_a_number_and_knows_no_segments_yet(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    accepted = await twilio.send(Outgoing(MEMBER, SERVICE, "x", "http://127.0.0.1:9/s/1"))
    assert (accepted.status, accepted.segments) == ("accepted", None)
    assert carrier.message(accepted.sid).sender == LONG_CODE


CLASSES = [
    (Fault.THROTTLED, Throttled, 20429, 0, "never processed"),
    (Fault.DAILY_CAP, Throttled, 63038, 0, "no more today"),
    (Fault.ERROR_BEFORE, AnswerLost, None, 0, "5xx tells nothing"),
    (Fault.ERROR_AFTER, AnswerLost, None, 1, "5xx, and sent all the same"),
    (Fault.RESET_BEFORE, AnswerLost, None, 0, "reset before it was accepted"),
    (Fault.RESET_AFTER, AnswerLost, None, 1, "reset after"),
    (Fault.SILENT_BEFORE, AnswerLost, None, 0, "no answer in time"),
    (Fault.SILENT_AFTER, AnswerLost, None, 1, "no answer in time, and sent"),
    (Fault.GARBLED_AFTER, AnswerLost, None, 1, "201 with half a JSON"),
    (Fault.CUT_AFTER, AnswerLost, None, 1, "the body ends too soon"),
    (Fault.ACCEPTED_LATE, AnswerLost, None, 1, "500, and accepted afterwards"),
]


@pytest.mark.parametrize(
    ("fault", "error", "code", "accepted", "reason"), CLASSES, ids=[row[4] for row in CLASSES]
)
async def test_each_fault_is_known_for_what_it_is_and_asked_once(
    carrier: StandInCarrier,
    fault: Fault,
    error: type[CarrierError],
    code: int | None,
    accepted: int,
    reason: str,
) -> None:
    is_silent = fault in (Fault.SILENT_BEFORE, Fault.SILENT_AFTER)
    twilio = connected(carrier.url, answer_timeout=HASTE if is_silent else PATIENCE)
    if not is_silent:
        await twilio.send(
            Outgoing("+33698765432", SHORT_CODE, "warm the connection", "http://127.0.0.1:9/s/0")
        )
    carrier.fail(fault, to=MEMBER)
    with pytest.raises(CarrierError) as raised:
        await twilio.send(SMS)
    assert type(raised.value) is error, reason
    assert getattr(raised.value, "code", None) == code
    await twilio.close()
    await carrier.flush()
    to_member = [line for line in carrier.ledger if line.to == MEMBER]
    assert len(to_member) == accepted
    heard = [exchange for exchange in carrier.log if "warm" not in exchange.request_body]
    assert len([exchange for exchange in heard if exchange.direction == "in"]) <= 1, "it was asked once"


def test_every_fault_is_in_the_table() -> None:
    assert {row[0] for row in CLASSES} == set(Fault) - {Fault.SLOW}


async def test_a_slow_answer_within_patience_is_an_answer(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    carrier.fail(Fault.SLOW, delay=timedelta(milliseconds=50))
    assert (await twilio.send(SMS)).sid == carrier.ledger[0].sid


async def test_faults_come_in_the_order_they_were_scripted_and_end(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    carrier.fail(Fault.THROTTLED, times=2)
    carrier.fail(Fault.ERROR_AFTER)
    classes = []
    for _ in range(3):
        with pytest.raises(CarrierError) as raised:
            await twilio.send(SMS)
        classes.append(type(raised.value))
    await twilio.send(SMS)
    assert classes == [Throttled, Throttled, AnswerLost]
    assert [line.attempts for line in carrier.ledger] == [4, 4]


async def test_a_throttled_answer_tells_how_long_to_wait(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    carrier.fail(Fault.THROTTLED, retry_after=timedelta(seconds=7))
    with pytest.raises(Throttled) as raised:
        await twilio.send(SMS)
    assert raised.value.retry_after == timedelta(seconds=7)
    assert raised.value.retry


REFUSALS = [
    (Outgoing("+4915112345678", SHORT_CODE, "x", "http://127.0.0.1:9/"), 21408, 400, "a country not allowed"),
    (Outgoing("0612345678", SHORT_CODE, "x", "http://127.0.0.1:9/"), 21211, 400, "not E.164"),
    (Outgoing(MEMBER, "36000", "x", "http://127.0.0.1:9/"), 21659, 400, "a number not ours"),
]


@pytest.mark.parametrize(("sms", "code", "status", "reason"), REFUSALS, ids=[row[3] for row in REFUSALS])
async def test_a_refusal_has_its_number(
    twilio: TwilioCarrier, sms: Outgoing, code: int, status: int, reason: str
) -> None:
    with pytest.raises(Refused) as raised:
        await twilio.send(sms)
    assert (raised.value.code, raised.value.http_status) == (code, status), reason
    assert not raised.value.retry


async def test_a_scenario_refuses_with_any_number(twilio: TwilioCarrier, carrier: StandInCarrier) -> None:
    carrier.scenario(to=MEMBER, refuse=21614, times=1)
    with pytest.raises(Refused) as raised:
        await twilio.send(SMS)
    assert raised.value.code == 21614


async def test_a_wrong_token_is_a_refusal(carrier: StandInCarrier) -> None:
    twilio = TwilioCarrier(SID, "wrong", carrier.url)
    with pytest.raises(Refused) as raised:
        await twilio.send(SMS)
    await twilio.close()
    assert (raised.value.code, raised.value.http_status) == (20003, 401)


@asynccontextmanager
async def serving(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that reads a request's head and then does what it wants."""

    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for handler in handlers:
        handler.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)
    await server.wait_closed()


def head(status: str, body: bytes, *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


WIRE = [
    (head("200 OK", b"{}"), AnswerLost, "success without a sid"),
    (head("201 Created", b"[]"), AnswerLost, "success that is no object"),
    (head("201 Created", b'{"sid": "SM1", "status": "queued"}'), AnswerLost, "a sid that is none"),
    (head("302 Found", b"", "Location: http://127.0.0.1/login"), AnswerLost, "a redirect is not followed"),
    (head("408 Request Timeout", b""), AnswerLost, "a gateway that may have passed it on"),
    (head("503 Service Unavailable", b"<html>", "Retry-After: 5"), AnswerLost, "a gateway's page"),
    (head("400 Bad Request", b"<html>"), Refused, "a refusal that cannot be read is one"),
    (head("429 Too Many Requests", b"", "Retry-After: Fri, 31 Dec 1999"), Throttled, "no body, an odd date"),
    (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{", Refused, "a refusal cut short"),
    (b"SSH-2.0-OpenSSH\r\n", AnswerLost, "not HTTP at all"),
    (b"", AnswerLost, "hangs up without a word"),
    (b"HTTP/1.1 201 Created\r\nContent-Le", AnswerLost, "hangs up within the head"),
]


@pytest.mark.parametrize(("answer", "error", "reason"), WIRE, ids=[row[2] for row in WIRE])
async def test_an_odd_answer_is_lost_unless_it_is_a_refusal(
    answer: bytes, error: type[CarrierError], reason: str
) -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with serving(write) as url:
        twilio = connected(url)
        with pytest.raises(error):
            await twilio.send(SMS)
        await twilio.close()


async def test_a_list_behind_a_redirect_is_no_empty_list() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head("302 Found", b'{"messages": [], "next_page_uri": null}', "Location: /login"))
        await writer.drain()

    async with serving(write) as url:
        twilio = connected(url)
        with pytest.raises(AnswerLost):
            await twilio.find(MEMBER, since=LONG_AGO)
        await twilio.close()


async def test_an_answer_that_drips_for_ever_is_given_up() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 900000\r\n\r\n")
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async with serving(drip) as url:
        twilio = connected(url, connect_timeout=HASTE, answer_timeout=HASTE)
        with pytest.raises(AnswerLost):
            await twilio.send(SMS)
        await twilio.close()


class NoSuchName(AbstractResolver):
    """A name server that knows nobody."""

    async def resolve(self, host: str, port: int = 0, family: Any = None) -> Any:
        raise OSError(f"{host}: name not known")

    async def close(self) -> None:
        return None


async def test_an_unknown_name_was_never_connected() -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoSuchName()))
    twilio = TwilioCarrier(SID, TOKEN, "http://api.carrier.example", session=session)
    with pytest.raises(NeverConnected):
        await twilio.send(SMS)
    await twilio.close()
    assert session.closed, "the session is the carrier's own"


async def test_a_closed_port_was_never_connected(unused_tcp_port: int) -> None:
    twilio = connected(f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(NeverConnected) as raised:
        await twilio.send(SMS)
    await twilio.close()
    assert raised.value.retry


async def test_a_failed_tls_handshake_was_never_connected(carrier: StandInCarrier) -> None:
    twilio = connected(carrier.url.replace("http:", "https:"))
    with pytest.raises(NeverConnected):
        await twilio.send(SMS)
    await twilio.close()
    assert carrier.posts == ()


async def test_one_who_found_no_free_connection_in_time_was_never_connected(carrier: StandInCarrier) -> None:
    carrier.fail(Fault.SILENT_AFTER, to=MEMBER)
    twilio = connected(carrier.url, connections=1, connect_timeout=HASTE)
    accepted = asyncio.Event()
    carrier.listen(lambda change: accepted.set())
    silent = asyncio.create_task(twilio.send(SMS))
    await accepted.wait()
    with pytest.raises(NeverConnected):
        await twilio.send(Outgoing("+33698765432", SHORT_CODE, "x", "http://127.0.0.1:9/"))
    silent.cancel()
    await asyncio.gather(silent, return_exceptions=True)
    await twilio.close()
    assert [line.to for line in carrier.ledger] == [MEMBER]


async def test_nothing_is_asked_while_a_transaction_is_open(
    twilio: TwilioCarrier, carrier: StandInCarrier
) -> None:
    database = Database("sqlite+aiosqlite://")
    async with database.begin():
        for ask in (twilio.send(SMS), twilio.find(MEMBER, since=LONG_AGO)):
            with pytest.raises(TransactionOpen):
                await ask
    await database.engine.dispose()
    assert len(carrier.log) == 0


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
