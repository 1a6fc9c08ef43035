"""The stand-in as one thing: start it, point a customer at its URL, script it, look inside."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.playground.carrier.agenda import Agenda, Pace
from bot.playground.carrier.api import Api
from bot.playground.carrier.delivery import Delivery, Latency
from bot.playground.carrier.faults import AnswerFault, Chaos, Endpoint, Fault, FaultBook, Reports, Scenario
from bot.playground.carrier.inbound import Inbound, Texted
from bot.playground.carrier.phones import Phone, Phones
from bot.playground.carrier.segments import count_segments
from bot.playground.carrier.state import Account, Alert, Change, Direction, Network, Post, Sms, Status
from bot.playground.carrier.webhooks import Webhooks
from bot.playground.log import ExchangeLog

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One accepted message, and how often it was asked for."""

    sid: str
    to: str
    sender: str | None
    body: str
    attempts: int
    """Requests with this number and text so far, those that were refused or broken included."""


class StandInCarrier:
    """A phone network for one machine; `async with` starts and stops it."""

    def __init__(
        self,
        accounts: Iterable[Account] = (),
        *,
        pace: Pace = Pace.INSTANT,
        time_scale: float = 1.0,
        latency: Latency | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        count_segments: Callable[[str], int] = count_segments,
        log: ExchangeLog | None = None,
        port: int = 0,
    ) -> None:
        latency = latency or Latency()
        self.log = log if log is not None else ExchangeLog()
        self._agenda = Agenda(pace, clock, time_scale=time_scale)
        self._network = Network(now=self._agenda.now)
        self._faults = FaultBook()
        self._webhooks = Webhooks(self._network, self.log)
        self.phones = Phones(self._network)
        delivery = Delivery(self._network, self._agenda, self._webhooks, self.phones, latency)
        self._inbound = Inbound(self._network, self._webhooks, self.phones, count_segments)
        self._api = Api(
            self._network,
            delivery,
            self._faults,
            self._agenda,
            self.log,
            count_segments=count_segments,
            latency=latency.answer,
        )
        self._port = port
        self._runner: web.AppRunner | None = None
        for account in accounts:
            self.add_account(account)

    async def start(self) -> Self:
        """Listen on loopback and give back itself."""
        await self._webhooks.open()
        self._runner = web.AppRunner(self._api.application(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Forget what is to come, hang up and close."""
        self._api.close()
        await self._agenda.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._webhooks.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Where it listens, in place of https://api.twilio.com."""
        return f"http://{LOOPBACK}:{self._port}"

    def add_account(self, account: Account) -> None:
        """Add a customer, or replace the one of that SID."""
        self._network.put_account(account)

    def set_inbound_url(self, number: str, url: str | None) -> None:
        """Post what handsets write to this number to that URL from now on; None only lists it."""
        account = self._network.owner_of(number)
        rented = account.number(number) if account else None
        if account is None or rented is None:
            raise KeyError(number)
        self._network.put_number(account.sid, replace(rented, inbound_url=url))

    def phone(self, number: str, *, name: str | None = None) -> Phone:
        """The handset of that number."""
        phone = self.phones[number]
        if name is not None:
            phone.name = name
        return phone

    def scenario(
        self,
        *,
        to: str | None = None,
        outcome: Status | str = Status.DELIVERED,
        error: int | None = None,
        refuse: int | None = None,
        reports: Reports | str = Reports.NORMAL,
        report_delay: timedelta = timedelta(days=3),
        unlisted_for: timedelta | None = None,
        segments: int | None = None,
        times: int | None = None,
    ) -> None:
        """Decide what becomes of the next messages to a number, or to any; without `times` of all of them."""
        scenario = Scenario(
            Status(outcome), error, refuse, Reports(reports), report_delay, unlisted_for, segments
        )
        self._faults.script_message(scenario, to=to, times=times)

    def fail(
        self,
        fault: Fault | str,
        *,
        times: int | None = 1,
        to: str | None = None,
        on: Endpoint = "create",
        delay: timedelta = timedelta(0),
        retry_after: timedelta | None = None,
    ) -> None:
        """Answer the next requests for a number, or for any, in this wrong way; `times=None` answers all so."""
        self._faults.script_answer(AnswerFault(Fault(fault), delay, retry_after), to=to, on=on, times=times)

    def go_wrong_at_random(self, chaos: Chaos) -> None:
        """Let chance decide where no script does."""
        self._faults.chaos = chaos

    def heal(self) -> None:
        """Forget every script and chance: from now on all goes well."""
        self._faults.clear()

    def hang_up(self) -> None:
        """Reset the connections of those who wait for an answer that never comes."""
        self._api.hang_up()

    async def flush(self) -> None:
        """Let everything that is to come happen now, and wait for its end."""
        await self._agenda.flush()

    async def advance(self, by: timedelta) -> None:
        """Let this much of the network's time pass at once."""
        await self._agenda.advance(by)

    async def text(self, *, from_: str, to: str, body: str, copies: int = 1) -> Texted:
        """A handset writes to a number; raises CannotBeAnswered for a name or a number nobody rents."""
        return await self._inbound.text(from_=from_, to=to, body=body, copies=copies)

    @property
    def ledger(self) -> tuple[LedgerLine, ...]:
        """Every message accepted through the API, oldest first."""
        asked: dict[tuple[str, str], int] = {}
        for post in self.posts:
            asked[post.to, post.body] = asked.get((post.to, post.body), 0) + 1
        return tuple(
            LedgerLine(sms.sid, sms.to, sms.sender, sms.body, asked.get((sms.to, sms.body), 0))
            for sms in self._of(Direction.API)
        )

    @property
    def under_way(self) -> tuple[str, ...]:
        """The requests to send that are being answered right now, by where their receipts go."""
        return self._api.under_way

    @property
    def messages(self) -> tuple[Sms, ...]:
        """Every message accepted through the API as it stands, oldest first."""
        return self._of(Direction.API)

    @property
    def posts(self) -> tuple[Post, ...]:
        """Every request to send that was read, accepted or not, oldest first."""
        return tuple(self._network.posts)

    @property
    def replies(self) -> tuple[Sms, ...]:
        """What went out as TwiML or by the network's own STOP, oldest first."""
        return self._of(Direction.REPLY)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What the debugger shows, oldest first."""
        return tuple(self._network.alerts)

    def message(self, sid: str) -> Sms:
        """The message as it stands."""
        return self._network.messages[sid]

    def remember(self, sms: Sms) -> None:
        """Know a message as if it had been sent and had fared so, long ago."""
        self._network.add(sms)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call the listener at each change; gives back the function that ends it."""
        return self._network.listen(listener)

    @asynccontextmanager
    async def changes(self) -> AsyncIterator["asyncio.Queue[Change]"]:
        """A queue of the changes from now on, while the block lasts."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        stop = self.listen(queue.put_nowait)
        try:
            yield queue
        finally:
            stop()

    def _of(self, direction: Direction) -> tuple[Sms, ...]:
        return tuple(sms for sms in self._network.messages.values() if sms.direction is direction)
