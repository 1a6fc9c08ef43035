"""What happened in a simulation, event by event, and the first rule that was broken."""

import hashlib
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any


class Broken(AssertionError):
    """A rule of delivery does not hold."""


class Story:
    """The events of one seed; their digest is the same whenever the seed is told again."""

    def __init__(self, seed: int, show: Callable[[str], None] | None = None) -> None:
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.broken: Broken | None = None
        self.time: Callable[[], float] = lambda: 0.0
        self._show = show
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """One word for all that happened."""
        return self._digest.hexdigest()

    def chance(self, of: str) -> Random:
        """The dice of one part of the simulation, so that no part's throws move another's."""
        return Random(f"{self.seed} {of}")

    def told(self, kind: str, *what: Any) -> None:
        """Notes an event."""
        line = f"{self.time() - 1000:12.4f} {kind:<20} {' '.join(map(str, what))}"
        self.counts[f"fault {what[0]}" if kind == "fault" else kind] += 1
        self._digest.update(line.encode())
        if self._show:
            self._show(line)

    def breaks(self, rule: str, why: str) -> None:
        """Says that a rule is broken; the simulation ends there."""
        self.told("BROKEN", rule, why)
        if self.broken is None:
            self.broken = Broken(f"{rule}: {why}")
