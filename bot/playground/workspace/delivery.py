"""Telling the app: over HTTP or over its socket, given up when it is late, written into the protocol log."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.playground.log import Exchange
from bot.playground.workspace.clock import Clock, within
from bot.playground.workspace.http_wire import HttpWire
from bot.playground.workspace.letters import Ack, Kind, Letter, Miss, Parcel, Wire

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace


class Delivery:
    """The way from the workspace to the app."""

    def __init__(self, workspace: "Workspace", *, ack_seconds: float, signing_clock: Clock | None) -> None:
        self._workspace = workspace
        self._ack_seconds = ack_seconds
        self._http = HttpWire(workspace, signing_clock)

    @property
    def has_way(self) -> bool:
        """Whether the app's settings say how to tell it anything."""
        app = self._workspace.app
        return app.is_on_socket or bool(app.events_url)

    async def command(self, fields: Mapping[str, str]) -> Ack:
        """Tell of a slash command."""
        return await self._carry(self._wire, Parcel(kind=Kind.COMMAND, payload=fields))

    async def interaction(self, payload: Mapping[str, Any]) -> Ack:
        """Tell of an interaction."""
        return await self._carry(self._wire, Parcel(kind=Kind.INTERACTION, payload=payload))

    async def event(self, payload: Mapping[str, Any], attempt: int = 0, reason: Miss | None = None) -> Ack:
        """Tell of an event; the attempts before failed, the last one for this reason."""
        parcel = Parcel(kind=Kind.EVENT, payload=payload, attempt=attempt, reason=reason)
        return await self._carry(self._wire, parcel)

    async def question(self, payload: Mapping[str, Any]) -> Ack:
        """Ask at the app's address whether it is the app's, which has nothing to do with its sockets."""
        return await self._carry(self._http, Parcel(kind=Kind.EVENT, payload=payload))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
        await self._workspace.sockets.close()

    @property
    def _wire(self) -> Wire:
        return self._workspace.sockets if self._workspace.app.is_on_socket else self._http

    async def _carry(self, wire: Wire, parcel: Parcel) -> Ack:
        clock, letter = self._workspace.clock, wire.write(parcel)
        at, started = clock.now(), clock.monotonic()
        try:
            ack = await within(clock, self._ack_seconds, wire.send(letter))
        except TimeoutError:
            ack = Ack(miss=Miss.TIMEOUT)
        self._workspace.log.add(_exchange(letter, ack, at=at, took_ms=(clock.monotonic() - started) * 1000))
        return ack


def _exchange(letter: Letter, ack: Ack, **when: Any) -> Exchange:
    return Exchange(
        direction="out",
        peer="slack",
        method=letter.method,
        url=letter.url,
        status=ack.status,
        request_body=letter.body,
        response_body=ack.body,
        request_headers=letter.headers,
        **when,
    )
