"""Group commit: many callers hand over one item each, one transaction serves them all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

LINGER = timedelta(milliseconds=2)


class BatchClosed(RuntimeError):
    """Something was handed over after the end."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Answer]):
    item: Item
    answer: asyncio.Future[Answer]


class Batch(Generic[Item, Answer]):
    """Gathers items for a few milliseconds and works them off together.

    `work` gives one answer for each item, in their order. It runs once at a time, so what comes while it runs
    makes up the next group.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        most: int = 500,
        linger: timedelta = LINGER,
    ) -> None:
        self._work = work
        self._most = most
        self._linger_seconds = linger.total_seconds()
        self._waiting: list[_Waiting[Item, Answer]] = []
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    async def put(self, item: Item) -> Answer:
        """The answer to this item, once its whole group is durable; raises what the work raised."""
        if self._closed:
            raise BatchClosed(BatchClosed.__doc__)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._run(), name="batch")
        return await answer

    async def close(self) -> None:
        """Takes nothing more, and comes back when all that was handed over is worked off."""
        self._closed = True
        if self._worker is not None:
            await self._worker

    async def _run(self) -> None:
        while self._waiting:
            if len(self._waiting) < self._most:
                await asyncio.sleep(self._linger_seconds)
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._serve(group)

    async def _serve(self, group: Sequence[_Waiting[Item, Answer]]) -> None:
        try:
            answers = await self._work([waiting.item for waiting in group])
        except asyncio.CancelledError:
            for waiting in group:
                waiting.answer.cancel()
            raise
        except Exception as error:  # each caller gets it and decides
            for waiting in group:
                if not waiting.answer.done():
                    waiting.answer.set_exception(error)
            return
        for waiting, answer in zip(group, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)
