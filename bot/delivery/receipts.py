"""Delivery receipts: stored once each, and the message moved forward, however late, often or disordered they come."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.batch import Batch
from bot.delivery.overflow import RAN_OVER, hold_back
from bot.delivery.suppression import OPTED_OUT_CODE, suppress
from bot.rules.lifecycle import CARRIER_STATUS, states_a_callback_moves
from bot.runtime import Runtime
from storage import moves, receipts
from storage.models import Receipt
from storage.moves import Standing, move_of
from storage.states import MessageState

_PROBLEMS = (MessageState.FAILED, MessageState.UNDELIVERED)


class Taken(StrEnum):
    """What became of a receipt."""

    STORED = "stored"
    """It is durable, now or since an earlier time."""
    UNKNOWN = "unknown"
    """It speaks of a message that is not ours."""


@dataclass(frozen=True, slots=True)
class Report:
    """One receipt about one attempt of one message."""

    message_id: UUID
    attempt: int
    sid: str
    status: str
    error_code: int | None = None
    segments: int | None = None
    """How many the carrier counts; a receipt does not say, what was asked for does."""


class Receipts:
    """Takes receipts; those of the same few milliseconds share one transaction."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._batch: Batch[Report, Taken] = Batch(self._store)

    async def take(
        self, message_id: UUID, attempt: int, sid: str, status: str, error_code: int | None = None
    ) -> Taken:
        """What became of the receipt, once that is durable; the same one may come any number of times."""
        return await self._batch.put(Report(message_id, attempt, sid, status, error_code))

    async def close(self) -> None:
        """Comes back when all that was taken is durable."""
        await self._batch.close()

    async def _store(self, reports: Sequence[Report]) -> Sequence[Taken]:
        now = self._rt.clock.now()
        async with self._rt.db.begin() as session:
            seen = await moves.standings(session, {report.message_id for report in reports})
            known = [report for report in reports if report.message_id in seen]
            await receipts.add(session, [_receipt(report, seen[report.message_id], now) for report in known])
            await settle(session, seen, known, now, ask_at=now + self._rt.settings.receipt)
        for report in known:
            self._rt.metrics.receipt_came(report.status, lag_seconds(seen[report.message_id], report, now))
        await hold_back(self._rt, dropped(seen, known))
        return [Taken.STORED if report.message_id in seen else Taken.UNKNOWN for report in reports]


def lag_seconds(standing: Standing, report: Report, now: datetime) -> float | None:
    """How long after its attempt began the report came; None when that is not known."""
    if standing.requested_at is None or report.attempt != standing.attempt:
        return None
    return max(0.0, (now - standing.requested_at).total_seconds())


def after(standing: Standing, report: Report) -> Standing:
    """Where the message stands after this report: further on, or where it stood.

    A report on an earlier attempt counts only when it proves that this attempt was sent after all; what the
    carrier calls by another id than the one we know was not this message.
    """
    # A word that is new to us proves at least that the carrier has the message.
    target = CARRIER_STATUS.get(report.status, MessageState.ACCEPTED)
    of_this_attempt = report.attempt == standing.attempt
    segments = report.segments or standing.segments
    if standing.sid not in (None, report.sid):
        return standing
    if not of_this_attempt and target is MessageState.FAILED:
        return standing
    if target is None or standing.state not in states_a_callback_moves(target):
        # A queued message is about to get another id from its next attempt.
        keeps_id = of_this_attempt and standing.state is not MessageState.QUEUED
        return replace(standing, sid=report.sid, segments=segments) if keeps_id else standing
    error_code = report.error_code if target in _PROBLEMS else None
    return replace(standing, state=target, sid=report.sid, error_code=error_code, segments=segments)


def dropped(seen: Mapping[UUID, Standing], reports: Iterable[Report]) -> set[UUID]:
    """Those of the messages that stood as `seen` and of which these reports say that the sender's queue ran over."""
    return {
        report.message_id
        for report in reports
        if report.error_code in RAN_OVER and after(seen[report.message_id], report) != seen[report.message_id]
    }


def _receipt(report: Report, standing: Standing, now: datetime) -> Receipt:
    return Receipt(
        club_id=standing.club_id,
        message_id=report.message_id,
        attempt=report.attempt,
        sid=report.sid,
        status=report.status,
        error_code=report.error_code,
        received_at=now,
    )


async def settle(
    session: AsyncSession,
    seen: Mapping[UUID, Standing],
    reports: Collection[Report],
    now: datetime,
    *,
    ask_at: datetime,
) -> None:
    """Moves the messages, locked as `seen`, as far as the reports say; what stays open is asked after at `ask_at`."""
    standing = dict(seen)
    for report in reports:
        standing[report.message_id] = after(standing[report.message_id], report)
    steps = [
        move_of(
            seen[id_],
            to.state,
            sid=to.sid,
            segments=to.segments,
            error_code=to.error_code,
            not_before=_asked_after(to, ask_at),
        )
        for id_, to in standing.items()
        if to != seen[id_]
    ]
    await moves.make(session, steps, now)
    refused = [report for report in reports if report.error_code == OPTED_OUT_CODE]
    numbers = [(seen[report.message_id].club_id, seen[report.message_id].e164) for report in refused]
    await suppress(session, numbers, now)


def _asked_after(standing: Standing, ask_at: datetime) -> datetime | None:
    return ask_at if standing.state in (MessageState.ACCEPTED, MessageState.SENT) else None
