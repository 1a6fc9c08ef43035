"""What one process alone may show: taken for a while, and begun at once or not at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.runtime import Runtime

BEGINS_WITHIN = timedelta(seconds=5)
"""Who has not begun to post by then stood still, and leaves it to others."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is shown by this process alone: until when others leave it alone, and until when this one may begin."""

    taken_at: datetime
    until: datetime
    begins_before: float

    def is_late(self, rt: Runtime) -> bool:
        """Whether this process stood still since, or waited for the database, so that another may show it by now."""
        return rt.clock.steady() >= self.begins_before


def claim(rt: Runtime, length: timedelta) -> Claim:
    """Taken now, for so long."""
    now = rt.clock.now()
    return Claim(now, now + length, rt.clock.steady() + BEGINS_WITHIN.total_seconds())
