"""What members wrote and no webhook brought: asked of the carrier's list, and received like any other text."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

import storage.clubs
import storage.conversations
from bot.carriers import CarrierError, Inbound, Outgoing
from bot.replies import LATE, receive
from bot.runtime import Runtime
from bot.settings import ASK_EVERY
from storage.db import is_refused

log = structlog.get_logger()

LOOK_BACK = timedelta(days=7)
"""How far a process looks back when it starts: the bot was down, or its database comes from a backup."""
OVERLAP = timedelta(minutes=10)
"""How late the list may show a text, and how wrong our clock may be, together."""
EVERY = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=1)
CONFIRM_WITHIN = 60.0
"""Seconds until a confirmation is better not sent any more."""


class Inbox:
    """Asks the carrier for what it received: at the start, after a text could not be stored, and every few minutes.

    Where the carrier cannot reach the bot this is how all texts come in: it is asked every few seconds, and what goes back
    to a keyword is sent as a text of its own. A death before that leaves it unsent; it is never sent twice.

    Nothing of it is stored, and the newest reply is no mark: a webhook that came in after an outage says nothing of
    those before it. Each process knows by its steady clock when its last whole look began; at its start it knows nothing.
    """

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._looking = asyncio.Lock()
        self._whole_at: float | None = None
        self._lost_at = 0.0
        self._not_before = 0.0

    def note_loss(self) -> None:
        """A text came and could not be stored: the next look is due, since the carrier does not come again."""
        self._lost_at = self._rt.clock.steady()

    async def look(self, _: Runtime | None = None) -> int:
        """Receives what the carrier has and we do not, when a look is due; how many texts.

        Without the carrier's whole list it is 0, and a look is due again soon.
        """
        async with self._looking:
            began = self._rt.clock.steady()
            if not self._is_due(began):
                return 0
            try:
                found = await self._receive_missing(self._back(began))
            except CarrierError as error:
                self._put_off(began)
                log.warning("received_texts_unavailable", error=type(error).__name__)
                return 0
            self._whole_at = began
        return found

    def _is_due(self, now: float) -> bool:
        if now < self._not_before:
            return False
        if self._whole_at is None or self._lost_at >= self._whole_at:
            return True
        every = EVERY if self._rt.settings.is_reached else ASK_EVERY
        return now - self._whole_at >= every.total_seconds()

    def _back(self, now: float) -> timedelta:
        """How far back something may be missing."""
        return LOOK_BACK if self._whole_at is None else timedelta(seconds=now - self._whole_at) + OVERLAP

    def _put_off(self, now: float) -> None:
        self._not_before = now + AGAIN_AFTER.total_seconds()

    async def _receive_missing(self, back: timedelta) -> int:
        now, found = self._rt.clock.now(), 0
        async with self._rt.db.read() as session:
            numbers = await storage.clubs.answerable(session)
        for number, club_since in numbers:
            # What an earlier tenant of the number was sent is not the club's.
            async for page in self._rt.carrier.received(number, since=max(now - back, club_since)):
                found += await self._receive_new(page)
        if found and self._rt.settings.is_reached:
            log.warning("texts_received_late", texts=found)
        return found

    async def _receive_new(self, page: Sequence[Inbound]) -> int:
        async with self._rt.db.read() as session:
            known = await storage.conversations.known(session, [one.sid for one in page])
        # A page begins with the newest.
        return sum([await self._is_new(one) for one in reversed(page) if one.sid not in known])

    async def _is_new(self, inbound: Inbound) -> bool:
        try:
            received = await receive(self._rt, inbound)
        except Exception as error:
            if not is_refused(error):
                raise
            # It holds up no other. What the database says of it may quote a number.
            log.error("text_not_storable", sid=inbound.sid, error=type(error).__name__)
            return False
        if received.answer and not self._rt.settings.is_reached:
            await self._confirm(inbound, received.answer)
        return received.is_new

    async def _confirm(self, inbound: Inbound, answer: str) -> None:
        """Sends what goes back inside a webhook's answer otherwise, unless it would come as a surprise by now."""
        now = self._rt.clock.now()
        if now - (inbound.came_at or now) > LATE:
            return
        try:
            await self._rt.carrier.send(
                Outgoing(to=inbound.from_, sender=inbound.to, body=answer),
                until=self._rt.clock.steady() + CONFIRM_WITHIN,
            )
        except CarrierError as error:
            log.warning("not_confirmed", sid=inbound.sid, error=type(error).__name__)
