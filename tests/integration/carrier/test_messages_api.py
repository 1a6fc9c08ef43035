"""The stand-in's Messages API, asked by Twilio's own client."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.playground.carrier import Fault, StandInCarrier
from tests.integration.carrier.club import (
    CLUB,
    LONG_CODE,
    MEMBER,
    SERVICE,
    SHORT_CODE,
    SID,
    STRANGER,
    TOKEN,
    VOICE_ONLY,
    credentials,
)

# https://github.com/twilio/twilio-oai at d50069b, spec/json/twilio_api_v2010.json, schema
# api.v2010.account.message: each field with the type it has and whether it may be null.
PUBLISHED = {
    "body": str, "num_segments": str, "direction": str, "from": str, "to": str, "date_updated": str, "price": str,
    "error_message": str, "uri": str, "account_sid": str, "num_media": str, "status": str,
    "messaging_service_sid": str, "sid": str, "date_sent": str, "date_created": str, "error_code": int,
    "price_unit": str, "api_version": str, "subresource_uris": dict,
}  # fmt: skip
PAGE_FIELDS = {
    "end": int, "first_page_uri": str, "next_page_uri": str, "page": int, "page_size": int,
    "previous_page_uri": str, "start": int, "uri": str, "messages": list,
}  # fmt: skip
NEVER_NULL = {"direction", "status"}
STATUSES = {
    "queued", "sending", "sent", "failed", "delivered", "undelivered", "receiving", "received", "accepted",
    "scheduled", "read", "partially_delivered", "canceled",
}  # fmt: skip


@pytest.fixture
async def client(carrier: StandInCarrier) -> AsyncIterator[Client]:
    client = Client(SID, TOKEN)
    client.api.base_url = carrier.url
    yield client
    client.http_client.session.close()


@pytest.fixture
async def raw(carrier: StandInCarrier) -> AsyncIterator[aiohttp.ClientSession]:
    base = f"{carrier.url}/2010-04-01/Accounts/{SID}/"
    async with aiohttp.ClientSession(base, headers=credentials(SID, TOKEN)) as session:
        yield session


def form(**changes: str | None) -> dict[str, str]:
    fields = {"To": MEMBER, "From": SHORT_CODE, "Body": "Entraînement annulé"} | changes
    return {name: value for name, value in fields.items() if value is not None}


async def test_twilios_client_sends_and_reads_back_what_it_sent(
    carrier: StandInCarrier, client: Client
) -> None:
    sent = await asyncio.to_thread(
        client.messages.create, to=MEMBER, from_=SHORT_CODE, body="Match à 15 h", status_callback=None
    )
    assert (sent.status, sent.to, sent.from_, sent.num_segments) == ("queued", MEMBER, SHORT_CODE, "1")
    assert sent.date_created.tzinfo is not None
    assert sent.date_sent is None
    await carrier.flush()
    fetched = await asyncio.to_thread(client.messages(sent.sid).fetch)
    assert (fetched.status, fetched.body, fetched.direction) == ("delivered", "Match à 15 h", "outbound-api")
    assert fetched.date_sent is not None


async def test_twilios_client_pages_through_a_list_newest_first(
    carrier: StandInCarrier, client: Client
) -> None:
    for turn in range(7):
        await asyncio.to_thread(client.messages.create, to=MEMBER, from_=SHORT_CODE, body=f"Rappel {turn}")
    await asyncio.to_thread(client.messages.create, to="+33698765432", from_=SHORT_CODE, body="Autre")
    listed = await asyncio.to_thread(client.messages.list, to=MEMBER, page_size=3)
    assert [message.body for message in listed] == [f"Rappel {turn}" for turn in reversed(range(7))]


async def test_a_message_between_two_pages_repeats_none_and_hides_none(raw: aiohttp.ClientSession) -> None:
    for turn in range(4):
        await (await raw.post("Messages.json", data=form(Body=str(turn)))).read()
    first = await (await raw.get("Messages.json", params={"PageSize": "2"})).json()
    await (await raw.post("Messages.json", data=form(Body="new"))).read()
    second = await (await raw.get(first["next_page_uri"])).json()
    assert [message["body"] for message in second["messages"]] == ["1", "0"]
    assert second["next_page_uri"] is None


async def test_every_field_is_one_that_twilio_publishes_and_none_is_missing(
    raw: aiohttp.ClientSession, carrier: StandInCarrier
) -> None:
    created = await (await raw.post("Messages.json", data=form())).json()
    carrier.scenario(outcome="undelivered", error=30003)
    await (await raw.post("Messages.json", data=form())).read()
    await carrier.flush()
    page = await (await raw.get("Messages.json")).json()
    refuse_if_unpublished(page, PAGE_FIELDS, never_null={"end", "page", "page_size", "start", "messages"})
    for message in (created, *page["messages"]):
        refuse_if_unpublished(message, PUBLISHED, never_null=NEVER_NULL)
        assert message["status"] in STATUSES
        assert re.fullmatch("(SM|MM)[0-9a-fA-F]{32}", message["sid"])
        assert parsedate_to_datetime(message["date_created"]).tzinfo is not None
    assert [message["error_code"] for message in page["messages"]] == [30003, None]


def refuse_if_unpublished(shown: dict[str, Any], published: dict[str, type], *, never_null: set[str]) -> None:
    assert set(shown) == set(published)
    for name, value in shown.items():
        assert isinstance(value, published[name]) or (value is None and name not in never_null), name


REFUSALS = [
    ({"To": None}, 400, 21604, "nobody to send to"),
    ({"To": "0612345678"}, 400, 21211, "not in E.164"),
    ({"To": "+33"}, 400, 21211, "a country is no number"),
    ({"To": "+4915112345678"}, 400, 21408, "a country the account may not text"),
    ({"Body": None}, 400, 21619, "no text was given"),
    ({"Body": ""}, 400, 21602, "an empty text"),
    ({"Body": "x" * 1601}, 400, 21617, "one character too many"),
    ({"From": None}, 400, 21603, "nobody to send from"),
    ({"From": "UNE ASSOCIATION"}, 400, 21212, "a name of more than 11 characters"),
    ({"From": "36000"}, 400, 21659, "a number nobody rents"),
    ({"From": STRANGER.numbers[0].value}, 400, 21660, "somebody else's number"),
    ({"From": VOICE_ONLY}, 400, 21606, "a number without SMS"),
    ({"To": "+32470123456"}, 400, 21612, "a short code does not leave its countries"),
    ({"To": "+12025550123", "From": "USPESSAC"}, 400, 21612, "the United States take no names"),
    ({"To": LONG_CODE, "From": LONG_CODE}, 400, 21266, "to itself"),
    ({"From": None, "MessagingServiceSid": "MG" + "00" * 16}, 404, 21701, "no such service"),
    ({"StatusCallback": "http://my_host/x"}, 400, 21609, "a host with an underscore"),
]


@pytest.mark.parametrize(("changes", "status", "code", "reason"), REFUSALS, ids=[row[3] for row in REFUSALS])
async def test_a_request_is_refused_with_twilios_number(
    raw: aiohttp.ClientSession,
    carrier: StandInCarrier,
    changes: dict[str, str | None],
    status: int,
    code: int,
    reason: str,
) -> None:
    response = await raw.post("Messages.json", data=form(**changes))
    problem = await response.json()
    assert (response.status, problem["code"], problem["status"]) == (status, code, status), reason
    assert set(problem) == {"code", "message", "more_info", "status"}
    assert carrier.ledger == ()
    assert [post.code for post in carrier.posts] == [code]


ACCEPTED = [
    ({}, "the usual"),
    ({"Body": "x" * 1600}, "the longest text"),
    ({"From": "USPESSAC"}, "a name"),
    ({"To": "+33 6 12-34.56 78"}, "separators are overlooked"),
    ({"To": "+262692123456"}, "a short code reaches the country's islands"),
    ({"To": "+32470123456", "From": LONG_CODE}, "a long code leaves its country"),
]


@pytest.mark.parametrize(("changes", "reason"), ACCEPTED, ids=[row[1] for row in ACCEPTED])
async def test_a_request_is_accepted(
    raw: aiohttp.ClientSession, carrier: StandInCarrier, changes: dict[str, str | None], reason: str
) -> None:
    response = await raw.post("Messages.json", data=form(**changes))
    assert response.status == 201, reason
    assert [line.sid for line in carrier.ledger] == [(await response.json())["sid"]]


async def test_a_service_begins_as_accepted_and_picks_its_number(
    raw: aiohttp.ClientSession, carrier: StandInCarrier
) -> None:
    answer = await raw.post("Messages.json", data=form(From=None, MessagingServiceSid=SERVICE))
    message = await answer.json()
    assert (message["status"], message["messaging_service_sid"]) == ("accepted", SERVICE)
    assert (message["from"], message["num_segments"]) == (None, "0"), "nothing is decided yet"
    await carrier.flush()
    after = await (await raw.get(f"Messages/{message['sid']}.json")).json()
    assert (after["from"], after["num_segments"]) == (LONG_CODE, "1")
    assert carrier.phone(MEMBER).inbox[0].sender == LONG_CODE


async def test_an_account_can_look_at_itself_without_its_token(raw: aiohttp.ClientSession) -> None:
    response = await raw.get(f"/2010-04-01/Accounts/{SID}.json")
    account = await response.json()
    assert (response.status, account["sid"], account["status"]) == (200, SID, "active")
    assert TOKEN not in str(account)


async def test_who_does_not_know_the_token_is_turned_away(carrier: StandInCarrier) -> None:
    client = Client(SID, "wrong")
    client.api.base_url = carrier.url
    with pytest.raises(TwilioRestException) as refused:
        await asyncio.to_thread(client.messages.create, to=MEMBER, from_=SHORT_CODE, body="x")
    client.http_client.session.close()
    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert carrier.posts == ()


NOT_FOUND = [
    ("Messages/SM" + "0" * 32 + ".json", "no such message"),
    ("Calls.json", "nothing is told of calls"),
    (f"/2010-04-01/Accounts/{STRANGER.sid}/Messages.json", "another's account"),
]


@pytest.mark.parametrize(("path", "reason"), NOT_FOUND, ids=[row[1] for row in NOT_FOUND])
async def test_what_does_not_exist_is_not_found(raw: aiohttp.ClientSession, path: str, reason: str) -> None:
    response = await raw.get(path)
    assert (response.status, (await response.json())["code"]) == (404, 20404), reason


async def test_one_account_does_not_see_anothers_messages(
    raw: aiohttp.ClientSession, carrier: StandInCarrier
) -> None:
    sid = (await (await raw.post("Messages.json", data=form())).json())["sid"]
    stranger = Client(STRANGER.sid, STRANGER.token)
    stranger.api.base_url = carrier.url
    assert await asyncio.to_thread(stranger.messages.list) == []
    with pytest.raises(TwilioRestException, match="not found"):
        await asyncio.to_thread(stranger.messages(sid).fetch)
    stranger.http_client.session.close()


async def test_more_requests_at_a_time_than_allowed_are_throttled(
    raw: aiohttp.ClientSession, carrier: StandInCarrier
) -> None:
    carrier.add_account(replace(CLUB, max_concurrent=1))
    carrier.fail(Fault.SILENT_AFTER)
    accepted = asyncio.Event()
    carrier.listen(lambda change: accepted.set())
    waiting = asyncio.create_task(raw.post("Messages.json", data=form()))
    await accepted.wait()
    throttled = await raw.post("Messages.json", data=form())
    assert (throttled.status, (await throttled.json())["code"]) == (429, 20429)
    assert len(carrier.posts) == 1
    carrier.hang_up()
    with pytest.raises(aiohttp.ClientError):
        await waiting
    assert (await raw.post("Messages.json", data=form())).status == 201


SEGMENTS = [
    ("x" * 160, "1", "160 units are one"),
    ("x" * 161, "2", "161 are two"),
    ("€" * 80, "1", "two units each"),
    ("€" * 81, "2", "162 units"),
    ("x" * 152 + "€" + "x" * 152, "3", "a pair is not cut: the second part begins with it"),
    ("ê" * 70, "1", "70 units of UTF-16"),
    ("ê" * 71, "2", "71"),
]


@pytest.mark.parametrize(("body", "segments", "reason"), SEGMENTS, ids=[row[2] for row in SEGMENTS])
async def test_the_segments_are_those_of_the_text(
    raw: aiohttp.ClientSession, body: str, segments: str, reason: str
) -> None:
    message = await (await raw.post("Messages.json", data=form(Body=body))).json()
    assert message["num_segments"] == segments, reason


async def test_the_log_keeps_requests_and_answers_without_the_password(
    raw: aiohttp.ClientSession, carrier: StandInCarrier
) -> None:
    await (await raw.post("Messages.json", data=form())).read()
    [exchange] = carrier.log
    assert (exchange.direction, exchange.peer, exchange.method, exchange.status) == (
        "in",
        "carrier",
        "POST",
        201,
    )
    assert "Body=Entra" in exchange.request_body
    assert '"status": "queued"' in exchange.response_body
    assert TOKEN not in repr(exchange)
    assert "Basic" not in repr(exchange)
