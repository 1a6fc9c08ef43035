"""How long it takes to find people among a hundred thousand, as one types."""

import statistics
import time
from pathlib import Path

from rich.table import Table

from storage import people
from storage.db import Database
from storage.models import Club
from tests.bench import crowd
from tests.bench.rounds import Gates, Spread, Starts
from tests.bench.store import url_of

PEOPLE, SHOWN = 100_000, 11
MOST_MS = 50.0
AGAIN = 20
TYPED = {
    "the first letters of many": ("m", "le", "mar", "zoe"),
    "two words": ("lea martin", "zoe bernard u13", "lefevre parent"),
    "one person's number": ("0612345", "06 00 00 99 99", "+33600009999"),
    "one person's licence": ("0099999", "0000001"),
    "nobody": ("zzzz", "elodie zzzz", "0799999999"),
}


async def finding(folder: Path, starts: Starts, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table: how long one page takes, by what is typed; the slowest of a hundred must be quick."""
    made = await _gather(url_of(folder / "crowd.db"), int(PEOPLE * share))
    db = Database(url_of(folder / "crowd.db"))
    taken: dict[str, list[float]] = {what: [] for what in TYPED}
    for _ in range(rounds):
        await starts.wait()
        for what, words in TYPED.items():
            taken[what] += [await _took(db, made, typed) for typed in words for _ in range(AGAIN)]
    await db.close()
    slowest = _slowest([figure for figures in taken.values() for figure in figures])
    gates.at_most("finding people, ms, 99 in 100", MOST_MS, Spread.of([slowest]))
    return [_table(taken, int(PEOPLE * share))]


async def _gather(url: str, recipients: int) -> Club:
    """The club; its file is closed once, as it is whenever a bot starts, so that nothing waits in the log beside it."""
    db = Database(url)
    made = await crowd.gather(db, recipients)
    await db.close()
    return made.club


async def _took(db: Database, club: Club, typed: str) -> float:
    began = time.perf_counter()
    async with db.read() as session:
        await people.search(session, club.id, typed, limit=SHOWN)
    return (time.perf_counter() - began) * 1000


def _slowest(figures: list[float]) -> float:
    """What 99 in 100 are within."""
    return statistics.quantiles(figures, n=100, method="inclusive")[-1]


def _table(taken: dict[str, list[float]], club: int) -> Table:
    table = Table(title=f"finding people among {club:,}, a page of {SHOWN - 1}", min_width=90)
    table.add_column("what is typed")
    for column in ("ms (quartiles)", "99 in 100, ms"):
        table.add_column(column, justify="right")
    for what, figures in taken.items():
        table.add_row(what, Spread.of(figures).shown(".1f"), f"{_slowest(figures):.1f}")
    everything = [figure for figures in taken.values() for figure in figures]
    table.add_row("all of it", Spread.of(everything).shown(".1f"), f"{_slowest(everything):.1f}")
    return table
