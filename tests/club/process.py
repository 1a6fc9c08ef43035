"""The bot between its stand-ins, as a process that begins and ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.app import Bot, running
from bot.clock import Clock
from bot.playground.carrier import StandInCarrier
from bot.playground.workspace import Workspace
from bot.settings import Settings
from tests.club.clocks import SetClock

PATIENCE_SECONDS = 30.0
"""Nobody waits so long for what works; a machine with much else to do may."""
POLL_SECONDS = 0.02


@dataclass
class Process:
    """The bot and its stand-ins, and how one waits for what they do."""

    workspace: Workspace
    carrier: StandInCarrier
    settings: Settings
    clock: Clock
    bot: Bot | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """The bot starts on its database."""
        self._running = AsyncExitStack()
        self.bot = await self._running.enter_async_context(running(self.settings, self.clock))

    async def stop(self) -> None:
        """The bot ends as it does on SIGTERM."""
        await self._running.aclose()
        self.bot = None

    @asynccontextmanager
    async def another_process(self) -> AsyncIterator[Bot]:
        """A second bot on the same database, at another port."""
        async with running(self.settings.model_copy(update={"port": 0}), self.clock) as bot:
            yield bot

    def skip(self, by: timedelta) -> None:
        """Lets time pass at once; whoever sleeps on the club's clock looks at it."""
        assert isinstance(self.clock, SetClock)
        self.clock.skip(by)
        if self.bot:
            self.bot.rt.due.set()
            self.bot.rt.work.set()

    async def until(self, condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> Any:
        """What the condition gives once it gives something; fails after so many seconds.

        The condition may be a coroutine function.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = condition()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return found
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"Did not come true within {seconds} s")
            await asyncio.sleep(POLL_SECONDS)

    async def quiet(self, what: Callable[[], object], *, seconds: float = 0.3) -> None:
        """Comes back when the value has stayed the same for so long."""
        loop = asyncio.get_running_loop()
        before, since = what(), loop.time()
        while loop.time() - since < seconds:
            await asyncio.sleep(POLL_SECONDS)
            if (now := what()) != before:
                before, since = now, loop.time()
