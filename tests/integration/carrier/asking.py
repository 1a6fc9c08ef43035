"""The bot's carrier as these tests ask it, and servers that misbehave on the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.carriers import Outgoing
from bot.carriers.twilio import TwilioCarrier
from tests.integration.carrier.club import MEMBER, SHORT_CODE, SID, TOKEN

SMS = Outgoing(to=MEMBER, sender=SHORT_CODE, body="Entraînement à 18 h", status_url="http://127.0.0.1:9/s/1")
# Short where waiting in vain is what is tested; else so long that a busy machine changes nothing.
HASTE = timedelta(milliseconds=150)
PATIENCE = timedelta(seconds=10)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def connected(url: str, **options: Any) -> TwilioCarrier:
    patience = {"connect_timeout": PATIENCE, "answer_timeout": PATIENCE}
    return TwilioCarrier(SID, TOKEN, url, **(patience | options))


@asynccontextmanager
async def serving(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that reads a request's head and then does what it wants."""

    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for handler in handlers:
        handler.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)
    await server.wait_closed()


def head(status: str, body: bytes, *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
