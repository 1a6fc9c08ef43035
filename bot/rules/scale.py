"""Which of many texts weigh the same, that are one text but for what is filled in: of those one needs to be counted."""

from collections.abc import Callable, Hashable, Mapping, Sequence

import regex

from bot.rules import template, text
from bot.rules.text import Encoding

_ZERO_WIDTH_JOINER = "\u200d"
_GRAPHEME = regex.compile(r"\X")  # type: ignore[no-untyped-call]  # regex ships no types


def likeness(spellings: Sequence[str]) -> Callable[[Mapping[str, str], str], Hashable]:
    """What tells, of a reader's values and language, something that is the same for readers whose texts weigh the same.

    That is so for each of these spellings of one text, whatever is added to it in the reader's language.
    """
    scale = Scale()
    places = template.places(spellings[0])
    fixed = [template.splitter(each)({}, "") for each in spellings]
    kinds = _Filled(scale, is_closed=all(map(scale.is_closed, fixed)))

    def like(values: Mapping[str, str], language: str) -> Hashable:
        asked = [(values.get(name, ""), "" if in_link else language) for name, in_link in places]
        found = [kinds[each] for each in asked]
        if None in found:
            found = [template.filled(*each) for each in asked]
        return (language, *found)

    return like


class _Filled(dict[tuple[str, str], Hashable]):
    """The kind of what a value gives in a language; None for one that may melt into what stands beside it."""

    def __init__(self, scale: "Scale", *, is_closed: bool) -> None:
        super().__init__()
        self._scale, self._is_closed = scale, is_closed

    def __missing__(self, asked: tuple[str, str]) -> Hashable:
        written = template.filled(*asked)
        # Where nothing is filled in, a default may stand, another one in each place.
        is_known = written and self._is_closed
        kind = self[asked] = self._scale.kind(written) if is_known else written
        return kind


class Scale:
    """Parts of plain letters weigh the same when they are as long and as dear as each other.

    A text in which such a part stands for another weighs what that one did.
    """

    def __init__(self) -> None:
        self._kinds = _Kinds()

    def kind(self, part: str) -> Hashable:
        """What is the same for parts that add as much to a text; None for one that may melt into what stands beside it."""
        return self._kinds[part]

    def key(self, parts: Sequence[str]) -> Hashable:
        """What is the same for parts that add as much to a text, whatever stands around them."""
        kinds = tuple(map(self._kinds.__getitem__, parts))
        return tuple(parts) if None in kinds else kinds

    def is_closed(self, parts: Sequence[str]) -> bool:
        """Whether none of the parts may melt into what stands beside it."""
        return None not in map(self._kinds.__getitem__, parts)


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
