"""Twilio behind the carrier protocol: one POST a message, never repeated, over a pool of connections of our own."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import aiohttp

from bot.carriers import Accepted, AnswerLost, Inbound, Listed, NeverConnected, Outgoing, Refused, Throttled
from bot.carriers.account import Looked
from bot.carriers.http1 import Client, encode
from bot.carriers.records import (
    Record,
    created_at,
    is_outgoing,
    read_accepted,
    read_all_inbound,
    read_integer,
    read_listed,
    read_next_page,
    read_records,
    whole_seconds,
)
from bot.carriers.webhooks import (
    Malformed,
    StatusReport,
    parse_inbound,
    parse_status,
    twiml,
)
from bot.clock import steady_seconds
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
# Few as a rule: asked again and again, mostly for nothing new.
RECEIVED_PAGE_SIZE = 200
NO_FILTER: Mapping[str, str] = {}
# https://github.com/twilio/twilio-ruby/issues/519 : the gateway may answer after some 26 s.
ANSWER_TIMEOUT = timedelta(seconds=35)
CONNECT_TIMEOUT = timedelta(seconds=10)
# Shorter than the idle time-outs usual at load balancers: a POST on a connection the other side has
# just closed would be an answer lost.
KEEP_ALIVE = timedelta(seconds=15)
CREATE_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "touchline"}

# Raised by aiohttp before the first byte of the request is written.
UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
LONGEST_WISH = timedelta(days=1)
"""As long as Twilio's own daily cap holds; a header that asks for more is a mistake."""
# A gateway that gave up waiting (408) may have passed the request on all the same.
DOUBTFUL_REFUSALS = (408,)


class TwilioCarrier:
    """Sends through one Twilio account; owns its connections and never retries by itself.

    The official client is not used for these calls: it takes no time-out from us, repeats a create on HTTP 5xx
    when told to retry, and hides the error's number when a list fails. Creates leave through a client of our own
    (`bot/carriers/http1`), the rest through aiohttp.
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
        steady: Callable[[], float] = steady_seconds,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._account_path = f"/{API_VERSION}/Accounts/{account_sid}"
        self._messages_path = self._account_path + "/Messages"
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode(),
            "Accept": "application/json",
        }
        self._connections = connections
        self._timeout = _timeout(connect_timeout, answer_timeout)
        self._session = session
        self._creates = Client(
            self._api_url,
            self._headers | CREATE_HEADERS,
            connections=connections,
            connect_timeout=connect_timeout,
            answer_timeout=answer_timeout,
            keep_alive=KEEP_ALIVE,
            steady=steady,
        )

    async def send(self, sms: Outgoing, *, until: float | None = None) -> Accepted:
        """Ask Twilio once to send the SMS, and give back its answer.

        Raises Refused, Throttled, NeverConnected and LeaseOver when it was not sent, AnswerLost when nobody can
        know. LeaseOver means that the steady clock had reached `until` when the request was to be written.
        """
        refuse_open_transaction()
        answer = await self._creates.post(self._messages_path + ".json", encode(_form(sms)), until=until)
        body = _object(answer.status, answer.body)
        _raise_for(answer.status, answer.headers.get("retry-after"), body)
        return read_accepted(body)

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

    async def received(self, number: str, *, since: datetime) -> AsyncIterator[tuple[Inbound, ...]]:
        """Page by page, newest first, what members sent to our number since; raises a CarrierError where a page fails."""
        # The filter knows days; one more, for the day itself may be taken either way.
        first_day = (since - timedelta(days=1)).date().isoformat()
        path = self._list_path({"To": number, "DateSent>": first_day}, page_size=RECEIVED_PAGE_SIZE)
        async for records in self._pages(path):
            recent = [one for one in records if (created_at(one) or since) >= whole_seconds(since)]
            yield tuple(read_all_inbound(recent))
            if len(recent) < len(records):
                return

    async def fetch(self, sid: str) -> Listed:
        """The message with this id; raises Refused when Twilio knows none."""
        refuse_open_transaction()
        record = await self._get(f"{self._messages_path}/{quote(sid, safe='')}.json")
        if record.get("sid") != sid:
            raise AnswerLost(reason="another message")
        return read_listed(record)

    async def newest(self) -> AsyncIterator[tuple[Listed, ...]]:
        """Page by page, newest first, all that the account ever sent; raises a CarrierError where a page fails."""
        async for records in self._pages(self._list_path()):
            yield tuple(read_listed(record) for record in records if is_outgoing(record))

    async def look(self, path: str = "") -> Looked:
        """What Twilio says below the account's own path, or at one that it gave itself; raises a CarrierError."""
        refuse_open_transaction()
        return await self._look(path if path.startswith(f"/{API_VERSION}/") else self._account_path + path)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._creates.close()
        if self._session is not None:
            await self._session.close()

    async def _pages(self, first: str) -> AsyncIterator[list[Record]]:
        path: str | None = first
        seen = set()
        while path is not None:
            if path in seen:
                raise AnswerLost(reason="pages in a circle")
            seen.add(path)
            refuse_open_transaction()
            page = await self._get(path)
            yield read_records(page)
            path = read_next_page(page)

    async def _list(self, to: str) -> list[Record]:
        # Only by number: a message that is not yet sent has no DateSent and a filter on it would hide it.
        path: str | None = self._list_path({"To": to})
        records: list[Record] = []
        for _ in range(MAX_PAGES):
            if path is None:
                return records
            page = await self._get(path)
            records += read_records(page)
            path = read_next_page(page)
        if path is not None:
            raise AnswerLost(reason="list too long")
        return records

    def _list_path(self, only: Mapping[str, str] = NO_FILTER, *, page_size: int = PAGE_SIZE) -> str:
        return f"{self._messages_path}.json?{urlencode({**only, 'PageSize': page_size})}"

    async def _get(self, path: str) -> Record:
        return (await self._look(path)).record

    async def _look(self, path: str) -> Looked:
        with _translated():
            async with self._opened().get(
                self._api_url + path, headers=self._headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                body = _object(response.status, await _body(response))
        _raise_for(response.status, response.headers.get("Retry-After"), body)
        return Looked(body, response.headers.get("Date", ""))

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


async def _body(response: aiohttp.ClientResponse) -> bytes | None:
    """The answer's body; None when it did not come whole."""
    try:
        return await response.read()
    except (TimeoutError, aiohttp.ClientError):
        return None


def _object(status: int, body: bytes | None) -> Record:
    """The JSON object of the answer; an empty one when a refusal cannot be read, since its status says enough."""
    try:
        read = json.loads(body or b"")
    except (ValueError, RecursionError) as error:
        if _is_refusal(status):
            return {}
        raise AnswerLost(reason="unreadable answer", http_status=status) from error
    return read if isinstance(read, dict) else {}


def _raise_for(status: int, retry_after: str | None, body: Record) -> None:
    if status in (200, 201):
        return
    code = read_integer(body.get("code"))
    if status == 429:
        raise Throttled(code=code, retry_after=_retry_after(retry_after))
    if _is_refusal(status):
        raise Refused(code=code, http_status=status)
    raise AnswerLost(reason="http status", http_status=status, code=code)


def _is_refusal(status: int) -> bool:
    return 400 <= status < 500 and status not in DOUBTFUL_REFUSALS


def _form(sms: Outgoing) -> dict[str, str]:
    # https://www.twilio.com/docs/messaging/api/message-resource : a Messaging Service takes the place of From.
    sender = "MessagingServiceSid" if sms.sender.startswith("MG") and len(sms.sender) == 34 else "From"
    return {
        "To": sms.to,
        sender: sms.sender,
        "Body": sms.body,
        **({"StatusCallback": sms.status_url} if sms.status_url else {}),
        # What we showed and counted is what shall be sent.
        "SmartEncoded": "false",
    }


def _retry_after(header: str | None) -> timedelta | None:
    # RFC 9110 10.2.3 also allows a date, which Twilio does not use; without a number the caller's own pace holds.
    if header is None or not header.isdecimal():
        return None
    return min(timedelta(seconds=int(header[:9])), LONGEST_WISH)
