"""A group's rule as people read it: 'team is U13 or U15, and licence ends within 30 days'."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import groupby

from bot.i18n import Words
from bot.rules.filters import IN_DAYS
from bot.rules.words import N_
from storage.conditions import OWN, Compared, Condition, Match, Operator, Rule

FIELDS: Mapping[str, str] = {
    "first_name": N_("first name"),
    "last_name": N_("last name"),
    "birth_date": N_("birth date"),
    "age": N_("age"),
    "language": N_("language"),
    "roles": N_("roles"),
    "tags": N_("tags"),
}
_SAID: Mapping[Operator, str] = {
    Operator.IS: N_("{field} is {value}"),
    Operator.IS_NOT: N_("{field} is not {value}"),
    Operator.CONTAINS: N_("{field} contains {value}"),
    Operator.BEGINS: N_("{field} begins with {value}"),
    Operator.MORE: N_("{field} is more than {value}"),
    Operator.LESS: N_("{field} is less than {value}"),
    Operator.AT_LEAST: N_("{field} is at least {value}"),
    Operator.AT_MOST: N_("{field} is at most {value}"),
    Operator.BEFORE: N_("{field} is before {value}"),
    Operator.AFTER: N_("{field} is after {value}"),
    Operator.PAST: N_("{field} is past"),
    Operator.ANNIVERSARY: N_("{field} has its anniversary today"),
    Operator.EMPTY: N_("{field} is empty"),
    Operator.FILLED: N_("{field} is not empty"),
}
_SAID_OF_SEVERAL: Mapping[Operator, str] = {
    Operator.IS: N_("{field} include {value}"),
    Operator.IS_NOT: N_("{field} do not include {value}"),
    Operator.EMPTY: N_("{field} are empty"),
    Operator.FILLED: N_("{field} are not empty"),
}
_SAID_OF_YES_NO: Mapping[Operator, str] = {**_SAID, Operator.IS: N_("{field}: {value}")}
_SORTS: Mapping[Compared, Mapping[Operator, str]] = {
    Compared.SEVERAL: _SAID_OF_SEVERAL,
    Compared.YES_NO: _SAID_OF_YES_NO,
}
_IN_MENUS: Mapping[Operator, str] = {
    Operator.NEXT_DAYS: N_("within … days"),
    Operator.LAST_DAYS: N_("in the last … days"),
    Operator.ANNIVERSARY: N_("anniversary today"),
}
_AND, _OR = N_("{first}, and {second}"), N_("{first}, or {second}")
_TOGETHER: Mapping[Match, frozenset[Operator]] = {
    Match.ANY: frozenset({Operator.IS, Operator.CONTAINS, Operator.BEGINS}),
    Match.ALL: frozenset({Operator.IS_NOT}),
}
"""What can be said at once of several values: that it is one of them, or none."""


def sentence(rule: Rule, words: Words) -> str:
    """The rule in words; other people's words in it are as they typed them."""
    both = _AND if rule.match is Match.ALL else _OR
    said = _parts(rule, words)
    return reduce(lambda first, second: words(both, first=first, second=second), said) if said else ""


def label(field: str, words: Words) -> str:
    """The field's name as people read it; a club's own is called what the club calls it."""
    return field.removeprefix(OWN) if field.startswith(OWN) else words(FIELDS[field])


def asked(operator: Operator, compared: Compared, words: Words) -> str:
    """What may be asked of a field of this sort, as a menu offers it: 'is at least …'."""
    if operator in _IN_MENUS:
        return words(_IN_MENUS[operator])
    if (compared, operator) == (Compared.YES_NO, Operator.IS):
        return words("is")
    return words(_SORTS.get(compared, _SAID)[operator], field="", value="…").strip()


def _parts(rule: Rule, words: Words) -> Sequence[str]:
    return [
        _inside(part, words) if isinstance(part, Rule) else _together(part, words) for part in _joined(rule)
    ]


def _joined(rule: Rule) -> Iterator[Rule | tuple[Condition, ...]]:
    """The parts, those conditions together of which one sentence can speak."""
    for (is_rule, *_), same in groupby(rule.parts, key=lambda part: _likeness(part, rule.match)):
        parts = list(same)
        if is_rule:
            yield from (part for part in parts if isinstance(part, Rule))
        else:
            yield tuple(part for part in parts if isinstance(part, Condition))


def _likeness(part: Condition | Rule, match: Match) -> tuple[object, ...]:
    if isinstance(part, Rule):
        return (True,)
    if part.operator in _TOGETHER[match]:
        return (False, part.field, part.operator, part.on)
    return (False, id(part))


def _inside(rule: Rule, words: Words) -> str:
    said = sentence(rule, words)
    return said if len(_parts(rule, words)) == 1 else f"({said})"


def _together(same: Sequence[Condition], words: Words) -> str:
    first = same[0]
    field = label(first.field, words)
    if first.field == "birth_date" and first.operator is Operator.ANNIVERSARY:
        return words("birthday is today")
    if first.operator in IN_DAYS:
        return _in_days(first, field, words)
    value = words.any_of(_value(one, words) for one in same)
    spoken = words(_SORTS.get(first.compared, _SAID)[first.operator], field=field, value=value)
    if not first.on:
        return spoken
    day = words.day(date.fromisoformat(first.on))
    return words("{condition} on {day}", condition=spoken, day=day)


def _in_days(condition: Condition, field: str, words: Words) -> str:
    days = int(condition.value)
    if condition.operator is Operator.NEXT_DAYS:
        return words.plural("{field} within {count} day", "{field} within {count} days", days, field=field)
    return words.plural(
        "{field} in the last {count} day", "{field} in the last {count} days", days, field=field
    )


def _value(condition: Condition, words: Words) -> str:
    value = condition.value
    match condition.compared:
        case Compared.DATE if value:
            return words.day(date.fromisoformat(value))
        case Compared.YES_NO if value:
            return words("yes") if value == "yes" else words("no")
        case Compared.LANGUAGE:
            return words.tongue(value)
        case _:
            return value
