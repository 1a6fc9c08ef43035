"""The client's connections: used again, never stale, never more than allowed, and never a doubt about what was sent."""

import asyncio
import gc
import random
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bot.carriers import AnswerLost, CarrierError, NeverConnected
from bot.carriers.http1.connection import Connection
from bot.carriers.http1.dial import first_of
from tests.integration.carrier.asking import serving
from tests.integration.http1.scripted import (
    Call,
    accept,
    answer,
    client,
    fill,
    peer,
    until,
)

HASTE = timedelta(milliseconds=100)


async def test_the_request_says_what_it_must_and_no_more() -> None:
    async with peer(accept) as server, client(server.url + "/v1/") as asking:
        await asking.post("/Messages.json?a=b", b"To=%2B33")
    [call] = server.calls
    assert call.head.decode().split("\r\n") == [
        "POST /v1/Messages.json?a=b HTTP/1.1",
        f"Host: {server.url.removeprefix('http://')}",
        "Accept: application/json",
        "Content-Length: 8",
        "",
        "",
    ]


async def test_one_after_the_other_they_share_a_connection() -> None:
    async with peer(accept) as server, client(server.url) as asking:
        for number in range(100):
            await asking.post("/", b"%d" % number)
        assert server.connections == 1
        assert server.forms == [b"%d" % number for number in range(100)]


async def test_side_by_side_each_has_a_connection_up_to_the_limit_and_the_rest_wait() -> None:
    under_way: list[int] = []
    most = 0

    async def act(call: Call) -> None:
        nonlocal most
        under_way.append(call.connection)
        most = max(most, len(under_way))
        await asyncio.sleep(0.001)
        under_way.remove(call.connection)
        await accept(call)

    async with peer(act) as server, client(server.url, connections=7) as asking:
        await asyncio.gather(*(asking.post("/", b"%d" % number) for number in range(70)))
        assert (server.connections, most) == (7, 7)
        assert sorted(map(int, server.forms)) == list(range(70))


async def test_a_connection_left_alone_is_closed_by_us() -> None:
    async with peer(accept) as server, client(server.url, keep_alive=HASTE, steady=time.monotonic) as asking:
        await asyncio.gather(asking.post("/", b""), asking.post("/", b""))
        await until(lambda: all(call.writer.is_closing() for call in server.calls))
        await asking.post("/", b"")
        assert server.connections == 3


async def test_a_connection_older_than_its_time_is_not_used_though_nobody_closed_it_yet() -> None:
    now = 1000.0
    async with peer(accept) as server, client(server.url, steady=lambda: now) as asking:
        await asking.post("/", b"")
        now += 9.9
        await asking.post("/", b"")
        assert server.connections == 1
        now += 10  # as long as the machine slept
        await asking.post("/", b"")
        assert server.connections == 2


LEFT_BEHIND = [
    (lambda call: call.close(), "closed"),
    (lambda call: call.reset(), "reset"),
    (lambda call: call.writer.write(answer("408 Request Timeout", b"")), "spoken on unasked"),
]


@pytest.mark.parametrize("looks", [True, False], ids=["after a while", "at once"])
@pytest.mark.parametrize(("leave", "how"), LEFT_BEHIND, ids=[row[1] for row in LEFT_BEHIND])
async def test_a_connection_that_the_server_left_is_not_used_again(
    leave: Callable[[Call], None], how: str, looks: bool
) -> None:
    async with peer(accept) as server, client(server.url) as asking:
        await asking.post("/", b"1")
        leave(server.calls[0])
        if how != "spoken on unasked" or looks:
            # A transport of asyncio closes its socket in the loop's next turn, which is also our client's.
            await asyncio.sleep(0.05 if looks else 0)
        assert (await asking.post("/", b"2")).status == 201
        assert server.forms == [b"1", b"2"]
        assert server.connections == 2


async def test_an_answer_before_the_whole_request_was_written_ends_the_connection() -> None:
    asked: list[asyncio.StreamWriter] = []

    async def refuse(writer: asyncio.StreamWriter) -> None:
        asked.append(writer)
        writer.write(answer("413 Content Too Large", b""))
        await asyncio.sleep(3600)

    async with serving(refuse) as url, client(url) as asking:
        for times in (1, 2):
            assert (await asking.post("/", b" " * 30_000_000)).status == 413
            assert len(asked) == times


async def test_a_thousand_requests_over_connections_that_end_at_random_are_never_doubted_wrongly() -> None:
    chance = random.Random(20260912)

    async def act(call: Call) -> None:
        luck = chance.random()
        if luck < 0.02:
            call.reset()
        elif luck < 0.04:
            call.close()
        else:
            await accept(call)
        if 0.04 <= luck < 0.3:
            leave = call.close if luck < 0.2 else call.reset
            asyncio.get_running_loop().call_later(chance.random() / 200, leave)

    def hangs_up() -> bool:
        return chance.random() < 0.2

    outcomes: dict[bytes, str] = {}

    async with peer(act, hangs_up=hangs_up) as server, client(server.url) as asking:

        async def ask(form: bytes) -> None:
            await asyncio.sleep(chance.random())
            try:
                await asking.post("/", form)
                outcomes[form] = "answered"
            except CarrierError as error:
                outcomes[form] = type(error).__name__

        await asyncio.gather(*(ask(b"%d" % number) for number in range(1000)))
        asked = Counter(server.forms)
    assert max(asked.values()) == 1, "nothing is asked twice"
    assert [form for form in asked if outcomes[form] == "NeverConnected"] == []
    assert [form for form, outcome in outcomes.items() if outcome == "answered" and form not in asked] == []
    assert Counter(outcomes.values())["answered"] > 500
    assert len(asked) < 1000, "some were hung up on"


async def test_a_new_connection_that_was_reset_before_the_first_byte_was_never_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        loop, port = asyncio.get_running_loop(), listening.getsockname()[1]
        _, connection = await loop.create_connection(lambda: Connection(lambda: 0.0), "127.0.0.1", port)
        taken, _ = listening.accept()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        taken.close()
        # The loop has not turned since: nobody but the write itself finds out.
        with pytest.raises(NeverConnected):
            connection.ask(b"POST / HTTP/1.1\r\n\r\n", None)
        await connection.lost.wait()


async def test_a_name_too_long_for_any_name_server_was_never_connected() -> None:
    async with client("http://" + ".".join(["a" * 60] * 6)) as asking:
        with pytest.raises(NeverConnected):
            await asking.post("/", b"")
    async with client("http://" + "a" * 64 + ".example") as asking:
        with pytest.raises(NeverConnected):
            await asking.post("/", b"")


async def test_who_stops_waiting_takes_the_connection_along() -> None:
    heard = asyncio.Event()

    async def act(call: Call) -> None:
        if call.form == b"2":
            await accept(call)
            return
        heard.set()
        await asyncio.sleep(3600)

    async with peer(act) as server, client(server.url, connections=1) as asking:
        waiting = asyncio.create_task(asking.post("/", b"1"))
        await heard.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert (await asking.post("/", b"2")).status == 201, "the place is free again"
        assert server.connections == 2


async def test_closing_ends_what_waits_for_an_answer() -> None:
    heard = asyncio.Event()

    async def act(call: Call) -> None:
        heard.set()
        await asyncio.sleep(3600)

    async with peer(act) as server:
        async with client(server.url) as asking:
            waiting = asyncio.create_task(asking.post("/", b"1"))
            await heard.wait()
        with pytest.raises(AnswerLost):
            await waiting


async def test_a_connection_used_three_thousand_times_grows_nothing() -> None:
    async def ask(times: int) -> int:
        for _ in range(times):
            await asking.post("/", b"a=b")
        gc.collect()
        return sys.getallocatedblocks()

    async with peer(accept, remembers=False) as server, client(server.url) as asking:
        before = await ask(500)
        assert await ask(3000) - before < 500


async def test_an_address_that_is_silent_holds_up_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as answering, socket.socket() as silent, ExitStack() as stack:
        silent.bind(("127.0.0.2", answering.getsockname()[1]))
        fill(silent, stack)
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", one.getsockname()) for one in (silent, answering)
        ]
        async with asyncio.timeout(5):
            with await first_of(addresses) as reached:
                assert reached.getpeername() == answering.getsockname()
