"""Who belongs to a dynamic group, what a rule may ask, and how it reads."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from bot.rules.filters import (
    AGE_MAX,
    CONDITIONS_MAX,
    DAYS_MAX,
    EVERYBODYS,
    OPERATORS,
    VALUE_MAX,
    Asked,
    Wrong,
    checked,
    matches,
)
from bot.rules.several import VALUES_MAX, is_several
from storage.conditions import Compared, Condition, Match, Operator, Rule, from_json, to_json

O, C = Operator, Compared  # noqa: E741
TODAY = date(2026, 11, 27)
FIELDS = {name: Asked(compared) for name, compared in EVERYBODYS.items()} | {
    "fields.team": Asked(C.TEXT),
    "fields.points": Asked(C.NUMBER),
    "fields.licence ends": Asked(C.DATE),
    "fields.insured": Asked(C.YES_NO),
    "fields.size": Asked(C.CHOICE, ("Small", "Large")),
}


@dataclass(frozen=True)
class Person:
    first_name: str = "Élodie"
    last_name: str = "Le Goff"
    birth_date: date | None = date(2014, 11, 28)
    language: str = "fr-CH"
    roles: list[str] = field(default_factory=lambda: ["joueur", "Arbitre"])
    tags: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(
        default_factory=lambda: {
            "team": "U13 Équipe A",
            "points": "12.5",
            "licence ends": "2026-12-27",
            "insured": "yes",
            "size": "Small",
        }
    )


def asks(name: str, operator: Operator, value: str = "", on: str = "") -> Condition:
    return Condition(name, FIELDS[name].compared, operator, value, on)


HOLDS: list[tuple[Condition, bool, str]] = [
    (asks("first_name", O.IS, "elodie"), True, "neither case nor accents count"),
    (asks("first_name", O.IS, "Elodia"), False, "another letter"),
    (asks("first_name", O.IS, "E\u0301lodie"), True, "an accent behind its letter is one too"),
    (asks("first_name", O.IS_NOT, "Léa"), True, "somebody else"),
    (asks("last_name", O.CONTAINS, "GOF"), True, "in its midst"),
    (asks("last_name", O.CONTAINS, "%"), False, "no pattern"),
    (asks("last_name", O.BEGINS, "le "), True, "its beginning"),
    (asks("last_name", O.BEGINS, "goff"), False, "not its end"),
    (asks("last_name", O.EMPTY), False, "there is one"),
    (asks("last_name", O.FILLED), True, "there is one"),
    (asks("fields.team", O.IS, "u13 equipe a"), True, "a field of the club"),
    (asks("fields.size", O.IS, "small"), True, "a choice"),
    (asks("fields.insured", O.IS, "no"), False, "yes is not no"),
    (asks("language", O.IS, "fr"), True, "also where a country is named"),
    (asks("language", O.IS, "fr-ch"), True, "or that one"),
    (asks("language", O.IS, "f"), False, "but not part of a word"),
    (asks("language", O.FILLED), True, "known"),
    (asks("roles", O.IS, "arbitre"), True, "one of several"),
    (asks("roles", O.IS, "arb"), False, "whole words"),
    (asks("roles", O.IS_NOT, "coach"), True, "none of several"),
    (asks("roles", O.EMPTY), False, "has two"),
    (asks("tags", O.EMPTY), True, "has none"),
    (asks("tags", O.FILLED), False, "has none"),
    (asks("fields.points", O.IS, "12.50"), True, "numbers, not words"),
    (asks("fields.points", O.IS_NOT, "12.5"), False, "the same number"),
    (asks("fields.points", O.MORE, "9"), True, "where words would say less"),
    (asks("fields.points", O.MORE, "12.5"), False, "not more than itself"),
    (asks("fields.points", O.LESS, "12.5"), False, "nor less"),
    (asks("fields.points", O.AT_LEAST, "12.5"), True, "but at least"),
    (asks("fields.points", O.AT_MOST, "12.5"), True, "and at most"),
    (asks("fields.points", O.EMPTY), False, "there is one"),
    (asks("fields.points", O.FILLED), True, "there is one"),
    (asks("age", O.IS, "11"), True, "twelve tomorrow"),
    (asks("age", O.IS, "12", "2026-11-28"), True, "as of tomorrow"),
    (asks("age", O.AT_LEAST, "12", "2026-12-31"), True, "by the end of the year"),
    (asks("age", O.MORE, "11"), False, "not yet"),
    (asks("age", O.LESS, "12"), True, "not yet"),
    (asks("age", O.AT_MOST, "11"), True, "eleven is at most eleven"),
    (asks("birth_date", O.BEFORE, "2014-11-28"), False, "not before itself"),
    (asks("birth_date", O.AFTER, "2014-11-27"), True, "a day later"),
    (asks("birth_date", O.IS, "2014-11-28"), True, "that day"),
    (asks("birth_date", O.ANNIVERSARY), False, "tomorrow"),
    (asks("birth_date", O.FILLED), True, "known"),
    (asks("fields.licence ends", O.NEXT_DAYS, "30"), True, "the thirtieth day counts"),
    (asks("fields.licence ends", O.NEXT_DAYS, "29"), False, "the next one does not"),
    (asks("fields.licence ends", O.LAST_DAYS, "30"), False, "still to come"),
    (asks("fields.licence ends", O.PAST), False, "still to come"),
    (asks("fields.licence ends", O.EMPTY), False, "there is one"),
]


@pytest.mark.parametrize(
    ("condition", "holds", "reason"), HOLDS, ids=[f"{row[0].field}-{row[2]}" for row in HOLDS]
)
def test_a_condition_holds_for_whom_its_words_say(condition: Condition, holds: bool, reason: str) -> None:
    assert matches(Rule(parts=(condition,)), Person(), TODAY) is holds, reason


def test_of_nobody_of_whom_nothing_is_known_anything_is_said_but_that() -> None:
    nobody = Person("", "", None, "", [], [], {})
    true = {
        (name, operator)
        for name, asked in FIELDS.items()
        for operator in OPERATORS[asked.compared]
        if matches(
            Rule(parts=(asks(name, operator, "7" if asked.compared is not C.DATE else "8"),)), nobody, TODAY
        )
    }
    told = {O.EMPTY, O.IS_NOT}
    assert true == {(n, o) for n, asked in FIELDS.items() for o in OPERATORS[asked.compared] if o in told}


def test_in_the_last_days_today_and_the_first_of_them_count() -> None:
    rule = Rule(parts=(asks("fields.licence ends", O.LAST_DAYS, "3"),))
    days = ("2026-11-23", "2026-11-24", "2026-11-27", "2026-11-28")
    found = [matches(rule, Person(fields={"licence ends": day}), TODAY) for day in days]
    assert found == [False, True, True, False]


def test_a_field_that_holds_an_accent_alone_is_not_empty() -> None:
    accent = Person(last_name="\u0301", language="\u0301")
    found = {
        name: matches(Rule(parts=(asks(name, O.EMPTY),)), accent, TODAY) for name in ("last_name", "language")
    }
    assert found == {"last_name": False, "language": False}


@pytest.mark.parametrize(
    ("today", "kept"),
    [
        (date(2026, 2, 28), True),
        (date(2028, 2, 28), False),
        (date(2028, 2, 29), True),
        (date(2026, 3, 1), False),
    ],
)
def test_who_was_born_on_the_29th_of_february_has_a_birthday_each_year(today: date, kept: bool) -> None:
    born = Person(birth_date=date(2016, 2, 29))
    assert matches(Rule(parts=(asks("birth_date", O.ANNIVERSARY),)), born, today) is kept


U13, REFEREE, COACH = (
    asks("fields.team", O.BEGINS, "U13"),
    asks("roles", O.IS, "arbitre"),
    asks("roles", O.IS, "coach"),
)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Rule(Match.ALL, (U13, REFEREE)), True),
        (Rule(Match.ALL, (U13, COACH)), False),
        (Rule(Match.ANY, (COACH, U13)), True),
        (Rule(Match.ANY, (COACH,)), False),
        (Rule(Match.ALL, (U13, Rule(Match.ANY, (COACH, REFEREE)))), True),
        (Rule(Match.ANY, (COACH, Rule(Match.ALL, (COACH, REFEREE)))), False),
    ],
)
def test_all_or_any_of_its_parts_must_hold(rule: Rule, holds: bool) -> None:
    assert matches(rule, Person(), TODAY) is holds


REFUSED: list[tuple[Rule, Wrong, str]] = [
    (Rule(), Wrong.NOTHING, "it would be everybody"),
    (Rule(parts=(U13, Rule(Match.ANY))), Wrong.NOTHING, "nothing inside"),
    (Rule(parts=(U13,) * (CONDITIONS_MAX + 1)), Wrong.TOO_MANY, "more than a window shows"),
    (Rule(parts=(Rule(parts=(Rule(parts=(U13,)),)),)), Wrong.TOO_DEEP, "twice inside"),
    (Rule(parts=(replace(U13, field="fields.gone"),)), Wrong.FIELD, "no such field"),
    (Rule(parts=(replace(U13, compared=C.DATE),)), Wrong.FIELD, "it was a date once"),
    (Rule(parts=(Rule(parts=(replace(U13, operator=O.MORE),)),)), Wrong.OPERATOR, "of no word"),
    (Rule(parts=(asks("first_name", O.IS, " "),)), Wrong.MISSING, "no value"),
    (
        Rule(parts=(asks("first_name", O.CONTAINS, "\u0301"),)),
        Wrong.MISSING,
        "an accent alone is in every name",
    ),
    (Rule(parts=(asks("first_name", O.IS, "a" * (VALUE_MAX + 1)),)), Wrong.TOO_LONG, "no name"),
    (Rule(parts=(asks("fields.points", O.IS, "many"),)), Wrong.NUMBER, "no number"),
    (
        Rule(parts=(asks("fields.points", O.IS, "1234567890123"),)),
        Wrong.NUMBER,
        "no field keeps so long a one",
    ),
    (Rule(parts=(asks("fields.licence ends", O.IS, "27/12/2026"),)), Wrong.DATE, "as nobody keeps it"),
    (Rule(parts=(asks("fields.licence ends", O.IS, "20261227"),)), Wrong.DATE, "nor so"),
    (Rule(parts=(asks("fields.licence ends", O.NEXT_DAYS, str(DAYS_MAX + 1)),)), Wrong.DAYS, "too far"),
    (Rule(parts=(asks("fields.licence ends", O.NEXT_DAYS, "-1"),)), Wrong.DAYS, "the other way"),
    (Rule(parts=(asks("age", O.IS, str(AGE_MAX + 1)),)), Wrong.AGE, "too old"),
    (Rule(parts=(asks("age", O.IS, "12", "the end"),)), Wrong.DATE, "as of no day"),
    (Rule(parts=(asks("fields.insured", O.IS, "oui"),)), Wrong.CHOICE, "yes or no"),
    (Rule(parts=(asks("fields.size", O.IS, "Medium"),)), Wrong.CHOICE, "not among them"),
]


@pytest.mark.parametrize(("rule", "wrong", "reason"), REFUSED, ids=[row[2] for row in REFUSED])
def test_a_rule_that_means_nothing_is_refused(rule: Rule, wrong: Wrong, reason: str) -> None:
    assert checked(rule, FIELDS) is wrong, reason


TIDIED = [
    (asks("first_name", O.IS, " Le   Goff "), asks("first_name", O.IS, "Le Goff")),
    (asks("fields.points", O.IS, "1 200,5"), asks("fields.points", O.IS, "1200.5")),
    (asks("fields.points", O.IS, "123456789012,5"), asks("fields.points", O.IS, "123456789012.5")),
    (asks("fields.licence ends", O.NEXT_DAYS, "030"), asks("fields.licence ends", O.NEXT_DAYS, "30")),
    (asks("fields.licence ends", O.PAST, "left"), asks("fields.licence ends", O.PAST)),
    (
        asks("fields.licence ends", O.AFTER, "2026-12-27", "x"),
        asks("fields.licence ends", O.AFTER, "2026-12-27"),
    ),
    (asks("fields.size", O.IS, "LARGE"), asks("fields.size", O.IS, "Large")),
    (asks("fields.insured", O.IS, "yes"), asks("fields.insured", O.IS, "yes")),
    (asks("age", O.IS, "12", " 2026-12-31 "), asks("age", O.IS, "12", "2026-12-31")),
]


@pytest.mark.parametrize(("typed", "kept"), TIDIED)
def test_a_value_is_kept_as_fields_hold_it(typed: Condition, kept: Condition) -> None:
    assert checked(Rule(Match.ANY, (typed,)), FIELDS) == Rule(Match.ANY, (kept,))


def test_a_rule_is_kept_as_it_is() -> None:
    rule = Rule(
        Match.ALL, (U13, Rule(Match.ANY, (asks("age", O.IS, "12", "2026-12-31"), asks("tags", O.EMPTY))))
    )
    stored = to_json(rule)
    assert from_json(stored) == rule
    assert stored["parts"][0] == {
        "field": "fields.team",
        "compared": "text",
        "operator": "begins",
        "value": "U13",
    }


IS_13 = replace(U13, operator=O.IS)
TEAMS = Rule(Match.ANY, (IS_13, replace(IS_13, value="U15")))
NEITHER = Rule(
    Match.ALL, tuple(replace(part, operator=O.IS_NOT) for part in (IS_13, replace(IS_13, value="U15")))
)
MANY = Rule(Match.ANY, tuple(replace(IS_13, value=f"U{age}") for age in range(VALUES_MAX + 1)))
NOT_ONE_FIELD = [
    (Rule(Match.ALL, TEAMS.parts), "both at once, which nobody is"),
    (Rule(Match.ANY, NEITHER.parts), "everybody"),
    (Rule(Match.ANY, (IS_13, replace(IS_13, field="first_name"))), "two fields"),
    (Rule(Match.ANY, (IS_13, U13)), "two questions"),
    (Rule(Match.ANY, (TEAMS,)), "a rule"),
    (MANY, "more than a menu takes"),
    (Rule(), "nothing"),
]


@pytest.mark.parametrize("rule", [TEAMS, NEITHER])
def test_several_values_of_one_field_count_as_one_condition(rule: Rule) -> None:
    assert is_several(rule)
    inside = Rule(Match.ANY, (rule,) * CONDITIONS_MAX)
    assert checked(Rule(parts=(inside,)), FIELDS) == Rule(parts=(inside,))
    assert checked(Rule(parts=(rule, inside)), FIELDS) is Wrong.TOO_MANY


@pytest.mark.parametrize(("rule", "reason"), NOT_ONE_FIELD, ids=[row[1] for row in NOT_ONE_FIELD])
def test_what_asks_more_than_one_field_for_one_of_several_values_is_a_rule_of_its_own(
    rule: Rule, reason: str
) -> None:
    assert not is_several(rule), reason
    inside = Rule(parts=(Rule(parts=(rule,)),))
    assert checked(inside, FIELDS) in (Wrong.TOO_DEEP, Wrong.TOO_MANY, Wrong.NOTHING), reason
