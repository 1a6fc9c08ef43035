"""What the carrier answered, written down: many answers share a commit, and none is forgotten while the database is away."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carriers import Accepted
from bot.delivery.suppression import suppress
from bot.delivery.verdicts import Answer, Verdict, code_of, verdict_on
from bot.logs import marks
from bot.rules.lifecycle import campaign_states_before
from bot.runtime import Runtime
from storage import campaigns, messages
from storage.claims import Claimed
from storage.db import is_refused
from storage.messages import Change
from storage.states import CampaignState, MessageState

log = structlog.get_logger()

GATHERING = timedelta(milliseconds=250)
"""How long answers are gathered, unless nothing is under way any more."""
MOST = 500
"""Answers in one transaction."""
MOST_WAITING = 4 * MOST
"""How many answers may wait to be stored before nothing more is claimed: they are memory, and doubts after a death."""
AGAIN_AFTER = timedelta(milliseconds=500)
LAST_TRIES = 6
"""How often a bot that ends tries to write down its last answers; then the carrier's list will settle them."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the carrier answered about one claimed message."""

    claimed: Claimed
    answer: Answer


class Recorder:
    """Takes answers as they come and stores them in groups."""

    def __init__(self, rt: Runtime, *, is_idle: Callable[[], bool], jitter: Callable[[], float]) -> None:
        self._rt = rt
        self._is_idle = is_idle
        self._jitter = jitter
        self._results: list[Result] = []
        self._hurry = asyncio.Event()
        self._stored = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._closing = False

    def add(self, result: Result) -> None:
        """Takes an answer; it is stored soon."""
        self._results.append(result)
        if len(self._results) >= MOST or self._is_idle():
            self.hurry()
        if self._writer is None or self._writer.done():
            self._writer = self._rt.tasks.start(self._write_all(), name="record")

    async def room(self) -> None:
        """Comes back when few enough answers wait to be stored; at once from `close` on."""
        while len(self._results) >= MOST_WAITING and not self._closing:
            self._stored.clear()
            await self._stored.wait()

    def hurry(self) -> None:
        """Stores what was taken now, and gathers no longer."""
        self._hurry.set()

    async def settled(self) -> None:
        """Comes back when all that was taken is stored."""
        self.hurry()
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def close(self) -> None:
        """Stores the rest; gives up what a database that stays away does not take."""
        self._closing = True
        self._stored.set()
        await self.settled()

    async def _write_all(self) -> None:
        failures = 0
        while self._results:
            if len(self._results) < MOST and not self._closing:
                await self._gather()
            self._hurry.clear()
            group, self._results = self._results[:MOST], self._results[MOST:]
            again = await self._store(group)
            self._results[:0] = again
            if len(again) < len(group):
                self._stored.set()
            if not again:
                failures = 0
                self._rt.health.good("recording")
                continue
            failures += 1
            if self._closing and failures >= LAST_TRIES:
                log.error("answers_not_recorded", messages=len(self._results))
                return
            await asyncio.sleep(AGAIN_AFTER.total_seconds())

    async def _gather(self) -> None:
        try:
            async with asyncio.timeout(GATHERING.total_seconds()):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _store(self, group: Sequence[Result]) -> Sequence[Result]:
        """Stores the answers; those that a database that is away did not take, for another time."""
        try:
            await self._write(group)
        except Exception as error:
            if is_refused(error):
                return await self._store_apart(group, error)
            self._rt.health.bad("recording", error)
            return group
        return ()

    async def _store_apart(self, group: Sequence[Result], error: Exception) -> Sequence[Result]:
        """Stores what was refused as a whole in halves, down to the one answer that is at fault."""
        if len(group) == 1:
            # It would hold up all others for ever. Its lease will be over, and the carrier's list settles it.
            # What the database says of it may quote a number.
            log.error("answer_not_storable", **marks(group[0].claimed), error=type(error).__name__)
            return ()
        half = len(group) // 2
        return [*await self._store(group[:half]), *await self._store(group[half:])]

    async def _write(self, group: Sequence[Result]) -> None:
        now, settings = self._rt.clock.now(), self._rt.settings
        verdicts = [(result, self._verdict_on(result)) for result in group]
        waits = {MessageState.UNKNOWN: settings.grace, MessageState.ACCEPTED: settings.receipt}
        changes = [(r.claimed.standing, _change(r, verdict, now, waits)) for r, verdict in verdicts]
        refused = [(r.claimed.club_id, r.claimed.e164) for r, v in verdicts if v.opted_out]
        async with self._rt.db.begin() as session:
            await messages.settle(session, changes, at=now)
            paused_by = await _pause(session, verdicts)
            await suppress(session, refused, now)
        self._count(group)
        _log_lost(verdicts)
        for result in paused_by:
            log.warning("campaign_paused", **marks(result.claimed), code=code_of(result.answer))
        if any(verdict.pause_code for _, verdict in verdicts):
            self._rt.due.set()
        if any(verdict.state is MessageState.QUEUED for _, verdict in verdicts):
            self._rt.work.set()

    def _count(self, group: Sequence[Result]) -> None:
        known = [
            (result.claimed.standing.segments, result.answer.segments)
            for result in group
            if isinstance(result.answer, Accepted) and result.answer.segments
        ]
        ours, carriers = (sum(segments) for segments in zip(*known, strict=True)) if known else (0, 0)
        self._rt.metrics.segments_known(ours=ours, carriers=carriers)

    def _verdict_on(self, result: Result) -> Verdict:
        return verdict_on(
            result.answer,
            attempt=result.claimed.attempt,
            in_campaign=result.claimed.campaign_id is not None,
            jitter=self._jitter(),
        )


def dice() -> float:
    """A number from 0 to 1, another one each time."""
    return random.random()  # noqa: S311  it spreads retries, and protects nothing


def _change(result: Result, verdict: Verdict, now: datetime, waits: dict[MessageState, timedelta]) -> Change:
    accepted = result.answer if isinstance(result.answer, Accepted) else None
    wait = verdict.wait if verdict.state is MessageState.QUEUED else waits.get(verdict.state)
    return Change(
        id=result.claimed.id,
        attempt=result.claimed.attempt,
        to=verdict.state,
        since=verdict.since,
        sid=accepted.sid if accepted else None,
        segments=accepted.segments if accepted else None,
        error_code=verdict.error_code,
        reason=verdict.reason,
        not_before=None if wait is None else now + wait,
    )


def _log_lost(verdicts: Sequence[tuple[Result, Verdict]]) -> None:
    for result, verdict in verdicts:
        if verdict.state is MessageState.UNKNOWN:
            error = type(result.answer).__name__
            log.warning("answer_lost", **marks(result.claimed), code=code_of(result.answer), error=error)


async def _pause(session: AsyncSession, verdicts: Sequence[tuple[Result, Verdict]]) -> Sequence[Result]:
    """Pauses the campaigns that would end as these answers say; the answers that did it."""
    by_campaign = {
        result.claimed.campaign_id: (result, verdict.pause_code)
        for result, verdict in verdicts
        if verdict.pause_code and result.claimed.campaign_id
    }
    paused_by = []
    for campaign_id, (result, code) in sorted(by_campaign.items()):
        is_moved = await campaigns.move(
            session,
            campaign_id,
            to=CampaignState.PAUSED,
            since=campaign_states_before(CampaignState.PAUSED),
            columns={"pause_code": code},
        )
        if is_moved:
            paused_by.append(result)
    return paused_by
