"""What a line of a group's form asks for: its widgets, what it begins with, and the rule that the lines make."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.rules.fields import LONGEST_CHOICE
from bot.rules.filters import IN_DAYS, OPERATORS, WITHOUT_VALUE, Asked, Fields, Wrong, checked_condition
from bot.rules.lines import Block, Form, Line
from bot.rules.several import HOW, VALUES_MAX, is_several
from storage.conditions import Compared, Condition, Operator, Rule

CHOICES_AT_ONCE = 25
"""More of them are looked for by typing: a window of many lines takes no more than 250 kB."""
SOON_DAYS = "30"
"""What a number of days begins with: most licences are asked for a month before they end."""


class Widget(StrEnum):
    """How the values of a line are given."""

    NOTHING = "nothing"
    WORDS = "words"
    KNOWN = "known"
    """Any of the values that the club's people have, or of those typed; any of many choices."""
    CHOICES = "choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    DAYS = "days"
    YEARS = "years"
    DATE = "date"


_WIDGETS: Mapping[Compared, Widget] = {
    Compared.TEXT: Widget.KNOWN,
    Compared.SEVERAL: Widget.KNOWN,
    Compared.CHOICE: Widget.CHOICES,
    Compared.LANGUAGE: Widget.CHOICES,
    Compared.YES_NO: Widget.YES_NO,
    Compared.NUMBER: Widget.NUMBER,
    Compared.AGE: Widget.YEARS,
    Compared.DATE: Widget.DATE,
}
_FIRST: Mapping[Widget, tuple[str, ...]] = {Widget.DAYS: (SOON_DAYS,), Widget.YES_NO: ("yes",)}
"""What stands in a widget before anybody touches it."""
_OF_WORDS = frozenset({Widget.WORDS, Widget.KNOWN})
_OF_BIRTH = (
    Operator.ANNIVERSARY,
    Operator.BEFORE,
    Operator.AFTER,
    Operator.IS,
    Operator.EMPTY,
    Operator.FILLED,
)
"""Nobody is born in the days to come, and all are in the past."""


@dataclass(frozen=True, slots=True)
class Made:
    """The rule of the lines that are complete, and what is wrong with others, by their keys."""

    rule: Rule
    wrong: Mapping[str, Wrong]


def widget(line: Line, fields: Fields) -> Widget:
    """How the line's values are given; nothing is given where no field, or none of the club's, is chosen."""
    asked = fields.get(line.field)
    if asked is None or line.operator in WITHOUT_VALUE:
        return Widget.NOTHING
    found = Widget.DAYS if line.operator in IN_DAYS else _WIDGETS[asked.compared]
    if found is Widget.CHOICES and len(asked.choices) > CHOICES_AT_ONCE:
        return Widget.KNOWN
    if found is not Widget.KNOWN:
        return found
    # A menu cuts what is longer.
    is_offered = line.operator in HOW and all(len(value) <= LONGEST_CHOICE for value in line.values)
    return Widget.KNOWN if is_offered else Widget.WORDS


def operators(line: Line, fields: Fields) -> Sequence[Operator]:
    """How the line's field can be asked for, and how it is asked for now."""
    asked = fields.get(line.field)
    if asked is None:
        return ()
    offered = _OF_BIRTH if line.field == "birth_date" else OPERATORS[asked.compared]
    return offered if line.operator in offered else (*offered, line.operator)


def with_field(line: Line, name: str, fields: Fields) -> Line:
    """The line asks for this field, in the way that is asked for most; unchanged where it did already."""
    if name == line.field or name not in fields:
        return line
    asked = replace(line, field=name, operator=OPERATORS[fields[name].compared][0], values=(), on="")
    first = replace(asked, operator=operators(asked, fields)[0])
    return _begun(first, line, fields)


def with_operator(line: Line, operator: Operator, fields: Fields) -> Line:
    """The line asks in this way; its values stay where the widget does, or takes them too."""
    if operator is line.operator or operator not in operators(line, fields):
        return line
    before, after = widget(line, fields), widget(replace(line, operator=operator), fields)
    if before is after:
        return replace(line, operator=operator)
    kept = line.values[:1] if {before, after} == _OF_WORDS else ()
    return _begun(replace(line, operator=operator, values=kept), line, fields)


def made(form: Form, fields: Fields) -> Made:
    """The rule, values as they are kept; lines without a field say nothing."""
    wrong: dict[str, Wrong] = {}
    parts = [*_parts(form.lines, fields, wrong)]
    for block in form.blocks:
        if inside := tuple(_parts(block.lines, fields, wrong)):
            parts.append(Rule(block.match, inside))
    return Made(Rule(form.match, tuple(parts)), wrong)


def form_of(name: str, rule: Rule) -> Form:
    """A stored group's name and rule as a form."""
    keys = map(str, range(1, 10_000))
    lines: list[Line] = []
    blocks: list[Block] = []
    for part in rule.parts:
        if isinstance(part, Rule) and not is_several(part):
            blocks.append(Block(next(keys), part.match, tuple(_line(one, next(keys)) for one in part.parts)))
        else:
            lines.append(_line(part, next(keys)))
    return Form(name, rule.match, tuple(lines), tuple(blocks), int(next(keys)))


def _begun(line: Line, before: Line, fields: Fields) -> Line:
    """A line whose widgets are others than before."""
    values = line.values or _FIRST.get(widget(line, fields), ())
    return replace(line, values=values, revision=before.revision + 1)


def _parts(lines: Iterable[Line], fields: Fields, wrong: dict[str, Wrong]) -> Iterator[Condition | Rule]:
    for line in filter(lambda line: line.field, lines):
        part = _part(line, fields)
        if isinstance(part, Wrong):
            wrong[line.key] = part
        else:
            yield part


def _part(line: Line, fields: Fields) -> Condition | Rule | Wrong:
    asked = fields.get(line.field, Asked(Compared.TEXT))
    values = line.values or ("",)
    if len(values) > VALUES_MAX:
        return Wrong.TOO_MANY
    good: list[Condition] = []
    for value in values:
        found = checked_condition(
            Condition(line.field, asked.compared, line.operator, value, line.on), fields
        )
        if isinstance(found, Wrong):
            return found
        good.append(found)
    one = list(dict.fromkeys(good))
    return one[0] if len(one) == 1 else Rule(HOW[line.operator], tuple(one))


def _line(part: Condition | Rule, key: str) -> Line:
    conditions = [part] if isinstance(part, Condition) else list(part.conditions())
    first = conditions[0]
    values = tuple(condition.value for condition in conditions if condition.value)
    return Line(key, first.field, first.operator, values, first.on)
