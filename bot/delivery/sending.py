"""Delivery: works off chunks, asks the carrier for each message once, and has the answers recorded.

What if we die here? Before the claim's commit nothing has happened. After it, until the result's commit, the row
stands as `sending`: when its lease is over it is called unknown, and a callback or the carrier's list settles it.
Nothing is ever sent again unless the carrier certainly did not take it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from bot.carriers import Accepted, AnswerLost, CarrierError, LeaseOver, Outgoing, Refused, Throttled
from bot.delivery import strays
from bot.delivery.lanes import Lanes
from bot.delivery.looks import Looks, Taken
from bot.delivery.pace import Pace
from bot.delivery.recording import Recorder, Result, dice
from bot.delivery.verdicts import Answer, NotAsked, code_of, ended, pauses, wants_slower
from bot.delivery.visits import Visit, visit
from bot.logs import marks
from bot.runtime import Runtime
from storage import chunks, claims, messages
from storage.claims import Claimed, Look
from storage.states import CampaignState

log = structlog.get_logger()

PLACES = 100
"""How many requests may be under way at most."""
AHEAD = timedelta(milliseconds=300)
"""How much work is claimed at a time, as the carrier answers now: few commits, and little to look for after a crash."""


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
        self._lanes: Lanes[_Job] = Lanes(self._pace, rt.clock.steady, rt.tasks, self._deliver)
        self._recorder = Recorder(rt, is_idle=lambda: self._lanes.is_last, jitter=jitter)
        self._stopping = False
        self._looks = Looks(rt)
        self._catching_up = asyncio.Lock()
        self._is_caught_up = is_caught_up
        rt.metrics.watch(places=lambda: self._pace.places, under_way=lambda: self._lanes.open)

    async def work_off(self, chunk_id: UUID) -> None:
        """Claims what is due in the chunk and starts asking for it; comes back when the last request has started."""
        await self.catch_up()
        has_more = True
        while has_more and not self._stopping:
            await self._recorder.room()
            found = await self._visit(chunk_id)
            if found is None or not found.claimed:
                return
            jobs = [_Job(claimed, found) for claimed in found.claimed]
            await self._lanes.put(jobs, is_urgent=found.owner.campaign_id is None)
            has_more = found.has_more

    async def settle(self) -> None:
        """Waits until nothing that was claimed here is under way, and all is recorded."""
        await self._lanes.settle()
        await self._recorder.settled()

    async def stop(self) -> None:
        """Asks for nothing more, gives back what was not asked for yet, and waits for what was."""
        self._stopping = True
        self._lanes.close()
        await self._lanes.settle()
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
            await self._lanes.opening()
        # Rather a whole chunk than most of it and then its rest.
        return chunks.SIZE if ahead * 2 > chunks.SIZE else max(ahead, self._lanes.free, 1)

    async def _visit(self, chunk_id: UUID) -> Visit | None:
        limit = await self._room()
        try:
            return await visit(self._rt, chunk_id, limit=limit)
        except Exception:
            # A database that comes back may be an older one.
            self._is_caught_up = False
            raise

    async def _deliver(self, job: "_Job") -> None:
        while True:
            taken = await self._look(job)
            asked_at = self._rt.clock.steady()
            answer = await self._ask(job, taken)
            # Nothing was written where only the look grew old: it waited for a connection, which stands by now.
            if not isinstance(answer, LeaseOver) or self._rt.clock.steady() >= job.found.deadline:
                break
        self._recorder.add(Result(job.claimed, answer))
        self._keep_pace(job.claimed, answer, asked_at)

    async def _look(self, job: "_Job") -> Taken:
        return Taken() if self._stopping else await self._looks.fresh(job.found)

    async def _ask(self, job: "_Job", taken: Taken) -> Answer:
        if forbidden := NotAsked() if self._stopping else _forbidden(job.claimed, taken.look):
            return forbidden
        return await self._send(job.claimed, until=min(job.found.deadline, taken.holds_until))

    async def _send(self, claimed: Claimed, *, until: float) -> Accepted | CarrierError:
        try:
            return await self._rt.carrier.send(self._outgoing(claimed), until=until)
        except CarrierError as error:
            return error
        except Exception:  # whatever it was, the request may have gone out
            log.exception("carrier_client_failed", **marks(claimed))
            return AnswerLost(reason="client failed")

    def _outgoing(self, claimed: Claimed) -> Outgoing:
        return Outgoing(
            to=claimed.e164,
            sender=claimed.sender,
            body=claimed.body,
            status_url=status_url(self._rt.settings.public_url, claimed),
        )

    def _keep_pace(self, claimed: Claimed, answer: Answer, asked_at: float) -> None:
        now = self._rt.clock.steady()
        self._rt.metrics.request_ended(ended(answer), now - asked_at)
        if isinstance(answer, Throttled):
            self._rt.metrics.throttled()
        if isinstance(answer, Accepted):
            self._pace.speed_up(now - asked_at)
            self._lanes.look()
        elif pauses(answer):
            # What waits at the gate looks again after it, and finds its campaign paused.
            self._pace.hold(now)
            self._recorder.hurry()
        elif wants_slower(answer):
            wish = answer.retry_after if isinstance(answer, Throttled) else None
            if self._pace.slow_down(now, asked_at=asked_at, retry_after=wish):
                self._log_hold(claimed, answer)

    def _log_hold(self, claimed: Claimed, answer: Answer) -> None:
        log.info(
            "sending_slowed",
            **marks(claimed),
            answer=ended(answer).value,
            code=code_of(answer),
            places=self._pace.places,
            seconds=round(self._pace.hold_seconds(self._rt.clock.steady()), 1),
        )


@dataclass(frozen=True, slots=True)
class _Job:
    """One claimed message, and the visit that claimed it."""

    claimed: Claimed
    found: Visit


def status_url(public_url: str, claimed: Claimed) -> str:
    """Where the carrier reports on this attempt; a report settles it even when its answer was lost. Empty: nowhere."""
    if not public_url:
        return ""
    return f"{public_url.rstrip('/')}/twilio/status/{claimed.id}?attempt={claimed.attempt}"


def _forbidden(claimed: Claimed, look: Look | None) -> NotAsked | None:
    """Why this message may not be asked for after all, by its last look; None when it may."""
    if look is None:
        return NotAsked()
    if claimed.e164 in look.blocked:
        return NotAsked(claims.OPTED_OUT)
    if look.state is CampaignState.STOPPED:
        return NotAsked(messages.STOPPED)
    return None if look.state in (None, CampaignState.SENDING) else NotAsked()
