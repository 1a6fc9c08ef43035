"""How the stand-in reports what becomes of a message."""

import math
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.carriers import Outgoing
from bot.playground.carrier import Latency, Pace, Reports, StandInCarrier, Status
from tests.integration.carrier.asking import connected
from tests.integration.carrier.club import CLUB, MEMBER, SERVICE, SHORT_CODE, SID, TOKEN, Door, credentials

Send = Callable[..., Awaitable[str]]


@pytest.fixture
def send(carrier: StandInCarrier, door: Door) -> Send:
    async def send(path: str = "twilio/status/1", **changes: str) -> str:
        fields = {"To": MEMBER, "From": SHORT_CODE, "Body": "Bus à 8 h", "StatusCallback": door.url + path}
        url = f"{carrier.url}/2010-04-01/Accounts/{SID}/Messages.json"
        async with (
            aiohttp.ClientSession(headers=credentials(SID, TOKEN)) as session,
            session.post(url, data=fields | changes) as response,
        ):
            return str((await response.json())["sid"])

    return send


async def test_nothing_is_reported_before_time_passes_and_the_first_state_never(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    await send()
    assert door.posted == []
    await carrier.flush()
    assert door.statuses() == ["sending", "sent", "delivered"]


async def test_a_report_has_twilios_fields_headers_and_signature(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    sid = await send("twilio/status/7?attempt=2&x=%2b%7E")
    await carrier.flush()
    assert door.urls[0].endswith("/twilio/status/7?attempt=2&x=%2b%7E")
    assert door.unsigned() == []
    assert door.posted[0] == {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": "sending",
        "SmsStatus": "sending",
        "To": MEMBER,
        "From": SHORT_CODE,
        "AccountSid": SID,
        "ApiVersion": "2010-04-01",
    }
    assert door.headers[0]["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert door.headers[0]["User-Agent"] == "TwilioProxy/1.1"
    assert len(door.posted[-1]["RawDlrDoneDate"]) == 10


async def test_the_signature_is_over_this_url_and_these_fields(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    await send()
    await carrier.flush()
    door.posted[0]["To"] = "+33600000000"
    door.urls[1] += "/"
    assert len(door.unsigned()) == 2


OUTCOMES = [
    ("undelivered", 30003, ["sending", "sent", "undelivered"], "the handset is off"),
    ("failed", 30007, ["failed"], "filtered before it left"),
    ("sent", None, ["sending", "sent"], "a network that gives no receipt"),
    ("queued", None, [], "stuck for ever"),
]


@pytest.mark.parametrize(
    ("outcome", "error", "reported", "reason"), OUTCOMES, ids=[row[3] for row in OUTCOMES]
)
async def test_a_scenario_decides_how_a_message_ends(
    carrier: StandInCarrier,
    door: Door,
    send: Send,
    outcome: str,
    error: int | None,
    reported: list[str],
    reason: str,
) -> None:
    carrier.scenario(to=MEMBER, outcome=outcome, error=error, times=1)
    sid = await send()
    await carrier.flush()
    assert door.statuses() == reported, reason
    assert [fields.get("ErrorCode") for fields in door.posted][-1:] == (
        [str(error)] if error else [None] * bool(reported)
    )
    assert (carrier.message(sid).status, carrier.message(sid).error_code) == (outcome, error)
    await send()
    await carrier.flush()
    assert door.statuses()[-1] == "delivered", "the scenario was for one message"


MISREPORTED = [
    (Reports.LOST, [], "none arrives"),
    (Reports.LAST_LOST, ["sending", "sent"], "the receipt is lost"),
    (Reports.DOUBLED, ["sending", "sending", "sent", "sent", "delivered", "delivered"], "each twice"),
    (Reports.DISORDERED, ["delivered", "sent", "sending"], "the last first"),
]


@pytest.mark.parametrize(("reports", "reported", "reason"), MISREPORTED, ids=[row[2] for row in MISREPORTED])
async def test_reports_go_astray_as_asked_and_the_message_is_delivered_all_the_same(
    carrier: StandInCarrier, door: Door, send: Send, reports: Reports, reported: list[str], reason: str
) -> None:
    carrier.scenario(reports=reports)
    sid = await send()
    await carrier.flush()
    assert door.statuses() == reported, reason
    assert door.unsigned() == []
    assert carrier.message(sid).status is Status.DELIVERED


async def test_late_reports_come_days_after_the_message(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    carrier.scenario(reports=Reports.LATE, report_delay=timedelta(days=3))
    sid = await send()
    await carrier.advance(timedelta(days=2))
    assert carrier.message(sid).status is Status.DELIVERED
    assert door.posted == []
    await carrier.advance(timedelta(days=1, minutes=1))
    assert door.statuses() == ["sending", "sent", "delivered"]


async def test_early_reports_come_before_the_request_is_answered(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    carrier.scenario(reports=Reports.EARLY)
    sid = await send()
    assert [fields["MessageSid"] for fields in door.posted] == [sid] * 3
    await carrier.flush()
    assert len(door.posted) == 3, "and only once"


async def test_time_passes_step_by_step(carrier: StandInCarrier, door: Door, send: Send) -> None:
    await send()
    await carrier.advance(timedelta(milliseconds=250))
    assert door.statuses() == ["sending"]
    await carrier.advance(timedelta(milliseconds=550))
    assert door.statuses() == ["sending", "sent"]


async def test_a_service_reports_that_the_message_is_queued(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    await send(MessagingServiceSid=SERVICE, From="")
    await carrier.flush()
    assert door.statuses() == ["queued", "sending", "sent", "delivered"]
    assert door.posted[0]["MessagingServiceSid"] == SERVICE


async def test_a_message_waits_for_no_report_and_its_reports_keep_their_order(door: Door) -> None:
    step = timedelta(milliseconds=10)
    async with StandInCarrier([CLUB], pace=Pace.REAL, latency=Latency(step, step, step, step)) as carrier:
        twilio = connected(carrier.url)
        door.pause = 0.3
        sent = await twilio.send(Outgoing(MEMBER, SHORT_CODE, "Hello", f"{door.url}status"), until=math.inf)
        async with carrier.changes() as changes:
            while carrier.message(sent.sid).status is not Status.DELIVERED:
                await changes.get()
            assert door.statuses() == ["sending"], "which is not answered yet"
            while len(door.statuses()) < 3:
                await changes.get()
        assert door.statuses() == ["sending", "sent", "delivered"]
        await twilio.close()


RETRIES = [
    ("", [500], 1, "an HTTP error is not repeated by default"),
    ("#rc=3", [500], 1, "retries alone are for connections"),
    ("#rc=2&rp=5xx", [500, 500], 3, "asked for"),
    ("#rc=2&rp=all", [404], 2, "anything is repeated, until it goes well"),
    ("#rc=9&rp=all", [500] * 9, 6, "five retries at most"),
    ("#rc=0&rp=all", [500], 1, "none wanted"),
]


@pytest.mark.parametrize(("fragment", "answers", "tries", "reason"), RETRIES, ids=[row[3] for row in RETRIES])
async def test_a_report_is_repeated_as_its_url_asks(
    carrier: StandInCarrier,
    door: Door,
    send: Send,
    fragment: str,
    answers: list[int],
    tries: int,
    reason: str,
) -> None:
    carrier.scenario(outcome="failed")
    door.answers = [web.Response(status=status) for status in answers]
    await send("status" + fragment)
    await carrier.flush()
    assert len(door.posted) == tries, reason
    assert door.unsigned() == []
    assert len({headers["I-Twilio-Idempotency-Token"] for headers in door.headers}) == 1


async def test_an_unreachable_customer_is_tried_twice_alerted_and_forgotten(
    carrier: StandInCarrier, send: Send, unused_tcp_port: int
) -> None:
    carrier.scenario(outcome="failed")
    await send(StatusCallback=f"http://127.0.0.1:{unused_tcp_port}/status")
    await carrier.flush()
    assert [exchange.status for exchange in carrier.log if exchange.direction == "out"] == [None, None]
    assert [alert.code for alert in carrier.alerts] == [11205]


async def test_a_customer_who_does_not_answer_in_time_is_not_waited_for(
    carrier: StandInCarrier, door: Door, send: Send
) -> None:
    carrier.scenario(outcome="failed")
    door.pause = 0.2
    await send("status#rt=100")
    await carrier.flush()
    assert [alert.code for alert in carrier.alerts] == [11200]
    assert len(door.posted) == 1


async def test_whoever_listens_hears_of_each_change_until_he_stops(
    carrier: StandInCarrier, send: Send
) -> None:
    heard: list[str] = []
    stop = carrier.listen(lambda change: heard.append(change.kind))
    async with carrier.changes() as queue:
        await send()
        await carrier.flush()
    stop()
    assert heard.count("message") == 4, "made, sending, sent, delivered"
    assert heard.count("report") == 3
    assert heard.count("phone") == 1
    assert queue.qsize() == len(heard)
    await send()
    assert queue.qsize() == len(heard)
