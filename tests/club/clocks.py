"""A clock that tests set."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import WallClock


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
