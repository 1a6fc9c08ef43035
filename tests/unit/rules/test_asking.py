"""What a line asks for: its widget, what it begins with, and the rule that the lines make and are made from."""

from dataclasses import replace

import pytest

from bot.rules.asking import (
    CHOICES_AT_ONCE,
    Widget,
    form_of,
    made,
    operators,
    widget,
    with_field,
    with_operator,
)
from bot.rules.filters import EVERYBODYS, OPERATORS, Asked, Wrong
from bot.rules.lines import Block, Form, Line
from bot.rules.several import VALUES_MAX
from storage.conditions import Compared, Condition, Match, Operator, Rule

O, C = Operator, Compared  # noqa: E741
FIELDS = {name: Asked(compared) for name, compared in EVERYBODYS.items()} | {
    "fields.team": Asked(C.TEXT),
    "fields.points": Asked(C.NUMBER),
    "fields.ends": Asked(C.DATE),
    "fields.paid": Asked(C.YES_NO),
    "fields.size": Asked(C.CHOICE, ("Small", "Large")),
    "fields.town": Asked(C.CHOICE, tuple(f"Town {n}" for n in range(CHOICES_AT_ONCE + 1))),
}

WIDGETS = [
    ("", O.IS, Widget.NOTHING, "no field yet"),
    ("fields.gone", O.IS, Widget.NOTHING, "no such field"),
    ("fields.team", O.IS, Widget.KNOWN, "of what people have"),
    ("fields.team", O.IS_NOT, Widget.KNOWN, "the same"),
    ("fields.team", O.CONTAINS, Widget.WORDS, "a part of it"),
    ("fields.team", O.EMPTY, Widget.NOTHING, "nothing to say"),
    ("tags", O.IS, Widget.KNOWN, "of what people have"),
    ("fields.size", O.IS, Widget.CHOICES, "a few"),
    ("fields.town", O.IS, Widget.KNOWN, "too many to show at once"),
    ("language", O.IS, Widget.CHOICES, "a few"),
    ("fields.paid", O.IS, Widget.YES_NO, "yes or no"),
    ("fields.points", O.MORE, Widget.NUMBER, "any number"),
    ("age", O.IS, Widget.YEARS, "years"),
    ("fields.ends", O.NEXT_DAYS, Widget.DAYS, "so many days"),
    ("fields.ends", O.BEFORE, Widget.DATE, "a day"),
    ("birth_date", O.ANNIVERSARY, Widget.NOTHING, "today"),
]


@pytest.mark.parametrize(("field", "operator", "wanted", "why"), WIDGETS)
def test_values_are_given_as_suits_the_field(
    field: str, operator: Operator, wanted: Widget, why: str
) -> None:
    assert widget(Line("1", field, operator), FIELDS) is wanted, why


def test_a_value_longer_than_a_menu_shows_is_typed() -> None:
    assert widget(Line("1", "fields.team", O.IS, ("x" * 76,)), FIELDS) is Widget.WORDS


def test_a_birth_date_is_asked_for_as_a_birthday_first_and_in_no_days_to_come() -> None:
    line = with_field(Line("1"), "birth_date", FIELDS)
    assert line.operator is O.ANNIVERSARY
    assert O.NEXT_DAYS not in operators(line, FIELDS)
    stored = Line("1", "birth_date", O.LAST_DAYS, ("9",))
    assert operators(stored, FIELDS)[-1] is O.LAST_DAYS


def test_a_field_begins_with_what_is_asked_for_most() -> None:
    assert with_field(Line("1"), "fields.ends", FIELDS) == Line(
        "1", "fields.ends", O.NEXT_DAYS, ("30",), "", 2
    )
    assert with_field(Line("1"), "fields.paid", FIELDS) == Line("1", "fields.paid", O.IS, ("yes",), "", 2)
    old = Line("1", "age", O.LESS, ("12",), "2026-12-31", 7)
    assert with_field(old, "fields.team", FIELDS) == Line("1", "fields.team", O.IS, (), "", 8)


@pytest.mark.parametrize("name", ["age", "fields.gone"])
def test_a_field_that_is_none_or_no_other_changes_nothing(name: str) -> None:
    line = Line("1", "age", O.LESS, ("12",))
    assert with_field(line, name, FIELDS) is line


KEPT = [
    (O.IS, O.IS_NOT, ("U13", "U15"), ("U13", "U15"), 1),
    (O.IS, O.CONTAINS, ("U13", "U15"), ("U13",), 2),
    (O.BEGINS, O.IS, ("U1",), ("U1",), 2),
    (O.IS, O.EMPTY, ("U13",), (), 2),
    (O.IS, O.MORE, ("U13",), ("U13",), 1),
    (O.IS, O.IS, ("U13",), ("U13",), 1),
]


@pytest.mark.parametrize(("before", "after", "values", "kept", "revision"), KEPT)
def test_values_stay_as_far_as_the_widget_takes_them(
    before: Operator, after: Operator, values: tuple[str, ...], kept: tuple[str, ...], revision: int
) -> None:
    line = with_operator(Line("1", "fields.team", before, values), after, FIELDS)
    assert (line.values, line.revision) == (kept, revision)
    assert line.operator is (after if after in OPERATORS[C.TEXT] else before)


def test_no_operator_is_offered_for_no_field() -> None:
    assert operators(Line("1"), FIELDS) == ()


def team(value: str, operator: Operator = O.IS) -> Condition:
    return Condition("fields.team", C.TEXT, operator, value)


ENDS = Condition("fields.ends", C.DATE, O.NEXT_DAYS, "30")
TEAMS = Rule(Match.ANY, (team("U13"), team("U15")))
NO_TEAMS = Rule(Match.ALL, (team("U13", O.IS_NOT), team("U15", O.IS_NOT)))
OLD = Condition("age", C.AGE, O.AT_LEAST, "12", "2026-12-31")
RULES = [
    Rule(parts=(team("U13"),)),
    Rule(parts=(TEAMS, ENDS)),
    Rule(Match.ANY, (NO_TEAMS, OLD)),
    Rule(parts=(ENDS, Rule(Match.ANY, (TEAMS, OLD)), Rule(Match.ALL, (OLD, ENDS)))),
    Rule(parts=(Condition("fields.team", C.TEXT, O.EMPTY),)),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_the_same_once_it_was_a_form(rule: Rule) -> None:
    form = form_of("Name", rule)
    assert form.name == "Name"
    assert made(form, FIELDS).rule == rule
    assert not made(form, FIELDS).wrong
    assert len({line.key for line in form.each()}) == len(list(form.each()))
    assert str(form.used) not in {line.key for line in form.each()}


def test_what_is_not_complete_is_told_and_the_rest_counts() -> None:
    lines = (
        Line("1"),
        Line("2", "fields.team", O.IS),
        Line("3", "fields.gone", O.IS, ("1",)),
        Line("4", "fields.ends", O.BEFORE, ("tomorrow",)),
        Line("5", "fields.team", O.IS, ("U13", " U13 ")),
        Line("6", "fields.team", O.IS, tuple(f"U{n}" for n in range(VALUES_MAX + 1))),
    )
    block = Block("7", Match.ANY, (Line("8"),))
    found = made(Form(lines=lines, blocks=(block, replace(block, key="9", lines=(lines[4],)))), FIELDS)
    assert found.rule == Rule(parts=(team("U13"), Rule(Match.ANY, (team("U13"),))))
    assert found.wrong == {"2": Wrong.MISSING, "3": Wrong.FIELD, "4": Wrong.DATE, "6": Wrong.TOO_MANY}
