"""What came of the runs, and the table that says so."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.proof.ledger import Stall
from tests.proof.rules import Violation, Wrong

Say = Callable[[str], None]
SHOWN = 5


@dataclass
class Toll:
    """What came of one run."""

    what: str
    database: str
    seed: int
    blows: int = 0
    """Kills, freezes, or whatever was done to it."""
    with_requests: int = 0
    """How many of them met requests in flight."""
    under_way: int = 0
    texts: int = 0
    seconds: float = 0.0
    stalls: Sequence[Stall] = ()
    """When the carrier itself stood still."""
    is_settled: bool = True
    violations: list[Violation] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    """The last words of bots that ended by themselves."""

    is_naive: bool | None = None
    """Of a naive scheme: whether it was caught."""

    def blow(self, under_way: int) -> None:
        """Notes one more, which met so many requests in flight."""
        self.blows += 1
        self.under_way += under_way
        self.with_requests += under_way > 0

    def number_of(self, wrong: Wrong) -> int:
        """How many violations of this kind there are."""
        return Counter(one.wrong for one in self.violations)[wrong]

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether nothing was found; of a naive scheme, whether something was."""
        return self.is_clean if self.is_naive is None else self.is_naive

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, and everything came to rest."""
        return self.is_settled and not self.violations and not self.deaths

    @property
    def verdict(self) -> str:
        """The last word on it."""
        if self.is_naive is not None:
            return "caught" if self.is_naive else "NOT CAUGHT"
        return "held" if self.is_clean else "BROKEN"

    def complaint(self) -> str:
        """What is wrong, for people to read."""
        lines = [str(one) for one in self.violations[:SHOWN]]
        if len(self.violations) > SHOWN:
            lines.append(f"... and {len(self.violations) - SHOWN} more")
        for stall in sorted(self.stalls, key=lambda one: -one.seconds)[:SHOWN]:
            lines.append(f"The carrier stood still for {stall.seconds} s until {stall.until:%H:%M:%S.%f}.")
        if not self.is_settled:
            lines.append("Not everything came to rest in time.")
        return "\n".join([*lines, *(f"A bot ended by itself:\n{words}" for words in self.deaths[:1])])


def table(tolls: Sequence[Toll]) -> str:
    """The runs, one a line."""
    columns = (
        "what",
        "database",
        "seed",
        "blows",
        "in flight",
        "texts",
        *Wrong,
        "died",
        "rest",
        "seconds",
        "stall",
        "",
    )
    rows = [tuple(str(one) for one in _row(toll)) for toll in tolls]
    widths = [max(len(row[n]) for row in (columns, *rows)) for n in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (columns, *rows)
    )


def _row(toll: Toll) -> tuple[object, ...]:
    met = f"{toll.with_requests} ({toll.under_way})"
    found = [toll.number_of(wrong) for wrong in Wrong]
    ended = (len(toll.deaths), "yes" if toll.is_settled else "NO", round(toll.seconds, 1))
    stall = max((one.seconds for one in toll.stalls), default=0.0)
    return (
        toll.what,
        toll.database,
        toll.seed,
        toll.blows,
        met,
        toll.texts,
        *found,
        *ended,
        stall,
        toll.verdict,
    )
