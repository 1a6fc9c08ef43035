"""A carrier that only counts: it answers every POST with 201 after a fixed time, and keeps a ledger.

python -m tests.bench.stub PORT LATENCY_MS

    POST /reset           forgets everything
    GET  /ledger          {"requests": n, "numbers": n, "doubled": n, "first_at": s, "last_at": s}
    GET  .../Messages...  a list without messages
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import uvloop

from bot.playground.carrier.render import message_json
from bot.playground.carrier.state import Direction, Sms, Status

TO = re.compile(rb"(?:^|&)To=([^&]*)")
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
NO_SID = "SM" + "0" * 32
EMPTY_PAGE = b'{"messages": [], "next_page_uri": null}'


class Ledger:
    """What was asked: how often, for which numbers, from when to when on the machine's monotonic clock."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.numbers: Counter[bytes] = Counter()
        self.requests = 0
        self.first_at = self.last_at = 0.0

    def note(self, form: bytes) -> None:
        """One more request."""
        self.last_at = time.monotonic()
        self.first_at = self.first_at or self.last_at
        self.requests += 1
        found = TO.search(form)
        self.numbers[found[1] if found else b""] += 1

    def shown(self) -> dict[str, float]:
        """The ledger in numbers."""
        return {
            "requests": self.requests,
            "numbers": len(self.numbers),
            "doubled": self.requests - len(self.numbers),
            "first_at": self.first_at,
            "last_at": self.last_at,
        }


class Conversation(asyncio.Protocol):
    """One connection; requests come one at a time."""

    def __init__(self, ledger: Ledger, latency_seconds: float) -> None:
        self._ledger = ledger
        self._latency_seconds = latency_seconds
        self._bytes = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected."""
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to be answered any more."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answers once the request is whole."""
        self._bytes += data
        head, end, form = self._bytes.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if end and len(form) >= (int(length[1]) if length else 0):
            self._bytes = b""
            self._take(head, form)

    def _take(self, head: bytes, form: bytes) -> None:
        if head.startswith(b"POST /reset"):
            self._ledger.forget()
            self._write(answer("200 OK", b"{}"))
        elif head.startswith(b"GET /ledger"):
            self._write(answer("200 OK", json.dumps(self._ledger.shown()).encode()))
        elif head.startswith(b"GET"):
            self._write(answer("200 OK", EMPTY_PAGE))
        else:
            self._ledger.note(form)
            self._accept()

    def _accept(self) -> None:
        sid = b"SM%032x" % self._ledger.requests
        accepted = sid.join(ACCEPTED)
        if self._latency_seconds:
            asyncio.get_running_loop().call_later(self._latency_seconds, self._write, accepted)
        else:
            self._write(accepted)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def answer(status: str, body: bytes) -> bytes:
    """An answer of HTTP/1.1."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _accepted() -> list[bytes]:
    """What Twilio answers to a create, cut where its id belongs."""
    now = datetime(2026, 9, 12, 18, tzinfo=UTC)
    sms = Sms(
        sid=NO_SID,
        account_sid="AC" + "0" * 31 + "1",
        direction=Direction.API,
        to="+33600000000",
        sender="36123",
        body="Entraînement déplacé à 18 h 30, gymnase Jean-Moulin. Prévenez si votre enfant ne vient pas.",
        status=Status.QUEUED,
        segments=1,
        created_at=now,
        updated_at=now,
    )
    return answer("201 Created", json.dumps(message_json(sms)).encode()).split(NO_SID.encode())


ACCEPTED = _accepted()


async def serve(port: int, latency_ms: int) -> None:
    """Answers until the process is ended."""
    ledger = Ledger()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(ledger, latency_ms / 1000), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
