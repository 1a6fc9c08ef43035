"""How the bot is: which of its parts cannot work right now, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import Clock

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a part from its work; the kind of error alone, since its words may hold a member's data."""

    error: str
    since_at: datetime


class Health:
    """Parts say when they cannot work and when they can again; each is logged once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._troubles: dict[str, Trouble] = {}
        self._worked_at: dict[str, float] = {}

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        """The parts that cannot work, and why."""
        return dict(self._troubles)

    def bad(self, part: str, error: Exception) -> None:
        """This part could not do its work."""
        kind = type(getattr(error, "orig", None) or error).__name__
        known = self._troubles.get(part)
        if known is None or known.error != kind:
            self._troubles[part] = Trouble(kind, known.since_at if known else self._clock.now())
            log.error("part_failed", part=part, exc_info=error)

    def worked_within(self, part: str, seconds: float) -> bool:
        """Whether this part said so lately that it works."""
        worked_at = self._worked_at.get(part)
        return worked_at is not None and self._clock.steady() - worked_at <= seconds

    def good(self, part: str) -> None:
        """This part works."""
        self._worked_at[part] = self._clock.steady()
        if self._troubles.pop(part, None) is not None:
            log.info("part_recovered", part=part)
