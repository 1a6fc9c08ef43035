"""Delivery: claims messages, asks the carrier for each of them once, and records what it answered.

What if we die here? Before the claim's commit nothing has happened. After it, until the result's commit, the row
stands as `sending`: when its lease is over it is called unknown, and a callback or the carrier's list settles it.
Nothing is ever sent again unless the carrier certainly did not take it.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carriers import Accepted, AnswerLost, CarrierError, Outgoing, Throttled
from bot.delivery.batch import Batch
from bot.delivery.pace import Pace
from bot.delivery.suppression import suppress
from bot.delivery.verdicts import Answer, NotAsked, Verdict, verdict_on, wants_slower
from bot.rules.lifecycle import campaign_states_before
from bot.runtime import Runtime
from storage import campaigns, claims, messages
from storage.claims import Claimed
from storage.messages import Change
from storage.states import CampaignState, MessageState

log = structlog.get_logger()

PLACES = 20
"""How many requests may be under way; a claim takes no more than the free ones."""
# The carrier's client gives a request 10 s to connect and 35 s to be answered (bot/carriers/twilio.py).
LONGEST_REQUEST = timedelta(seconds=45)
GATHERING = timedelta(milliseconds=10)
"""How long results and free places are gathered, so that several share a commit."""
IDLE = timedelta(seconds=1)
"""How often to look when nobody said that there is work: another process may have queued some."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the carrier answered about one claimed message."""

    claimed: Claimed
    answer: Answer


class Delivery:
    """Sends what is due. Any number of deliveries may work on one database."""

    def __init__(
        self, rt: Runtime, *, places: int = PLACES, jitter: Callable[[], float] = random.random
    ) -> None:
        self._rt = rt
        self._jitter = jitter
        self._pace = Pace(places)
        self._under_way: set[asyncio.Task[None]] = set()
        self._results: Batch[Result, None] = Batch(self._record, linger=GATHERING)
        self._turning = asyncio.Lock()
        self._stopping = False

    async def run(self) -> None:
        """Sends until told to stop."""
        while not self._stopping:
            try:
                pause = await self.turn()
            except Exception:  # the database is away: say so, and look again
                log.exception("delivery_turn_failed")
                pause = IDLE
            if pause:
                await self._rt.work.wait(pause.total_seconds())
        await self.settle()

    async def turn(self) -> timedelta:
        """Claims what is due and may leave now, and starts asking; how long to rest then, unless woken."""
        async with self._turning:
            return IDLE if self._stopping else await self._turn()

    async def _turn(self) -> timedelta:
        hold_seconds = self._pace.hold_seconds(self._rt.clock.steady())
        if hold_seconds:
            return timedelta(seconds=hold_seconds)
        if not self._free():
            return IDLE
        async with self._rt.db.read() as session:
            due_at = await claims.next_due(session)
        rest = IDLE if due_at is None else min(IDLE, due_at - self._rt.clock.now())
        if rest > timedelta():
            return rest
        if self._free() * 2 < self._pace.places:
            await asyncio.sleep(GATHERING.total_seconds())
        await self._claim_and_start()
        return timedelta()

    async def settle(self) -> None:
        """Waits until nothing that was claimed here is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def stop(self) -> None:
        """Claims nothing more, gives back what was not asked for yet, and waits for what was."""
        self._stopping = True
        self._rt.work.set()
        async with self._turning:
            await self.settle()
        await self._results.close()

    def _free(self) -> int:
        return max(0, self._pace.places - len(self._under_way))

    async def _claim_and_start(self) -> None:
        # Taken before the claim: the deadline never lies after the lease that others see.
        steady, now = self._rt.clock.steady(), self._rt.clock.now()
        lease = self._rt.settings.lease
        async with self._rt.db.begin() as session:
            claimed = await claims.claim(session, now=now, lease_until=now + lease, limit=self._free())
        deadline = steady + (lease - LONGEST_REQUEST).total_seconds()
        for one in claimed:
            task = self._rt.tasks.start(self._deliver(one, deadline), name="deliver")
            self._under_way.add(task)
            task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._rt.work.set()

    async def _deliver(self, claimed: Claimed, deadline: float) -> None:
        asked_at = self._rt.clock.steady()
        if self._stopping or asked_at >= deadline:
            answer: Answer = NotAsked()
        else:
            answer = await self._ask(claimed)
        self._keep_pace(answer, asked_at)
        await self._results.put(Result(claimed, answer))

    async def _ask(self, claimed: Claimed) -> Accepted | CarrierError:
        try:
            return await self._rt.carrier.send(self._outgoing(claimed))
        except CarrierError as error:
            return error
        except Exception:  # whatever it was, the request may have gone out
            log.exception("carrier_client_failed")
            return AnswerLost(reason="client failed")

    def _outgoing(self, claimed: Claimed) -> Outgoing:
        return Outgoing(
            to=claimed.e164,
            sender=claimed.sender,
            body=claimed.body,
            status_url=status_url(self._rt.settings.public_url, claimed),
        )

    def _keep_pace(self, answer: Answer, asked_at: float) -> None:
        if isinstance(answer, Accepted):
            self._pace.speed_up()
        elif wants_slower(answer):
            wish = answer.retry_after if isinstance(answer, Throttled) else None
            self._pace.slow_down(self._rt.clock.steady(), asked_at=asked_at, retry_after=wish)

    async def _record(self, results: Sequence[Result]) -> Sequence[None]:
        verdicts = [(result, self._verdict_on(result)) for result in results]
        async with self._rt.db.begin() as session:
            await _store(session, verdicts, self._rt.clock.now(), self._rt.settings.grace)
        if any(verdict.pause_code for _, verdict in verdicts):
            self._rt.due.set()
        return [None] * len(results)

    def _verdict_on(self, result: Result) -> Verdict:
        return verdict_on(
            result.answer,
            attempt=result.claimed.attempt,
            in_campaign=result.claimed.campaign_id is not None,
            jitter=self._jitter(),
        )


def status_url(public_url: str, claimed: Claimed) -> str:
    """Where the carrier reports on this attempt; a report settles it even when its answer was lost."""
    return f"{public_url.rstrip('/')}/twilio/status/{claimed.id}?attempt={claimed.attempt}"


async def _store(
    session: AsyncSession, verdicts: Sequence[tuple[Result, Verdict]], now: datetime, grace: timedelta
) -> None:
    by_state: dict[MessageState, list[tuple[Result, Verdict]]] = defaultdict(list)
    for result, verdict in verdicts:
        by_state[verdict.state].append((result, verdict))
    for state, these in by_state.items():
        changes = [_change(result, verdict, now, grace) for result, verdict in these]
        await messages.move(session, changes, to=state, since=these[0][1].since, at=now)
        if state is MessageState.QUEUED:
            await messages.skip_stopped(session, [change.id for change in changes], at=now)
    await _pause(session, verdicts)
    await suppress(session, [(r.claimed.club_id, r.claimed.e164) for r, v in verdicts if v.opted_out], now)


def _change(result: Result, verdict: Verdict, now: datetime, grace: timedelta) -> Change:
    accepted = result.answer if isinstance(result.answer, Accepted) else None
    waits = {MessageState.QUEUED: verdict.wait, MessageState.UNKNOWN: grace}
    return Change(
        id=result.claimed.id,
        attempt=result.claimed.attempt,
        sid=accepted.sid if accepted else None,
        segments=accepted.segments if accepted else None,
        error_code=verdict.error_code,
        not_before=now + waits[verdict.state] if verdict.state in waits else None,
    )


async def _pause(session: AsyncSession, verdicts: Sequence[tuple[Result, Verdict]]) -> None:
    codes = {result.claimed.campaign_id: v.pause_code for result, v in verdicts if v.pause_code}
    for campaign_id, code in codes.items():
        if campaign_id is not None:
            await campaigns.move(
                session,
                campaign_id,
                to=CampaignState.PAUSED,
                since=campaign_states_before(CampaignState.PAUSED),
                columns={"pause_code": code},
            )
