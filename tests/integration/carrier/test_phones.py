"""The handsets of the stand-in: what they receive, and what becomes of what they write."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from bot.carriers.webhooks import parse_inbound, twiml
from bot.playground.carrier import CannotBeAnswered, StandInCarrier
from tests.integration.carrier.club import (
    CLUB,
    LONG_CODE,
    MEMBER,
    SHORT_CODE,
    SID,
    TOKEN,
    Door,
    credentials,
)


@pytest.fixture(autouse=True)
def inbound(carrier: StandInCarrier, door: Door) -> None:
    for number in (SHORT_CODE, LONG_CODE):
        carrier.set_inbound_url(number, door.url + "twilio/inbound")


async def create(carrier: StandInCarrier, **changes: str) -> tuple[int, dict[str, object]]:
    fields = {"To": MEMBER, "From": SHORT_CODE, "Body": "Bus à 8 h"} | changes
    url = f"{carrier.url}/2010-04-01/Accounts/{SID}/Messages.json"
    async with (
        aiohttp.ClientSession(headers=credentials(SID, TOKEN)) as session,
        session.post(url, data=fields) as response,
    ):
        return response.status, await response.json()


async def test_a_handset_has_a_message_once_it_is_delivered(carrier: StandInCarrier) -> None:
    await create(carrier, From="USPESSAC")
    phone = carrier.phone(MEMBER, name="Léa")
    assert phone.inbox == []
    await carrier.flush()
    [text] = phone.inbox
    assert (text.sender, text.body, phone.name) == ("USPESSAC", "Bus à 8 h", "Léa")


async def test_a_handset_that_is_off_receives_nothing(carrier: StandInCarrier) -> None:
    carrier.phone(MEMBER).is_on = False
    _, message = await create(carrier)
    await carrier.flush()
    sms = carrier.message(str(message["sid"]))
    assert (sms.status, sms.error_code) == ("undelivered", 30003)
    assert carrier.phone(MEMBER).inbox == []


async def test_what_a_handset_writes_is_posted_with_twilios_fields_and_signature(
    carrier: StandInCarrier, door: Door
) -> None:
    texted = await carrier.text(from_=MEMBER, to=SHORT_CODE, body="  Oui 👍 & merci\n")
    assert (texted.status, texted.replies) == (204, ())
    assert door.unsigned() == []
    [fields] = door.posted
    assert set(fields) == {
        "MessageSid", "SmsSid", "SmsMessageSid", "SmsStatus", "AccountSid", "ApiVersion", "Body", "NumMedia",
        "NumSegments", "From", "FromCity", "FromState", "FromZip", "FromCountry", "To", "ToCity", "ToState",
        "ToZip", "ToCountry",
    }  # fmt: skip
    inbound = parse_inbound(fields)
    assert (inbound.sid, inbound.from_, inbound.to) == (texted.sid, MEMBER, SHORT_CODE)
    assert (inbound.body, inbound.segments) == ("  Oui 👍 & merci\n", 1)


def by_the_official_builder(text: str) -> str:
    response = MessagingResponse()
    response.message(text)
    return str(response)


BUILDERS = [
    (twiml, "text/xml", "our own XML"),
    (by_the_official_builder, "application/xml", "Twilio's own"),
    (
        lambda text: f"<Response><Message><Body>{text.replace('<', '&lt;')}</Body></Message></Response>",
        "text/xml",
        "a Body inside",
    ),
]


@pytest.mark.parametrize(("build", "content_type", "reason"), BUILDERS, ids=[row[2] for row in BUILDERS])
async def test_twiml_in_the_answer_comes_back_to_the_handset(
    carrier: StandInCarrier, door: Door, build: Callable[[str], str], content_type: str, reason: str
) -> None:
    door.answers = [web.Response(text=build("C'est noté <3"), content_type=content_type)]
    texted = await carrier.text(from_=MEMBER, to=SHORT_CODE, body="STOP")
    assert texted.replies == ("C'est noté <3",), reason
    assert [(text.sender, text.body) for text in carrier.phone(MEMBER).inbox] == [
        (SHORT_CODE, "C'est noté <3")
    ]
    assert [reply.direction for reply in carrier.replies] == ["outbound-reply"]
    assert carrier.ledger == (), "it was not sent through the API"


BAD_ANSWERS = [
    (200, "merci", "text/plain", 12300, "not XML by its type"),
    (200, "<Response><Message>", "text/xml", 12100, "XML without an end"),
    (500, twiml("x"), "text/xml", 11200, "an error with a good body"),
]


@pytest.mark.parametrize(
    ("status", "body", "content_type", "code", "reason"), BAD_ANSWERS, ids=[row[4] for row in BAD_ANSWERS]
)
async def test_a_bad_answer_sends_nothing_and_is_alerted(
    carrier: StandInCarrier, door: Door, status: int, body: str, content_type: str, code: int, reason: str
) -> None:
    door.answers = [web.Response(status=status, text=body, content_type=content_type)]
    texted = await carrier.text(from_=MEMBER, to=SHORT_CODE, body="Oui")
    assert texted.replies == (), reason
    assert [alert.code for alert in carrier.alerts] == [code]


async def test_a_short_code_leaves_stop_to_the_customer(carrier: StandInCarrier, door: Door) -> None:
    texted = await carrier.text(from_=MEMBER, to=SHORT_CODE, body="STOP")
    assert texted.replies == ()
    assert len(door.posted) == 1
    assert "OptOutType" not in door.posted[0]
    assert (await create(carrier))[0] == 201


async def test_a_long_code_obeys_stop_itself_refuses_to_send_and_obeys_start(
    carrier: StandInCarrier, door: Door
) -> None:
    texted = await carrier.text(from_=MEMBER, to=LONG_CODE, body=" stop ")
    assert "unsubscribed" in texted.replies[0]
    assert len(door.posted) == 1, "the customer is told all the same"
    status, problem = await create(carrier, From=LONG_CODE)
    assert (status, problem["code"]) == (400, 21610)
    assert (await create(carrier))[0] == 201, "the block is the number's, not the account's"
    assert (await carrier.text(from_=MEMBER, to=LONG_CODE, body="STOP")).replies == (), "said once"
    assert "re-subscribed" in (await carrier.text(from_=MEMBER, to=LONG_CODE, body="Start")).replies[0]
    assert (await create(carrier, From=LONG_CODE))[0] == 201


async def test_only_the_word_alone_is_obeyed(carrier: StandInCarrier) -> None:
    await carrier.text(from_=MEMBER, to=LONG_CODE, body="STOP PLEASE")
    assert (await create(carrier, From=LONG_CODE))[0] == 201


async def test_twiml_to_one_who_said_stop_is_not_delivered(carrier: StandInCarrier, door: Door) -> None:
    door.answers = [web.Response(text=twiml("Bien reçu"), content_type="text/xml")]
    await carrier.text(from_=MEMBER, to=LONG_CODE, body="STOP")
    assert [alert.code for alert in carrier.alerts] == [21610]
    assert len(carrier.phone(MEMBER).inbox) == 1, "only the network's own confirmation"


async def test_advanced_opt_out_says_what_the_word_was(carrier: StandInCarrier, door: Door) -> None:
    numbers = tuple(replace(number, advanced_opt_out=True, inbound_url=door.url) for number in CLUB.numbers)
    carrier.add_account(replace(CLUB, numbers=numbers))
    for body in ("Unsubscribe", "HELP", "unstop", "Oui"):
        await carrier.text(from_=MEMBER, to=SHORT_CODE, body=body)
    assert [fields.get("OptOutType") for fields in door.posted] == ["STOP", "HELP", "START", None]


@pytest.mark.parametrize("to", ["USPESSAC", "36000"], ids=["a name", "a number nobody rents"])
async def test_what_nobody_rents_cannot_be_answered(carrier: StandInCarrier, door: Door, to: str) -> None:
    with pytest.raises(CannotBeAnswered, match=to):
        await carrier.text(from_=MEMBER, to=to, body="Oui")
    assert door.posted == []


async def test_a_doubled_webhook_carries_the_same_sid(carrier: StandInCarrier, door: Door) -> None:
    await carrier.text(from_=MEMBER, to=SHORT_CODE, body="Oui", copies=2)
    assert len(door.posted) == 2
    assert len({fields["MessageSid"] for fields in door.posted}) == 1


async def test_without_a_webhook_texts_can_be_listed(carrier: StandInCarrier, door: Door) -> None:
    carrier.set_inbound_url(SHORT_CODE, None)
    texted = await carrier.text(from_=MEMBER, to=SHORT_CODE, body="Oui")
    client = Client(SID, TOKEN)
    client.api.base_url = carrier.url
    [listed] = await asyncio.to_thread(client.messages.list, to=SHORT_CODE)
    client.http_client.session.close()
    assert (listed.sid, listed.from_, listed.direction, listed.status) == (
        texted.sid,
        MEMBER,
        "inbound",
        "received",
    )
    assert door.posted == []


async def test_a_conversation_is_what_two_wrote_to_each_other(carrier: StandInCarrier) -> None:
    await create(carrier)
    await create(carrier, From="USPESSAC")
    await carrier.flush()
    await carrier.text(from_=MEMBER, to=SHORT_CODE, body="Ah oui")
    assert [text.body for text in carrier.phone(MEMBER).conversation(SHORT_CODE)] == ["Bus à 8 h", "Ah oui"]
