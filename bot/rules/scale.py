"""Weighs many texts that are made of the same parts but for a few: what parts have in common is found out once."""

from collections.abc import Hashable, Sequence

import regex

from bot.rules import text
from bot.rules.text import Count, Encoding

_ZERO_WIDTH_JOINER = "\u200d"
_GRAPHEME = regex.compile(r"\X")  # type: ignore[no-untyped-call]  # regex ships no types


class Scale:
    """Counts as `text.count` does, a text that is given as its parts.

    Parts of plain letters weigh the same when they are as long and as dear as each other: a text in which such a part
    stands for another weighs what that one did.
    """

    def __init__(self) -> None:
        self._kinds = _Kinds()
        self._counts: dict[Hashable, Count] = {}

    def key(self, parts: Sequence[str]) -> Hashable:
        """What is the same for parts that add as much to a text, whatever stands around them."""
        kinds = tuple(map(self._kinds.__getitem__, parts))
        return tuple(parts) if None in kinds else kinds

    def is_closed(self, parts: Sequence[str]) -> bool:
        """Whether none of the parts may melt into what stands beside it."""
        return None not in map(self._kinds.__getitem__, parts)

    def count(self, parts: Sequence[str]) -> Count:
        """What the parts weigh as one text."""
        key = self.key(parts)
        if key not in self._counts:
            self._counts[key] = text.count("".join(parts))
        return self._counts[key]


class _Kinds(dict[str, Hashable]):
    """The kind of each part; None for one that may melt into what stands beside it."""

    def __missing__(self, part: str) -> Hashable:
        kind = self[part] = _kind(part)
        return kind


def _kind(part: str) -> Hashable:
    if text.normalise(part) != part or _is_open(part):
        return None
    if not text.is_plain(part):
        return part
    measured = text.measure(part)
    # Where a text is not GSM-7 for another part's sake, each plain letter is one unit too.
    return (len(part), measured.encoding is Encoding.GSM7, measured.costly)


def _is_open(part: str) -> bool:
    """Whether its ends may be one grapheme with a letter before or after them."""
    if not part:
        return False
    graphemes = _GRAPHEME.findall(f"a{part}a")
    return graphemes[0] != "a" or graphemes[-1] != "a" or part.endswith(_ZERO_WIDTH_JOINER)
