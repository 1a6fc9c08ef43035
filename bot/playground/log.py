"""The protocol log: what the bot and its stand-ins said to each other, newest last, bounded."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Peer = Literal["slack", "carrier"]
Direction = Literal["in", "out"]
Listener = Callable[["Exchange"], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, seen from the stand-in: `in` was received by it, `out` was sent by it."""

    at: datetime
    direction: Direction
    peer: Peer
    method: str
    url: str
    status: int | None
    """The HTTP status, 200 for what was acknowledged over a socket, or None when no answer came (refused, reset, too late)."""
    request_body: str
    response_body: str
    took_ms: float
    request_headers: Mapping[str, str] = field(default_factory=dict)


class ExchangeLog:
    """The last exchanges, oldest first; `limit` bounds how many are kept."""

    def __init__(self, limit: int = 500) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=limit)
        self._listeners: list[Listener] = []

    def add(self, exchange: Exchange) -> None:
        """Keep the exchange, forget the oldest when full, and tell each listener."""
        self._exchanges.append(exchange)
        for listener in tuple(self._listeners):
            listener(exchange)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with each new exchange; gives back the function that ends it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def clear(self) -> None:
        """Forget every exchange; listeners stay."""
        self._exchanges.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)
