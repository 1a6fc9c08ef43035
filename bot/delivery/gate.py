"""The gate before the carrier: so many requests at a time as it can follow, the others wait in their order."""

import asyncio
from collections import deque
from collections.abc import Callable

from bot.delivery.pace import Pace


class Gate:
    """Lets requests through while there are free places and nobody is held back."""

    def __init__(self, pace: Pace, steady: Callable[[], float]) -> None:
        self._pace = pace
        self._steady = steady
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def free(self) -> int:
        """How many requests could start now."""
        return max(0, self._pace.places - self._inside)

    async def enter(self) -> None:
        """Comes back when a request may start; it has a place until `leave`."""
        if self._closed or (not self._waiting and self._is_open()):
            self._inside += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    async def opening(self) -> None:
        """Comes back when a request could start."""
        await self.enter()
        self.leave()

    def leave(self) -> None:
        """The request is over."""
        self._inside -= 1
        self._admit()

    def close(self) -> None:
        """Lets everybody in from now on, to find that nothing is asked any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        while self._waiting:
            self._let_in()

    def _is_open(self) -> bool:
        return self._inside < self._pace.places and not self._pace.hold_seconds(self._steady())

    def _admit(self) -> None:
        while self._waiting and self._is_open():
            self._let_in()
        held = self._pace.hold_seconds(self._steady())
        if self._waiting and held and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(held, self._look_again)

    def _let_in(self) -> None:
        turn = self._waiting.popleft()
        if not turn.done():
            self._inside += 1
            turn.set_result(None)

    def _look_again(self) -> None:
        self._timer = None
        self._admit()
