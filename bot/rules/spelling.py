"""The cheap spelling: the same text in letters that fit GSM-7, as far as it stays the same text."""

# mypy: allow-untyped-calls
# linkify-it ships types, but not for all it has.

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from linkify_it.main import LinkifyIt

from bot.rules.template import name_spans
from bot.rules.text import measure, normalise

# What keyboards and word processors put in unasked. None of it is in GSM-7 (3GPP TS 23.038, 6.2.1), and each has a
# plain spelling that every reader takes for the same.
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u02bc\u00b4\u0060\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u2023\u2043", "-"),
    **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    # Nobody sees them: the soft hyphen, spaces without width, marks of direction.
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff\u200e\u200f", ""),
    **dict(zip("\u2026œŒĳĲ", ("...", "oe", "OE", "ij", "IJ"), strict=True)),
    **dict(zip("\ufb00\ufb01\ufb02\ufb03\ufb04", ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
}
# Letters that are not made of a plain one and a mark.
_UNMARKED = dict(zip("łŁđĐðÐħĦıŧŦŋŊ", "lLdDdDhHitTnN", strict=True)) | {"þ": "th", "Þ": "Th", "ẞ": "SS"}
# In "« Bravo »" the spaces belong to the marks.
_QUOTED = re.compile("(\u00ab)[ \u00a0\u202f]|[ \u00a0\u202f](\u00bb)")
_DEAR = re.compile(f"{_QUOTED.pattern}|[^\x00-\x5f\x61-\x7f]|`")
_WORD = re.compile(r"\S*[.:@]\S*")
_LINK_MARKS = re.compile("://|@")
_LINKS = LinkifyIt(options={"fuzzy_ip": True})


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text, and what was written otherwise in it: each (before, after) once, by first appearance."""

    body: str
    swaps: tuple[tuple[str, str], ...] = ()


def cheap(body: str, *, accents: bool) -> Spelling:
    """The normalised text in its cheap spelling: quotes, dashes, dots, ligatures and spaces; accents only when asked.

    Links and the names of merge fields stay as they are, and so does the whole text where it would take more segments.
    """
    text = normalise(body)
    if text.isascii() and "`" not in text:
        return Spelling(text)
    kept = tuple(_kept(text))
    swaps: dict[str, str] = {}

    def swap(match: re.Match[str]) -> str:
        dear = match[0]
        plain = _spelt(dear, accents=accents)
        if plain == dear or any(start <= match.start() < end for start, end in kept):
            return dear
        swaps[dear.strip(" \u00a0\u202f") or dear] = plain
        return plain

    spelt = unicodedata.normalize("NFC", _DEAR.sub(swap, text))
    if measure(spelt).segments > measure(text).segments:
        return Spelling(text)
    return Spelling(spelt, tuple(swaps.items()))


def _spelt(dear: str, *, accents: bool) -> str:
    if len(dear) > 1:
        return '"'
    plain = _PLAIN.get(dear)
    if plain is None and accents and measure(dear).costly:
        plain = _UNMARKED.get(dear, _without_marks(dear))
    return dear if plain is None else plain


def _without_marks(letter: str) -> str | None:
    """The letter without its accents; None for what is no letter of the Latin alphabet, or one with marks."""
    if "\u0300" <= letter <= "\u036f":
        return ""
    base = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return base if base.isascii() and base.isalpha() else None


def _kept(text: str) -> Iterator[tuple[int, int]]:
    """Where nothing is spelt otherwise: the words that hold a link, whole, and the names of merge fields."""
    yield from name_spans(text)
    yield from (
        word.span() for word in _WORD.finditer(text) if _LINK_MARKS.search(word[0]) or _LINKS.test(word[0])
    )
