"""How long it takes to count those who belong to a group, among a million people, and the same SQL alone."""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from pathlib import Path

from rich.table import Table
from sqlalchemy.dialects import sqlite

from storage import filters
from storage.conditions import OWN, Compared, Condition, Match, Operator, Rule
from storage.db import Database
from storage.letters import teach
from storage.models import Club
from tests.bench import crowd
from tests.bench.rounds import Gates, Spread, Starts, alternate, ratio
from tests.bench.store import url_of

PEOPLE = 1_000_000
MOST_MS, MOST_RATIO = 300.0, 1.2
TODAY = date(2026, 11, 27)


DRESSED = """
    UPDATE contact SET
        birth_date = date('1950-01-01', '+' || (rowid * 7919 % 26000) || ' days'),
        language = CASE rowid % 3 WHEN 0 THEN 'fr' WHEN 1 THEN 'de-CH' ELSE '' END,
        roles = CASE rowid % 4 WHEN 0 THEN '["Joueur", "Arbitre"]' WHEN 1 THEN '["Parent"]' ELSE '[]' END
"""
"""The crowd has no birth dates, languages and roles, which rules ask for."""


def _one(field: str, compared: Compared, operator: Operator, value: str = "") -> Rule:
    return Rule(parts=(Condition(field, compared, operator, value),))


_TEAM = Condition(f"{OWN}team", Compared.TEXT, Operator.IS, "u13")
RULES = {
    "a last name": _one("last_name", Compared.TEXT, Operator.BEGINS, "Martin"),
    "at least 18": _one("birth_date", Compared.AGE, Operator.AT_LEAST, "18"),
    "birthday today": _one("birth_date", Compared.DATE, Operator.ANNIVERSARY),
    "a language": _one("language", Compared.LANGUAGE, Operator.IS, "fr"),
    "a role": _one("roles", Compared.SEVERAL, Operator.IS, "Joueur"),
    "a team": Rule(parts=(_TEAM,)),
    "one of two teams, under 15": Rule(
        parts=(
            Rule(Match.ANY, (_TEAM, Condition(f"{OWN}team", Compared.TEXT, Operator.IS, "U15"))),
            Condition("birth_date", Compared.AGE, Operator.LESS, "15"),
        )
    ),
    "a number above": _one(f"{OWN}licence", Compared.NUMBER, Operator.MORE, "500000"),
}


async def rules(folder: Path, starts: Starts, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table: each rule, asked as the bot asks and as SQL alone, which is printed below it."""
    file, people = folder / "crowd.db", int(PEOPLE * share)
    db = Database(url_of(file))
    club = (await crowd.gather(db, people)).club
    await db.close()
    bare = _open(file)
    with bare:
        bare.execute(DRESSED)
        bare.execute("ANALYZE")
    db = Database(url_of(file))
    table = Table(title=f"counting a group among {people:,} people", min_width=90)
    table.add_column("rule")
    for column in ("people", "ours, ms (quartiles)", "SQL alone, ms", "ratio"):
        table.add_column(column, justify="right")
    statements = []
    for name, rule in RULES.items():
        sql = await _sql(db, club, rule)
        runs = {"ours": partial(_ours, db, club, rule), "alone": partial(_alone, bare, sql)}
        taken = await alternate(
            {who: partial(_took, run) for who, run in runs.items()}, starts, rounds=rounds
        )
        ours, times = Spread.of(taken["ours"]), ratio(taken["ours"], taken["alone"])
        gates.at_most(f"counting, ms, {name}", MOST_MS, ours)
        gates.at_most(f"counting, times the SQL alone, {name}", MOST_RATIO, times)
        table.add_row(
            name,
            f"{await runs['ours']():,}",
            ours.shown(".0f"),
            Spread.of(taken["alone"]).shown(".0f"),
            times.shown(".2f"),
        )
        statements.append(f"{name}: {sql}")
    bare.close()
    await db.close()
    table.caption = "\n".join(statements)
    return [table]


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    teach(connection)
    return connection


async def _sql(db: Database, club: Club, rule: Rule) -> str:
    async with db.read() as session:
        query = filters.counting(session, club.id, rule, TODAY)
    return str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


async def _ours(db: Database, club: Club, rule: Rule) -> int:
    async with db.read() as session:
        return await filters.how_many(session, club.id, rule, TODAY)


async def _alone(connection: sqlite3.Connection, sql: str) -> int:
    found: int = connection.execute(sql).fetchone()[0]
    return found


async def _took(count: Callable[[], Awaitable[int]]) -> float:
    began = time.perf_counter()
    await count()
    return (time.perf_counter() - began) * 1000
