"""A dynamic group's rule as a condition of SQL, on either database; what people typed is always bound, never text in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import letters
from storage.conditions import AMOUNTS, OWN, Compared, Condition, Match, Operator, Rule, anniversaries, within
from storage.db import dialect_of, folded_text, iso_text
from storage.models import Contact

Expression = Any
DATE = "____-__-__"
WORDS = frozenset({Compared.TEXT, Compared.CHOICE, Compared.YES_NO, Compared.SEVERAL})
TOGETHER = {Match.ANY: Operator.IS, Match.ALL: Operator.IS_NOT}
"""What can be asked for several words at once: whether it is any of them, or none."""


def condition_of(session: AsyncSession, rule: Rule, today: date) -> Expression:
    """What holds for the contacts who belong to the group on this day of the club."""
    return _Compiler(session, today).rule(rule)


async def how_many(session: AsyncSession, club_id: UUID, rule: Rule, today: date) -> int:
    """How many of the club's contacts belong to the group on this day."""
    query = counting(session, club_id, rule, today)
    found: int = (await (await session.connection()).execute(query)).scalar_one()
    return found


def counting(session: AsyncSession, club_id: UUID, rule: Rule, today: date) -> sa.Select[Any]:
    """The query that counts them."""
    mine = (col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None))
    return sa.select(sa.func.count()).select_from(Contact).where(*mine, condition_of(session, rule, today))


async def first_names(
    session: AsyncSession, club_id: UUID, rule: Rule, today: date, *, limit: int
) -> Sequence[tuple[str, str]]:
    """First and last name of the first few who belong to the group, in the order in which people are listed."""
    mine = (col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None))
    names = sa.select(col(Contact.first_name), col(Contact.last_name))
    some = names.where(*mine, condition_of(session, rule, today)).order_by(
        col(Contact.search), col(Contact.id)
    )
    rows = (await (await session.connection()).execute(some.limit(limit))).all()
    return [(first, last) for first, last in rows]


async def values(
    session: AsyncSession, club_id: UUID, field: str, typed: str, *, longest: int, limit: int
) -> Sequence[str]:
    """What the club's people have in this field, where what was typed is found in it: each value once, in order."""
    is_sqlite = dialect_of(session) is sqlite
    held, source = _each(field, is_sqlite=is_sqlite)
    mine = [col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None), held != ""]
    if wanted := letters.folded(typed):
        mine.append(folded_text(session, held).contains(wanted, autoescape=True))
    value = held.label("value")
    query = sa.select(value).select_from(source).where(*mine, sa.func.length(held) <= longest).distinct()
    found = await (await session.connection()).execute(query.order_by(value).limit(limit))
    return found.scalars().all()


def _each(field: str, *, is_sqlite: bool) -> tuple[Expression, Expression]:
    """The field's text, or each of its texts, and where they stand."""
    contacts: Expression = sa.inspect(Contact).local_table
    if field not in ("roles", "tags"):
        return _held(field), contacts
    words = _words(field, is_sqlite=is_sqlite)
    return words.c.value, contacts.join(words, sa.true())


def _words(field: str, *, is_sqlite: bool) -> Expression:
    """Roles or tags as rows."""
    each = sa.func.json_each if is_sqlite else sa.func.json_array_elements_text
    return each(col(Contact.roles if field == "roles" else Contact.tags)).table_valued("value")


class _Compiler:
    """Writes one rule for one database, as of one day."""

    def __init__(self, session: AsyncSession, today: date) -> None:
        self._session, self._is_sqlite, self._today = session, dialect_of(session) is sqlite, today
        self._birth_date = sa.func.coalesce(iso_text(session, Contact.birth_date), "", type_=sa.String)
        self._write: Mapping[Compared, Callable[[Condition], Expression]] = {
            Compared.TEXT: self._text,
            Compared.CHOICE: self._text,
            Compared.YES_NO: self._text,
            Compared.NUMBER: self._number,
            Compared.DATE: self._date,
            Compared.AGE: self._age,
            Compared.LANGUAGE: self._language,
            Compared.SEVERAL: self._several,
        }

    def rule(self, rule: Rule) -> Expression:
        """All or any of its parts."""
        parts = list(self._parts(rule))
        return sa.and_(sa.true(), *parts) if rule.match is Match.ALL else sa.or_(sa.false(), *parts)

    def _parts(self, rule: Rule) -> Iterator[Expression]:
        """Several words that one field is asked for are asked at once: each look at it folds what it holds."""
        together: dict[tuple[str, Compared], list[Condition]] = {}
        for part in rule.parts:
            if isinstance(part, Rule):
                yield self.rule(part)
            elif part.compared in WORDS and part.operator is TOGETHER[rule.match]:
                together.setdefault((part.field, part.compared), []).append(part)
            else:
                yield self._write[part.compared](part)
        for first, *others in together.values():
            yield (self._several if first.compared is Compared.SEVERAL else self._text)(first, *others)

    def _text(self, condition: Condition, *others: Condition) -> Expression:
        held = _held(condition.field)
        value = letters.folded(condition.value)
        match condition.operator:
            case Operator.CONTAINS:
                return self._like(held, lambda text: text.contains(value, autoescape=True))
            case Operator.BEGINS:
                return self._like(held, partial(_begins, value))
            case _:
                return _is_or_not(condition, self._same(held, *_values(condition, *others)), held == "")

    def _language(self, condition: Condition) -> Expression:
        held, value = col(Contact.language), letters.folded(condition.value)
        local = [self._like(held, partial(_begins, value + mark)) for mark in "-_"]
        return _is_or_not(condition, sa.or_(self._same(held, value), *local), held == "")

    def _several(self, condition: Condition, *others: Condition) -> Expression:
        each = _words(condition.field, is_sqlite=self._is_sqlite)
        one = sa.select(sa.literal(1)).select_from(each)
        is_there = one.where(self._same(each.c.value, *_values(condition, *others))).exists()
        return _is_or_not(condition, is_there, ~one.exists())

    def _number(self, condition: Condition) -> Expression:
        held = _held(condition.field)
        if condition.operator in (Operator.EMPTY, Operator.FILLED):
            return _is_or_not(condition, sa.false(), held == "")
        # Nothing is taken for a number before it is known to be one.
        amount = (
            sa.func.amount(held, type_=sa.Double)
            if self._is_sqlite
            else sa.case((held.regexp_match(letters.NUMBER), sa.cast(held, sa.Double)))
        )
        compared = AMOUNTS[condition.operator](amount, float(condition.value))
        return sa.func.coalesce(compared, condition.operator is Operator.IS_NOT)

    def _age(self, condition: Condition) -> Expression:
        day = date.fromisoformat(condition.on) if condition.on else self._today
        born, years = self._birth_date, int(condition.value)
        is_born = col(Contact.birth_date).is_not(None)
        reached = self._as_it_is(born) <= _birthday(day, years)
        passed = self._as_it_is(born) <= _birthday(day, years + 1)
        match condition.operator:
            case Operator.AT_LEAST:
                found = reached
            case Operator.AT_MOST:
                found = ~passed
            case Operator.MORE:
                found = passed
            case Operator.LESS:
                found = ~reached
            case _:
                found = sa.and_(reached, ~passed)
        return sa.and_(is_born, found)

    def _date(self, condition: Condition) -> Expression:
        operator, value, today = condition.operator, condition.value, self._today
        held = self._birth_date if condition.field == "birth_date" else _held(condition.field)
        if operator in (Operator.EMPTY, Operator.FILLED):
            return _is_or_not(condition, sa.false(), held == "")
        day = self._as_it_is(held)
        match operator:
            case Operator.IS:
                found = day == value
            case Operator.BEFORE:
                found = day < value
            case Operator.AFTER:
                found = day > value
            case Operator.PAST:
                found = day < today.isoformat()
            case Operator.ANNIVERSARY:
                found = sa.func.substr(held, 6, 5).in_(anniversaries(today))
            case _:
                first, last = within(operator, value, today)
                found = sa.and_(day >= first, day <= last)
        return sa.and_(held.like(DATE), found)

    def _as_it_is(self, held: Expression) -> Expression:
        """Compared sign by sign; PostgreSQL would do so as its language sorts."""
        return held if self._is_sqlite else held.collate("C")

    def _same(self, held: Expression, *values: str) -> Expression:
        """Whether a text is one of these, which are folded, whatever its case and its accents."""
        folded = folded_text(self._session, held)
        if self._is_sqlite:
            return sa.or_(_is_one(held.collate("NOCASE"), values), self._odd(held) & _is_one(folded, values))
        return _is_one(folded, values)

    def _like(self, held: Expression, test: Callable[[Expression], Expression]) -> Expression:
        """Whether the test by LIKE, of a folded value, holds for a text, whatever its case and its accents."""
        if self._is_sqlite:
            return sa.or_(test(held), self._odd(held) & test(folded_text(self._session, held)))
        return test(folded_text(self._session, held))

    def _odd(self, held: Expression) -> Expression:
        """Whether a text holds letters whose case SQLite does not know: few do, and folding them takes far longer."""
        return sa.func.length(held) != sa.func.length(sa.cast(held, sa.LargeBinary))


def _values(*conditions: Condition) -> list[str]:
    return [letters.folded(condition.value) for condition in conditions]


def _is_one(held: Expression, values: Sequence[str]) -> Expression:
    return held == values[0] if len(values) == 1 else held.in_(values)


def _begins(value: str, text: Expression) -> Expression:
    return text.startswith(value, autoescape=True)


def _held(field: str) -> Expression:
    """A field's text; empty where there is none."""
    if field.startswith(OWN):
        return sa.func.coalesce(col(Contact.fields)[field.removeprefix(OWN)].as_string(), "", type_=sa.String)
    return col(Contact.first_name if field == "first_name" else Contact.last_name)


def _is_or_not(condition: Condition, is_same: Expression, is_empty: Expression) -> Expression:
    match condition.operator:
        case Operator.IS:
            return is_same
        case Operator.IS_NOT:
            return sa.not_(is_same)
        case Operator.EMPTY:
            return is_empty
        case _:
            return sa.not_(is_empty)


def _birthday(day: date, years: int) -> str:
    """Who was born on this day or before is so old; also where the day is a 29th of February that never was."""
    return f"{day.year - years:04d}-{day:%m-%d}"
