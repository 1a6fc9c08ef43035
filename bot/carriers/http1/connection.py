"""One connection of HTTP/1.1: one request at a time, and exact knowledge of whether it was written."""

import asyncio
import select
from collections.abc import Callable
from typing import cast

from bot.carriers import AnswerLost, LeaseOver, NeverConnected
from bot.carriers.http1.answer import Answer, AnswerReader, Cut
from bot.carriers.http1.head import Malformed


class Connection(asyncio.Protocol):
    """Writes a request and reads its answer; what the other side says unasked ends the connection."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self.lost = asyncio.Event()
        self._steady = steady
        self._transport: asyncio.Transport | None = None
        self._arrived = select.poll()
        self._was_used = False
        self._reader = AnswerReader()
        self._answer: asyncio.Future[Answer] | None = None

    @property
    def is_free(self) -> bool:
        """Whether a request may be written."""
        return self._transport is not None and not self._transport.is_closing() and self._answer is None

    def ask(self, request: bytes, until: float | None) -> "asyncio.Future[Answer]":
        """Writes the request, and gives back its answer to wait for.

        Raises NeverConnected or LeaseOver when not a byte of it was written. Nothing lies between the look at
        the clock and the writing.
        """
        transport = self._transport
        if transport is None or not self.is_free or self._is_stale():
            self.give_up("stale")
            raise NeverConnected(reason="closed before it was used")
        if until is not None and self._steady() >= until:
            raise LeaseOver
        transport.write(request)
        # A transport with nothing else to write tries at once, and is closing when not a byte was taken.
        if transport.is_closing():
            raise NeverConnected(reason="closed while it was used")
        self._was_used = True
        self._reader = AnswerReader()
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer

    def give_up(self, reason: str, *, head_alone: Answer | None = None) -> None:
        """Ends the connection, and with it the wait for an answer: a head without its body is one if it is given."""
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            if head_alone is not None:
                answer.set_result(head_alone)
            else:
                answer.set_exception(AnswerLost(reason=reason))
        if self._transport is not None:
            self._transport.abort()

    def cut(self, reason: str) -> None:
        """No more of the answer will come: its head alone is one too, if it came."""
        self.give_up(reason, head_alone=self._reader.head_alone())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands, TLS included."""
        # A cast and no check: uvloop's transports have the methods, and other ancestors.
        self._transport = cast(asyncio.Transport, transport)
        self._arrived.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Some of the answer."""
        self._read(data)

    def eof_received(self) -> None:
        """The other side says no more, which is how some answers end."""
        self._read(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self.cut(type(exc).__name__ if exc is not None else "closed")
        self._transport = None
        self.lost.set()

    def _is_stale(self) -> bool:
        # The end of the connection, or something nobody asked for, may have come since the loop last looked.
        # What TLS itself says comes on a new connection, which is not old enough to be stale.
        return self._was_used and bool(self._arrived.poll(0))

    def _has_more_to_write(self) -> bool:
        return self._transport is not None and self._transport.get_write_buffer_size() > 0

    def _read(self, data: bytes) -> None:
        if self._answer is None:
            self.give_up("unasked")
            return
        try:
            answer = self._reader.feed(data)
        except Cut:
            self.cut("closed")
            return
        except Malformed as error:
            self.give_up(str(error))
            return
        if answer is not None:
            self._end(self._answer, answer)

    def _end(self, waiting: "asyncio.Future[Answer]", answer: Answer) -> None:
        self._answer = None
        if not waiting.done():
            waiting.set_result(answer)
        if not self._reader.leaves_open() or self._has_more_to_write():
            self.give_up("over")
