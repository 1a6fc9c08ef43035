"""One row of a file read as a person with guardians and consent, or as what is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

from bot.imports import cells
from bot.imports.columns import Column, Holds, Mapped, folded, folded_name
from bot.imports.numbers import Numbers
from bot.imports.problems import Problem, Reason
from bot.rules.phones import PhoneRefusal

T = TypeVar("T")


class Guardian(NamedTuple):
    """Somebody who answers for the person of the row."""

    first_name: str
    last_name: str
    mobile: str
    e164: str
    is_named: bool = True
    """Whether the row names them; else the last name is the child's, and whoever has the number is meant."""


class Person(NamedTuple):
    """What a row says of a person; what it does not say is empty, and changes nothing."""

    first_name: str
    last_name: str
    mobile: str = ""
    e164: str = ""
    birth_date: str = ""
    """As ISO writes it."""
    language: str = ""
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    reference: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    guardians: tuple[Guardian, ...] = ()
    agrees: bool | None = None
    """To marketing."""
    evidence: str = ""
    agreed_on: str = ""
    """As ISO writes it; empty for a day that is unreadable or to come."""
    key: str = ""
    """What `key_of` makes of it; whoever reads a row knows it soonest."""


def key_of(e164: str, first_name: str, last_name: str, birth_date: str = "") -> str:
    """What makes two people the same who have no reference: number and name, without a number name and birth."""
    return f"{e164}\n{folded_name(first_name, last_name)}\n{'' if e164 else birth_date}"


@dataclass(frozen=True, slots=True)
class Naming:
    """The columns that name somebody."""

    first: Column | None
    last: Column | None
    whole: Column | None
    last_name_first: bool

    @property
    def is_split(self) -> bool:
        """Whether both names have to be found in the column that holds the whole."""
        return self.whole is not None and not (self.first and self.last)


class People:
    """Reads the rows of one file, whose columns hold what `mapped` says."""

    def __init__(self, mapped: Mapped, width: int, country: str, today: date) -> None:
        self._width, self._today = width, today
        self.numbers = Numbers(country)
        self._name = naming(mapped)
        self._mobile = first_of(mapped.of(Holds.MOBILE))
        self._guardians = [
            (naming(mapped, one), first_of(mapped.of(Holds.MOBILE, one))) for one in mapped.guardians
        ]
        self._birth_date, self._language, self._roles, self._tags, self._reference, self._consent = (
            first_of(mapped.of(holds))
            for holds in (
                Holds.BIRTH_DATE,
                Holds.LANGUAGE,
                Holds.ROLES,
                Holds.TAGS,
                Holds.REFERENCE,
                Holds.CONSENT,
            )
        )
        self._evidence = mapped.of(Holds.EVIDENCE)
        self._agreed_on = first_of(mapped.of(Holds.CONSENT_DATE))
        self._own = [(one, one.field) for one in mapped.of(Holds.FIELD) if one.field]
        self._all = mapped.columns

    def read(self, row: Sequence[str]) -> tuple[Person | None, list[Problem]]:
        """The person, or what is wrong with the row: all of it, so that it need be corrected only once."""
        if len(row) > self._width and any(row[self._width :]):
            return None, [Problem(Reason.TOO_MANY_CELLS)]
        tidied = list(map(cells.tidy, row))
        tidied += [""] * (self._width - len(tidied))
        problems = self._shape(tidied)
        person = None if problems else self._person(tidied, problems)
        return (None if problems else person), problems

    def _shape(self, row: Sequence[str]) -> list[Problem]:
        found = []
        for column in self._all:
            cell = row[column.position]
            if cell and cells.is_formula(cell):
                found.append(Problem(Reason.FORMULA, column.header, cell))
            elif len(cell) > cells.LONGEST:
                found.append(Problem(Reason.TOO_LONG, column.header))
        return found

    def _person(self, row: Sequence[str], problems: list[Problem]) -> Person:
        first_name, last_name = _names(self._name, row)
        if not (first_name or last_name):
            problems.append(Problem(Reason.NO_NAME))
        born = self._read(
            self._birth_date, row, problems, lambda typed: cells.read_birth_date(typed, self._today)
        )
        birth_date = born.isoformat() if born else ""
        person = Person(
            first_name,
            last_name,
            _cell(self._mobile, row),
            self._number(self._mobile, row, problems),
            birth_date,
            self._read(self._language, row, problems, cells.read_language) or "",
            cells.read_words(_cell(self._roles, row)),
            cells.read_words(_cell(self._tags, row)),
            _cell(self._reference, row),
            self._fields(row, problems),
            self._answering(row, last_name, problems),
            self._read(self._consent, row, problems, cells.read_yes_no),
            ", ".join(row[one.position] for one in self._evidence if row[one.position]),
            day_agreed(self._today, _cell(self._agreed_on, row)),
        )
        return person._replace(key=key_of(person.e164, first_name, last_name, birth_date))

    def _number(self, column: Column | None, row: Sequence[str], problems: list[Problem]) -> str:
        typed = _cell(column, row)
        if not typed or column is None:
            return ""
        found = self.numbers.read(typed)
        if isinstance(found, PhoneRefusal):
            problems.append(Problem(found, column.header, typed))
            return ""
        return found

    def _fields(self, row: Sequence[str], problems: list[Problem]) -> tuple[tuple[str, str], ...]:
        found = []
        for column, field in self._own:
            value = self._read(column, row, problems, partial(cells.read_own, field, today=self._today))
            if value:
                found.append((field.name, value))
        return tuple(found)

    def _answering(self, row: Sequence[str], last_name: str, problems: list[Problem]) -> tuple[Guardian, ...]:
        found = (
            guardian_of(
                *_names(name, row), _cell(mobile, row), self._number(mobile, row, problems), last_name
            )
            for name, mobile in self._guardians
        )
        return tuple(filter(None, found))

    def _read(
        self,
        column: Column | None,
        row: Sequence[str],
        problems: list[Problem],
        read: Callable[[str], T | Reason],
    ) -> T | None:
        typed = _cell(column, row)
        if not typed or column is None:
            return None
        found = read(typed)
        if isinstance(found, Reason):
            problems.append(Problem(found, column.header, typed))
            return None
        return found


def guardian_of(
    first_name: str, last_name: str, mobile: str, e164: str, childs_last_name: str
) -> Guardian | None:
    """Who answers, if anybody. One whose number alone is known goes by the last name of the child."""
    if first_name or last_name:
        return Guardian(first_name, last_name, mobile, e164)
    return Guardian("", childs_last_name, mobile, e164, is_named=False) if e164 else None


def day_agreed(today: date, typed: str) -> str:
    """The day of a consent as ISO writes it; empty for one that is unreadable or to come."""
    found = cells.read_date(typed, today)
    return found.isoformat() if isinstance(found, date) and found <= today else ""


def first_of(columns: Sequence[Column]) -> Column | None:
    """The first of them, if there are any."""
    return columns[0] if columns else None


def naming(mapped: Mapped, guardian: str = "") -> Naming:
    """The columns that name the person, or one of its guardians."""
    first, last, whole = (
        first_of(mapped.of(holds, guardian)) for holds in (Holds.FIRST_NAME, Holds.LAST_NAME, Holds.FULL_NAME)
    )
    words: Any = folded(whole.header).split() if whole else ()
    return Naming(
        first,
        last,
        whole,
        "nom" in words and "prenom" in words and words.index("nom") < words.index("prenom"),
    )


def _names(name: Naming, row: Sequence[str]) -> tuple[str, str]:
    if name.whole and name.is_split:
        return cells.split_name(row[name.whole.position], last_name_first=name.last_name_first)
    return _cell(name.first, row), _cell(name.last, row)


def _cell(column: Column | None, row: Sequence[str]) -> str:
    return row[column.position] if column else ""
