"""Two dispatchers as they are usually written, on the same tables and through the same carrier client.

`send, then mark` doubles what was sent when it dies in between; `mark, then send` loses it. They are here to be
caught: a checker that lets them pass proves nothing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop
from sqlmodel import col, select, update

from bot.carriers import Accepted, CarrierError, Outgoing
from bot.carriers.twilio import TwilioCarrier
from storage.db import Database
from storage.models import Message
from storage.states import MessageState

SEND_THEN_MARK = "send, then mark"
MARK_THEN_SEND = "mark, then send"
SCHEMES = (SEND_THEN_MARK, MARK_THEN_SEND)
AT_ONCE = 20


@dataclass
class Dispatcher:
    """What both have in common."""

    db: Database
    carrier: TwilioCarrier

    async def queued(self) -> Sequence[Message]:
        """The next messages to send."""
        async with self.db.read() as session:
            waiting = select(Message).where(Message.state == MessageState.QUEUED)
            return (await session.exec(waiting.order_by(col(Message.id)).limit(AT_ONCE))).all()

    async def mark(self, message: Message, **columns: Any) -> None:
        """Writes down that the message was sent."""
        async with self.db.begin() as session:
            these = update(Message).where(col(Message.id) == message.id)
            await session.exec(these.values(state=MessageState.ACCEPTED, **columns))

    async def send(self, message: Message) -> Accepted | None:
        """The carrier's answer; None when it could not be sent, as far as anybody knows."""
        url = f"http://127.0.0.1:9/twilio/status/{message.id}?attempt=1"
        try:
            return await self.carrier.send(Outgoing(message.e164, message.sender, message.body, url))
        except CarrierError:
            return None

    async def send_then_mark(self, message: Message) -> None:
        """At least once."""
        accepted = await self.send(message)
        if accepted:
            await self.mark(message, sid=accepted.sid)

    async def mark_then_send(self, message: Message) -> None:
        """At most once."""
        await self.mark(message)
        accepted = await self.send(message)
        if accepted:
            await self.mark(message, sid=accepted.sid)


async def dispatch(db: Database, carrier: TwilioCarrier, scheme: str) -> None:
    """Sends what is queued, for ever."""
    dispatcher = Dispatcher(db, carrier)
    ways: Mapping[str, Callable[[Message], Awaitable[None]]] = {
        SEND_THEN_MARK: dispatcher.send_then_mark,
        MARK_THEN_SEND: dispatcher.mark_then_send,
    }
    while True:
        messages = await dispatcher.queued()
        await asyncio.gather(*(ways[scheme](message) for message in messages))
        if not messages:
            await asyncio.sleep(0.05)


def main(options: str) -> None:
    """Runs a scheme with these options, as JSON."""
    asked = json.loads(options)

    async def run() -> None:
        carrier = TwilioCarrier(asked["account_sid"], asked["token"], asked["api_url"])
        await dispatch(Database(asked["database_url"]), carrier, asked["scheme"])

    uvloop.run(run())
