"""The bot's own carrier sends, against the stand-in: what each answer means."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from bot.carriers import AnswerLost, Carrier, CarrierError, LeaseOver, Outgoing, Refused, Throttled
from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier import Fault, StandInCarrier
from storage.db import Database, TransactionOpen
from tests.integration.carrier.asking import HASTE, LONG_AGO, PATIENCE, SMS, connected
from tests.integration.carrier.club import LONG_CODE, MEMBER, SERVICE, SHORT_CODE, SID


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


WISHES = [
    (timedelta(seconds=7), timedelta(seconds=7), "as it asks"),
    (timedelta(days=99_999_999), timedelta(days=1), "nobody means so long"),
]


@pytest.mark.parametrize(("asked", "expected", "reason"), WISHES, ids=[wish[2] for wish in WISHES])
async def test_a_throttled_answer_tells_how_long_to_wait(
    twilio: TwilioCarrier, carrier: StandInCarrier, asked: timedelta, expected: timedelta, reason: str
) -> None:
    carrier.fail(Fault.THROTTLED, retry_after=asked)
    with pytest.raises(Throttled) as raised:
        await twilio.send(SMS)
    assert raised.value.retry_after == expected, reason
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


async def test_a_text_is_not_sent_when_its_lease_is_over(carrier: StandInCarrier) -> None:
    twilio = connected(carrier.url, steady=lambda: 1000.0)
    with pytest.raises(LeaseOver) as raised:
        await twilio.send(SMS, until=1000.0)
    assert raised.value.retry
    assert carrier.posts == ()
    assert (await twilio.send(SMS, until=1000.5)).sid == carrier.ledger[0].sid
    await twilio.close()


async def test_a_wrong_token_is_a_refusal(carrier: StandInCarrier) -> None:
    twilio = TwilioCarrier(SID, "wrong", carrier.url)
    with pytest.raises(Refused) as raised:
        await twilio.send(SMS)
    await twilio.close()
    assert (raised.value.code, raised.value.http_status) == (20003, 401)


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
