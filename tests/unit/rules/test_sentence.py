"""A rule as people read it, in both languages."""

import pytest

from bot.i18n import Words, load_catalogues
from bot.rules.filters import OPERATORS
from bot.rules.sentence import asked, sentence
from storage.conditions import Compared, Condition, Match, Operator, Rule

O, C = Operator, Compared  # noqa: E741
WORDS = load_catalogues()


def team(value: str, operator: Operator = O.IS) -> Condition:
    return Condition("fields.team", C.TEXT, operator, value)


ENDS = Condition("fields.licence ends", C.DATE, O.NEXT_DAYS, "30")
SEEN = Condition("fields.seen", C.DATE, O.LAST_DAYS, "1")
OLD = Condition("age", C.AGE, O.AT_LEAST, "13", "2026-12-31")
COACH = Condition("roles", C.SEVERAL, O.IS, "coach")

READ = [
    (
        Rule(Match.ALL, (Rule(Match.ANY, (team("U13"), team("U15"))), ENDS)),
        "team is U13 or U15, and licence ends within 30 days",
        "team est U13 ou U15, et licence ends d’ici 30 jours",
    ),
    (
        Rule(Match.ANY, (team("U13"), team("U15"), team("A", O.IS_NOT), COACH)),
        "team is U13 or U15, or team is not A, or roles include coach",
        "team est U13 ou U15, ou team n’est pas A, ou rôles comprennent coach",
    ),
    (
        Rule(Match.ALL, (team("U13"), team("U15"))),
        "team is U13, and team is U15",
        "team est U13, et team est U15",
    ),
    (
        Rule(Match.ALL, (Rule(Match.ALL, (team("U13", O.IS_NOT), team("U15", O.IS_NOT))), ENDS)),
        "team is not U13 or U15, and licence ends within 30 days",
        "team n’est pas U13 ou U15, et licence ends d’ici 30 jours",
    ),
    (
        Rule(Match.ALL, (OLD, Rule(Match.ANY, (COACH, SEEN)), Rule(Match.ALL, (COACH,)))),
        "age is at least 13 on 31 December 2026, and (roles include coach, or seen in the last 1 day), and roles include coach",
        "âge est d’au moins 13 au 31 décembre 2026, et (rôles comprennent coach, ou seen depuis 1 jour au plus), et rôles comprennent coach",
    ),
    (
        Rule(parts=(Condition("birth_date", C.DATE, O.ANNIVERSARY),)),
        "birthday is today",
        "c’est l’anniversaire aujourd’hui",
    ),
    (
        Rule(parts=(Condition("birth_date", C.DATE, O.BEFORE, "2014-11-28"),)),
        "birth date is before 28 November 2014",
        "date de naissance est avant le 28 novembre 2014",
    ),
    (
        Rule(parts=(Condition("language", C.LANGUAGE, O.IS, "fr"),)),
        "language is French",
        "langue est français",
    ),
    (Rule(parts=(Condition("fields.paid", C.YES_NO, O.IS, "yes"),)), "paid: yes", "paid : oui"),
    (Rule(parts=(Condition("fields.paid", C.YES_NO, O.IS, "no"),)), "paid: no", "paid : non"),
    (Rule(parts=(Condition("fields.paid", C.YES_NO, O.EMPTY),)), "paid is empty", "paid est vide"),
    (Rule(), "", ""),
]


@pytest.mark.parametrize(("rule", "english", "french"), READ, ids=[row[1] for row in READ])
def test_a_rule_reads_as_a_sentence(rule: Rule, english: str, french: str) -> None:
    assert sentence(rule, WORDS["en"]) == english
    assert sentence(rule, WORDS["fr"]).replace("\u202f", " ").replace("\xa0", " ") == french


def test_each_operator_of_each_sort_reads_another_way() -> None:
    for compared, operators in OPERATORS.items():
        value = {C.DATE: "2026-12-31"}.get(compared, "7")
        name = "tags" if compared is C.SEVERAL else "fields.this"
        said = {
            sentence(
                Rule(
                    parts=(Condition(name, compared, o, "7" if o in (O.NEXT_DAYS, O.LAST_DAYS) else value),)
                ),
                words,
            )
            for words in WORDS.values()
            for o in operators
        }
        assert len(said) == len(WORDS) * len(operators)


def test_braces_and_marks_that_somebody_typed_stay_what_they_are() -> None:
    assert sentence(Rule(parts=(team("{x} {0}"), team("}"))), WORDS["en"]) == "team is {x} {0}, and team is }"


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_menu_offers_each_operator_of_a_sort_in_words_of_its_own(words: Words) -> None:
    for compared, operators in OPERATORS.items():
        offered = [asked(operator, compared, words) for operator in operators]
        assert len(set(offered)) == len(operators)
        assert not [each for each in offered if "{" in each or not each]
    assert asked(O.AT_LEAST, C.AGE, WORDS["en"]) == "is at least …"
    assert asked(O.IS, C.YES_NO, WORDS["en"]) == "is"
