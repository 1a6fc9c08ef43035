"""A rule finds the same people in each database as it does one by one."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from bot.rules.filters import EVERYBODYS, IN_DAYS, OPERATORS, WITHOUT_VALUE, matches
from storage.conditions import OWN, Compared, Condition, Match, Operator, Rule
from storage.db import Database
from storage.filters import condition_of, how_many
from storage.models import Contact
from tests import factories as f

PEOPLE = 8
OWN_SORTS = (Compared.TEXT, Compared.NUMBER, Compared.DATE, Compared.YES_NO, Compared.CHOICE)
FIELDS = {f"{OWN}the {compared}'s %_": compared for compared in OWN_SORTS} | dict(EVERYBODYS)
"""Names with what SQL and its patterns would read."""

words = st.text(alphabet="aAbéÉeEœŒßøØçñİıſẞΣσ\u0301%_\\'\"; -", max_size=4)
days = st.dates(date(2024, 2, 25), date(2028, 3, 3)) | st.sampled_from(
    [date(2024, 2, 29), date(2026, 2, 28), date(2028, 2, 29)]
)
day_texts = days.map(date.isoformat)
numbers = st.sampled_from(
    ["0", "-1", "12", "12.5", "7.0001", "007", "-0.5", "1234567890", "123456789012.123456"]
)
born = st.none() | st.dates(date(2005, 1, 1), date(2027, 1, 1)) | days
languages = st.sampled_from(["", "fr", "FR", "fr-CH", "fr_CA", "fra", "de", "d%"])
several = st.lists(words, max_size=3)
broken = st.sampled_from(["", "12.5.1", "1e5", "12\n", "abcd-ef-gh", "2026-2-1", "oui"])
held = {
    Compared.TEXT: words,
    Compared.NUMBER: numbers | broken,
    Compared.DATE: day_texts | broken,
    Compared.YES_NO: st.sampled_from(["yes", "no", ""]),
    Compared.CHOICE: st.sampled_from(["Gold", "or", ""]),
}
values = {
    Compared.TEXT: words,
    Compared.NUMBER: numbers,
    Compared.DATE: day_texts,
    Compared.YES_NO: st.sampled_from(["yes", "no"]),
    Compared.CHOICE: st.sampled_from(["gold", "Or"]),
    Compared.AGE: st.integers(0, 30).map(str),
    Compared.LANGUAGE: languages,
    Compared.SEVERAL: words,
}
people = st.fixed_dictionaries(
    {
        "first_name": words,
        "last_name": words,
        "birth_date": born,
        "language": languages,
        "roles": several,
        "tags": several,
        "fields": st.fixed_dictionaries(
            {},
            optional={name.removeprefix(OWN): held[c] for name, c in FIELDS.items() if name.startswith(OWN)},
        ),
    }
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name, compared = draw(st.sampled_from(sorted(FIELDS.items())))
    return draw(one_of_these(name, compared, draw(st.sampled_from(OPERATORS[compared]))))


@st.composite
def one_of_these(draw: st.DrawFn, name: str, compared: Compared, operator: Operator) -> Condition:
    if operator in WITHOUT_VALUE:
        return Condition(name, compared, operator)
    value = draw(st.integers(0, 400).map(str) if operator in IN_DAYS else values[compared])
    on = draw(st.just("") | day_texts) if compared is Compared.AGE else ""
    return Condition(name, compared, operator, value, on)


def rules(parts: st.SearchStrategy[Condition | Rule]) -> st.SearchStrategy[Rule]:
    return st.builds(Rule, st.sampled_from(Match), st.lists(parts, min_size=1, max_size=3).map(tuple))


@st.composite
def several_values(draw: st.DrawFn) -> Rule:
    name, compared = draw(st.sampled_from(sorted(FIELDS.items())))
    match, operator = draw(st.sampled_from([(Match.ANY, Operator.IS), (Match.ALL, Operator.IS_NOT)]))
    if operator not in OPERATORS[compared]:
        operator = Operator.IS if Operator.IS in OPERATORS[compared] else OPERATORS[compared][0]
    same = draw(st.lists(one_of_these(name, compared, operator), min_size=2, max_size=4))
    return Rule(match, tuple(same))


any_rule = rules(conditions() | rules(conditions()) | several_values()) | several_values()


class Asked:
    """One database with one club, whose people take each other's place."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.db = Database(url)
        self.club = f.club()
        self.loop.run_until_complete(f.keep(self.db, self.club, f.club()))

    def close(self) -> None:
        self.loop.run_until_complete(self.db.close())
        self.loop.close()

    def found(self, crowd: list[Contact], rules: list[Rule], today: date) -> list[set[str]]:
        """Whom the database finds by each of these rules."""
        return self.loop.run_until_complete(self._found(crowd, rules, today))

    async def _found(self, crowd: list[Contact], rules: list[Rule], today: date) -> list[set[str]]:
        async with self.db.begin() as session:
            connection = await session.connection()
            await connection.execute(sa.delete(Contact))
            await connection.execute(sa.insert(Contact), [row.model_dump() for row in crowd])
            found = []
            for rule in rules:
                mine = sa.select(col(Contact.mobile)).where(condition_of(session, rule, today))
                found.append(set((await connection.execute(mine)).scalars().all()))
                assert await how_many(session, self.club.id, rule, today) == len(found[-1])
            return found


@pytest.fixture
def asked(migrated: str) -> Iterator[Asked]:
    asked = Asked(migrated)
    yield asked
    asked.close()


@settings(
    max_examples=80,
    deadline=timedelta(seconds=5),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(crowd=st.lists(people, min_size=1, max_size=PEOPLE), rule=any_rule, today=days)
@example(
    crowd=[{"last_name": "\u0301"}],
    rule=Rule(parts=(Condition("last_name", Compared.TEXT, Operator.EMPTY),)),
    today=date(2026, 2, 28),
)
def test_a_rule_finds_in_the_database_whom_it_finds_one_by_one(
    asked: Asked, crowd: list[dict[str, object]], rule: Rule, today: date
) -> None:
    rows = [f.contact(asked.club, n, mobile=str(n), **facts) for n, facts in enumerate(crowd)]
    expected = {row.mobile for row in rows if matches(rule, row, today)}
    assert asked.found(rows, [rule], today) == [expected]


EACH = [(name, compared, operator) for name, compared in FIELDS.items() for operator in OPERATORS[compared]]


@settings(max_examples=2, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
@given(crowd=st.lists(people, min_size=20, max_size=20), data=st.data())
def test_each_operator_of_each_field_agrees_over_a_crowd(
    asked: Asked, crowd: list[dict[str, object]], data: st.DataObject
) -> None:
    rows = [f.contact(asked.club, n, mobile=str(n), **facts) for n, facts in enumerate(crowd)]
    today = date(2026, 2, 28)
    asked_for = [Rule(parts=(data.draw(one_of_these(*one)),)) for one in EACH]
    expected = [{row.mobile for row in rows if matches(rule, row, today)} for rule in asked_for]
    assert asked.found(rows, asked_for, today) == expected
