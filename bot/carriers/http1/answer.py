"""An answer of HTTP/1.1, read from its bytes as they come; what leaves room for doubt is no answer."""

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.carriers.http1.head import HEADER, Head, Malformed, parse_head

T = TypeVar("T")
Reading = Generator[None, bytes, T]
"""Stops where it needs more bytes; is sent them, or none when there will be no more."""

LARGEST_HEAD_BYTES = 64 * 1024
LARGEST_BODY_BYTES = 1024 * 1024
LONGEST_CHUNK_LINE_BYTES = 1024

# https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1 : a size, and extensions that have a name and may have a value.
TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;%b(?:=(?:%b|%b))?)*" % (TOKEN, TOKEN, QUOTED))
SWITCHING_PROTOCOLS = 101


class Cut(Exception):
    """The bytes ended before the answer did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    """By name in small letters; of several of one name, the first (of `connection` all)."""
    body: bytes | None
    """None when the head came and the body did not come whole."""


class AnswerReader:
    """Reads the answer to one request."""

    __slots__ = ("_bytes", "_head", "_is_over", "_steps")

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._head: Head | None = None
        self._is_over = False
        self._steps = self._read()
        next(self._steps)

    def feed(self, more: bytes) -> Answer | None:
        """The answer once it is whole; raises `Malformed`, or `Cut` when given no bytes because there are no more."""
        try:
            self._steps.send(more)
        except StopIteration as whole:
            self._is_over = True
            answer: Answer = whole.value
            return answer
        return None

    def head_alone(self) -> Answer | None:
        """The answer without its body, once its head has come."""
        return Answer(self._head.status, self._head.headers, None) if self._head is not None else None

    @property
    def surplus(self) -> int:
        """How many bytes came behind the answer."""
        return len(self._bytes) if self._is_over else 0

    def leaves_open(self) -> bool:
        """Whether the connection may be used again: the answer is whole, nothing follows it, and nobody said close."""
        return self._is_over and not self.surplus and self._head is not None and self._head.leaves_open

    def _read(self) -> Reading[Answer]:
        yield from self._more()
        head = yield from self._final_head()
        self._head = head
        if head.is_chunked:
            body = yield from self._chunks()
        elif head.length is not None:
            body = yield from self._exactly(_within_limit(head.length))
        else:
            body = yield from self._rest()
        return Answer(head.status, head.headers, body)

    def _final_head(self) -> Reading[Head]:
        """The head of the answer itself; those that only say that it will come are skipped."""
        while True:
            lines = yield from self._until(b"\r\n\r\n", LARGEST_HEAD_BYTES)
            head = parse_head(lines)
            if head.status == SWITCHING_PROTOCOLS:
                raise Malformed("another protocol")
            if head.status >= 200:
                return head

    def _chunks(self) -> Reading[bytes]:
        body = bytearray()
        while size := (yield from self._chunk_size()):
            _within_limit(len(body) + size)
            body += yield from self._exactly(size)
            if (yield from self._exactly(2)) != b"\r\n":
                raise Malformed("chunk without end")
        yield from self._trailers()
        return bytes(body)

    def _chunk_size(self) -> Reading[int]:
        line = CHUNK_LINE.fullmatch((yield from self._until(b"\r\n", LONGEST_CHUNK_LINE_BYTES)))
        if line is None:
            raise Malformed("chunk size")
        return int(line[1], 16)

    def _trailers(self) -> Reading[None]:
        room = LARGEST_HEAD_BYTES
        while line := (yield from self._until(b"\r\n", room)):
            if HEADER.fullmatch(line) is None:
                raise Malformed("trailer")
            room -= len(line)

    def _until(self, mark: bytes, limit: int) -> Reading[bytes]:
        """What stands before the mark; the mark is taken too."""
        searched = 0
        while (at := self._bytes.find(mark, searched)) < 0 and len(self._bytes) <= limit:
            searched = max(0, len(self._bytes) - len(mark) + 1)
            yield from self._more()
        if not 0 <= at <= limit:
            raise Malformed("line or head too long")
        return self._take(at, len(mark))

    def _exactly(self, length: int) -> Reading[bytes]:
        while len(self._bytes) < length:
            yield from self._more()
        return self._take(length)

    def _rest(self) -> Reading[bytes]:
        """Everything until the server ends the connection."""
        while len(self._bytes) <= LARGEST_BODY_BYTES:
            try:
                yield from self._more()
            except Cut:
                return self._take(len(self._bytes))
        raise Malformed("body too long")

    def _more(self) -> Reading[None]:
        more = yield
        if not more:
            raise Cut
        self._bytes += more

    def _take(self, length: int, and_drop: int = 0) -> bytes:
        taken = bytes(self._bytes[:length])
        del self._bytes[: length + and_drop]
        return taken


def _within_limit(length: int) -> int:
    if length > LARGEST_BODY_BYTES:
        raise Malformed("body too long")
    return length
