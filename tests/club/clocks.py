"""The clocks of tests: one that they set, and one that makes nobody late whom a busy machine kept waiting."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import WallClock
from bot.playground.workspace.clock import SystemClock

STEP_SECONDS = 0.05


@dataclass
class SetClock:
    """A clock set to an instant; it goes on like any other and jumps when told to."""

    at: datetime
    _skipped: timedelta = timedelta()
    _began: float = field(default_factory=lambda: WallClock().steady())

    def now(self) -> datetime:
        """The instant it was set to, and what has passed since."""
        return self.at + timedelta(seconds=self.steady() - self._began)

    def steady(self) -> float:
        """Seconds that jump with the clock."""
        return WallClock().steady() + self._skipped.total_seconds()

    def skip(self, by: timedelta) -> None:
        """Jumps ahead."""
        self._skipped += by


class FairClock(SystemClock):
    """The machine's own, whose sleep counts a moment in which nothing could run as a short one."""

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds in which others had their turn."""
        whole, rest = divmod(seconds, STEP_SECONDS)
        for _ in range(int(whole)):
            await asyncio.sleep(STEP_SECONDS)
        await asyncio.sleep(rest)
