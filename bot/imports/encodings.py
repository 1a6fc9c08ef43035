"""In what letters and with what between its columns a text file is written, found by looking."""

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from bot.imports.errors import UnknownEncoding

SEPARATORS = (";", ",", "\t", "|")
CHUNK_BYTES = 2**20
_LOOKED_AT_BYTES = 4096
_LINES_LOOKED_AT = 20
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Of text in UTF-16 with western letters nearly every second byte is 0; of any other text none is.
_UTF16_SHARE = 0.4


def encoding_of(path: Path) -> str:
    """The encoding in which the whole file can be read. Raises `UnknownEncoding`."""
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT_BYTES)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    candidates = (marked,) if marked else (*_without_mark(start), "utf-8", "cp1252")
    for name in candidates:
        if _can_read(path, name):
            return name
    raise UnknownEncoding


def separator_of(lines: Sequence[str]) -> str:
    """What cuts these first lines into columns: the one that makes most lines as wide as the first, then the widest."""
    if lines and lines[0][:4].lower() == "sep=" and lines[0][4:5] in SEPARATORS:
        return lines[0][4]
    below = lines[1:] if lines and lines[0][:4].lower() == "sep=" else lines
    return max(SEPARATORS, key=lambda separator: _fit(below, separator))


def _fit(lines: Sequence[str], separator: str) -> tuple[bool, float, int]:
    try:
        widths = [len(row) for row in islice(csv.reader(lines, delimiter=separator), _LINES_LOOKED_AT) if row]
    except csv.Error:
        return False, 0.0, 0
    if not widths:
        return False, 0.0, 0
    return widths[0] > 1, Counter(widths)[widths[0]] / len(widths), widths[0]


def _without_mark(start: bytes) -> tuple[str, ...]:
    half = max(1, len(start) // 2)
    if start[1::2].count(0) / half > _UTF16_SHARE > start[::2].count(0) / half:
        return ("utf-16-le",)
    if start[::2].count(0) / half > _UTF16_SHARE > start[1::2].count(0) / half:
        return ("utf-16-be",)
    return ()


def _can_read(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
