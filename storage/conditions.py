"""What a dynamic group's rule is: conditions on fields, all or any of them, and once more inside."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

OWN = "fields."
"""Begins the name of a club's own field: no club can give a field the name of one that everybody has."""


class Match(StrEnum):
    """Whether each condition must hold or one is enough."""

    ALL = "all"
    ANY = "any"


class Compared(StrEnum):
    """What a field holds, which says how it can be asked for."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    AGE = "age"
    LANGUAGE = "language"
    SEVERAL = "several"
    """Roles and tags: any number of words."""


class Operator(StrEnum):
    """How a field is compared with a value; the last six take none or a number of days."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    BEGINS = "begins"
    MORE = "more"
    LESS = "less"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BEFORE = "before"
    AFTER = "after"
    NEXT_DAYS = "next_days"
    LAST_DAYS = "last_days"
    PAST = "past"
    ANNIVERSARY = "anniversary"
    EMPTY = "empty"
    FILLED = "filled"


AMOUNTS: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.MORE: operator.gt,
    Operator.LESS: operator.lt,
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
}
"""How what is held is compared with a number, both in Python and in SQL."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; values are texts as a club's own fields hold them: "12.5", "2027-03-27", "yes"."""

    field: str
    compared: Compared
    operator: Operator
    value: str = ""
    on: str = ""
    """The day as of which an age counts; empty for the day on which it is asked."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who belongs to a group; a rule inside a rule has conditions alone."""

    match: Match = Match.ALL
    parts: "tuple[Condition | Rule, ...]" = ()

    def conditions(self) -> Iterator[Condition]:
        """Every condition, those inside too, in their order."""
        for part in self.parts:
            if isinstance(part, Rule):
                yield from part.conditions()
            else:
                yield part


def renamed(rule: Rule, old: str, new: str) -> Rule:
    """The same rule where the field `old` is called `new`."""
    parts = [
        renamed(part, old, new)
        if isinstance(part, Rule)
        else replace(part, field=new)
        if part.field == old
        else part
        for part in rule.parts
    ]
    return replace(rule, parts=tuple(parts))


def to_json(rule: Rule) -> dict[str, Any]:
    """The rule for its row, such as `{"match": "all", "parts": [{"field": "fields.team", "compared": "text", ...}]}`."""
    return {"match": rule.match.value, "parts": [_part_to_json(part) for part in rule.parts]}


def for_row(rule: Rule) -> dict[str, Any]:
    """The same beside what a bot of the version before reads of it, which goes on for a while: these people, or nobody."""
    match rule.parts:
        case (Condition(compared=Compared.TEXT, operator=Operator.IS) as only,):
            before = {"field": only.field.removeprefix(OWN), "value": only.value}
        case _:
            before = {"field": "last_name", "value": "\n"}
    return before | to_json(rule)


def from_json(stored: Mapping[str, Any]) -> Rule:
    """The rule in a row; raises `ValueError` or `KeyError` for what is none."""
    return Rule(Match(stored["match"]), tuple(_part_of(part) for part in stored["parts"]))


def anniversaries(today: date) -> tuple[str, ...]:
    """The days, as "02-28", that are kept on this one: in most years the 29th of February with the 28th."""
    is_last = (today.month, today.day) == (2, 28) and (today + timedelta(days=1)).month == 3
    return (f"{today:%m-%d}", "02-29") if is_last else (f"{today:%m-%d}",)


def within(which: Operator, value: str, today: date) -> tuple[str, str]:
    """The first and the last of so many days to come, or past; this day is among them."""
    span = timedelta(days=int(value))
    first, last = (today, today + span) if which is Operator.NEXT_DAYS else (today - span, today)
    return first.isoformat(), last.isoformat()


def _part_to_json(part: Condition | Rule) -> dict[str, Any]:
    if isinstance(part, Rule):
        return to_json(part)
    said = {"field": part.field, "compared": part.compared.value, "operator": part.operator.value}
    return said | {name: value for name, value in (("value", part.value), ("on", part.on)) if value}


def _part_of(stored: Mapping[str, Any]) -> Condition | Rule:
    if "match" in stored:
        return from_json(stored)
    return Condition(
        stored["field"],
        Compared(stored["compared"]),
        Operator(stored["operator"]),
        stored.get("value", ""),
        stored.get("on", ""),
    )
