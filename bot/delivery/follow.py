"""Messages of which the carrier has gone silent: it is asked what became of them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.carriers import CarrierError, Listed, Throttled
from bot.delivery.overflow import hold_back
from bot.delivery.receipts import Report, dropped, settle
from bot.runtime import Runtime
from storage import messages, moves
from storage.models import Message

log = structlog.get_logger()

AT_ONCE = 200
FETCHES_AT_ONCE = 10
# https://www.twilio.com/docs/messaging/api/message-resource : a message waits ten hours at most, and operators' receipts
# come within three days or never.
GIVE_UP_AFTER = timedelta(days=3)
NEVER = timedelta(days=36_500)


async def ask_after(rt: Runtime) -> int:
    """Asks the carrier about messages whose last receipt is overdue, and moves them as it says; how many were asked after."""
    asked = 0
    while True:
        async with rt.db.read() as session:
            silent = await messages.unreported(session, now=rt.clock.now(), limit=AT_ONCE)
        if not silent:
            return asked
        found = await _fetched(rt, silent)
        await _settle(rt, silent, found)
        asked += len(silent)
        if not any(found):
            return asked


async def _fetched(rt: Runtime, silent: Sequence[Message]) -> list[Listed | None]:
    places = asyncio.Semaphore(FETCHES_AT_ONCE)

    async def fetch(sid: str) -> Listed | None:
        async with places:
            try:
                return await rt.carrier.fetch(sid)
            except CarrierError as error:
                if isinstance(error, Throttled):
                    rt.metrics.throttled()
                log.info("carrier_does_not_say", error=type(error).__name__)
                return None

    return await asyncio.gather(*(fetch(message.sid or "") for message in silent))


async def _settle(rt: Runtime, silent: Sequence[Message], found: Sequence[Listed | None]) -> None:
    now = rt.clock.now()
    reports = [
        Report(message.id, message.attempt, one.sid, one.status, one.error_code, one.segments)
        for message, one in zip(silent, found, strict=True)
        if one is not None
    ]
    async with rt.db.begin() as session:
        seen = await moves.standings(session, {message.id for message in silent})
        await settle(session, seen, reports, now, ask_at=now)
        await messages.look_again(session, {m.id: _next_look(m, now, rt.settings.receipt) for m in silent})
    await hold_back(rt, dropped(seen, reports))


def _next_look(message: Message, now: datetime, patience: timedelta) -> datetime:
    """The longer the carrier is silent, the more seldom it is asked."""
    silent_for = now - (message.requested_at or message.created_at)
    return now + (NEVER if silent_for > GIVE_UP_AFTER else max(patience, silent_for / 2))
