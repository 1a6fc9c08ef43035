"""The carrier's side: what it accepts, what it keeps in its ledger, and the receipts it sends.

What is taken for granted of a carrier: it takes a text at most `LATEST_ACCEPT` after the request's bytes left, and its
list shows the text at most `LONGEST_LAG` later. Both together are shorter than the grace.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.carriers import Accepted, AnswerLost, CarrierError, Outgoing, Refused, Throttled
from tests.simulation.loop import Loop
from tests.simulation.odds import CALM, Odds
from tests.simulation.story import Story

LATEST_ACCEPT = 90.0
LONGEST_LAG = 60.0
COUNTED_OTHERWISE = 5
"""Of so many texts the carrier counts one as more segments than the bot does."""
ADDRESS = re.compile(r"/twilio/status/(?P<id>[0-9a-f-]{36})\?attempt=(?P<attempt>\d+)")
RANK = {"queued": 1, "sending": 1, "sent": 2, "delivered": 3, "undelivered": 3, "failed": 3}


@dataclass(slots=True)
class Sms:
    """One text that the carrier took, as its ledger has it."""

    sid: str
    to: str
    body: str
    message_id: str
    attempt: int
    at: float
    created_at: datetime
    listed_from: float
    status: str = "queued"
    error_code: int | None = None
    segments: int = 1
    acknowledged: set[str] = field(default_factory=set)
    """The states whose receipts the bot answered with 204."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One status callback."""

    message_id: str
    attempt: int
    sid: str
    status: str
    error_code: int | None


class Network:
    """The carrier; `report` brings a receipt to the bot and says whether it was acknowledged."""

    def __init__(self, loop: Loop, story: Story, odds: Odds, now: Callable[[], datetime]) -> None:
        self.loop, self.story, self.odds, self.now = loop, story, odds, now
        self.chance = story.chance("network")
        self.ledger: dict[str, Sms] = {}
        self.of_message: dict[str, list[Sms]] = {}
        self.report: Callable[[Receipt], Awaitable[bool]]
        self.accepted: Callable[[Sms], None] = lambda _: None
        self.down = False
        self.refuses: int | None = None
        """The error number that every request meets: a full queue, a suspended account."""
        self.landlines: frozenset[str] = frozenset()
        self.last_taken_at = 0.0

    def calm(self) -> None:
        """From now on everything goes well."""
        self.odds, self.down, self.refuses = CALM, False, None

    def happens(self, name: str) -> bool:
        """Whether this trouble comes now."""
        odds = getattr(self.odds, name)
        if odds and self.chance.random() < odds:
            self.story.told("fault", name)
            return True
        return False

    async def take(self, sms: Outgoing, answer: "asyncio.Future[Accepted]") -> None:
        """What becomes of a request whose bytes have left."""
        began = self.loop.time()
        await asyncio.sleep(self._latency())
        if self.happens("reset_before"):
            return _answer(answer, AnswerLost(reason="reset"))
        if self.happens("silent_before"):
            return None
        if self.happens("server_error"):
            return _answer(answer, AnswerLost(reason="http status", http_status=500))
        refusal = self._refusal(sms)
        if refusal:
            return _answer(answer, refusal)
        if self.happens("accepted_late"):
            _answer(answer, AnswerLost(reason="reset"))
            left = began + LATEST_ACCEPT - self.loop.time()
            await asyncio.sleep(max(0.0, left * self.chance.random()))
            self._accept(sms)
            return None
        taken = self._accept(sms)
        if self.happens("silent_after"):
            return None
        await asyncio.sleep(self._latency())
        if self.happens("reset_after"):
            return _answer(answer, AnswerLost(reason="reset"))
        if self.happens("server_error_after"):
            return _answer(answer, AnswerLost(reason="http status", http_status=502))
        return _answer(answer, Accepted(taken.sid, "queued", taken.segments))

    def listed(self) -> list[Sms]:
        """What the list shows now, the newest first."""
        now = self.loop.time()
        return [sms for sms in reversed(self.ledger.values()) if sms.listed_from <= now]

    def _refusal(self, sms: Outgoing) -> CarrierError | None:
        if self.refuses is not None:
            self.story.told("refused", self.refuses)
            return Refused(code=self.refuses, http_status=400)
        if sms.to in self.landlines:
            return Refused(code=21614, http_status=400)
        if self.happens("throttled"):
            wait = self.chance.choice((None, timedelta(seconds=self.chance.randint(1, 20))))
            return Throttled(code=20429, retry_after=wait)
        return None

    def _accept(self, sms: Outgoing) -> Sms:
        address = ADDRESS.search(sms.status_url)
        if address is None:
            raise ValueError(sms.status_url)
        lag = self.chance.random() * LONGEST_LAG if self.happens("list_lags") else 0.0
        taken = Sms(
            sid=f"SM{len(self.ledger) + 1:032x}",
            to=sms.to,
            body=sms.body,
            message_id=address["id"],
            attempt=int(address["attempt"]),
            at=self.loop.time(),
            created_at=self.now(),
            listed_from=self.loop.time() + lag,
            segments=2 if len(self.ledger) % COUNTED_OTHERWISE == 0 else 1,
        )
        self.ledger[taken.sid] = taken
        self.of_message.setdefault(taken.message_id, []).append(taken)
        self.last_taken_at = taken.at
        self.story.told("taken", taken.sid[-4:], taken.to, "attempt", taken.attempt)
        self.accepted(taken)
        self.loop.outside(self._live(taken), name=f"text {taken.sid[-4:]}")
        return taken

    async def _live(self, sms: Sms) -> None:
        for status, code in self._path():
            await asyncio.sleep(self.chance.expovariate(1 / 2.0))
            sms.status, sms.error_code = status, code
            self.loop.outside(self._tell(sms, status, code), name=f"receipt {sms.sid[-4:]} {status}")

    def _path(self) -> list[tuple[str, int | None]]:
        if self.happens("failed_late"):
            return [("sending", None), ("failed", 30001)]
        last = ("undelivered", 30003) if self.happens("undelivered") else ("delivered", None)
        return [("sent", None), last]

    async def _tell(self, sms: Sms, status: str, code: int | None) -> None:
        receipt = Receipt(sms.message_id, sms.attempt, sms.sid, status, code)
        if self.happens("receipt_lost"):
            return
        if self.happens("receipt_late"):
            await asyncio.sleep(self.chance.expovariate(1 / 1800.0))
        for _ in range(self.chance.randint(2, 4) if self.happens("receipt_doubled") else 1):
            await self._deliver(sms, receipt)

    async def _deliver(self, sms: Sms, receipt: Receipt) -> None:
        for pause in (self.chance.random(), self.chance.expovariate(1 / 10.0)):
            await asyncio.sleep(pause)
            if await self.report(receipt):
                sms.acknowledged.add(receipt.status)
                return

    def _latency(self) -> float:
        slow = self.happens("slow")
        return self.chance.uniform(2.0, 30.0) if slow else self.chance.uniform(0.03, 0.3)


def _answer(answer: "asyncio.Future[Accepted]", said: Accepted | CarrierError) -> None:
    # Whoever asked may have given up, or died, meanwhile.
    if answer.done():
        return
    if isinstance(said, Accepted):
        answer.set_result(said)
    else:
        answer.set_exception(said)
