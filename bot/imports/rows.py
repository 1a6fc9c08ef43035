"""The rows of a file, CSV or XLSX, one after the other in bounded memory."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from bot.imports import errors
from bot.imports.encodings import encoding_of, separator_of
from bot.imports.workbook import as_csv, looks_like_one

MOST_ROWS = 200_000
MOST_BYTES = 64 * 2**20
LONGEST_LINE = 100_000
BLOCK_CHARACTERS = 2**16
_FIRST_LINES = 20
# What other programs' files begin with: the old Excel's and ODS have no text that a CSV reader would find.
_OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_SAMPLES = 2
ROWS_SAMPLED = 50
"""Among how many rows a column's first values are looked for."""


class Readable(Protocol):
    """Text, so many characters of it at a time."""

    def read(self, most: int, /) -> str:
        """The next of them, up to so many; none at the end."""


Row = tuple[int, list[str]]
"""The number of the line at which it begins, and its cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that is open: what its columns are called, and the rows below, which can be read once."""

    headers: Sequence[str]
    rows: Iterator[Row]
    encoding: str
    separator: str

    def columns(self, first: Sequence[Row]) -> "Columns":
        """What the columns hold in these rows."""
        samples = []
        for place in range(len(self.headers)):
            values = (row[place] for _, row in first if len(row) > place and row[place].strip())
            samples.append(list(islice(dict.fromkeys(values), _SAMPLES)))
        return Columns(self.headers, samples, self.encoding, self.separator)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file as they stand there, and how the file is written."""

    headers: Sequence[str]
    samples: Sequence[Sequence[str]]
    """Of each column the first values, where there are any."""
    encoding: str
    separator: str


def columns_in(path: Path) -> Columns:
    """The file's columns. Raises a `FileRefused`."""
    with opened(path) as table:
        return table.columns(list(islice(table.rows, ROWS_SAMPLED)))


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The file's table. Raises a `FileRefused`, here or while its rows are read."""
    start = _start_of(path)
    if looks_like_one(start):
        with as_csv(path, MOST_ROWS) as file:
            yield _table(file, "xlsx", ",")
        return
    if start.startswith(_OTHER_KINDS):
        raise errors.OtherKind(name=path.name)
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        first = list(islice(_lines(file), _FIRST_LINES))
        file.seek(0)
        yield _table(file, encoding, separator_of(first))


def _start_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise errors.FileTooBig(name=path.name, most=MOST_BYTES // 2**20)
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise errors.NoSuchFile(name=path.name) from error


def _table(file: Readable, encoding: str, separator: str) -> Table:
    rows = _rows(_lines(file), separator)
    try:
        _, first = next(rows)
        if first[0].lower().startswith("sep="):
            _, first = next(rows)
        second = next(rows)
    except StopIteration:
        raise errors.NothingInIt from None
    headers = [" ".join(cell.split()) for cell in first]
    return Table(headers, chain([second], rows), encoding, separator)


def _lines(file: Readable) -> Iterator[str]:
    return chain.from_iterable(_blocks(file))


def _blocks(file: Readable) -> Iterator[Iterable[str]]:
    """Some lines at a time. The file's own iteration would hold a line of any length."""
    rest, number = "", 0
    while block := file.read(BLOCK_CHARACTERS):
        # With this newline it cuts lines as the file itself would, and leaves their ends to the csv module.
        lines = io.StringIO(rest + block, newline="").readlines()
        rest = lines.pop()
        yield _checked(lines, number)
        number += len(lines)
        if len(rest) > LONGEST_LINE:
            break
    yield _checked([rest] if rest else [], number)


def _checked(lines: Sequence[str], number: int) -> Iterable[str]:
    """The lines, of which so many are before them in the file, up to one that no list of people has."""
    if max(map(len, lines), default=0) <= LONGEST_LINE and "\0" not in "".join(lines):
        return lines
    return _up_to_the_first_amiss(lines, number)


def _up_to_the_first_amiss(lines: Sequence[str], number: int) -> Iterator[str]:
    for place, line in enumerate(lines, number + 1):
        if len(line) > LONGEST_LINE:
            raise errors.LineTooLong(line=place, most=LONGEST_LINE)
        if "\0" in line:
            raise errors.NoText(line=place)
        yield line


def _rows(lines: Iterator[str], separator: str) -> Iterator[Row]:
    """The rows that hold anything. A cell is no longer than the csv module's own limit, 131,072 characters."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    begins, count = 1, -1
    try:
        for cells in reader:
            if any(cells):
                count += 1
                if count > MOST_ROWS:
                    raise errors.TooManyRows(most=MOST_ROWS)
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _amiss(error, begins) from error


def _amiss(error: csv.Error, line: int) -> errors.FileRefused:
    is_open = "end of data" in str(error) or "field limit" in str(error)
    return errors.QuoteOpen(line=line) if is_open else errors.QuoteAmiss(line=line)
