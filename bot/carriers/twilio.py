"""Twilio behind the carrier protocol: one POST a message, never repeated, over one pool of connections."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.carriers import Accepted, AnswerLost, Listed, NeverConnected, Outgoing, Refused, Throttled
from bot.carriers.records import (
    created_at,
    read_accepted,
    read_inbound,
    read_integer,
    read_listed,
    read_next_page,
    read_records,
    whole_seconds,
)
from bot.carriers.webhooks import (
    Inbound,
    Malformed,
    StatusReport,
    parse_inbound,
    parse_status,
    twiml,
)
from storage.db import refuse_open_transaction

__all__ = [
    "API_URL",
    "Inbound",
    "Malformed",
    "StatusReport",
    "TwilioCarrier",
    "parse_inbound",
    "parse_status",
    "twiml",
]

API_URL = "https://api.twilio.com"
API_VERSION = "2010-04-01"
# https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, ListMessage: PageSize is 1 to 1000.
PAGE_SIZE = 1000
MAX_PAGES = 20
# https://github.com/twilio/twilio-ruby/issues/519 : the gateway may answer after some 26 s.
ANSWER_TIMEOUT = timedelta(seconds=35)
CONNECT_TIMEOUT = timedelta(seconds=10)
# Shorter than the idle time-outs usual at load balancers: a POST on a connection the other side has
# just closed would be an answer lost.
KEEP_ALIVE = timedelta(seconds=15)

# Raised by aiohttp before the first byte of the request is written.
UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
# A gateway that gave up waiting (408) may have passed the request on all the same.
DOUBTFUL_REFUSALS = (408,)


class TwilioCarrier:
    """Sends through one Twilio account; owns its connections and never retries by itself.

    The official client is not used for these calls: it takes no time-out from us, repeats a create on HTTP 5xx
    when told to retry, and hides the error's number when a list fails.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_url: str = API_URL,
        *,
        session: aiohttp.ClientSession | None = None,
        connections: int = 100,
        connect_timeout: timedelta = CONNECT_TIMEOUT,
        answer_timeout: timedelta = ANSWER_TIMEOUT,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._messages_path = f"/{API_VERSION}/Accounts/{account_sid}/Messages.json"
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode(),
            "Accept": "application/json",
        }
        self._connections = connections
        self._timeout = _timeout(connect_timeout, answer_timeout)
        self._session = session

    async def send(self, sms: Outgoing) -> Accepted:
        """Ask Twilio once to send the SMS, and give back its answer.

        Raises Refused, Throttled and NeverConnected when it was not sent, AnswerLost when nobody can know.
        """
        refuse_open_transaction()
        return read_accepted(await self._ask("POST", self._messages_path, urlencode(_form(sms)).encode()))

    async def find(self, to: str, *, since: datetime) -> tuple[Listed, ...]:
        """The messages to this number created since; raises a CarrierError unless the list is whole.

        Twilio's instants have whole seconds, so those of the second of `since` are all included.
        """
        refuse_open_transaction()
        records = await self._list(to)
        listed = (read_listed(record) for record in records)
        return tuple(
            one for one in listed if one.created_at is None or one.created_at >= whole_seconds(since)
        )

    async def received(self, number: str, *, since: datetime) -> tuple[Inbound, ...]:
        """The SMS that members sent to our number since, for a bot that Twilio cannot reach; oldest first."""
        refuse_open_transaction()
        records = [record for record in await self._list(number) if record.get("direction") == "inbound"]
        recent = [record for record in records if (created_at(record) or since) >= whole_seconds(since)]
        return tuple(read_inbound(record) for record in reversed(recent))

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def _list(self, to: str) -> list[dict[str, Any]]:
        # Only by number: a message that is not yet sent has no DateSent and a filter on it would hide it.
        path: str | None = f"{self._messages_path}?{urlencode({'To': to, 'PageSize': PAGE_SIZE})}"
        records: list[dict[str, Any]] = []
        for _ in range(MAX_PAGES):
            if path is None:
                return records
            page = await self._ask("GET", path)
            records += read_records(page)
            path = read_next_page(page)
        if path is not None:
            raise AnswerLost(reason="list too long")
        return records

    async def _ask(self, method: str, path: str, form: bytes | None = None) -> dict[str, Any]:
        content = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        with _translated():
            async with self._opened().request(
                method,
                self._api_url + path,
                data=form,
                headers=self._headers | content,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                body = await _body(response)
        _raise_for(response, body)
        return body

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=KEEP_ALIVE.total_seconds()
            )
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _timeout(connect: timedelta, answer: timedelta) -> aiohttp.ClientTimeout:
    # `total` ends an answer that drips; it is longer than `connect`, so that a connection that does not
    # come is known as such.
    return aiohttp.ClientTimeout(
        total=(connect + answer).total_seconds(),
        connect=connect.total_seconds(),
        sock_connect=connect.total_seconds(),
        sock_read=answer.total_seconds(),
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Raises our errors for aiohttp's: the request was never sent, or nobody can know."""
    try:
        yield
    except UNSENT as error:
        raise NeverConnected(reason=type(error).__name__) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise AnswerLost(reason=type(error).__name__) from error


async def _body(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The JSON object of the answer; an empty one when a refusal cannot be read, since its status says enough."""
    try:
        body = json.loads(await response.read())
    except (ValueError, TimeoutError, aiohttp.ClientError) as error:
        if _is_refusal(response.status):
            return {}
        raise AnswerLost(reason="unreadable answer", http_status=response.status) from error
    return body if isinstance(body, dict) else {}


def _raise_for(response: aiohttp.ClientResponse, body: dict[str, Any]) -> None:
    if response.status in (200, 201):
        return
    code = read_integer(body.get("code"))
    if response.status == 429:
        raise Throttled(code=code, retry_after=_retry_after(response.headers.get("Retry-After")))
    if _is_refusal(response.status):
        raise Refused(code=code, http_status=response.status)
    raise AnswerLost(reason="http status", http_status=response.status, code=code)


def _is_refusal(status: int) -> bool:
    return 400 <= status < 500 and status not in DOUBTFUL_REFUSALS


def _form(sms: Outgoing) -> dict[str, str]:
    # https://www.twilio.com/docs/messaging/api/message-resource : a Messaging Service takes the place of From.
    sender = "MessagingServiceSid" if sms.sender.startswith("MG") and len(sms.sender) == 34 else "From"
    return {
        "To": sms.to,
        sender: sms.sender,
        "Body": sms.body,
        "StatusCallback": sms.status_url,
        # What we showed and counted is what shall be sent.
        "SmartEncoded": "false",
    }


def _retry_after(header: str | None) -> timedelta | None:
    # RFC 9110 10.2.3 also allows a date, which Twilio does not use; without a number the caller's own pace holds.
    return timedelta(seconds=int(header)) if header is not None and header.isdecimal() else None
