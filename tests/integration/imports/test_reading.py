"""Files read as rows: good ones in every spelling, and bad ones that end in a clear error in little memory."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

import pytest

from bot.imports import errors, rows
from bot.imports.rows import opened
from tests.workbooks import behind_hidden, packed, workbook

MEMORY_BYTES = 400 * 2**20
"""What a whole Python with all that reads may take, in addresses; it takes a hundred MiB before it begins."""

LIMITED = f"""
import resource, sys
from pathlib import Path
from bot.errors import BotError
from bot.imports.rows import opened
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES}, {MEMORY_BYTES}))
try:
    with opened(Path(sys.argv[1])) as table:
        print(sum(1 for _ in table.rows))
except BotError as error:
    print(type(error).__name__, error)
"""


async def read_in_little_memory(path: Path) -> str:
    """What comes of reading the file where memory is short: an error's name and words, or how many rows."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LIMITED, str(path), stdout=pipe, stderr=pipe
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode().strip()


def text(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def many_rows(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a;b\n")
        file.writelines(repeat(b"1;2\n", 2_000_000))


def one_long_line(path: Path) -> None:
    # A gigabyte with nothing in it: the disk keeps none of it.
    with path.open("wb") as file:
        file.write(b"a;b\n")
        file.truncate(2**30)


def under_the_size(path: Path) -> None:
    path.write_bytes(b"a;b\n" + b"x" * (rows.MOST_BYTES - 10))


def two_far_cells(path: Path) -> None:
    packed(
        path, ['<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>']
    )


def one_text_a_million_times(path: Path) -> None:
    row = "<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"
    packed(path, repeat(row, 20_000), shared="x" * 32_000)


def much_in_little(path: Path) -> None:
    packed(path, repeat(" " * 2**20, 300))


def cut_short(path: Path) -> None:
    whole = workbook(path, [["a", "b"], ["1", "2"]]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def no_workbook(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<office/>")


def not_even_xml(path: Path) -> None:
    packed(path, ["<row><c"])


BAD = [
    (many_rows, "TooManyRows", "two million rows"),
    (one_long_line, "FileTooBig", "a line of a gigabyte"),
    (under_the_size, "LineTooLong", "a line as long as a file may be"),
    (text(b"a;b\n1;\0\n"), "NoText", "a NUL"),
    (text(b'a;b\n1;2\n"3;4\n5;6\n'), "QuoteOpen Line 3:", "a quotation mark that nothing closes"),
    (text(b'a;b\n"' + b"3;4\n" * 100_000), "QuoteOpen Line 2:", "the same in a long file"),
    (text(b'a;b\n"1"2;3\n'), "QuoteAmiss Line 2:", "something behind a closing mark"),
    (text(b""), "NothingInIt", "nothing"),
    (text(b"a;b\n\n;\n"), "NothingInIt", "headers alone"),
    (text(b"%PDF-1.7"), "OtherKind", "another kind of file"),
    (text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "OtherKind", "the old Excel's"),
    (no_workbook, "OtherKind", "another archive"),
    (cut_short, "NotAWorkbook", "half a workbook"),
    (not_even_xml, "NotAWorkbook", "a sheet that breaks off"),
    (two_far_cells, "WorkbookTooBig", "a cell at the far end of a sheet"),
    (one_text_a_million_times, "WorkbookTooBig", "a long text that a million cells share"),
    (much_in_little, "WorkbookTooBig", "a sheet that unpacks to hundreds of MB"),
]


@pytest.mark.parametrize(("make", "expected", "because"), BAD, ids=[because for *_, because in BAD])
async def test_a_bad_file_ends_in_a_clear_error(
    tmp_path: Path, make: Callable[[Path], None], expected: str, because: str
) -> None:
    path = tmp_path / "people.csv"
    make(path)
    assert (await read_in_little_memory(path)).startswith(expected)


async def test_as_many_rows_as_may_be_are_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("a;b\n" + "1;2\n" * rows.MOST_ROWS)
    assert await read_in_little_memory(path) == str(rows.MOST_ROWS)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(errors.NoSuchFile, match=r"nowhere\.csv"), opened(tmp_path / "nowhere.csv"):
        pass


def test_rows_keep_their_line_over_empty_ones_and_cells_of_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('Nom ;Note\n\nRoy;"two\nlines"\n;\nFaure;\n')
    with opened(path) as table:
        assert table.headers == ["Nom", "Note"]
        assert list(table.rows) == [(3, ["Roy", "two\nlines"]), (6, ["Faure", ""])]


def test_a_workbook_reads_as_its_sheet_shows_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "people.xlsx",
        [["Nom", "Portable", "Né le", "Cotisation"], [], ["Zoé, dite Zo", 612345678, (40972,), 12.5]],
    )
    with opened(path) as table:
        assert table.headers == ["Nom", "Portable", "Né le", "Cotisation"]
        assert list(table.rows) == [(3, ["Zoé, dite Zo", "612345678", "2012-03-04", "12.5"])]


def test_of_a_workbook_the_first_sheet_that_one_sees_and_that_holds_something_is_read(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book.xlsx", [["Nom"], ["Roy"]])
    with opened(behind_hidden(tmp_path / "people.xlsx", book)) as table:
        assert (table.headers, list(table.rows)) == (["Nom"], [(2, ["Roy"])])


def test_a_row_of_a_workbook_keeps_its_number_below_a_cell_of_two_lines(tmp_path: Path) -> None:
    with opened(workbook(tmp_path / "people.xlsx", [["Nom"], ["Roy\nLéa"], ["Faure"]])) as table:
        assert list(table.rows) == [(2, ["Roy Léa"]), (3, ["Faure"])]


def test_whoever_stops_reading_a_workbook_leaves_no_process(tmp_path: Path) -> None:
    path = workbook(tmp_path / "people.xlsx", [["Nom"], *(["x" * 50] for _ in range(5000))])

    def first_row() -> Iterator[rows.Row]:
        with opened(path) as table:
            yield from table.rows

    reading = first_row()
    assert next(reading) == (2, ["x" * 50])
    reading.close()
