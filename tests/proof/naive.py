"""Two dispatchers as they are usually written, on the same tables and through the same carrier client.

`send, then mark` doubles what was sent when it dies in between; `mark, then send` loses it. They are here to be
caught: a checker that lets them pass proves nothing.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import uvloop
from sqlmodel import col, select, update

from bot.carriers import CarrierError, Outgoing
from bot.carriers.twilio import TwilioCarrier
from storage.db import Database
from storage.models import Message
from storage.states import MessageState

SEND_THEN_MARK = "send, then mark"
MARK_THEN_SEND = "mark, then send"
SCHEMES = (SEND_THEN_MARK, MARK_THEN_SEND)
AT_ONCE = 20
BATCH = 100
"""How many messages are taken from the queue before the next look at it."""


class Dispatcher:
    """What both have in common, and how each of them works off a batch."""

    def __init__(self, db: Database, carrier: TwilioCarrier) -> None:
        self._db = db
        self._carrier = carrier
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self, scheme: str) -> None:
        """Sends what is queued, for ever."""
        ways = {SEND_THEN_MARK: self.send_then_mark, MARK_THEN_SEND: self.mark_then_send}
        while True:
            messages = await self._queued()
            await ways[scheme](messages)
            if not messages:
                await asyncio.sleep(0.05)

    async def send_then_mark(self, messages: Sequence[Message]) -> None:
        """At least once."""
        await asyncio.gather(*(self._send(message) for message in messages))

    async def mark_then_send(self, messages: Sequence[Message]) -> None:
        """At most once."""
        await self._mark([message.id for message in messages])
        await asyncio.gather(*(self._send(message) for message in messages))

    async def _queued(self) -> Sequence[Message]:
        async with self._db.read() as session:
            waiting = select(Message).where(Message.state == MessageState.QUEUED)
            return (await session.exec(waiting.order_by(col(Message.id)).limit(BATCH))).all()

    async def _send(self, message: Message) -> None:
        url = f"http://127.0.0.1:9/twilio/status/{message.id}?attempt=1"
        async with self._places:
            try:
                accepted = await self._carrier.send(Outgoing(message.e164, message.sender, message.body, url))
            except CarrierError:
                # Whatever it was, the next look at the queue tries again what is not marked.
                return
        await self._mark([message.id], sid=accepted.sid)

    async def _mark(self, ids: Sequence[UUID], **columns: Any) -> None:
        async with self._db.begin() as session:
            these = update(Message).where(col(Message.id).in_(ids))
            await session.exec(these.values(state=MessageState.ACCEPTED, **columns))


def main(options: str) -> None:
    """Runs a scheme with these options, as JSON."""
    asked = json.loads(options)

    async def run() -> None:
        carrier = TwilioCarrier(asked["account_sid"], asked["token"], asked["api_url"])
        await Dispatcher(Database(asked["database_url"]), carrier).run(asked["scheme"])

    uvloop.run(run())
