"""In what letters a file is written, and what cuts its lines into columns."""

from pathlib import Path

import pytest

from bot.imports.encodings import encoding_of, separator_of
from bot.imports.errors import UnknownEncoding
from bot.imports.rows import opened

TEXT = "Prénom;Nom\r\nZoé;L’Hermite\r\nŁukasz;Ångström\r\n"
WESTERN = TEXT.replace("Łukasz", "Lœtitia")


@pytest.mark.parametrize(
    ("content", "encoding", "text"),
    [
        (TEXT.encode(), "utf-8", TEXT),
        (TEXT.encode("utf-8-sig"), "utf-8-sig", TEXT),
        (TEXT.encode("utf-16"), "utf-16", TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16", TEXT),
        (TEXT.encode("utf-16-le"), "utf-16-le", TEXT),
        (TEXT.encode("utf-16-be"), "utf-16-be", TEXT),
        (WESTERN.encode("cp1252"), "cp1252", WESTERN),
        # A letter cut in two by the end of the first look.
        (b"a" * 4095 + "é".encode(), "utf-8", "a" * 4095 + "é"),
    ],
)
def test_the_letters_are_found(tmp_path: Path, content: bytes, encoding: str, text: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert encoding_of(path) == encoding
    assert path.read_bytes().decode(encoding) == text


def test_what_is_in_no_letters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"Nom\nZo\x81\n")  # no letter of CP1252, and no UTF-8
    with pytest.raises(UnknownEncoding):
        encoding_of(path)


@pytest.mark.parametrize(
    ("lines", "separator", "because"),
    [
        (["a,b\n", "1,2\n"], ",", "English"),
        (["a;b\n", "1;2,5\n"], ";", "French, with decimals"),
        (["a\tb\n", "1\t2\n"], "\t", "pasted from a sheet"),
        (["a|b\n", "1|2\n"], "|", "out of some database"),
        (["Nom, prénom;Portable\n", '"Faure, Léa";06\n', "Roy Tom;07\n"], ";", "the one all lines have"),
        (['"a;b;c",d\n', '"1;2;3",4\n'], ",", "what stands in quotes cuts nothing"),
        (["sep=|\n", "a;b;c|d\n"], "|", "the file says so itself"),
        (["sep=\n", "a;b\n"], ";", "the file says nothing"),
        (["sep=é\n", "a;b\n"], ";", "the file says what cuts nothing"),
    ],
)
def test_what_cuts_the_lines_is_found(lines: list[str], separator: str, because: str) -> None:
    assert separator_of(lines) == separator, because


def test_a_line_that_says_what_cuts_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("sep=;\nPrénom;Nom\nZoé;Roy\n")
    with opened(path) as table:
        assert (table.headers, list(table.rows)) == (["Prénom", "Nom"], [(3, ["Zoé", "Roy"])])
