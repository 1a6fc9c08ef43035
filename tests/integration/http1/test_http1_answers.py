"""The client reads what a server on a raw socket writes: every shape of a good answer, and no bad one."""

from collections.abc import Iterator, Sequence

import pytest

from bot.carriers import AnswerLost
from bot.carriers.http1 import Answer
from tests.integration.http1.scripted import Call, answer, client, peer

BODY = b'{"sid": "SM1"}'
HEAD = b"HTTP/1.1 201 Created\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
MEBIBYTE = 1024 * 1024

GOOD = [
    ("length said", [HEAD + b"Content-Length: 14\r\n\r\n" + BODY], BODY, True),
    ("head and body apart", [HEAD + b"Content-Length: 14\r\n\r\n", BODY], BODY, True),
    ("no body", [HEAD + b"Content-Length: 0\r\n\r\n"], b"", True),
    ("no reason", [b"HTTP/1.1 201\r\nContent-Length: 14\r\n\r\n", BODY], BODY, True),
    ("chunks", [CHUNKED, b"6\r\n", BODY[:6], b"\r\n8\r\n" + BODY[6:] + b"\r\n0\r\n\r\n"], BODY, True),
    ("chunks with extensions", [CHUNKED + b"E;a=b\r\n" + BODY + b"\r\n0;z\r\n\r\n"], BODY, True),
    (
        "chunks with extensions in quotes",
        [CHUNKED + b'E;a="b;\\" c";d\r\n' + BODY + b"\r\n0\r\n\r\n"],
        BODY,
        True,
    ),
    ("chunks with trailers", [CHUNKED + b"e \r\n" + BODY + b"\r\n0\r\nA: b\r\nC: d\r\n\r\n"], BODY, True),
    ("no chunk", [CHUNKED + b"0\r\n\r\n"], b"", True),
    ("until the end", [HEAD + b"\r\n", BODY], BODY, False),
    ("of the version before", [b"HTTP/1.0 201 Created\r\nContent-Length: 14\r\n\r\n" + BODY], BODY, False),
    ("close said", [HEAD + b"Connection: Close\r\nContent-Length: 14\r\n\r\n" + BODY], BODY, False),
    (
        "close said after other words",
        [HEAD + b"Connection: x, close\r\nConnection: y\r\nContent-Length: 14\r\n\r\n" + BODY],
        BODY,
        False,
    ),
    (
        "wait a little",
        [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"Content-Length: 14\r\n\r\n", BODY],
        BODY,
        True,
    ),
    (
        "hints first",
        [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + HEAD + b"Content-Length: 14\r\n\r\n" + BODY],
        BODY,
        True,
    ),
    ("more than was announced", [HEAD + b"Content-Length: 14\r\n\r\n" + BODY + b"HTTP/1.1 "], BODY, False),
    (
        "the longest body",
        [HEAD + b"Content-Length: %d\r\n\r\n" % MEBIBYTE + b" " * MEBIBYTE],
        b" " * MEBIBYTE,
        True,
    ),
]


@pytest.mark.parametrize("drips", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(("shape", "pieces", "body", "stays_open"), GOOD, ids=[row[0] for row in GOOD])
async def test_every_shape_of_an_answer_is_read(
    shape: str, pieces: Sequence[bytes], body: bytes, stays_open: bool, drips: bool
) -> None:
    if drips and len(body) > 1000:
        return

    async def act(call: Call) -> None:
        await call.write(*(single(pieces) if drips else pieces))
        if not stays_open:
            call.close()

    async with peer(act) as server, client(server.url) as asking:
        for _ in range(2):
            assert await asking.post("/", b"a=b") == Answer(201, read_headers(pieces), body)
        assert server.connections == (1 if stays_open else 2), "whether the connection was used again"


def single(pieces: Sequence[bytes]) -> Iterator[bytes]:
    return (bytes([byte]) for byte in b"".join(pieces))


def read_headers(pieces: Sequence[bytes]) -> dict[str, str]:
    """The fields of the last head, read in the plainest way."""
    text = b"".join(pieces).decode()
    head = text[text.index(" 201") :].partition("\r\n\r\n")[0]
    fields: dict[str, str] = {}
    for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:]):
        together = f"{fields[name.lower()]}, {value}" if name.lower() in fields else value
        fields[name.lower()] = together
    return fields


async def test_of_two_fields_of_one_name_the_first_counts() -> None:
    async def act(call: Call) -> None:
        await call.write(answer("429 Too Many Requests", b"", "Retry-After:  7 ", "retry-after: 9"))

    async with peer(act) as server, client(server.url) as asking:
        assert (await asking.post("/", b"")).headers["retry-after"] == "7"


NO_HEAD = [
    ("nothing at all", b""),
    ("half a head", b"HTTP/1.1 201 Created\r\nContent-Le"),
    ("another protocol", b"SSH-2.0-OpenSSH\r\n\r\n"),
    ("garbage", b"\x00\xff\r\n\r\n"),
    ("a version that is none", b"HTTP/1.2 201 Created\r\n\r\n"),
    ("a status that is none", b"HTTP/1.1 2011 Created\r\n\r\n"),
    ("a change of the protocol", b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n"),
    ("a field without a name", b"HTTP/1.1 201 Created\r\n: x\r\nContent-Length: 0\r\n\r\n"),
    ("a name with a space", b"HTTP/1.1 201 Created\r\nContent-Length : 0\r\n\r\n"),
    ("a field over two lines", b"HTTP/1.1 201 Created\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
    ("a lone line feed", b"HTTP/1.1 201 Created\nContent-Length: 0\n\n"),
    ("a NUL in a field", b"HTTP/1.1 201 Created\r\nA: \x00\r\nContent-Length: 0\r\n\r\n"),
    ("no length", b"HTTP/1.1 201 Created\r\nContent-Length: x\r\n\r\n"),
    ("less than nothing", b"HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n"),
    ("digits of another script", "HTTP/1.1 201 Created\r\nContent-Length: \u0661\r\n\r\n".encode()),
    ("two lengths", b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
    ("a length and chunks", CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n") + b"0\r\n\r\n"),
    ("a coding we did not ask for", CHUNKED.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n"),
    ("chunks before they existed", CHUNKED.replace(b"1.1", b"1.0") + b"0\r\n\r\n"),
    ("a head without end", HEAD + b"A: b\r\n" * 20_000),
    ("a line without end", HEAD + b"A: " + b"b" * 100_000),
    ("promises without end", b"HTTP/1.1 100 Continue\r\n\r\n" * 10),
]


@pytest.mark.parametrize(("shape", "written"), NO_HEAD, ids=[row[0] for row in NO_HEAD])
async def test_what_is_no_answer_is_an_answer_lost(shape: str, written: bytes) -> None:
    async def act(call: Call) -> None:
        await call.write(written)
        call.close()

    async with peer(act) as server, client(server.url) as asking:
        with pytest.raises(AnswerLost):
            await asking.post("/", b"a=b")
        assert server.forms == [b"a=b"], "it was asked once"


NO_BODY = [
    ("cut short", HEAD + b"Content-Length: 99\r\n\r\n{"),
    ("a chunk cut short", CHUNKED + b"5\r\n{"),
    ("no last chunk", CHUNKED + b"2\r\n{}\r\n"),
    ("cut in a trailer", CHUNKED + b"0\r\nA: "),
]


@pytest.mark.parametrize(("shape", "written"), NO_BODY, ids=[row[0] for row in NO_BODY])
async def test_a_head_whose_body_is_cut_is_an_answer_without_body(shape: str, written: bytes) -> None:
    async def act(call: Call) -> None:
        await call.write(written)
        call.close()

    async with peer(act) as server, client(server.url) as asking:
        found = await asking.post("/", b"a=b")
        assert (found.status, found.body) == (201, None)
        assert server.forms == [b"a=b"], "it was asked once"


BAD_BODY = [
    ("too long, as it says", HEAD + b"Content-Length: %d\r\n\r\n" % (MEBIBYTE + 1)),
    ("too long to be a number", HEAD + b"Content-Length: 999999999999999999\r\n\r\n"),
    ("too long, as it turns out", HEAD + b"\r\n" + b" " * (MEBIBYTE + 1)),
    ("too long in one chunk", CHUNKED + b"FFFFFFFF\r\n"),
    ("too long in many chunks", CHUNKED + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 17),
    ("a chunk of no size", CHUNKED + b"x\r\n"),
    ("a chunk of less than nothing", CHUNKED + b"-1\r\n"),
    ("an extension without a name", CHUNKED + b"2;\r\n{}\r\n0\r\n\r\n"),
    ("an extension of no name and a value", CHUNKED + b"2;=b\r\n{}\r\n0\r\n\r\n"),
    ("an extension that is not plain", CHUNKED + b"2;a\xff\r\n{}\r\n0\r\n\r\n"),
    ("an extension whose quotes are open", CHUNKED + b'2;a="b\r\n{}\r\n0\r\n\r\n'),
    ("a chunk that goes on", CHUNKED + b"1\r\n{}\r\n0\r\n\r\n"),
    ("a chunk line without end", CHUNKED + b"1;" + b"x" * 2000),
    ("a trailer that is none", CHUNKED + b"0\r\nxyz\r\n\r\n"),
    ("trailers without end", CHUNKED + b"0\r\n" + b"A: b\r\n" * 20_000),
]


@pytest.mark.parametrize(("shape", "written"), BAD_BODY, ids=[row[0] for row in BAD_BODY])
async def test_a_body_that_is_none_or_too_long_makes_no_answer(shape: str, written: bytes) -> None:
    async def act(call: Call) -> None:
        await call.write(written)
        call.close()

    async with peer(act) as server, client(server.url) as asking:
        with pytest.raises(AnswerLost):
            await asking.post("/", b"a=b")
        assert server.forms == [b"a=b"], "it was asked once"
