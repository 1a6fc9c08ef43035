"""What an account is and has, asked by Twilio's own client and by the bot's carrier."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from twilio.rest import Client
from twilio.rest.api.v2010.account import AccountInstance
from twilio.rest.api.v2010.account.balance import BalanceInstance
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance
from twilio.rest.api.v2010.account.short_code import ShortCodeInstance

from bot.carriers import AnswerLost, Refused
from bot.carriers.account import Looked, account_state, balance, rented
from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier import Number, StandInCarrier
from tests.integration.carrier.club import (
    CLUB,
    LONG_CODE,
    SHORT_CODE,
    SID,
    TOKEN,
    VOICE_ONLY,
    credentials,
)


class Watched(dict[str, Any]):
    """Remembers what it was asked for: the fields that Twilio's own client knows."""

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


@pytest.fixture
async def raw(carrier: StandInCarrier) -> AsyncIterator[aiohttp.ClientSession]:
    url = f"{carrier.url}/2010-04-01/Accounts/"
    async with aiohttp.ClientSession(url, headers=credentials(SID, TOKEN)) as session:
        yield session


@pytest.fixture
async def client(carrier: StandInCarrier) -> AsyncIterator[Client]:
    client = Client(SID, TOKEN)
    client.api.base_url = carrier.url
    yield client
    client.http_client.session.close()


@pytest.mark.parametrize(
    ("path", "key", "instance"),
    [
        (f"{SID}.json", "", AccountInstance),
        (f"{SID}/Balance.json", "", BalanceInstance),
        (f"{SID}/IncomingPhoneNumbers.json", "incoming_phone_numbers", IncomingPhoneNumberInstance),
        (f"{SID}/SMS/ShortCodes.json", "short_codes", ShortCodeInstance),
    ],
)
async def test_every_field_is_one_that_twilios_client_reads_and_none_is_missing(
    raw: aiohttp.ClientSession, client: Client, path: str, key: str, instance: Any
) -> None:
    body = await (await raw.get(path)).json()
    shown = Watched(body[key][0] if key else body)
    instance(client.api.v2010, shown, **({} if instance is AccountInstance else {"account_sid": SID}))
    assert set(shown) == shown.asked


async def test_twilios_client_lists_numbers_and_short_codes(client: Client) -> None:
    numbers = await asyncio.to_thread(client.incoming_phone_numbers.list, page_size=1)
    assert {one.phone_number: one.capabilities["sms"] for one in numbers} == {
        LONG_CODE: True,
        VOICE_ONLY: False,
    }
    [only] = await asyncio.to_thread(client.incoming_phone_numbers.list, phone_number=VOICE_ONLY)
    assert only.phone_number == VOICE_ONLY
    assert [one.short_code for one in await asyncio.to_thread(client.short_codes.list)] == [SHORT_CODE]


async def test_the_carrier_tells_how_the_account_stands(
    carrier: StandInCarrier, twilio: TwilioCarrier
) -> None:
    state = await account_state(twilio.look)
    assert (state.status, state.is_trial) == ("active", False)
    assert state.date.endswith(" GMT")
    assert (await balance(twilio.look)).amount == Decimal("48.73")
    carrier.add_account(dataclasses.replace(CLUB, kind="Trial", status="closed"))
    state = await account_state(twilio.look)
    assert (state.status, state.is_trial) == ("closed", True)


async def test_a_suspended_account_is_told_nothing_but_that(
    carrier: StandInCarrier, twilio: TwilioCarrier
) -> None:
    carrier.add_account(dataclasses.replace(CLUB, status="suspended"))
    assert (await account_state(twilio.look)).status == "suspended"
    with pytest.raises(Refused) as refused:
        await rented(twilio.look)
    assert refused.value.code == 20005


async def test_the_carrier_lists_what_is_rented_page_by_page(
    carrier: StandInCarrier, twilio: TwilioCarrier
) -> None:
    many = tuple(Number(f"+3375{n:07}", inbound_url="https://here.example.org/") for n in range(1001))
    carrier.add_account(dataclasses.replace(CLUB, numbers=(*many, Number(SHORT_CODE))))
    found = await rented(twilio.look)
    assert [one.value for one in found] == [*(one.value for one in many), SHORT_CODE]
    assert found[0].sms_url == "https://here.example.org/"
    assert (found[-1].sms_url, found[-1].sms_method, found[-1].sends_sms) == ("", "POST", True)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"incoming_phone_numbers": None},
        {"incoming_phone_numbers": [None]},
        {"incoming_phone_numbers": [], "next_page_uri": "/2010-04-01/again"},
    ],
)
async def test_a_list_that_is_none_or_has_no_end_is_not_believed(record: dict[str, Any]) -> None:
    async def look(_: str) -> Looked:
        return Looked(record, "")

    with pytest.raises(AnswerLost):
        await rented(look)


@pytest.mark.parametrize("record", [{}, {"balance": None}, {"balance": "much"}])
async def test_a_balance_that_is_none_is_not_believed(record: dict[str, Any]) -> None:
    async def look(_: str) -> Looked:
        return Looked(record, "")

    with pytest.raises(AnswerLost):
        await balance(look)


@pytest.mark.parametrize("record", [{}, {"status": 1}])
async def test_an_account_that_is_none_is_not_believed(record: dict[str, Any]) -> None:
    async def look(_: str) -> Looked:
        return Looked(record, "")

    with pytest.raises(AnswerLost):
        await account_state(look)
