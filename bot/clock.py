"""The time, as a value that tests can set."""

import time
from datetime import UTC, datetime
from typing import Protocol

# Linux counts the time spent suspended in this clock alone; elsewhere the usual one has to do.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """This instant, aware and in UTC."""
        ...

    def steady(self) -> float:
        """Seconds on a clock that never jumps and goes on while the machine sleeps."""
        ...


class WallClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """This instant, aware and in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Seconds since boot, those spent suspended included."""
        return steady_seconds()


def steady_seconds() -> float:
    """Seconds since boot, those spent suspended included."""
    return time.clock_gettime(_STEADY)
