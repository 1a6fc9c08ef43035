"""How fast the bot asks the carrier: fewer requests at a time after each refusal to keep up, slowly more after each success."""

from datetime import timedelta

SHORTEST_HOLD = timedelta(seconds=0.5)
LONGEST_HOLD = timedelta(seconds=15)
LONGEST_WISH = timedelta(minutes=5)
"""How long the carrier may make everybody wait; a single message waits as long as it says."""


class Pace:
    """Halves the places when the carrier cannot follow, and wins them back one a round.

    Instants are seconds of the steady clock.
    """

    def __init__(self, places: int) -> None:
        self._most = places
        self._places = float(places)
        self._hold_until = 0.0
        self._cut_at = 0.0
        self._streak = 0

    @property
    def places(self) -> int:
        """How many requests may be under way."""
        return int(self._places)

    def hold_seconds(self, now: float) -> float:
        """How long no request may start from now on."""
        return max(0.0, self._hold_until - now)

    def speed_up(self) -> None:
        """The carrier took a message."""
        self._streak = 0
        self._places = min(float(self._most), self._places + 1 / self._places)

    def slow_down(self, now: float, *, asked_at: float, retry_after: timedelta | None = None) -> None:
        """The carrier could not follow. Answers to requests made before the last cut cut nothing again."""
        if asked_at >= self._cut_at:
            self._cut_at = now
            self._places = max(1.0, self._places / 2)
            self._streak += 1
        ours = min(SHORTEST_HOLD * (1 << min(self._streak - 1, 10)), LONGEST_HOLD)
        hold = min(retry_after, LONGEST_WISH) if retry_after else ours
        self._hold_until = max(self._hold_until, now + hold.total_seconds())
