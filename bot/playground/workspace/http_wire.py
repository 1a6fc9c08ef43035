"""The way to the app over HTTP: posts to its address, signed as Slack signs."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from bot.playground.workspace.clock import Clock, SystemClock
from bot.playground.workspace.letters import Ack, Kind, Letter, Miss, Parcel

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

# https://docs.slack.dev/apis/events-api: at most two redirects are followed.
MAX_REDIRECTS = 2

# https://docs.slack.dev/robots: the name Slack's servers give themselves.
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def sign(secret: str, timestamp: int, body: str) -> str:
    """The `X-Slack-Signature` of a body posted at a time."""
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpWire:
    """Posts to the address that the app's settings page names."""

    def __init__(self, workspace: "Workspace", signing_clock: Clock | None) -> None:
        self._workspace = workspace
        self._signing_clock = signing_clock or SystemClock()
        self._session: aiohttp.ClientSession | None = None

    def write(self, parcel: Parcel) -> Letter:
        """A signed post: a command's form, an interaction's form with the JSON in `payload`, or an event's JSON."""
        body, timestamp = _body(parcel), int(self._signing_clock.now().timestamp())
        headers = {
            "Content-Type": JSON if parcel.kind is Kind.EVENT else FORM,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._workspace.app.signing_secret, timestamp, body),
        }
        url = self._workspace.app.events_url
        return Letter(method="POST", url=url, body=body, headers=headers | _retry_headers(parcel))

    async def send(self, letter: Letter) -> Ack:
        """How the app answers."""
        try:
            return await self._post(letter)
        except aiohttp.TooManyRedirects:
            return Ack(miss=Miss.REDIRECTS)
        except (aiohttp.ClientError, OSError, ValueError):
            return Ack(miss=Miss.UNREACHABLE)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, letter: Letter) -> Ack:
        session = self._open_session()
        async with session.post(
            letter.url, data=letter.body.encode(), headers=letter.headers, max_redirects=MAX_REDIRECTS
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
            # The deadline is the delivery's, by the workspace's clock.
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        return self._session


def _body(parcel: Parcel) -> str:
    if parcel.kind is Kind.COMMAND:
        return urlencode(parcel.payload)
    payload = json.dumps(parcel.payload, ensure_ascii=False)
    return payload if parcel.kind is Kind.EVENT else urlencode({"payload": payload})


def _retry_headers(parcel: Parcel) -> dict[str, str]:
    if not parcel.attempt:
        return {}
    reason = parcel.reason or Miss.UNREACHABLE
    return {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": reason.value}
