"""What the app is sent and how it answers, whichever way both travel."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Kind(StrEnum):
    """What is told; the words are those of a socket's envelopes."""

    COMMAND = "slash_commands"
    INTERACTION = "interactive"
    EVENT = "events_api"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What there is to tell; `attempt` counts the times it was told in vain, and `reason` is why the last one failed."""

    kind: Kind
    payload: Mapping[str, Any]
    attempt: int = 0
    reason: Miss | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A parcel as it goes over one wire."""

    method: str
    url: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire(Protocol):
    """One way to the app."""

    def write(self, parcel: Parcel) -> Letter:
        """The parcel as it goes over this wire."""
        ...

    async def send(self, letter: Letter) -> Ack:
        """How the app answers, however late; cancelled at the deadline."""
        ...

    async def close(self) -> None:
        """End what is open."""
        ...
