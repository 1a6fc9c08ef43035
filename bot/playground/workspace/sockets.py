"""Socket Mode: the way to the app over the web sockets that it opened itself, with no address of its own."""

import asyncio
import json
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import WSMsgType, web

from bot.playground.workspace.letters import Ack, Kind, Letter, Miss, Parcel

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

PATH = "/link/"
HOST = "applink-of-the-playground"

# https://docs.slack.dev/apis/events-api/using-socket-mode: the first two; "about 10 seconds before the disconnect".
MAX_CONNECTIONS = 10
WARNING_SECONDS = 10.0
CONNECTION_SECONDS = 3600


class Farewell(StrEnum):
    """Why Slack ends a connection, in the word its `disconnect` says."""

    WARNING = "warning"
    REFRESH = "refresh_requested"
    DISABLED = "link_disabled"
    TOO_MANY = "too_many_websockets"


class Connection:
    """One socket that the app opened."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        # Pings are answered by hand, so that a connection can fall silent.
        self.line = web.WebSocketResponse(autoping=False)
        self.is_leaving = False
        self.is_silent = False

    async def say(self, message: Json) -> None:
        """Send the message; into a connection that is gone it goes unheard."""
        try:
            await self.line.send_str(json.dumps(message, ensure_ascii=False))
        except ConnectionError:
            self.is_leaving = True

    async def leave(self, reason: Farewell) -> None:
        """Say that the connection ends; nothing more is delivered to it."""
        self.is_leaving = True
        await self.say({"type": "disconnect", "reason": reason.value, "debug_info": {"host": HOST}})

    def cut(self) -> None:
        """Break off without a word."""
        self.is_leaving = True
        if self._request.transport is not None:
            self._request.transport.abort()


class Sockets:
    """The app's open sockets: who may open one, and what goes over them."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._open: list[Connection] = []
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._turns = count()
        self._lost_acks = 0
        self._refused = 0

    @property
    def open(self) -> int:
        """How many connections payloads may go to."""
        return len(self._usable)

    def invite(self) -> str:
        """A fresh address that one socket can be opened at, once."""
        ticket = self._workspace.ids.secret()
        self._tickets.add(ticket)
        base = self._workspace.url.replace("http", "ws", 1)
        return f"{base}{PATH}?ticket={ticket}&app_id={self._workspace.app.app_id}"

    def take(self, ticket: str) -> bool:
        """Whether the ticket is one of ours that nobody came with yet; it is used up."""
        if ticket not in self._tickets:
            return False
        self._tickets.remove(ticket)
        return True

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until either side ends it."""
        if self._refused:
            self._refused -= 1
            # slackapi/node-slack-sdk#1472: "Unexpected server response: 408".
            return web.Response(status=408)
        connection = Connection(request)
        await connection.line.prepare(request)
        if self.open >= MAX_CONNECTIONS:
            await connection.leave(Farewell.TOO_MANY)
        else:
            self._open.append(connection)
            await connection.say(self._hello())
            await self._listen(connection)
        await connection.line.close()
        return connection.line

    def write(self, parcel: Parcel) -> Letter:
        """An envelope; each attempt has its own.

        {"envelope_id": "dbdd0ef3-...", "type": "slash_commands", "payload": {...}, "accepts_response_payload": true}
        """
        envelope: Json = {
            "envelope_id": str(UUID(int=self._workspace.ids.number())),
            "type": parcel.kind.value,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind is not Kind.EVENT,
        }
        if parcel.kind is Kind.EVENT:
            # slackapi/java-slack-sdk EventsApiEnvelope: what the two say here, where HTTP says `http_timeout`.
            envelope |= {
                "retry_attempt": parcel.attempt,
                "retry_reason": "timeout" if parcel.attempt else "",
            }
        return Letter(method="SEND", url=PATH, body=json.dumps(envelope, ensure_ascii=False))

    async def send(self, letter: Letter) -> Ack:
        """How the app answers: with `{"envelope_id": ..., "payload": {...}}`, the payload left out where it says nothing."""
        if not self._usable:
            return Ack(miss=Miss.UNREACHABLE)
        envelope: Json = json.loads(letter.body)
        acked = self._acks[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            # "Each payload may be sent to any of the connections."
            connection = self._usable[next(self._turns) % self.open]
            await connection.say(envelope)
            return _answer(await acked)
        finally:
            del self._acks[envelope["envelope_id"]]

    async def refresh(self, reason: Farewell = Farewell.REFRESH) -> None:
        """End every connection as Slack does every few hours; it has ten more seconds after a mere warning."""
        for connection in self._usable:
            await connection.leave(reason)
            self._workspace.start_soon(self._end(connection, reason))

    def refuse(self, times: int = 1) -> None:
        """The next sockets are refused, their tickets used up, as when Slack is too busy."""
        self._refused = times

    def lose_acks(self, times: int = 1) -> None:
        """The next acks are lost on their way."""
        self._lost_acks = times

    def silence(self) -> None:
        """The open connections stay open and say nothing any more, to no ping either."""
        for connection in self._open:
            connection.is_silent = True

    def cut(self) -> None:
        """The open connections break off without a word."""
        for connection in self._open:
            connection.cut()

    async def close(self) -> None:
        """End every connection."""
        for connection in tuple(self._open):
            await connection.line.close()

    @property
    def _usable(self) -> list[Connection]:
        return [one for one in self._open if not one.is_leaving]

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.open,
            "debug_info": {
                "host": HOST,
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._workspace.app.app_id},
        }

    async def _listen(self, connection: Connection) -> None:
        try:
            async for message in connection.line:
                if connection.is_silent:
                    continue
                if message.type is WSMsgType.PING:
                    await connection.line.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._hear(message.data)
        finally:
            self._open.remove(connection)

    def _hear(self, said: str) -> None:
        """An ack is taken over whichever connection it comes; what is none is passed over, as what was never said."""
        try:
            ack = json.loads(said)
            acked = self._acks.get(ack["envelope_id"])
        except (ValueError, TypeError, KeyError):
            return
        if self._lost_acks:
            self._lost_acks -= 1
        elif acked is not None and not acked.done():
            acked.set_result(ack)

    async def _end(self, connection: Connection, reason: Farewell) -> None:
        if reason is Farewell.WARNING:
            await self._workspace.clock.sleep(WARNING_SECONDS)
        await connection.line.close()


def _answer(ack: Json) -> Ack:
    if "payload" not in ack:
        return Ack(status=200)
    return Ack(status=200, body=json.dumps(ack["payload"], ensure_ascii=False))
