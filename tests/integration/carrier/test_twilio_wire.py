"""The bot's own carrier against servers that misbehave: what was never sent, and what may have been."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver

from bot.carriers import AnswerLost, CarrierError, NeverConnected, Outgoing, Refused, Throttled
from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier import Fault, StandInCarrier
from tests.integration.carrier.asking import HASTE, LONG_AGO, SMS, connected, head, serving
from tests.integration.carrier.club import MEMBER, SHORT_CODE, SID, TOKEN

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


async def test_a_list_of_an_unknown_name_was_never_connected() -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoSuchName()))
    twilio = TwilioCarrier(SID, TOKEN, "http://api.carrier.example", session=session)
    with pytest.raises(NeverConnected):
        await twilio.find(MEMBER, since=LONG_AGO)
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
