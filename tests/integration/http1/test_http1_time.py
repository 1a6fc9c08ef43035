"""What the client does when time is over: it writes nothing any more, and waits for nothing for ever."""

import asyncio
import socket
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bot.carriers import AnswerLost, LeaseOver, NeverConnected
from tests.integration.http1.scripted import (
    Call,
    accept,
    client,
    fill,
    peer,
    until,
)

HASTE = timedelta(milliseconds=100)


async def test_a_request_is_not_written_when_its_time_is_over() -> None:
    now = 1000.0
    async with peer(accept) as server, client(server.url, steady=lambda: now) as asking:
        for until in (1000.0, 999.0):
            with pytest.raises(LeaseOver):
                await asking.post("/", b"new connection", until=until)
        await asking.post("/", b"in time", until=1000.1)
        with pytest.raises(LeaseOver):
            await asking.post("/", b"used connection", until=1000.0)
        now = 999.5
        await asking.post("/", b"in time", until=1000.0)
        assert server.forms == [b"in time", b"in time"]
        assert server.connections == 1, "what was not written on is as good as new"


async def test_the_time_is_looked_at_after_the_wait_for_a_place_and_a_connection() -> None:
    now = 1000.0
    answered = asyncio.Event()

    async def act(call: Call) -> None:
        await answered.wait()
        await accept(call)

    async with peer(act) as server, client(server.url, connections=1, steady=lambda: now) as asking:
        first = asyncio.create_task(asking.post("/", b"1"))
        late = asyncio.create_task(asking.post("/", b"2", until=1005.0))
        await until(lambda: len(server.forms) == 1)
        now = 1005.0
        answered.set()
        assert (await first).status == 201
        with pytest.raises(LeaseOver):
            await late
        assert server.forms == [b"1"]


SLOW = [
    ("silent", b""),
    ("silent after half a head", b"HTTP/1.1 201 Created\r\n"),
]


@pytest.mark.parametrize(("how", "written"), SLOW, ids=[row[0] for row in SLOW])
async def test_an_answer_that_does_not_come_in_time_is_lost_and_its_connection_with_it(
    how: str, written: bytes
) -> None:
    async def act(call: Call) -> None:
        if call.form == b"2":
            await accept(call)
            return
        await call.write(written)
        await asyncio.sleep(3600)

    async with peer(act) as server, client(server.url, answer_timeout=HASTE) as asking:
        with pytest.raises(AnswerLost, match="lost") as raised:
            await asking.post("/", b"1")
        assert raised.value.values == {"reason": "TimeoutError"}
        assert (await asking.post("/", b"2")).status == 201
        assert server.connections == 2


async def test_a_body_that_drips_for_ever_is_given_up_with_its_head_known() -> None:
    async def act(call: Call) -> None:
        await call.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 900000\r\n\r\n")
        while True:
            await call.write(b" ")
            await asyncio.sleep(0.01)

    async with peer(act) as server, client(server.url, answer_timeout=HASTE) as asking:
        found = await asking.post("/", b"")
        assert (found.status, found.body) == (400, None)


async def test_a_server_that_takes_no_connection_was_never_connected_in_time() -> None:
    with socket.socket() as deaf, ExitStack() as stack:
        deaf.bind(("127.0.0.1", 0))
        fill(deaf, stack)
        async with client(f"http://127.0.0.1:{deaf.getsockname()[1]}", connect_timeout=HASTE) as asking:
            with pytest.raises(NeverConnected) as raised:
                await asking.post("/", b"")
    assert raised.value.values == {"reason": "TimeoutError"}
