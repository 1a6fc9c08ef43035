"""XLSX workbooks, read by python-calamine in a process of their own, which may take only so much memory and time.

python -m bot.imports.workbook FILE ROWS   writes the first sheet that one sees as CSV, no more rows than that and one for the headers
"""

import csv
import io
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from bot.imports import errors

MOST_UNPACKED_BYTES = 256 * 2**20
MOST_MEMORY_BYTES = 2**30
MOST_SECONDS = 60
_ZIP = b"PK\x03\x04"
_NO_MEMORY = 3
_MIDNIGHT = datetime.min.time()


def looks_like_one(start: bytes) -> bool:
    """Whether a file that begins so is a ZIP archive, as workbooks are."""
    return start.startswith(_ZIP)


@contextmanager
def as_csv(path: Path, rows: int) -> Iterator[IO[str]]:
    """The first sheet that one sees, as CSV. Raises `NotAWorkbook` or `WorkbookTooBig`, which may come at the end."""
    refuse_bombs(path)
    command = (sys.executable, "-m", "bot.imports.workbook", str(path), str(rows))
    # A sheet of two cells, or one text that a million cells share, may unpack to more than any machine has: the ZIP's
    # directory does not tell, so the reader runs where it can take no more than it is given.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 (our own module)
    try:
        with io.TextIOWrapper(process.stdout or io.BytesIO(), encoding="utf-8", newline="") as file:
            yield _Checked(file, process, path.name)  # type: ignore[misc]  # it has what is asked of it: read
    finally:
        process.kill()
        process.wait()


def refuse_bombs(path: Path) -> None:
    """Raises `NotAWorkbook`, or `WorkbookTooBig` for an archive whose directory promises more than is safe."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise errors.NotAWorkbook(name=path.name) from error
    if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        raise errors.WorkbookTooBig
    if not any(member.filename.startswith("xl/") for member in members):
        raise errors.OtherKind(name=path.name)


class _Checked:
    """The text of a process, whose end is refused unless it ended well."""

    def __init__(self, file: IO[str] | io.TextIOBase, process: "subprocess.Popen[bytes]", name: str) -> None:
        self._file, self._process, self._name = file, process, name

    def read(self, most: int) -> str:
        text = self._file.read(most)
        if not text and (code := self._process.wait()):
            raise self._amiss(code)
        return text

    def _amiss(self, code: int) -> errors.FileRefused:
        # Rust ends the process (a signal, below 0) where Python raises.
        is_short_of_memory = code < 0 or code == _NO_MEMORY
        return errors.WorkbookTooBig() if is_short_of_memory else errors.NotAWorkbook(name=self._name)


def cell_text(value: Any) -> str:
    """What a cell says: a number without the ".0" that every number of a workbook has, a date as ISO writes it."""
    if isinstance(value, str):
        # A row is a line, so that whoever reads the lines knows its number.
        return " ".join(value.splitlines())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def _write(path: str, rows: int) -> None:
    # Here and not above: whoever only looks at the ZIP's directory needs no reader.
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_path(path)
    seen = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    sheets = [n for n, about in enumerate(book.sheets_metadata) if (about.typ, about.visible) == seen]
    # Behind a sheet that holds lists for others to choose from, or nothing, stands the one with the people.
    filled = (sheet for n in sheets if (sheet := book.get_sheet_by_index(n)).height)
    sheet = next(filled, None) or book.get_sheet_by_index(0)
    written = csv.writer(sys.stdout, lineterminator="\n")
    # One row more than may be, so that whoever reads sees that there are too many.
    for row in sheet.to_python(skip_empty_area=False, nrows=rows + 2):
        written.writerow([cell_text(value) for value in row])


def _limit(what: int, most: int) -> None:
    _, already = resource.getrlimit(what)
    least = most if already == resource.RLIM_INFINITY else min(most, already)
    resource.setrlimit(what, (least, least))


def _main(arguments: Sequence[str]) -> None:
    _limit(resource.RLIMIT_AS, MOST_MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, MOST_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        _write(arguments[1], int(arguments[2]))
        sys.stdout.flush()
    except MemoryError:
        os._exit(_NO_MEMORY)


if __name__ == "__main__":
    _main(sys.argv)
