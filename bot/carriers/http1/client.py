"""A pool of connections to one server, over which requests are posted: each is written once, or not at all."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from bot.carriers import NeverConnected
from bot.carriers.http1.answer import Answer
from bot.carriers.http1.connection import Connection
from bot.carriers.http1.dial import dial

DEFAULT_PORTS = {"http": 80, "https": 443}


class Client:
    """Posts forms to one server, over no more connections than it is given.

    A request that was not written is the caller's to repeat; one that was written is never repeated here. It
    follows no redirect, keeps no cookie, unpacks nothing and knows no proxy: HTTPS_PROXY is not looked at.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        connections: int,
        connect_timeout: timedelta,
        answer_timeout: timedelta,
        keep_alive: timedelta,
        steady: Callable[[], float],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        self._path = parts.path.rstrip("/")
        self._lines = _lines({"Host": _authority(url)} | dict(headers))
        self._connect_seconds = connect_timeout.total_seconds()
        self._answer_seconds = answer_timeout.total_seconds()
        self._keep_seconds = keep_alive.total_seconds()
        self._steady = steady
        self._tls = tls
        self._places = asyncio.Semaphore(connections)
        self._open: set[Connection] = set()
        self._idle: deque[tuple[Connection, float]] = deque()
        """Longest idle first, each with the steady second since when."""
        self._sweep: asyncio.TimerHandle | None = None

    async def post(self, path: str, form: bytes, *, until: float | None = None) -> Answer:
        """Posts a form once, not after `until` (in steady seconds).

        Raises NeverConnected or LeaseOver when nothing was written, AnswerLost when it was and nobody knows
        what came of it.
        """
        request = self._request(path, form)
        give_up_at = asyncio.get_running_loop().time() + self._connect_seconds
        await self._take_place(give_up_at)
        try:
            return await self._ask(request, until, give_up_at)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Ends every connection, those that wait for an answer included."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._idle.clear()
        for connection in self._open:
            connection.give_up("client closed")
        await asyncio.gather(*(connection.lost.wait() for connection in self._open))

    def _request(self, path: str, form: bytes) -> bytes:
        first = f"POST {self._path}{path} HTTP/1.1\r\n".encode("ascii")
        return b"%b%bContent-Length: %d\r\n\r\n%b" % (first, self._lines, len(form), form)

    async def _take_place(self, give_up_at: float) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout_at(give_up_at):
                await self._places.acquire()
        except TimeoutError as error:
            raise NeverConnected(reason="no free connection") from error

    async def _ask(self, request: bytes, until: float | None, give_up_at: float) -> Answer:
        while (idle := self._take_idle()) is not None:
            # Another one will do where nothing was written.
            with suppress(NeverConnected):
                return await self._ask_on(idle, request, until)
        return await self._ask_on(await self._connect(give_up_at), request, until)

    async def _ask_on(self, connection: Connection, request: bytes, until: float | None) -> Answer:
        try:
            answer = connection.ask(request, until)
            patience = asyncio.get_running_loop().call_later(
                self._answer_seconds, connection.cut, "TimeoutError"
            )
            try:
                return await answer
            finally:
                patience.cancel()
        finally:
            self._keep(connection)

    async def _connect(self, give_up_at: float) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(give_up_at):
                _, connection = await loop.create_connection(
                    self._protocol,
                    sock=await dial(self._host, self._port),
                    ssl=self._context(),
                    server_hostname=self._host if self._is_secure else None,
                )
        except (OSError, UnicodeError) as error:
            raise NeverConnected(reason=type(error).__name__) from error
        self._open.add(connection)
        return connection

    def _protocol(self) -> Connection:
        return Connection(self._steady)

    def _context(self) -> ssl.SSLContext | None:
        if self._is_secure and self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls if self._is_secure else None

    def _take_idle(self) -> Connection | None:
        """The connection that was used last, unless it was left alone for too long."""
        if not self._idle:
            return None
        connection, since = self._idle.pop()
        if self._steady() - since < self._keep_seconds:
            return connection
        self._end(connection)
        return self._take_idle()

    def _keep(self, connection: Connection) -> None:
        if not connection.is_free:
            self._end(connection)
            return
        self._idle.append((connection, self._steady()))
        if self._sweep is None:
            self._sweep_after(self._keep_seconds)

    def _sweep_after(self, seconds: float) -> None:
        self._sweep = asyncio.get_running_loop().call_later(seconds, self._close_idle)

    def _close_idle(self) -> None:
        self._sweep = None
        while self._idle:
            connection, since = self._idle[0]
            rest = self._keep_seconds - (self._steady() - since)
            if rest > 0:
                self._sweep_after(rest)
                return
            self._idle.popleft()
            self._end(connection)

    def _end(self, connection: Connection) -> None:
        connection.give_up("abandoned")
        self._open.discard(connection)


def _authority(url: str) -> str:
    """Host and port as the Host header names them: without the port that goes without saying."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def _lines(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")
