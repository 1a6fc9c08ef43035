"""What the network knows: accounts, numbers, messages, opt-outs, and who wants to hear of changes."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """Twilio's published states of a message, as far as an SMS can be in them."""

    # https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, message_enum_status.
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"


class Direction(StrEnum):
    """Who began: our customer through the API, a handset, or our customer's answer to a handset."""

    INBOUND = "inbound"
    API = "outbound-api"
    REPLY = "outbound-reply"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that an account rents."""

    value: str
    inbound_url: str | None = None
    """Where its SMS are posted; without one they can only be listed."""
    prefixes: tuple[str, ...] | None = None
    """The countries a short code reaches, e.g. `("+33", "+262")`; None reaches everywhere."""
    handles_stop: bool = False
    """Whether the network itself obeys STOP and START, as it does for long codes."""
    advanced_opt_out: bool = False
    """Whether it also says so to the webhook, in OptOutType."""
    sends_sms: bool = True
    inbound_method: str = "POST"
    application_sid: str = ""
    """The TwiML app that takes the place of its URL."""


@dataclass(frozen=True, slots=True)
class Service:
    """A Messaging Service: numbers, of which the network takes the first."""

    sid: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A customer of the network."""

    sid: str
    token: str
    numbers: tuple[Number, ...] = ()
    services: tuple[Service, ...] = ()
    allowed_prefixes: tuple[str, ...] | None = None
    """The countries that may be texted, e.g. `("+33",)`; None allows all."""
    max_concurrent: int | None = None
    """Requests at a time beyond which the answer is 429; None never."""
    status: Literal["active", "suspended", "closed"] = "active"
    kind: Literal["Full", "Trial"] = "Full"
    balance: str = "48.7300"
    """What is left, in dollars, as the API writes it."""

    def number(self, value: str) -> Number | None:
        """The account's own number, or None."""
        return next((number for number in self.numbers if number.value == value), None)

    def service(self, sid: str) -> Service | None:
        """The account's own Messaging Service, or None."""
        return next((service for service in self.services if service.sid == sid), None)


@dataclass(frozen=True, slots=True)
class Sms:
    """One message, either way."""

    sid: str
    account_sid: str
    direction: Direction
    to: str
    sender: str | None
    body: str
    status: Status
    segments: int
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    status_url: str | None = None
    service_sid: str | None = None
    visible_from: datetime | None = None
    """From when lists show it; None at once."""


@dataclass(frozen=True, slots=True)
class Post:
    """One request to send, whether it was accepted or not."""

    at: datetime
    account_sid: str
    to: str
    sender: str
    body: str
    status_url: str
    sid: str | None
    code: int | None
    """The number of the refusal, when there was one."""


ChangeKind = Literal["message", "report", "phone", "alert"]


@dataclass(frozen=True, slots=True)
class Change:
    """Something of interest to whoever watches: a message or a phone is not as it was."""

    kind: ChangeKind
    sid: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What the network's debugger shows its customer, e.g. 11200 for a webhook that answered badly."""

    at: datetime
    code: int
    url: str
    detail: str


@dataclass(slots=True)
class Network:
    """Everything the stand-in remembers; only its methods change it."""

    now: Callable[[], datetime]
    accounts: dict[str, Account] = field(default_factory=dict)
    messages: dict[str, Sms] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of our number and a handset's."""
    _sids_to: dict[str, list[str]] = field(default_factory=dict)
    _listeners: list[Callable[[Change], None]] = field(default_factory=list)

    def owner_of(self, number: str) -> Account | None:
        """The account that rents this number, or None."""
        return next((account for account in self.accounts.values() if account.number(number)), None)

    def put_account(self, account: Account) -> None:
        """Add the account, or replace the one of that SID."""
        self.accounts[account.sid] = account

    def put_number(self, account_sid: str, number: Number) -> None:
        """Give the number to the account, or change what it does."""
        account = self.accounts[account_sid]
        others = tuple(other for other in account.numbers if other.value != number.value)
        self.accounts[account_sid] = replace(account, numbers=(*others, number))

    def add(self, sms: Sms) -> Sms:
        """Keep a new message and tell whoever listens."""
        if sms.sid not in self.messages:
            self._sids_to.setdefault(sms.to, []).append(sms.sid)
        self.messages[sms.sid] = sms
        self.tell(Change("message", sid=sms.sid, number=sms.to))
        return sms

    def about(self, to: str | None) -> Iterable[Sms]:
        """The messages to this number, or all, oldest first; a list of one number costs no look at the others."""
        return self.messages.values() if to is None else [self.messages[s] for s in self._sids_to.get(to, ())]

    def move(self, sid: str, status: Status, *, error_code: int | None = None) -> Sms:
        """The message in its new state."""
        now = self.now()
        before = self.messages[sid]
        sent_at = now if status is Status.SENT else before.sent_at
        after = replace(before, status=status, updated_at=now, sent_at=sent_at, error_code=error_code)
        return self.add(after)

    def alert(self, code: int, url: str, detail: str) -> None:
        """Tell the customer's debugger that something is wrong."""
        self.alerts.append(Alert(self.now(), code, url, detail))
        self.tell(Change("alert"))

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call the listener at each change; gives back the function that ends it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def tell(self, change: Change) -> None:
        """Call each listener."""
        for listener in tuple(self._listeners):
            listener(change)


def new_sid(prefix: str) -> str:
    """A SID as Twilio makes them: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def matching(
    messages: Iterable[Sms], *, to: str | None, sender: str | None, sent_from: date | None = None
) -> list[Sms]:
    """The messages between these numbers sent from this day on, newest first; None is any, sent or not."""
    return [
        sms
        for sms in reversed(list(messages))
        if (to is None or sms.to == to)
        and (sender is None or sms.sender == sender)
        and (sent_from is None or (sms.sent_at is not None and sms.sent_at.date() >= sent_from))
    ]
