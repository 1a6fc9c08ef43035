"""Many rows read at once, column by column, as `People` reads one: most cells say what some cell before them said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain, compress
from operator import or_
from typing import Any

from bot.imports import cells
from bot.imports.columns import Column, Holds, Mapped, folded
from bot.imports.people import (
    Guardian,
    Naming,
    People,
    Person,
    day_agreed,
    first_of,
    guardian_of,
    key_of,
    naming,
)
from bot.imports.problems import Reason
from bot.people.facts import OwnField

_MOST_KEPT = 2**16
# What begins and ends a cell here is a line's end.
_UNTIDY = ("  ", "\n ", " \n", f"\n{cells.MARK}")
_SHAPELESS = tuple(f"\n{sign}" for sign in cells.BEGINS_FORMULA)


class _Amiss:
    """In the place of what a cell says: something is wrong with it."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())


_AMISS = _Amiss()


class _Memo(dict[str, Any]):
    """What cells of one kind say, each read once; `_AMISS` for those with a reason why they say nothing."""

    def __init__(self, read: Callable[[str], Any], empty: Any) -> None:
        self[""], self._read = empty, read

    def __missing__(self, cell: str) -> Any:
        found = self._read(cell)
        said = _AMISS if isinstance(found, Reason) else found
        if len(self) < _MOST_KEPT:
            self[cell] = said
        return said


@dataclass(frozen=True, slots=True)
class _Cut:
    """Rows cut into columns, and the places of those that have to go the long way."""

    columns: Mapping[int, Sequence[str]]
    blank: Sequence[str]
    long_way: set[int]

    def cells(self, column: Column | None) -> Sequence[str]:
        """The cells of the column; empty ones where there is none."""
        return self.columns[column.position] if column else self.blank

    def said(self, column: Column | None, memo: _Memo) -> list[Any]:
        """What they say."""
        found = list(map(memo.__getitem__, self.cells(column)))
        if _AMISS in found:
            self.long_way.update(place for place, said in enumerate(found) if said is _AMISS)
        return found


@dataclass(frozen=True, slots=True)
class Batch:
    """What rows say: a column for each field of a `Person`, and the places of the rows that have to go the long way."""

    columns: Sequence[Sequence[Any]]
    long_way: set[int]

    def people(self) -> list[Person | None]:
        """The person of each row; None where it has to go the long way."""
        # Past what a named tuple does to find out which value is which.
        found: list[Person | None] = list(
            map(partial(tuple.__new__, Person), zip(*self.columns, strict=True))
        )
        for place in self.long_way:
            found[place] = None
        return found

    def ordinary(self, *columns: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """These columns, a value for each row, without the rows that have to."""
        if not self.long_way:
            return columns
        chosen = [place not in self.long_way for place in range(len(columns[0]))]
        return [list(compress(column, chosen)) for column in columns]


class Columnwise:
    """Reads rows in which nothing is amiss, and finds out which these are.

    A look at a whole column, or into what is remembered, takes the place of a dozen calls for each cell. It gives no
    reasons: wherever anything is out of the ordinary, `People.read` is to read that row, so that there is one place only
    that says what is wrong with it.
    """

    def __init__(self, mapped: Mapped, width: int, people: People, today: date) -> None:
        self._width, self._read_number = width, people.numbers.read
        self._positions = [one.position for one in mapped.columns]
        self._name, self._mobile = naming(mapped), first_of(mapped.of(Holds.MOBILE))
        self._guardians = [
            (naming(mapped, one), first_of(mapped.of(Holds.MOBILE, one))) for one in mapped.guardians
        ]
        self._words = _Memo(_words, "")
        self._evidence = mapped.of(Holds.EVIDENCE)
        self._agreed_on = first_of(mapped.of(Holds.CONSENT_DATE)), _Memo(partial(day_agreed, today), "")
        self._reference = first_of(mapped.of(Holds.REFERENCE))
        self._own = [
            (one, _Memo(partial(_own, one.field, today), ())) for one in mapped.of(Holds.FIELD) if one.field
        ]
        self._plain = [
            (first_of(mapped.of(holds)), _Memo(read, empty))
            for holds, read, empty in (
                (Holds.BIRTH_DATE, partial(_born, today), ""),
                (Holds.LANGUAGE, cells.read_language, ""),
                (Holds.ROLES, cells.read_words, ()),
                (Holds.TAGS, cells.read_words, ()),
                (Holds.CONSENT, cells.read_yes_no, None),
            )
        ]

    def read(self, rows: Sequence[Sequence[str]]) -> Batch:
        """What they say."""
        cut = self._cut(rows)
        first_names, last_names = self._names(cut, self._name)
        is_named = map(or_, map(bool, first_names), map(bool, last_names))
        cut.long_way.update(place for place, is_so in enumerate(is_named) if not is_so)
        born, languages, roles, tags, agree = (cut.said(column, memo) for column, memo in self._plain)
        e164s = self._numbers(cut, self._mobile)
        columns = (
            first_names,
            last_names,
            cut.cells(self._mobile),
            e164s,
            born,
            languages,
            roles,
            tags,
            cut.cells(self._reference),
            self._fields(cut),
            self._answering(cut, last_names),
            agree,
            self._proofs(cut),
            cut.said(*self._agreed_on),
            self._keys(e164s, first_names, last_names, born),
        )
        return Batch(columns, cut.long_way)

    def _cut(self, rows: Sequence[Sequence[str]]) -> _Cut:
        width, blank = self._width, [""] * len(rows)
        long_way = {place for place, row in enumerate(rows) if len(row) > width and any(row[width:])}
        whole = [row if len(row) == width else (*row, *[""] * width)[:width] for row in rows]
        cut = list(zip(*whole, strict=True))
        return _Cut({place: _tidied(cut[place], long_way) for place in self._positions}, blank, long_way)

    def _names(self, cut: _Cut, name: Naming) -> tuple[Sequence[str], Sequence[str]]:
        if not name.is_split:
            return cut.cells(name.first), cut.cells(name.last)
        split = partial(cells.split_name, last_name_first=name.last_name_first)
        first_names, last_names = zip(*map(split, cut.cells(name.whole)), strict=True)
        return first_names, last_names

    def _numbers(self, cut: _Cut, column: Column | None) -> Sequence[str]:
        if column is None:
            return cut.blank
        read = self._read_number
        found = [read(typed) if typed else "" for typed in cut.cells(column)]
        # A refusal is a text too, but of a class of its own.
        cut.long_way.update(place for place, e164 in enumerate(found) if type(e164) is not str)
        return found

    def _keys(
        self, e164s: Sequence[str], first_names: Sequence[str], last_names: Sequence[str], born: Sequence[str]
    ) -> Sequence[str]:
        """What `key_of` makes of each, of names that many share."""
        first, last = (map(self._words.__getitem__, names) for names in (first_names, last_names))
        whole = zip(e164s, first_names, last_names, born, strict=True)
        return [
            f"{row[0]}\n{one} {other}\n{'' if row[0] else row[3]}" if one and other else key_of(*row)
            for row, one, other in zip(whole, first, last, strict=True)
        ]

    def _fields(self, cut: _Cut) -> Sequence[tuple[tuple[str, str], ...]]:
        said = [cut.said(column, memo) for column, memo in self._own]
        if len(said) == 1:
            return said[0]
        return (
            [tuple(chain.from_iterable(row)) for row in zip(*said, strict=True)]
            if said
            else [()] * len(cut.blank)
        )

    def _answering(self, cut: _Cut, last_names: Sequence[str]) -> Sequence[tuple[Guardian, ...]]:
        found = [
            list(
                map(
                    guardian_of,
                    *self._names(cut, name),
                    cut.cells(mobile),
                    self._numbers(cut, mobile),
                    last_names,
                )
            )
            for name, mobile in self._guardians
        ]
        return (
            [tuple(filter(None, row)) for row in zip(*found, strict=True)] if found else [()] * len(cut.blank)
        )

    def _proofs(self, cut: _Cut) -> Sequence[str]:
        if not self._evidence:
            return cut.blank
        return [", ".join(filter(None, row)) for row in zip(*map(cut.cells, self._evidence), strict=True)]


def _tidied(column: Sequence[str], long_way: set[int]) -> Sequence[str]:
    """The column's cells tidied; the places of those that are no plain text, or too long for one, are noted."""
    text = "\n".join(("", *column, ""))
    is_tidy = text.count("\n") == len(column) + 1 and text.replace("\n", "").isprintable()
    if not is_tidy or any(one in text for one in _UNTIDY):
        column = list(map(cells.tidy, column))
        text = "\n".join(("", *column, ""))
    if max(map(len, column)) > cells.LONGEST or any(one in text for one in _SHAPELESS):
        long_way.update(
            n for n, cell in enumerate(column) if len(cell) > cells.LONGEST or cells.is_formula(cell)
        )
    return column


def _words(name: str) -> str:
    """The name folded, unless nothing but signs is left of it."""
    found = folded(name)
    return found if found[:1].isalnum() else ""


def _born(today: date, typed: str) -> str | Reason:
    found = cells.read_birth_date(typed, today)
    return found if isinstance(found, Reason) else found.isoformat()


def _own(field: OwnField, today: date, typed: str) -> tuple[tuple[str, str], ...] | Reason:
    found = cells.read_own(field, typed, today)
    return found if isinstance(found, Reason) else ((field.name, found),)
