"""How long it takes to freeze a million recipients, and to insert the same columns into the same indexes alone."""

import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from rich.table import Table

from bot.app import build
from bot.campaigns.freeze import freeze
from bot.settings import load_settings
from storage.db import Database, take_time
from storage.models import Campaign, Club
from storage.states import AudienceWay, Kind, Route
from tests import factories
from tests.bench import crowd
from tests.bench.preview import SATURDAY_EVENING
from tests.bench.rounds import Gates, Spread, Starts, alternate, ratio
from tests.bench.store import url_of
from tests.club import SetClock

RECIPIENTS = 1_000_000
MOST_RATIO, MOST_STANDSTILL_MS = 1.5, 50.0
TICK_SECONDS = 0.005
KINDS = {"an alert": Kind.ALERT, "advertising at night": Kind.MARKETING}
EVERYONE = {"way": AudienceWay.EVERYONE.value, "contacts": [], "groups": []}
TABLES = ("chunk", "audience_line", "audience_guardian", "message")


class _Undone(Exception):
    """The next round begins with the same tables."""


async def freezing(folder: Path, starts: Starts, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table; the same rows are inserted from a table that has them ready, in one statement for each table."""
    file, people = folder / "crowd.db", int(RECIPIENTS * share)
    db = Database(url_of(file))
    club = (await crowd.gather(db, people)).club
    await db.close()
    table = Table(title=f"freezing {people:,} recipients, one text for all", min_width=90)
    for column in (
        "what",
        "ours, s (quartiles)",
        "INSERT ... SELECT alone, s",
        "ratio",
        "longest standstill, ms",
    ):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, kind in KINDS.items():
        late: list[float] = []
        campaign = await _kept(file, club, kind)
        runs = {"ours": partial(_frozen, file, club, campaign, people, late), "alone": partial(_bare, file)}
        await _frozen(file, club, campaign, people, [], keep=True)
        taken = await alternate(runs, starts, rounds=rounds)
        times = ratio(taken["ours"], taken["alone"])
        gates.at_most(f"freezing, times the INSERT alone, {name}", MOST_RATIO, times)
        gates.at_most(f"freezing, standstill in ms, {name}", MOST_STANDSTILL_MS, Spread.of(late))
        shown = [Spread.of(taken[who]).shown(".1f") for who in runs]
        table.add_row(name, *shown, times.shown(".2f"), Spread.of(late).shown(".0f"))
    return [table]


async def _kept(file: Path, club: Club, kind: Kind) -> Campaign:
    campaign = factories.campaign(
        club, id=uuid4(), kind=kind, route=Route.WORLD, body="Pas d'entraînement ce soir.", audience=EVERYONE
    )
    db = Database(url_of(file))
    async with db.begin() as session:
        session.add(campaign)
    await db.close()
    return campaign


async def _frozen(
    file: Path, club: Club, campaign: Campaign, people: int, late: list[float], *, keep: bool = False
) -> float:
    """Seconds until all is stored but for the commit, and then undone; or kept in tables beside, for whoever inserts alone."""
    rt = build(load_settings({"DATABASE_URL": url_of(file)}), SetClock(SATURDAY_EVENING))
    ticks: list[float] = []
    ticking = asyncio.create_task(_tick(ticks))
    try:
        async with rt.db.begin() as session:
            await take_time(session)
            began = time.perf_counter()
            segments = await freeze(rt, session, club, campaign, SATURDAY_EVENING)
            seconds = time.perf_counter() - began
            late.append(max(ticks) * 1000)
            if segments < people:
                raise RuntimeError(f"{segments} segments for {people} people")
            if not keep:
                raise _Undone
            connection = await session.connection()
            for table in TABLES:
                await connection.execute(sa.text(f"DROP TABLE IF EXISTS kept_{table}"))
                await connection.execute(sa.text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
            for table in reversed(TABLES):
                await connection.execute(sa.text(f"DELETE FROM {table}"))
            await connection.execute(sa.text("DELETE FROM tally"))
    except _Undone:
        pass
    finally:
        ticking.cancel()
        await rt.slack.close()
        await rt.carrier.close()
        await rt.db.close()
    return seconds


async def _tick(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        late.append(time.perf_counter() - began - TICK_SECONDS)


async def _bare(file: Path) -> float:
    """Seconds of the statements that nobody can do without, on a connection like the bot's."""
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        began = time.perf_counter()
        for table in TABLES:
            connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        seconds = time.perf_counter() - began
        connection.execute("ROLLBACK")
    connection.close()
    return seconds
