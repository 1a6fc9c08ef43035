"""The file of refused rows: the rows as they stood, each with its line and what is wrong, to be corrected and read again."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from bot.i18n import Words
from bot.imports.cells import harmless
from bot.imports.columns import OURS, folded
from bot.imports.problems import Problem, in_words

SHOWN = 5
_OURS = frozenset(map(folded, OURS))


def path_beside(path: Path) -> Path:
    """Where the refused rows of a file go: "people.csv" has them in "people.refused.csv"."""
    return path.with_name(f"{path.stem.removesuffix('.refused')}.refused.csv")


class Report:
    """Writes refused rows as they come; without one, no file comes to be."""

    def __init__(self, path: Path, headers: Sequence[str], separator: str, words: Words) -> None:
        self._path, self._words, self._separator = path, words, separator
        # Written beside and put in its place at the end: the file that is read may be the last report itself.
        self._unfinished = path.with_name(path.name + ".part")
        self._kept = [place for place, header in enumerate(headers) if folded(header) not in _OURS]
        self._headers = [headers[place] for place in self._kept]
        self._width = len(headers)
        self._file: IO[str] | None = None
        self.rows = 0
        self.first: list[tuple[int, str]] = []
        """The lines of the first rows, and what is wrong with them."""

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        self._file.close()
        if kind is None:
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink()

    def add(self, line: int, row: Sequence[str], problems: Sequence[Problem]) -> None:
        """Adds a row with what is wrong with it."""
        cells = [row[place] if place < len(row) else "" for place in self._kept]
        reasons = " ".join(in_words(problem, self._words) for problem in problems)
        # What stands behind the last column is not lost, and as much in the way when the row is read again.
        self._write([*cells, str(line), reasons, *row[self._width :]])
        self.rows += 1
        if self.rows <= SHOWN:
            self.first.append((line, reasons))

    def _write(self, cells: Sequence[str]) -> None:
        if self._file is None:
            # The mark tells spreadsheets that it is UTF-8.
            self._file = self._unfinished.open("w", encoding="utf-8-sig", newline="")
            self._write([*self._headers, *OURS])
        csv.writer(self._file, delimiter=self._separator).writerow(map(harmless, cells))
