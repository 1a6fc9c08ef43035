"""The phone network behind one protocol: what the bot asks of a carrier, and the ways the asking can fail."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from bot.errors import BotError


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One SMS as the carrier shall send it."""

    to: str
    """E.164."""
    sender: str
    """A number (E.164 or short code) or a name."""
    body: str
    status_url: str = ""
    """Where the carrier reports; it carries our own id and the attempt's number. Empty: it is asked instead."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier's word that it took the message."""

    sid: str
    status: str
    segments: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as the carrier's own list shows it."""

    sid: str
    to: str
    body: str
    status: str
    error_code: int | None
    created_at: datetime | None
    segments: int | None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One SMS that a member sent to one of our numbers."""

    sid: str
    from_: str
    to: str
    body: str
    account_sid: str
    segments: int | None
    opt_out_type: str | None
    """STOP, START or HELP when the carrier has dealt with the word itself (Advanced Opt-Out), else None."""
    came_at: datetime | None = None
    """When the carrier got it, in whole seconds; a webhook does not say, since that is now."""


class CarrierError(BotError):
    """The carrier could not do what was asked."""


class Refused(CarrierError):
    """The carrier refused the message; it was not sent."""

    code: int | None
    http_status: int

    def __init__(self, *, code: int | None, http_status: int) -> None:
        super().__init__(code=code, http_status=http_status)
        self.code = code
        self.http_status = http_status


class Throttled(CarrierError):
    """The carrier asks us to slow down; the message was not sent."""

    retry: ClassVar[bool] = True
    code: int | None
    retry_after: timedelta | None

    def __init__(self, *, code: int | None, retry_after: timedelta | None = None) -> None:
        super().__init__(code=code, retry_after=retry_after)
        self.code = code
        self.retry_after = retry_after


class NeverConnected(CarrierError):
    """The carrier was never reached; nothing was sent."""

    retry: ClassVar[bool] = True


class LeaseOver(CarrierError):
    """The lease was over before the request was written; nothing was sent."""

    retry: ClassVar[bool] = True


class AnswerLost(CarrierError):
    """The carrier was asked and its answer was lost; the message may have been sent."""


class Carrier(Protocol):
    """A phone network."""

    async def send(self, sms: Outgoing, *, until: float | None = None) -> Accepted:
        """Ask the carrier once, never twice, and give back its answer; raises a CarrierError.

        Nothing is written when the steady clock has reached `until`; that raises LeaseOver.
        """
        ...

    async def find(self, to: str, *, since: datetime) -> tuple[Listed, ...]:
        """The messages to this number created at or after `since`; raises CarrierError without a whole list."""
        ...

    async def fetch(self, sid: str) -> Listed:
        """The message with this id; raises Refused when the carrier knows none."""
        ...

    def newest(self) -> AsyncIterator[tuple[Listed, ...]]:
        """Page by page, newest first, all that was ever sent; raises CarrierError where a page cannot be had."""
        ...

    def received(self, number: str, *, since: datetime) -> AsyncIterator[tuple[Inbound, ...]]:
        """Page by page, newest first, what came to our number at or after `since`; raises CarrierError as above."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
