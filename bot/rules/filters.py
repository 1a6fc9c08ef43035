"""Who belongs to a dynamic group: rules checked, and one person held against one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from bot.rules.several import is_several, lines
from storage.conditions import AMOUNTS, OWN, Compared, Condition, Match, Operator, Rule, anniversaries, within
from storage.letters import NUMBER, folded

O, C = Operator, Compared  # noqa: E741

_PRESENCE = (O.EMPTY, O.FILLED)
_AMOUNTS = (O.AT_LEAST, O.AT_MOST, O.MORE, O.LESS)
OPERATORS: Mapping[Compared, tuple[Operator, ...]] = {
    C.TEXT: (O.IS, O.IS_NOT, O.CONTAINS, O.BEGINS, *_PRESENCE),
    C.CHOICE: (O.IS, O.IS_NOT, *_PRESENCE),
    C.YES_NO: (O.IS, *_PRESENCE),
    C.NUMBER: (O.IS, O.IS_NOT, *_AMOUNTS, *_PRESENCE),
    C.DATE: (O.NEXT_DAYS, O.LAST_DAYS, O.ANNIVERSARY, O.PAST, O.IS, O.BEFORE, O.AFTER, *_PRESENCE),
    C.AGE: (O.AT_LEAST, O.AT_MOST, O.IS, O.MORE, O.LESS),
    C.LANGUAGE: (O.IS, O.IS_NOT, *_PRESENCE),
    C.SEVERAL: (O.IS, O.IS_NOT, *_PRESENCE),
}
"""How a field of each sort can be asked for; what is asked for most comes first."""

WITHOUT_VALUE = frozenset({O.EMPTY, O.FILLED, O.PAST, O.ANNIVERSARY})
IN_DAYS = frozenset({O.NEXT_DAYS, O.LAST_DAYS})
EVERYBODYS: Mapping[str, Compared] = {
    "first_name": C.TEXT,
    "last_name": C.TEXT,
    "birth_date": C.DATE,
    "age": C.AGE,
    "language": C.LANGUAGE,
    "roles": C.SEVERAL,
    "tags": C.SEVERAL,
}
"""What every club knows of its people."""

CONDITIONS_MAX = 12
"""Several values that are asked of one field count as one."""
VALUE_MAX = 200
DAYS_MAX = 3660
AGE_MAX = 150
_NUMBER = re.compile(NUMBER)
_DATE = re.compile(r"....-..-..", re.DOTALL)


class Wrong(StrEnum):
    """Why a rule is refused."""

    NOTHING = "nothing"
    TOO_MANY = "too_many"
    TOO_DEEP = "too_deep"
    FIELD = "field"
    OPERATOR = "operator"
    MISSING = "missing"
    TOO_LONG = "too_long"
    NUMBER = "number"
    DAYS = "days"
    AGE = "age"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that a rule may ask for, and what may stand in it where that is a closed set."""

    compared: Compared
    choices: tuple[str, ...] = ()


Fields = Mapping[str, Asked]
"""The fields a club has, by the names that conditions give them."""


class Described(Protocol):
    """What is known of a person."""

    first_name: str
    last_name: str
    birth_date: date | None
    language: str
    roles: list[str]
    tags: list[str]
    fields: dict[str, str]


def checked(rule: Rule, fields: Fields) -> Rule | Wrong:
    """The rule with its values as they are kept, or the first reason why there can be none such."""
    if _is_empty(rule):
        return Wrong.NOTHING
    if lines(rule) > CONDITIONS_MAX:
        return Wrong.TOO_MANY
    if any(isinstance(part, Rule) and _has_rules(part) for part in rule.parts):
        return Wrong.TOO_DEEP
    return _checked_parts(rule, fields)


def checked_condition(condition: Condition, fields: Fields) -> Condition | Wrong:
    """The condition with its value as it is kept, or why there can be none such."""
    asked = fields.get(condition.field)
    if asked is None or asked.compared is not condition.compared:
        return Wrong.FIELD
    if condition.operator not in OPERATORS[asked.compared]:
        return Wrong.OPERATOR
    if condition.operator in WITHOUT_VALUE:
        return replace(condition, value="", on="")
    on = condition.on.strip() if asked.compared is C.AGE else ""
    if on and not _is_day(on):
        return Wrong.DATE
    value = _checked_value(" ".join(condition.value.split()), condition.operator, asked)
    return value if isinstance(value, Wrong) else replace(condition, value=value, on=on)


def matches(rule: Rule, person: Described, today: date) -> bool:
    """Whether this person belongs to the group on this day of the club."""
    enough = all if rule.match is Match.ALL else any
    return enough(
        matches(part, person, today) if isinstance(part, Rule) else _holds(part, person, today)
        for part in rule.parts
    )


def age_on(born: date, day: date) -> int:
    """How old somebody is on this day; below nothing before they are born."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _checked_parts(rule: Rule, fields: Fields) -> Rule | Wrong:
    parts: list[Condition | Rule] = []
    for part in rule.parts:
        good = _checked_parts(part, fields) if isinstance(part, Rule) else checked_condition(part, fields)
        if isinstance(good, Wrong):
            return good
        parts.append(good)
    return Rule(rule.match, tuple(parts))


def _is_empty(rule: Rule) -> bool:
    return not rule.parts or any(isinstance(part, Rule) and _is_empty(part) for part in rule.parts)


def _has_rules(rule: Rule) -> bool:
    return any(isinstance(part, Rule) and not is_several(part) for part in rule.parts)


def _checked_value(value: str, operator: Operator, asked: Asked) -> str | Wrong:
    if not folded(value):
        return Wrong.MISSING
    if len(value) > VALUE_MAX:
        return Wrong.TOO_LONG
    if operator in IN_DAYS:
        return _whole(value, DAYS_MAX, Wrong.DAYS)
    match asked.compared:
        case C.AGE:
            return _whole(value, AGE_MAX, Wrong.AGE)
        case C.NUMBER:
            number = value.replace(",", ".").replace(" ", "")
            return number if _NUMBER.fullmatch(number) else Wrong.NUMBER
        case C.DATE:
            return value if _is_day(value) else Wrong.DATE
        case C.YES_NO:
            return value if value in ("yes", "no") else Wrong.CHOICE
        case C.CHOICE:
            known = {folded(choice): choice for choice in asked.choices}
            return known.get(folded(value), Wrong.CHOICE)
        case _:
            return value


def _whole(value: str, most: int, wrong: Wrong) -> str | Wrong:
    is_whole = value.isascii() and value.isdigit() and int(value) <= most
    return str(int(value)) if is_whole else wrong


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _holds(condition: Condition, person: Described, today: date) -> bool:
    return _HOLD[condition.compared](condition, person, today)


def _text_holds(condition: Condition, person: Described, _today: date) -> bool:
    text, value = _text(condition, person), folded(condition.value)
    if condition.operator in _PRESENCE:
        # An accent alone is something, though nothing is left of it to compare.
        return bool(text) is (condition.operator is O.FILLED)
    held = folded(text)
    return _compare(condition.operator, held, held == value, value)


def _language_holds(condition: Condition, person: Described, _today: date) -> bool:
    if condition.operator in _PRESENCE:
        return bool(person.language) is (condition.operator is O.FILLED)
    held, value = folded(person.language), folded(condition.value)
    return _compare(
        condition.operator, held, held == value or held.startswith((f"{value}-", f"{value}_")), value
    )


def _several_hold(condition: Condition, person: Described, _today: date) -> bool:
    held = {folded(one) for one in (person.roles if condition.field == "roles" else person.tags)}
    return _compare(condition.operator, held, folded(condition.value) in held, condition.value)


def _compare(operator: Operator, held: Sequence[str] | set[str], is_same: bool, value: str) -> bool:
    match operator:
        case O.IS:
            return is_same
        case O.IS_NOT:
            return not is_same
        case O.EMPTY:
            return not held
        case O.FILLED:
            return bool(held)
        case O.CONTAINS:
            return value in held
        case _:
            return isinstance(held, str) and held.startswith(value)


def _number_holds(condition: Condition, person: Described, _today: date) -> bool:
    held = _text(condition, person)
    if condition.operator in (O.EMPTY, O.FILLED):
        return bool(held) is (condition.operator is O.FILLED)
    number = float(held) if _NUMBER.fullmatch(held) else None
    if number is None:
        return condition.operator is O.IS_NOT
    return bool(AMOUNTS[condition.operator](number, float(condition.value)))


def _age_holds(condition: Condition, person: Described, today: date) -> bool:
    if person.birth_date is None:
        return False
    day = date.fromisoformat(condition.on) if condition.on else today
    return bool(AMOUNTS[condition.operator](age_on(person.birth_date, day), int(condition.value)))


def _date_holds(condition: Condition, person: Described, today: date) -> bool:
    held, operator, value = _text(condition, person), condition.operator, condition.value
    if operator in (O.EMPTY, O.FILLED):
        return bool(held) is (operator is O.FILLED)
    if not _DATE.fullmatch(held):
        return False
    match operator:
        case O.IS:
            return held == value
        case O.BEFORE:
            return held < value
        case O.AFTER:
            return held > value
        case O.PAST:
            return held < today.isoformat()
        case O.ANNIVERSARY:
            return held[5:] in anniversaries(today)
        case _:
            first, last = within(operator, value, today)
            return first <= held <= last


def _text(condition: Condition, person: Described) -> str:
    name = condition.field
    if name.startswith(OWN):
        return person.fields.get(name.removeprefix(OWN)) or ""
    if name == "birth_date":
        return person.birth_date.isoformat() if person.birth_date else ""
    return person.first_name if name == "first_name" else person.last_name


_HOLD: Mapping[Compared, Callable[[Condition, Described, date], bool]] = {
    C.TEXT: _text_holds,
    C.CHOICE: _text_holds,
    C.YES_NO: _text_holds,
    C.NUMBER: _number_holds,
    C.DATE: _date_holds,
    C.AGE: _age_holds,
    C.LANGUAGE: _language_holds,
    C.SEVERAL: _several_hold,
}
