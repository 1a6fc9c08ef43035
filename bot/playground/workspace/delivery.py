"""Posting to the app: signed as Slack signs, given up when the app is late, written into the protocol log."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from bot.playground.log import Exchange
from bot.playground.workspace.clock import Clock, SystemClock, within

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

# https://docs.slack.dev/apis/events-api: at most two redirects are followed.
MAX_REDIRECTS = 2

# https://docs.slack.dev/robots: the name Slack's servers give themselves.
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


class Miss(StrEnum):
    """Why a delivery failed; the words are those of x-slack-retry-reason, INVALID apart."""

    TIMEOUT = "http_timeout"
    UNREACHABLE = "connection_failed"
    HTTP = "http_error"
    REDIRECTS = "too_many_redirects"
    INVALID = "invalid_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """How the app answered a delivery; `miss` is None when it did so well and in time."""

    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    miss: Miss | None = None

    @property
    def is_ok(self) -> bool:
        """Whether the app took it."""
        return self.miss is None

    def answer(self) -> Any:
        """The JSON of the body, or None when it is empty; raises ValueError when it is neither."""
        return json.loads(self.body) if self.body.strip() else None

    def as_invalid(self) -> "Ack":
        """The same answer, judged to be nothing Slack can use."""
        return Ack(status=self.status, body=self.body, headers=self.headers, miss=Miss.INVALID)


def sign(secret: str, timestamp: int, body: str) -> str:
    """The `X-Slack-Signature` of a body posted at a time."""
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Delivery:
    """The way from the workspace to the app."""

    def __init__(self, workspace: "Workspace", *, ack_seconds: float, signing_clock: Clock | None) -> None:
        self._workspace = workspace
        self._ack_seconds = ack_seconds
        self._signing_clock = signing_clock or SystemClock()
        self._session: aiohttp.ClientSession | None = None

    async def post_form(self, fields: Mapping[str, str]) -> Ack:
        """Post a slash command."""
        return await self._post(urlencode(fields), "application/x-www-form-urlencoded", {})

    async def post_interaction(self, payload: Mapping[str, Any]) -> Ack:
        """Post an interaction: a form with the JSON in `payload`."""
        return await self.post_form({"payload": json.dumps(payload, ensure_ascii=False)})

    async def post_event(self, payload: Mapping[str, Any], headers: Mapping[str, str]) -> Ack:
        """Post an event as JSON; `headers` tell of a retry."""
        return await self._post(json.dumps(payload, ensure_ascii=False), "application/json", headers)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, body: str, content_type: str, more_headers: Mapping[str, str]) -> Ack:
        clock = self._workspace.clock
        headers = self._headers(body, content_type) | dict(more_headers)
        at, started = clock.now(), clock.monotonic()
        ack = await self._answer_or_miss(body, headers)
        self._workspace.log.add(
            Exchange(
                at=at,
                direction="out",
                peer="slack",
                method="POST",
                url=self._workspace.app.events_url,
                status=ack.status,
                request_body=body,
                response_body=ack.body,
                took_ms=(clock.monotonic() - started) * 1000,
                request_headers=headers,
            )
        )
        return ack

    def _headers(self, body: str, content_type: str) -> dict[str, str]:
        timestamp = int(self._signing_clock.now().timestamp())
        return {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._workspace.app.signing_secret, timestamp, body),
        }

    async def _answer_or_miss(self, body: str, headers: Mapping[str, str]) -> Ack:
        try:
            return await within(self._workspace.clock, self._ack_seconds, self._answer(body, headers))
        except TimeoutError:
            return Ack(miss=Miss.TIMEOUT)
        except aiohttp.TooManyRedirects:
            return Ack(miss=Miss.REDIRECTS)
        except (aiohttp.ClientError, OSError, ValueError):
            return Ack(miss=Miss.UNREACHABLE)

    async def _answer(self, body: str, headers: Mapping[str, str]) -> Ack:
        url, session = self._workspace.app.events_url, self._open_session()
        async with session.post(
            url, data=body.encode(), headers=headers, max_redirects=MAX_REDIRECTS
        ) as response:
            text = await response.text(errors="replace")
            is_fine = 200 <= response.status < 300
            return Ack(
                status=response.status,
                body=text,
                headers={name.lower(): value for name, value in response.headers.items()},
                miss=None if is_fine else Miss.HTTP,
            )

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The deadline is ours, by the workspace's clock.
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        return self._session
