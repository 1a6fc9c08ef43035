"""A server on a raw socket that does what a script says with each request, and writes down what it read."""

import asyncio
import re
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.carriers.http1 import Client

LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
PATIENCE = timedelta(seconds=10)


@dataclass
class Call:
    """One request that was read whole, and the connection it came on."""

    head: bytes
    form: bytes
    connection: int
    """The how manieth connection."""
    turn: int
    """The how manieth request on it."""
    writer: asyncio.StreamWriter

    async def write(self, *pieces: bytes) -> None:
        """Writes the pieces, each by itself."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0)

    def reset(self) -> None:
        """Ends the connection with RST, where it would else be FIN."""
        reset(self.writer)

    def close(self) -> None:
        """Ends the connection."""
        self.writer.close()


Act = Callable[[Call], Awaitable[None]]


@dataclass
class Peer:
    """The server: where it is, and what it read."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    connections: int = 0

    @property
    def forms(self) -> list[bytes]:
        """What was posted, in the order in which it came."""
        return [call.form for call in self.calls]


@asynccontextmanager
async def peer(
    act: Act,
    *,
    tls: ssl.SSLContext | None = None,
    hangs_up: Callable[[], bool] = lambda: False,
    remembers: bool = True,
) -> AsyncIterator[Peer]:
    """A server that acts on each request, or resets a connection before it reads anything."""
    it, serving, writers = Peer(), set[asyncio.Task[None]](), list[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        it.connections += 1
        connection, turn = it.connections, 0
        writers.append(writer)
        if hangs_up():
            reset(writer)
            return
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                form = await reader.readexactly(int(length[1]) if length else 0)
                turn += 1
                call = Call(head, form, connection, turn, writer)
                if remembers:
                    it.calls.append(call)
                await act(call)
        writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    it.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield it
    finally:
        server.close()
        for one in serving:
            one.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await server.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with RST."""
    if not writer.is_closing():
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


@asynccontextmanager
async def client(url: str, **options: Any) -> AsyncIterator[Client]:
    """The client, patient unless told otherwise."""
    usual: dict[str, Any] = {
        "connections": 10,
        "connect_timeout": PATIENCE,
        "answer_timeout": PATIENCE,
        "keep_alive": PATIENCE,
        "steady": lambda: 1000.0,
    }
    one = Client(url, {"Accept": "application/json"}, **(usual | options))
    try:
        yield one
    finally:
        await one.close()


def answer(status: str, body: bytes, *headers: str) -> bytes:
    """An answer whose length is said."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


CREATED = answer("201 Created", b"{}")


async def accept(call: Call) -> None:
    """Answers as one should."""
    await call.write(CREATED)


@dataclass(frozen=True)
class Identity:
    """A certificate for 127.0.0.1 that nobody but its maker believes."""

    certificate: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """For the server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def believer(self) -> ssl.SSLContext:
        """For a client that believes it, and nothing else."""
        return ssl.create_default_context(cafile=str(self.certificate))


def make_identity(folder: Path) -> Identity:
    """A new one."""
    made = Identity(folder / "certificate.pem", folder / "key.pem")
    asked = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=wire "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {made.key} -out {made.certificate}"
    )
    subprocess.run(asked.split(), check=True, capture_output=True)
    return made


def fill(deaf: socket.socket, stack: ExitStack) -> None:
    """Has the bound socket listen, with so many in line that the kernel lets everybody else wait."""
    deaf.listen(0)
    for _ in range(3):
        other = stack.enter_context(socket.socket())
        other.setblocking(False)
        other.connect_ex(deaf.getsockname())


async def until(holds: Callable[[], bool]) -> None:
    """Comes back once it holds."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError("it never held")
