"""How figures of a noisy machine are made fair: quiet starts, alternating rounds, and medians of their ratios."""

import asyncio
import statistics
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 7
QUIET_IDLE = 0.9
LOOK_SECONDS = 0.3
LONGEST_WAIT_SECONDS = 45.0

Contestant = Callable[[], Awaitable[float]]


@dataclass
class Starts:
    """How many of the starts found a quiet machine."""

    patience_seconds: float = LONGEST_WAIT_SECONDS
    quiet: int = 0
    all: int = 0

    async def wait(self) -> None:
        """Comes back when the machine has little else to do, or when waiting longer is in vain."""
        self.all += 1
        for _ in range(1 + int(self.patience_seconds / LOOK_SECONDS)):
            if await _idle_share() >= QUIET_IDLE:
                self.quiet += 1
                return


async def _idle_share() -> float:
    before = _ticks()
    await asyncio.sleep(LOOK_SECONDS)
    after = _ticks()
    passed = sum(after) - sum(before)
    # https://man7.org/linux/man-pages/man5/proc_stat.5.html : the fourth and fifth are idle and waiting for I/O.
    return (after[3] + after[4] - before[3] - before[4]) / passed if passed else 1.0


def _ticks() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some figures and their quartiles."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> "Spread":
        """Of these figures."""
        if len(figures) < 2:
            return cls(*figures, *figures, *figures)
        return cls(*statistics.quantiles(figures, n=4, method="inclusive"))

    def shown(self, form: str = ",.0f") -> str:
        """The median, and in brackets the quartiles."""
        return f"{self.median:{form}} ({self.low:{form}}-{self.high:{form}})"


async def alternate(
    contestants: Mapping[str, Contestant], starts: Starts, *, rounds: int
) -> dict[str, list[float]]:
    """Each contestant's figure in each round; the order is turned round each time."""
    figures: dict[str, list[float]] = {name: [] for name in contestants}
    for round_ in range(rounds):
        for name in list(contestants)[:: -1 if round_ % 2 else 1]:
            await starts.wait()
            figures[name].append(await contestants[name]())
            print(f"  round {round_ + 1}, {name}: {figures[name][-1]:,.1f}", file=sys.stderr)
    return figures


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours by theirs, round by round."""
    return Spread.of([one / other for one, other in zip(ours, theirs, strict=True)])


@dataclass
class Gates:
    """What was promised, and what of it was missed."""

    missed: list[str] = field(default_factory=list)

    def at_least(self, name: str, least: float, found: Spread) -> None:
        """Missed when even the better quartile is lower."""
        self._hold(name, found.high >= least, f"at least {least:g}", found.high)

    def at_most(self, name: str, most: float, found: Spread | None) -> None:
        """Missed when even the better quartile is higher, and when there is no figure."""
        self._hold(
            name, found is not None and found.low <= most, f"at most {most:g}", found.low if found else None
        )

    def _hold(self, name: str, holds: bool, promise: str, better: float | None) -> None:
        if not holds:
            figure = "not measured" if better is None else f"{better:.4g}"
            self.missed.append(f"{name}: {promise} was promised, the better quartile is {figure}")
