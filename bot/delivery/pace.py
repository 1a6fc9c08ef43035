"""How fast the bot asks the carrier: more at a time while it answers quickly, half as many when it cannot follow."""

from datetime import timedelta

SHORTEST_HOLD = timedelta(seconds=0.5)
LONGEST_HOLD = timedelta(seconds=15)
LONGEST_WISH = timedelta(minutes=5)
"""How long the carrier may make everybody wait; a single message waits as long as it says."""
QUICK_SECONDS = 2.0
"""An answer that takes longer wins no place."""
FIRST_PLACES = 20
NEWEST = 0.1
"""The weight of the newest answer in the usual time of one."""


class Pace:
    """Wins places while answers are quick: two an answer up to the first refusal, one a round after it.

    Halves them when the carrier cannot follow. Instants are seconds of the steady clock.
    """

    def __init__(self, most: int, first: int = FIRST_PLACES) -> None:
        self._most = most
        self._places = float(min(first, most))
        self._hold_until = 0.0
        self._cut_at = 0.0
        self._streak = 0
        self._was_cut = False
        self._usual_seconds: float | None = None

    @property
    def places(self) -> int:
        """How many requests may be under way."""
        return int(self._places)

    def hold_seconds(self, now: float) -> float:
        """How long no request may start from now on."""
        return max(0.0, self._hold_until - now)

    def within(self, time: timedelta) -> int:
        """How many answers come in this time at the present pace; 0 before the first answer."""
        if self._usual_seconds is None:
            return 0
        return int(self._places * time.total_seconds() / max(self._usual_seconds, 0.001))

    def speed_up(self, took_seconds: float) -> None:
        """The carrier took a message, and answered after so long."""
        self._streak = 0
        usual = took_seconds if self._usual_seconds is None else self._usual_seconds
        self._usual_seconds = usual + (took_seconds - usual) * NEWEST
        if took_seconds <= QUICK_SECONDS:
            won = 1 / self._places if self._was_cut else 2.0
            self._places = min(float(self._most), self._places + won)

    def hold(self, now: float) -> None:
        """Lets no request start for a moment: something was refused that the next ones would meet as well."""
        self._hold_until = max(self._hold_until, now + SHORTEST_HOLD.total_seconds())

    def slow_down(self, now: float, *, asked_at: float, retry_after: timedelta | None = None) -> bool:
        """The carrier could not follow; whether places were cut.

        Answers to requests made before the last cut cut nothing again.
        """
        is_cut = asked_at >= self._cut_at
        if is_cut:
            self._cut_at = now
            self._was_cut = True
            self._places = max(1.0, self._places / 2)
            self._streak += 1
        # An answer to an old request may come after a good one has ended the streak.
        doublings = min(max(self._streak - 1, 0), 10)
        ours = min(SHORTEST_HOLD * (1 << doublings), LONGEST_HOLD)
        hold = min(retry_after, LONGEST_WISH) if retry_after else ours
        self._hold_until = max(self._hold_until, now + hold.total_seconds())
        return is_cut
