"""Which of many texts weigh the same, that are one text but for what is filled in: of those one needs to be counted."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat

import regex

from bot.rules import template, text
from bot.rules.text import Encoding

_ZERO_WIDTH_JOINER = "\u200d"
_GRAPHEME = regex.compile(r"\X")  # type: ignore[no-untyped-call]  # regex ships no types


Likeness = Callable[[Sequence[Mapping[str, str]], str], Iterator[Hashable]]


def likeness(spellings: Sequence[str]) -> Likeness:
    """What tells, of the values of readers of one language, something that is the same for those whose texts weigh the same.

    That is so for each of these spellings of one text, whatever is added to it in their language.
    """
    fixed = [part for each in spellings for part in template.splitter(each)({}, "")]
    is_closed = None not in map(kind, fixed)
    places = template.places(spellings[0])
    numbers: dict[Hashable, int] = {}

    def number_of(written: str) -> int | None:
        # Where nothing is filled in, a default may stand, another one in each place.
        found = kind(written) if written and is_closed else written
        # Numbers are told apart faster than what they stand for.
        return None if found is None else numbers.setdefault(found, len(numbers))

    @cache
    def filled(language: str) -> _Filled:
        return _Filled(language, number_of)

    def alike(all_values: Sequence[Mapping[str, str]], language: str) -> Iterator[Hashable]:
        known = [(name, filled("" if in_link else language)) for name, in_link in places]
        # One place after the other for all of them, which takes half as long as one reader after the other.
        columns = [[kinds[values.get(name, "")] for values in all_values] for name, kinds in known]
        for at, found in enumerate(zip(*columns, strict=True) if columns else repeat((), len(all_values))):
            if None in found:
                yield tuple(kinds.written(all_values[at].get(name, "")) for name, kinds in known)
            else:
                yield found

    return alike


class _Filled(dict[str, int | None]):
    """What a value gives in one language: a number for its kind, None for one that may melt into what stands beside it."""

    def __init__(self, language: str, number_of: Callable[[str], int | None]) -> None:
        super().__init__()
        self._language, self._number_of = language, number_of

    def written(self, value: str) -> str:
        """What stands in the text."""
        return template.filled(value, self._language)

    def __missing__(self, value: str) -> int | None:
        number = self[value] = self._number_of(self.written(value))
        return number


def kind(part: str) -> Hashable:
    """What is the same for parts that add as much to a text; None for one that may melt into what stands beside it.

    Parts of plain letters weigh the same when they are as long and as dear as each other: a text in which such a part
    stands for another weighs what that one did.
    """
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
