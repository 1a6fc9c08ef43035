"""The time of the simulation: a wall clock of each process that may jump, and a steady one that goes on."""

from datetime import datetime, timedelta

from tests.simulation.loop import Loop

BIRTH = 1000.0
"""What the loop's time says when a simulation begins."""


class SimulatedClock:
    """The clock of one process: `ahead` is how wrong its wall clock is."""

    def __init__(self, loop: Loop, began_at: datetime, ahead: timedelta = timedelta()) -> None:
        self._loop = loop
        self._began_at = began_at
        self.ahead = ahead

    def now(self) -> datetime:
        """What the wall clock shows."""
        return self._began_at + timedelta(seconds=self._loop.time() - BIRTH) + self.ahead

    def steady(self) -> float:
        """Seconds that never jump."""
        return self._loop.time()
