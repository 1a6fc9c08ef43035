"""Merge fields: `{first_name}` or `{first_name|there}` in a text, and what stands in their place."""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.rules.figures import written
from bot.rules.text import normalise


@dataclass(frozen=True, slots=True)
class Field:
    """A merge field as written; `default` is None where none was written."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field stands in a text."""

    field: Field
    in_link: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that nobody has, and the known name that looks most like it."""

    name: str
    nearest: str | None


_BRACES = re.compile(r"\{([^{}|\n]*)(?:\|([^{}]*))?\}")
# A letter first, so that "{14h}" and "{}" stay what they are: text.
_NAME = re.compile(r"[^\W\d_]\w*(?:[ -]\w+)*")
# The beginning of a link, up to the field: "https://", or a host with what follows one.
_LINK_BEGINS = re.compile(r"(?:://|[\w}-]\.[^\W\d_]{2,}[/?#:])\S*\Z")
# Control characters, line breaks, and the overrides that would turn the text around a value.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def is_name(name: str) -> bool:
    """Whether it can stand in braces as a field."""
    return _NAME.fullmatch(name) is not None


def fields_in(body: str) -> tuple[Field, ...]:
    """The fields of the text, each spelling once, by first appearance."""
    return tuple(dict.fromkeys(_fields(body)))


def unknown_fields(body: str, known: Collection[str]) -> tuple[Unknown, ...]:
    """The fields of the text that are not among the known names, each with its nearest known name."""
    names = dict.fromkeys(field.name for field in _fields(body))
    return tuple(Unknown(name, _nearest(name, known)) for name in names if name not in known)


def holes(body: str, all_values: Collection[Mapping[str, str]]) -> tuple[str, ...]:
    """The names that would leave a hole, once for each of these people who has no value for them."""
    names = tuple(dict.fromkeys(field.name for field in _fields(body) if field.default is None))
    blank = {name: _blank({values.get(name, "") for values in all_values}) for name in names}
    with_holes = [name for name in names if blank[name]]
    return tuple(name for name in with_holes for values in all_values if values.get(name, "") in blank[name])


def _blank(values: Iterable[str]) -> set[str]:
    """Those of which nothing would be seen."""
    return {value for value in values if not _clean(value)}


def name_spans(body: str) -> tuple[tuple[int, int], ...]:
    """Where the names of the text's fields stand, as positions in it."""
    return tuple(match.span(1) for match in _BRACES.finditer(body) if _field(match))


def merge(body: str, values: Mapping[str, str], language: str = "") -> str:
    """The text with each field replaced by its value, else its default, else nothing.

    A value is one line without control characters, and is never read for fields itself. Its dates and numbers are
    written as the language writes them, but for those in a link, which would then lead elsewhere; defaults stay as typed.
    """
    return "".join(splitter(body)(values, language))


def splitter(body: str) -> Callable[[Mapping[str, str], str], list[str]]:
    """What gives the parts of this text for anybody's values, in a language; joined they are the merged text.

    The text is read once, however many they are, and so is each value.
    """
    pieces = tuple(_pieces(body))
    where = [(at, piece) for at, piece in enumerate(pieces) if isinstance(piece, _Place)]
    fixed = [piece if isinstance(piece, str) else "" for piece in pieces]
    known = cache(filled)

    def split(values: Mapping[str, str], language: str) -> list[str]:
        parts = fixed.copy()
        for at, place in where:
            value = known(values.get(place.field.name, ""), "" if place.in_link else language)
            parts[at] = value or place.field.default or ""
        return parts

    return split


def places(body: str) -> tuple[tuple[str, bool], ...]:
    """The name in each place of the text where a value is filled in, in order, and whether that is in a link."""
    return tuple((piece.field.name, piece.in_link) for piece in _pieces(body) if isinstance(piece, _Place))


def filled(value: str, language: str) -> str:
    """What a value gives in a text in this language; in none, as in a link, its dates and numbers stay as they are."""
    return written(_clean(value), language)


def _pieces(body: str) -> Iterator[str | _Place]:
    start = 0
    for match in _BRACES.finditer(body):
        if field := _field(match):
            yield body[start : match.start()]
            yield _Place(field, in_link=bool(_LINK_BEGINS.search(body[: match.start()])))
            start = match.end()
    yield body[start:]


def _fields(body: str) -> Iterator[Field]:
    found = map(_field, _BRACES.finditer(body))
    return (field for field in found if field is not None)


def _field(match: re.Match[str]) -> Field | None:
    name = match[1].strip()
    return Field(name, match[2]) if _NAME.fullmatch(name) else None


def _clean(value: str) -> str:
    return normalise(_UNSAFE.sub(" ", value)).strip()


def _nearest(name: str, known: Collection[str]) -> str | None:
    by_folded = {each.casefold(): each for each in sorted(known)}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else None
