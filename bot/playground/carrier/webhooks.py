"""How the network posts to its customer: signed, with Twilio's time-outs and retries."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from urllib.parse import parse_qs, urldefrag, urlencode
from uuid import uuid4

import aiohttp
from yarl import URL

from bot.playground.carrier.state import Account, Network
from bot.playground.log import Exchange, ExchangeLog

USER_AGENT = "TwilioProxy/1.1"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
# https://www.twilio.com/docs/api/errors : 11200 HTTP retrieval failure, 11205 HTTP connection failure.
BAD_ANSWER, NO_CONNECTION = 11200, 11205


@dataclass(frozen=True, slots=True)
class Manners:
    """How a webhook is tried, as the fragment of its URL may change it."""

    # https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides : ct, rt, tt, rc, rp and defaults.
    connect: timedelta = timedelta(milliseconds=5000)
    read: timedelta = timedelta(milliseconds=15000)
    total: timedelta = timedelta(milliseconds=15000)
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer answered; no status when there was no answer."""

    status: int | None
    body: str = ""
    content_type: str = ""
    failure: str = ""
    """Why it counts as failed, in the words of the retry policy: 4xx, 5xx, ct or rt; else empty."""


class Webhooks:
    """Posts to customers; `open` before, `close` after."""

    def __init__(self, network: Network, log: ExchangeLog) -> None:
        self._network = network
        self._log = log
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to post."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def post(self, account: Account, url: str, params: Mapping[str, str]) -> Answer:
        """The customer's answer to these fields, after the retries its URL asks for; a failure is alerted."""
        address, fragment = urldefrag(url)
        manners = read_manners(fragment)
        headers = {
            "Content-Type": FORM,
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "X-Twilio-Signature": sign(account.token, address, params),
            "I-Twilio-Idempotency-Token": str(uuid4()),
        }
        answer = await self._try_all(address, params, headers, manners)
        if answer.failure:
            code = NO_CONNECTION if answer.failure == "ct" else BAD_ANSWER
            self._network.alert(code, address, f"{answer.failure} {answer.status or ''}".strip())
        return answer

    async def _try_all(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], manners: Manners
    ) -> Answer:
        began = perf_counter()
        for turn in range(manners.retries + 1):
            left = manners.total.total_seconds() - (perf_counter() - began)
            answer = await self._try(url, params, headers, manners, left)
            if turn == manners.retries or not _is_retried(answer, manners):
                break
        return answer

    async def _try(
        self,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        manners: Manners,
        seconds_left: float,
    ) -> Answer:
        at, began, body = self._network.now(), perf_counter(), urlencode(params)
        answer = await self._exchange(url, body, headers, manners, seconds_left)
        self._log.add(
            Exchange(
                at=at,
                direction="out",
                peer="carrier",
                method="POST",
                url=url,
                status=answer.status,
                request_body=body,
                response_body=answer.body,
                took_ms=(perf_counter() - began) * 1000,
                request_headers=dict(headers),
            )
        )
        return answer

    async def _exchange(
        self, url: str, body: str, headers: Mapping[str, str], manners: Manners, seconds_left: float
    ) -> Answer:
        if self._session is None:
            raise RuntimeError("The stand-in is not running.")
        timeout = aiohttp.ClientTimeout(
            total=max(seconds_left, 0.001),
            sock_connect=manners.connect.total_seconds(),
            sock_read=manners.read.total_seconds(),
        )
        try:
            # The URL exactly as it was signed: no other spelling of its escapes.
            target = URL(url, encoded=True)
            async with self._session.post(
                target, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return _answer(response, await response.text(errors="replace"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            return Answer(None, failure="ct")
        except (TimeoutError, aiohttp.ClientError, OSError):
            return Answer(None, failure="rt")


def sign(token: str, url: str, params: Mapping[str, str]) -> str:
    """The X-Twilio-Signature of a request."""
    # https://www.twilio.com/docs/usage/webhooks/webhooks-security
    text = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def read_manners(fragment: str) -> Manners:
    """What a URL's fragment asks for, e.g. `rc=3&rp=5xx,ct`; what it does not say is Twilio's default."""
    asked = {name: values[-1] for name, values in parse_qs(fragment).items()}
    usual = Manners()
    policy = frozenset(asked["rp"].split(",")) if "rp" in asked else usual.policy
    return Manners(
        connect=_milliseconds(asked.get("ct"), usual.connect, most=10000),
        read=_milliseconds(asked.get("rt"), usual.read, most=15000),
        total=_milliseconds(asked.get("tt"), usual.total, most=15000),
        retries=min(int(asked["rc"]), 5) if asked.get("rc", "").isdecimal() else usual.retries,
        policy=policy,
    )


def _milliseconds(asked: str | None, usual: timedelta, *, most: int) -> timedelta:
    if asked is None or not asked.isdecimal():
        return usual
    return timedelta(milliseconds=min(max(int(asked), 100), most))


def _answer(response: aiohttp.ClientResponse, body: str) -> Answer:
    failure = f"{response.status // 100}xx" if response.status >= 400 else ""
    return Answer(response.status, body, response.content_type, failure)


def _is_retried(answer: Answer, manners: Manners) -> bool:
    return bool(answer.failure) and ("all" in manners.policy or answer.failure in manners.policy)
