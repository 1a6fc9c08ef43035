"""What Twilio says of an account: how it stands, what is left of its money, and the numbers it rents."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.carriers import AnswerLost

Record = dict[str, Any]
# https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, ListIncomingPhoneNumber, ListShortCode.
NUMBERS, SHORT_CODES = "/IncomingPhoneNumbers.json?PageSize=1000", "/SMS/ShortCodes.json?PageSize=1000"
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found at a path, and Twilio's clock as its Date header tells it."""

    record: Record
    date: str


Look = Callable[[str], Awaitable[Looked]]


@dataclass(frozen=True, slots=True)
class AccountState:
    """How the account stands."""

    status: str
    """active, suspended or closed."""
    is_trial: bool
    date: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of the account's money."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Rented:
    """A number or short code of the account."""

    value: str
    sends_sms: bool
    sms_url: str
    sms_method: str
    application: str
    """The TwiML app that takes the place of the URL, empty without one."""


async def account_state(look: Look) -> AccountState:
    """How the account stands; raises a CarrierError."""
    # https://www.twilio.com/docs/iam/api/account : status and type.
    found = await look(".json")
    status = found.record.get("status")
    if not isinstance(status, str):
        raise AnswerLost(reason="no account")
    return AccountState(status, str(found.record.get("type")) == "Trial", found.date)


async def balance(look: Look) -> Balance:
    """What is left of the account's money; raises a CarrierError."""
    record = (await look("/Balance.json")).record
    try:
        return Balance(Decimal(str(record["balance"])), str(record.get("currency") or ""))
    except (KeyError, InvalidOperation) as error:
        raise AnswerLost(reason="no balance") from error


async def rented(look: Look) -> tuple[Rented, ...]:
    """Every number and short code of the account; raises a CarrierError unless the lists are whole."""
    numbers = await _pages(look, NUMBERS, "incoming_phone_numbers")
    codes = await _pages(look, SHORT_CODES, "short_codes")
    return (
        *(_rented(one, "phone_number", sends=_can_sms(one)) for one in numbers),
        # It is for SMS and nothing else: the record knows no abilities.
        *(_rented(one, "short_code", sends=True) for one in codes),
    )


def _rented(record: Record, key: str, *, sends: bool) -> Rented:
    return Rented(
        value=str(record.get(key)),
        sends_sms=sends,
        sms_url=str(record.get("sms_url") or ""),
        sms_method=str(record.get("sms_method") or "POST"),
        application=str(record.get("sms_application_sid") or ""),
    )


def _can_sms(record: Record) -> bool:
    abilities = record.get("capabilities")
    return isinstance(abilities, dict) and (abilities.get("sms") or abilities.get("SMS")) is True


async def _pages(look: Look, path: str, key: str) -> list[Record]:
    records: list[Record] = []
    for _ in range(MOST_PAGES):
        page = (await look(path)).record
        found = page.get(key)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise AnswerLost(reason="page without numbers")
        records += found
        following = page.get("next_page_uri")
        if not following:
            return records
        path = str(following)
    raise AnswerLost(reason="list too long")
