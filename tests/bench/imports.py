"""How fast a file of a hundred thousand people is looked at and stored, beside what any program would need for it."""

import asyncio
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.table import Table

from storage.db import Database
from storage.migrate import migrate
from storage.models import ContactField
from storage.states import FieldKind
from tests import factories
from tests.bench import roll
from tests.bench.imported import Took
from tests.bench.memory import MIB
from tests.bench.rounds import Gates, Spread, Starts, alternate, ratio
from tests.bench.store import url_of

ROWS, MANY_ROWS = 100_000, 1_000_000
LEAST_TIMES_PLAIN, LEAST_OF_CSV = 4.0, 0.05
MOST_TIMES_BARE = 2.0
MOST_MORE_MIB = 64
LOOKED, STORED = "a look, everybody new", "storing them"
AGAIN = "a look, nobody changed"
PLAIN, CSV, BARE = "phonenumbers, row by row", "csv.reader, nothing kept", "executemany alone"


async def imports(folder: Path, starts: Starts, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """Two tables: the time in seconds of the processor, and the peak of memory by the size of the file."""
    ground = await _Ground.made(folder, int(ROWS * share))
    took = {name: partial(ground.seconds, *run) for name, run in _RUNS.items()}
    figures = await alternate(took, starts, rounds=rounds)
    times, of_csv = ratio(figures[PLAIN], figures[LOOKED]), ratio(figures[CSV], figures[LOOKED])
    bare = ratio(figures[STORED], figures[BARE])
    gates.at_least("a look at an import, times phonenumbers row by row", LEAST_TIMES_PLAIN, times)
    gates.at_least("a look at an import, of csv.reader's speed", LEAST_OF_CSV, of_csv)
    gates.at_most("storing an import, times executemany", MOST_TIMES_BARE, bare)
    return [_table(figures, ground.rows), await _memory(ground, gates, int(MANY_ROWS * share))]


_RUNS: Mapping[str, tuple[str, str]] = {
    LOOKED: ("look", "empty"),
    AGAIN: ("look", "full"),
    PLAIN: ("phonenumbers", "empty"),
    CSV: ("csv", "empty"),
    STORED: ("store", "empty"),
    BARE: ("executemany", "empty"),
}


class _Ground:
    """A file, a database without anybody and one with everybody of the file, in a folder."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.file = roll.write(folder / "people.csv", rows)

    @classmethod
    async def made(cls, folder: Path, rows: int) -> "_Ground":
        """Everything in this folder."""
        db, club = Database(url_of(folder / "empty.db")), factories.club()
        await migrate(db)
        await factories.keep(db, club, ContactField(club_id=club.id, name="Catégorie", kind=FieldKind.TEXT))
        await db.close()
        ground = cls(folder, rows)
        await ground.run("store", "empty", kept="full")
        return ground

    async def seconds(self, which: str, database: str) -> float:
        """What a run takes of the processor."""
        return (await self.run(which, database)).seconds

    async def run(self, which: str, database: str, *, kept: str = "copy", file: Path | None = None) -> Took:
        """A run on a copy of the database, in a process of its own: none finds what another remembered."""
        copy, other = self.folder / f"{kept}.db", self.folder / "full.db"
        for beside in ("", "-wal", "-shm"):
            copy.with_name(copy.name + beside).unlink(missing_ok=True)
        shutil.copy(self.folder / f"{database}.db", copy)
        paths = (file or self.file, copy, *([other] if which == "executemany" else []))
        command = (sys.executable, "-m", "tests.bench.imported", which, *map(str, paths))
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        return Took(**json.loads(out))


async def _memory(ground: _Ground, gates: Gates, many: int) -> Table:
    """Once is enough, since memory does not depend on what else the machine does."""
    files = (ground.file, roll.write(ground.folder / "many.csv", many))
    peaks = [(await ground.run("look", "empty", file=file)).peak_bytes / MIB for file in files]
    gates.at_most("memory of an import, MiB more", MOST_MORE_MIB, Spread.of([peaks[1] - peaks[0]]))
    table = Table(title="an import's peak memory, MiB", min_width=90)
    for column in (f"{ground.rows:,} rows", f"{many:,} rows", "more"):
        table.add_column(column, justify="right")
    table.add_row(*(f"{figure:.1f}" for figure in (*peaks, peaks[1] - peaks[0])))
    return table


def _table(figures: Mapping[str, Sequence[float]], rows: int) -> Table:
    table = Table(title=f"an import of {rows:,} rows, one in {roll.ONE_AMISS_IN} bad", min_width=90)
    table.add_column("what")
    for column in (
        "seconds of the processor",
        f"times faster than {PLAIN}",
        "of csv.reader",
        "times executemany",
    ):
        table.add_column(column, justify="right")
    for name, found in figures.items():
        table.add_row(
            name,
            Spread.of(found).shown(".2f"),
            ratio(figures[PLAIN], found).shown(".1f"),
            ratio(figures[CSV], found).shown(".3f"),
            ratio(found, figures[BARE]).shown(".2f"),
        )
    return table
