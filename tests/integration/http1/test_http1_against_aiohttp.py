"""The same bytes read by aiohttp and by our client: what ours calls an answer, aiohttp reads in the same way."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.carriers import AnswerLost
from bot.carriers.http1 import Client
from bot.carriers.http1.answer import AnswerReader
from tests.integration.http1.scripted import PATIENCE

READ = ("retry-after", "content-type")
LOST = None
Outcome = tuple[int, tuple[str | None, ...], bytes | None] | None
"""The status, the fields and the body, None for a body that did not come whole; LOST without even a head."""

WORDS = st.text(alphabet="abcXYZ 09,;=/-", max_size=12).map(str.strip)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["Retry-After", "retry-AFTER", "Content-Type", "Date", "X-Odd_name!", "Set-Cookie"]),
        st.sampled_from([": ", ":", ":  ", ":\t"]),
        WORDS,
        st.sampled_from(["", " ", "\t "]),
    ),
    max_size=4,
)
STATUSES = st.sampled_from([200, 201, 202, 302, 400, 404, 408, 429, 500, 503, 599])
BODIES = st.binary(max_size=120) | st.just(b'{"sid": "SM1"}')


@dataclass
class Desk:
    """Both clients, and the server that gives each of them the same bytes and hangs up."""

    runner: asyncio.Runner
    written: bytes = b""

    async def open(self) -> None:
        """Starts everything."""
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        self.theirs = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        self.ours = Client(
            self.url,
            {},
            connections=1,
            connect_timeout=PATIENCE,
            answer_timeout=PATIENCE,
            keep_alive=timedelta(0),
            steady=lambda: 0.0,
        )

    async def close(self) -> None:
        """Ends everything."""
        await self.theirs.close()
        await self.ours.close()
        self.server.close()
        await self.server.wait_closed()

    async def both(self, written: bytes) -> tuple[Outcome, Outcome]:
        """What ours and aiohttp make of these bytes."""
        self.written = written
        return await self._by_ours(), await self._by_aiohttp()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\na=b")
        writer.write(self.written)
        writer.close()

    async def _by_ours(self) -> Outcome:
        try:
            found = await self.ours.post("/", b"a=b")
        except AnswerLost:
            return LOST
        return found.status, tuple(found.headers.get(name) for name in READ), found.body

    async def _by_aiohttp(self) -> Outcome:
        try:
            async with self.theirs.post(self.url, data=b"a=b", allow_redirects=False) as found:
                fields = tuple(_as_latin_1(found.headers.get(name)) for name in READ)
                try:
                    return found.status, fields, await found.read()
                except (aiohttp.ClientError, OSError):
                    return found.status, fields, None
        except (aiohttp.ClientError, OSError, ValueError):
            return LOST


def _as_latin_1(value: str | None) -> str | None:
    """The same bytes as ours reads them; aiohttp takes them for UTF-8, and escapes those that are none."""
    return None if value is None else value.encode("utf-8", "surrogateescape").decode("latin-1")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with asyncio.Runner() as runner:
        desk = Desk(runner)
        runner.run(desk.open())
        yield desk
        runner.run(desk.close())


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Answers as servers write them."""
    status, body = draw(STATUSES), draw(BODIES)
    framing = draw(st.sampled_from(["length", "chunks", "end"]))
    version = draw(st.sampled_from(["1.1", "1.0"] if framing != "chunks" else ["1.1"]))
    fields = [name + colon + value + space for name, colon, value, space in draw(FIELDS)]
    connection = draw(st.sampled_from([None, "close", "keep-alive"] if framing != "end" else ["close"]))
    if connection:
        fields.append(f"Connection: {connection}")
    fields += {"length": [f"Content-Length: {len(body)}"], "chunks": ["Transfer-Encoding: chunked"]}.get(
        framing, []
    )
    lines = [f"HTTP/{version} {status} {draw(WORDS)}", *draw(st.permutations(fields))]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    waiting = draw(
        st.sampled_from(
            [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"]
        )
    )
    return waiting + head + (draw(chunked(body)) if framing == "chunks" else body)


@st.composite
def chunked(draw: st.DrawFn, body: bytes) -> bytes:
    """The body in chunks of any size."""
    written = b""
    while body:
        size = draw(st.integers(1, len(body)))
        line = draw(st.sampled_from(["%x", "%X", "0%x", "%x;a=b"])) % size
        written += line.encode() + b"\r\n" + body[:size] + b"\r\n"
        body = body[size:]
    return written + draw(st.sampled_from([b"0\r\n\r\n", b"0\r\nA: b\r\n\r\n"]))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Answers with a few bytes lost, added or changed."""
    written = draw(answers())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(written)))
        end = draw(st.integers(start, min(start + 8, len(written))) | st.just(len(written)))
        between = draw(
            st.sampled_from([b"", b"\r\n", b"\n", b" ", b":", b"\0", b"\xff", b"1", b"close", b"\r\n\r\n"])
        )
        written = written[:start] + between + written[end:]
    return written


THOROUGHLY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def surplus(written: bytes) -> int:
    """How many bytes stand behind the answer."""
    reader = AnswerReader()
    reader.feed(written)
    return reader.surplus


@THOROUGHLY
@given(written=answers())
def test_an_answer_as_servers_write_it_is_the_same_to_both(desk: Desk, written: bytes) -> None:
    ours, theirs = desk.runner.run(desk.both(written))
    assert ours is not LOST
    assert ours[2] is not None
    assert ours == theirs


@THOROUGHLY
@given(written=damaged())
def test_what_ours_calls_an_answer_is_the_same_to_both(desk: Desk, written: bytes) -> None:
    ours, theirs = desk.runner.run(desk.both(written))
    if ours is LOST:
        return  # ours is the stricter one: to aiohttp a lone line feed ends a line, for example
    if ours[2] is not None:
        # To ours the answer is whole, whatever follows it; aiohttp reads on where both came together.
        assert ours == theirs or (theirs is LOST and surplus(written))
    else:
        # Ours saw the end where aiohttp may have seen a fault.
        assert theirs is LOST or ours[:2] == theirs[:2]
