"""Asks over HTTP, once and with little patience; whatever comes back is an answer, and what is odd about it has words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from storage.db import refuse_open_transaction

LARGEST_BYTES = 8 * 2**20
CHUNK_BYTES = 65_536
NO_HEADERS: Mapping[str, str] = {}

UNKNOWN_NAME = "no machine of that name is known"
NOT_VALID = "its certificate is not valid"
NO_TLS = "it does not speak https"
TROUBLES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (aiohttp.ClientConnectorDNSError, UNKNOWN_NAME),
    (aiohttp.ClientConnectorCertificateError, NOT_VALID),
    (aiohttp.ClientSSLError, NO_TLS),
    (aiohttp.ClientConnectorError, "nobody listens there"),
    ((TimeoutError, aiohttp.ServerTimeoutError), "no answer came in time"),
    (aiohttp.InvalidURL, "that is no address"),
    (aiohttp.TooManyRedirects, "it leads in a circle"),
    ((aiohttp.ClientError, OSError, ValueError), "the connection broke"),
)
"""Why no answer came, the first that fits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without any answer the status is 0 and `trouble` says why."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    trouble: str = ""

    @property
    def oddity(self) -> str:
        """What is odd about it, whoever was asked; empty when it is a plain answer."""
        if self.trouble:
            return self.trouble
        if 300 <= self.status < 400:
            return f"it leads on to {place(self.headers.get('Location', ''))} (HTTP {self.status})"
        if self.status >= 500:
            return f"it answers HTTP {self.status}"
        return ""

    @property
    def told_at(self) -> datetime | None:
        """The other side's clock, in whole seconds, when it says it."""
        return read_date(self.headers.get("Date"))

    def fields(self) -> Mapping[str, Any]:
        """The JSON object; an empty one when it is none."""
        try:
            read = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return read if isinstance(read, dict) else {}


async def ask(
    session: aiohttp.ClientSession, url: str, body: str = "", headers: Mapping[str, str] = NO_HEADERS
) -> Answer:
    """The answer to a POST, for as long as the session waits; follows nothing, and raises nothing."""
    refuse_open_transaction()
    try:
        async with session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await _text(response))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Answer(trouble=next(words for kinds, words in TROUBLES if isinstance(error, kinds)))


async def _text(response: aiohttp.ClientResponse) -> str:
    read = b""
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        read += chunk
        if len(read) >= LARGEST_BYTES:
            break
    return read[:LARGEST_BYTES].decode(errors="replace")


def place(url: str) -> str:
    """Where an address leads, without its path, which may hold what is secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "elsewhere"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else "another page of its own"


def read_date(header: str | None) -> datetime | None:
    """The instant of a Date header, such as `Thu, 24 Aug 2023 05:01:45 GMT`; None when it cannot be read."""
    try:
        return parsedate_to_datetime(header or "").astimezone(UTC)
    except ValueError:
        return None
