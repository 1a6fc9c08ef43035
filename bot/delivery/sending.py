"""Delivery: works off chunks, asks the carrier for each message once, and has the answers recorded.

What if we die here? Before the claim's commit nothing has happened. After it, until the result's commit, the row
stands as `sending`: when its lease is over it is called unknown, and a callback or the carrier's list settles it.
Nothing is ever sent again unless the carrier certainly did not take it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from bot.carriers import Accepted, AnswerLost, CarrierError, Outgoing, Refused, Throttled
from bot.delivery import strays
from bot.delivery.gate import Gate
from bot.delivery.pace import Pace
from bot.delivery.recording import Recorder, Result, dice
from bot.delivery.verdicts import Answer, NotAsked, pauses, wants_slower
from bot.delivery.visits import Visit, visit
from bot.runtime import Runtime
from storage import chunks, claims, messages
from storage.claims import Claimed, Look
from storage.states import CampaignState

log = structlog.get_logger()

PLACES = 100
"""How many requests may be under way at most."""
AHEAD = timedelta(milliseconds=400)
"""How much work is claimed at a time, as the carrier answers now: few commits, and little to look for after a crash."""
LOOKED_AT_ONCE = 20
STALE_SECONDS = 0.25
"""How old a last look may be when its request starts."""


class Delivery:
    """Sends what is due in the chunks it is given. Any number of deliveries may work on one database."""

    def __init__(
        self,
        rt: Runtime,
        *,
        places: int = PLACES,
        jitter: Callable[[], float] = dice,
        is_caught_up: bool = False,
    ) -> None:
        self._rt = rt
        self._pace = Pace(places)
        self._gate = Gate(self._pace, rt.clock.steady)
        self._under_way: set[asyncio.Task[None]] = set()
        self._recorder = Recorder(rt, is_idle=lambda: not self._under_way, jitter=jitter)
        self._stopping = False
        self._catching_up = asyncio.Lock()
        self._is_caught_up = is_caught_up

    async def work_off(self, chunk_id: UUID) -> None:
        """Claims what is due in the chunk and starts asking for it; comes back when the last request has started."""
        await self.catch_up()
        has_more = True
        while has_more and not self._stopping:
            found = await self._visit(chunk_id)
            await self._start_all(found)
            has_more = found.has_more

    async def settle(self) -> None:
        """Waits until nothing that was claimed here is under way, and all is recorded."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._recorder.settled()

    async def stop(self) -> None:
        """Asks for nothing more, gives back what was not asked for yet, and waits for what was."""
        self._stopping = True
        self._gate.close()
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._recorder.close()

    async def catch_up(self) -> None:
        """Learns what the carrier sent that our messages do not know, once; raises CarrierError without its list.

        An account that is refused stays behind: what it asks for is refused as well, which pauses its campaigns.
        """
        async with self._catching_up:
            if self._is_caught_up:
                return
            try:
                await strays.catch_up(self._rt)
            except Refused as error:
                if not pauses(error):
                    raise
            else:
                self._is_caught_up = True

    async def _room(self) -> int:
        """How many messages to claim: so many that the next ones are at hand when places become free."""
        ahead = self._pace.within(AHEAD)
        if not ahead:
            await self._gate.opening()
        return min(chunks.SIZE, max(ahead, self._gate.free, 1))

    async def _visit(self, chunk_id: UUID) -> Visit:
        limit = await self._room()
        try:
            return await visit(self._rt, chunk_id, limit=limit)
        except Exception:
            # A database that comes back may be an older one.
            self._is_caught_up = False
            raise

    async def _start_all(self, found: Visit) -> None:
        rest = list(found.claimed)
        while rest:
            await self._gate.enter()
            looked_at = self._rt.clock.steady()
            some, rest = rest[:LOOKED_AT_ONCE], rest[LOOKED_AT_ONCE:]
            looks = await self._last_look(some)
            rest[:0] = await self._start(some, looks, looked_at, found.deadline)

    async def _start(
        self, some: Sequence[Claimed], looks: dict[UUID, Look], looked_at: float, deadline: float
    ) -> Sequence[Claimed]:
        """Starts as many of these as the look is fresh for; those that need another look. One has its place already."""
        for n, one in enumerate(some):
            if n:
                await self._gate.enter()
                if self._rt.clock.steady() - looked_at > STALE_SECONDS and not self._stopping:
                    self._gate.leave()
                    return some[n:]
            self._begin(self._deliver(one, looks.get(one.id), deadline))
        return ()

    async def _last_look(self, some: Sequence[Claimed]) -> dict[UUID, Look]:
        if self._stopping:
            return {}
        try:
            async with self._rt.db.read() as session:
                return await claims.last_look(session, some)
        except Exception as error:  # without a look nothing is asked; what was claimed goes back
            self._rt.health.bad("delivery", error)
            return {}

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._rt.tasks.start(work, name="deliver")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, claimed: Claimed, look: Look | None, deadline: float) -> None:
        asked_at = self._rt.clock.steady()
        try:
            forbidden = NotAsked() if self._stopping else _forbidden(look)
            answer: Answer = forbidden or await self._ask(claimed, deadline)
            self._keep_pace(answer, asked_at)
        finally:
            self._gate.leave()
        self._under_way.discard(asyncio.current_task())
        self._recorder.add(Result(claimed, answer))

    async def _ask(self, claimed: Claimed, deadline: float) -> Accepted | CarrierError:
        try:
            return await self._rt.carrier.send(self._outgoing(claimed), until=deadline)
        except CarrierError as error:
            return error
        except Exception:  # whatever it was, the request may have gone out
            log.exception("carrier_client_failed", message=str(claimed.id), attempt=claimed.attempt)
            return AnswerLost(reason="client failed")

    def _outgoing(self, claimed: Claimed) -> Outgoing:
        return Outgoing(
            to=claimed.e164,
            sender=claimed.sender,
            body=claimed.body,
            status_url=status_url(self._rt.settings.public_url, claimed),
        )

    def _keep_pace(self, answer: Answer, asked_at: float) -> None:
        now = self._rt.clock.steady()
        if isinstance(answer, Accepted):
            self._pace.speed_up(now - asked_at)
        elif pauses(answer):
            # What waits at the gate looks again after it, and finds its campaign paused.
            self._pace.hold(now)
            self._recorder.hurry()
        elif wants_slower(answer):
            wish = answer.retry_after if isinstance(answer, Throttled) else None
            self._pace.slow_down(now, asked_at=asked_at, retry_after=wish)


def status_url(public_url: str, claimed: Claimed) -> str:
    """Where the carrier reports on this attempt; a report settles it even when its answer was lost."""
    return f"{public_url.rstrip('/')}/twilio/status/{claimed.id}?attempt={claimed.attempt}"


def _forbidden(look: Look | None) -> NotAsked | None:
    """Why this message may not be asked for after all, by its last look; None when it may."""
    if look is None or not look.is_ours:
        return NotAsked()
    if look.is_blocked:
        return NotAsked(claims.OPTED_OUT)
    if look.campaign_state is CampaignState.STOPPED:
        return NotAsked(messages.STOPPED)
    return None if look.campaign_state in (None, CampaignState.SENDING) else NotAsked()
