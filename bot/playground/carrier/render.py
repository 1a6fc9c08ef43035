"""The JSON of Twilio's API, field by field as published."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from bot.playground.carrier.checks import SENTENCES
from bot.playground.carrier.state import Account, Number, Sms, Status

API_VERSION = "2010-04-01"
LONG_AGO = "Tue, 01 Sep 2026 08:00:00 +0000"
"""When accounts were opened and numbers rented, which nobody here asks."""
UNUSED = dict.fromkeys(
    (
        "address_sid",
        "bundle_sid",
        "emergency_address_sid",
        "identity_sid",
        "status_callback",
        "trunk_sid",
        "voice_application_sid",
        "voice_fallback_url",
        "voice_url",
    )
)
"""What a number may have besides, for calls and for papers."""


def message_json(sms: Sms) -> dict[str, Any]:
    """One message."""
    # https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, schema api.v2010.account.message.
    path = f"/{API_VERSION}/Accounts/{sms.account_sid}/Messages/{sms.sid}"
    # The same schema: a service has no sender yet while the message is only accepted, hence no segments.
    is_undecided = sms.status is Status.ACCEPTED
    return {
        "account_sid": sms.account_sid,
        "api_version": API_VERSION,
        "body": sms.body,
        "date_created": rfc2822(sms.created_at),
        "date_sent": rfc2822(sms.sent_at),
        "date_updated": rfc2822(sms.updated_at),
        "direction": sms.direction.value,
        "error_code": sms.error_code,
        "error_message": None,
        "from": None if is_undecided else sms.sender,
        "messaging_service_sid": sms.service_sid,
        "num_media": "0",
        "num_segments": "0" if is_undecided else str(sms.segments),
        "price": None,
        "price_unit": "USD",
        "sid": sms.sid,
        "status": sms.status.value,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": sms.to,
        "uri": f"{path}.json",
    }


def page_json(
    account_sid: str, messages: Sequence[Sms], *, query: dict[str, str], page: int, size: int
) -> dict[str, Any]:
    """One page of a list: behind the message that the query's PageToken names, else `page * size` into it."""
    # By token, so that messages which arrive between two pages neither repeat others nor hide them.
    behind = query.get("PageToken", "").removeprefix("PA")
    start = next((turn + 1 for turn, sms in enumerate(messages) if sms.sid == behind), page * size)
    shown = messages[start : start + size]
    has_more = start + size < len(messages)
    token = f"PA{shown[-1].sid}" if shown else ""
    uri = _page_uri(account_sid, query, size)
    return {
        "end": start + max(len(shown) - 1, 0),
        "first_page_uri": uri(0, ""),
        "messages": [message_json(sms) for sms in shown],
        "next_page_uri": uri(page + 1, token) if has_more else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": uri(page - 1, "") if page else None,
        "start": start,
        "uri": uri(page, query.get("PageToken", "")),
    }


def problem_json(code: int, **details: str) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body of a refusal; an unknown number is a plain 400."""
    status, sentence = SENTENCES.get(code, (400, "The message was refused"))
    return status, {
        "code": code,
        "message": sentence.format_map(_Blank(details)),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def account_json(account: Account) -> dict[str, Any]:
    """The account itself, its token kept back."""
    return {
        "sid": account.sid,
        "owner_account_sid": account.sid,
        "auth_token": None,
        "date_created": LONG_AGO,
        "date_updated": LONG_AGO,
        "friendly_name": "Stand-in account",
        "status": account.status,
        "subresource_uris": {"messages": f"/{API_VERSION}/Accounts/{account.sid}/Messages.json"},
        "type": account.kind,
        "uri": f"/{API_VERSION}/Accounts/{account.sid}.json",
    }


def balance_json(account: Account) -> dict[str, Any]:
    """What is left of the account's money."""
    return {"account_sid": account.sid, "balance": account.balance, "currency": "USD"}


def number_json(account: Account, number: Number) -> dict[str, Any]:
    """A number that is no short code."""
    # https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, schema
    # api.v2010.account.incoming_phone_number.
    sid = _sid("PN", number)
    return {
        **_rented(account, number, f"IncomingPhoneNumbers/{sid}"),
        **UNUSED,
        "sid": sid,
        "phone_number": number.value,
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"voice": True, "sms": number.sends_sms, "mms": False, "fax": False},
        "origin": "twilio",
        "sms_application_sid": number.application_sid,
        "status": "in-use",
        "type": "mobile",
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        "status_callback_method": "POST",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_method": "POST",
        "voice_receive_mode": "voice",
    }


def short_code_json(account: Account, number: Number) -> dict[str, Any]:
    """A short code, whose record names no abilities."""
    # The same specification, schema api.v2010.account.short_code.
    sid = _sid("SC", number)
    return _rented(account, number, f"SMS/ShortCodes/{sid}") | {"sid": sid, "short_code": number.value}


def rented_json(
    account: Account, kind: str, key: str, records: Sequence[dict[str, Any]], *, page: int, size: int
) -> dict[str, Any]:
    """One page of the numbers or short codes."""
    start, uri = page * size, f"/{API_VERSION}/Accounts/{account.sid}/{kind}.json?PageSize={size}"
    shown = list(records[start : start + size])
    return {
        key: shown,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "page": page,
        "page_size": size,
        "first_page_uri": f"{uri}&Page=0",
        "previous_page_uri": f"{uri}&Page={page - 1}" if page else None,
        "next_page_uri": f"{uri}&Page={page + 1}" if start + size < len(records) else None,
        "uri": f"{uri}&Page={page}",
    }


def _rented(account: Account, number: Number, path: str) -> dict[str, Any]:
    """What numbers and short codes have in common."""
    return {
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "date_created": LONG_AGO,
        "date_updated": LONG_AGO,
        "friendly_name": number.value,
        "sms_url": number.inbound_url,
        "sms_method": number.inbound_method,
        "sms_fallback_url": None,
        "sms_fallback_method": "POST",
        "uri": f"/{API_VERSION}/Accounts/{account.sid}/{path}.json",
    }


def _sid(prefix: str, number: Number) -> str:
    """Always the same for one number."""
    return prefix + number.value.lstrip("+").zfill(32)


def rfc2822(instant: datetime | None) -> str | None:
    """The instant as the API writes it, e.g. `Thu, 24 Aug 2023 05:01:45 +0000`; whole seconds."""
    return None if instant is None else format_datetime(instant)


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _page_uri(account_sid: str, query: dict[str, str], size: int) -> Callable[[int, str], str]:
    filters = {name: query[name] for name in ("To", "From", "DateSent>") if name in query}

    def uri(page: int, token: str) -> str:
        asked = filters | {"PageSize": str(size), "Page": str(page)} | ({"PageToken": token} if token else {})
        return f"/{API_VERSION}/Accounts/{account_sid}/Messages.json?{urlencode(asked)}"

    return uri
