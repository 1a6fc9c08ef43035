"""A way to PostgreSQL over TCP that can fall silent, as when a cable is cut: nobody says that it was."""

import asyncio
import ctypes
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa

# https://www.kernel.org/doc/html/latest/networking/filter.html : the program `ret #0` drops every packet before it is
# acknowledged. The two numbers are those of asm-generic/socket.h.
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)


class Wire:
    """Carries what is said between the bot and a server's socket, until it is cut."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._sockets: list[socket.socket] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self._is_whole = asyncio.Event()
        self._is_whole.set()
        self.address = ""

    def cut(self) -> None:
        """From now on no packet arrives on either side, that of a new connection neither."""
        self._is_whole.clear()
        for one in self._sockets:
            _deafen(one)

    def mend(self) -> None:
        """Packets arrive again."""
        for one in self._sockets:
            one.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
        self._is_whole.set()

    async def serve(self, own: socket.socket) -> asyncio.Server:
        """Takes connections on this socket."""
        self._sockets.append(own)
        host, port = own.getsockname()
        self.address = self._url.set(host=host, port=port, query={}).render_as_string(hide_password=False)
        return await asyncio.start_server(self._take, sock=own)

    async def close(self) -> None:
        """Ends every connection."""
        for one in self._carrying:
            one.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = writer.get_extra_info("socket")
        self._sockets.append(own)
        if not self._is_whole.is_set():
            _deafen(own)  # it had knocked before the cut
        theirs = await asyncio.open_unix_connection(f"{self._url.query['host']}/.s.PGSQL.5432")
        ways = ((reader, theirs[1]), (theirs[0], writer))
        self._carrying |= {asyncio.create_task(self._carry(*way)) for way in ways}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(65536):
                await self._is_whole.wait()
                writer.write(said)
        except ConnectionError:
            """Whoever had waited too long hung up."""
        finally:
            writer.close()


def _deafen(one: socket.socket) -> None:
    program = ctypes.create_string_buffer(RETURN_NOTHING)
    one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(program)))


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A whole wire to this database."""
    wire = Wire(url)
    with socket.create_server(("127.0.0.1", 0)) as own:
        server = await wire.serve(own)
        try:
            yield wire
        finally:
            server.close()
            await wire.close()
