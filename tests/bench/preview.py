"""How long a preview over a hundred thousand people takes, and how long nothing else runs meanwhile.

python -m tests.bench.preview DATABASE_URL alert|marketing|naive|smsutil   prints what one of them took, as JSON
"""

import asyncio
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import smsutil
import sqlalchemy as sa
import uvloop
from rich.table import Table
from sqlmodel import select

from bot.app import build
from bot.campaigns.preview import preview
from bot.campaigns.values import Fields
from bot.i18n import words_for
from bot.playground.seed import COACH
from bot.rules import regions, text
from bot.runtime import Who
from bot.settings import load_settings
from storage.db import Database
from storage.models import Club
from storage.states import AudienceWay, Kind, Role, Route
from tests import factories
from tests.bench import crowd
from tests.bench.rounds import Gates, Spread, Starts
from tests.bench.store import url_of
from tests.club import SetClock

PEOPLE = 100_000
MOST_SECONDS, MOST_STANDSTILL_MS = 2.0, 50.0
BODY = "Bonjour {first_name} {last_name}, l’assemblée du club a lieu samedi à 18 h 30 au gymnase."
SATURDAY_EVENING = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)
"""Advertising has to wait, and until when differs by where a number is."""
TICK_SECONDS = 0.005
OURS = {"touchline, an alert": Kind.ALERT, "touchline, advertising at night": Kind.MARKETING}
OTHERS = {"read, merged, counted by ours": "naive", "read, merged, counted by smsutil": "smsutil"}


@dataclass(frozen=True, slots=True)
class Took:
    """What one run took, how late the latest tick of the same loop came, and by how much the peak of memory grew."""

    seconds: float
    standstill_ms: float = 0.0
    more_bytes: int = 0


async def previews(folder: Path, starts: Starts, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table; each run is a process of its own, so that none finds what another remembered."""
    file = folder / "crowd.db"
    db = Database(url_of(file))
    await crowd.gather(db, int(PEOPLE * share))
    await db.close()
    taken = await _alternate({**OURS, **OTHERS}, url_of(file), starts, rounds)
    for name in OURS:
        seconds, standstill = _spread(taken[name], "seconds"), _spread(taken[name], "standstill_ms")
        gates.at_most(f"preview, seconds, {name}", MOST_SECONDS, seconds)
        gates.at_most(f"preview, standstill in ms, {name}", MOST_STANDSTILL_MS, standstill)
    return [_table(taken, int(PEOPLE * share))]


async def _alternate(runs: dict[str, str], url: str, starts: Starts, rounds: int) -> dict[str, list[Took]]:
    taken: dict[str, list[Took]] = {name: [] for name in runs}
    for round_ in range(rounds):
        for name in list(runs)[:: -1 if round_ % 2 else 1]:
            await starts.wait()
            taken[name].append(await _apart(url, runs[name]))
            print(f"  round {round_ + 1}, {name}: {taken[name][-1]}", file=sys.stderr)
    return taken


async def _apart(url: str, what: str) -> Took:
    command = (sys.executable, "-m", "tests.bench.preview", url, what)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return Took(**json.loads(out))


def _spread(taken: list[Took], figure: str) -> Spread:
    return Spread.of([getattr(one, figure) for one in taken])


def _table(taken: dict[str, list[Took]], people: int) -> Table:
    table = Table(title=f"a preview over {people:,} people, each text merged and counted", min_width=90)
    table.add_column("who")
    for column in ("seconds (quartiles)", "longest standstill, ms", "memory, MiB more"):
        table.add_column(column, justify="right")
    for name, found in taken.items():
        shown = [_spread(found, "seconds").shown(".2f")]
        if name in OURS:
            memory = max(one.more_bytes for one in found) / 1024**2
            shown += [_spread(found, "standstill_ms").shown(".0f"), f"{memory:.0f}"]
        table.add_row(name, *shown)
    return table


async def previewed(url: str, kind: Kind) -> Took:
    """One preview in a bot that has made none before, and has learnt what a bot does at its start."""
    regions.learn()
    rt = build(load_settings({"DATABASE_URL": url}), SetClock(SATURDAY_EVENING))
    async with rt.db.read() as session:
        club = (await session.exec(select(Club))).one()
    who = Who(club, COACH, Role.COACH, words_for("fr", rt.catalogues), club.zone)
    late: list[float] = []
    ticking = asyncio.create_task(_tick(late))
    before, began = _peak_bytes(), time.perf_counter()
    shown = await preview(rt, who, uuid4(), _fields(kind))
    seconds = time.perf_counter() - began
    await asyncio.sleep(2 * TICK_SECONDS)
    ticking.cancel()
    await rt.slack.close()
    await rt.carrier.close()
    await rt.db.close()
    _refuse_wrong(shown.recipients, await _people(url))
    return Took(seconds, max(late) * 1000, _peak_bytes() - before)


async def _tick(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        late.append(time.perf_counter() - began - TICK_SECONDS)


async def _people(url: str) -> int:
    """How many get a text: the grown-ups whose number is not blocked."""
    db = Database(url)
    async with db.read() as session:
        connection = await session.connection()
        query = (
            "SELECT (SELECT count(*) FROM contact WHERE e164 IS NOT NULL) - (SELECT count(*) FROM opt_out)"
        )
        people: int = (await connection.execute(sa.text(query))).scalar_one()
    await db.close()
    return people


def _refuse_wrong(found: int, people: int) -> None:
    if found != people:
        raise RuntimeError(f"a preview of {found} people, where {people} get a text")


def _fields(kind: Kind) -> Fields:
    return Fields(
        audience=AudienceWay.EVERYONE,
        kind=kind,
        route=Route.WORLD,
        sender=factories.SHORT_CODE,
        message=BODY,
    )


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def bare(url: str, count: Callable[[str], object]) -> Took:
    """What nobody who counts can do without: the names are read, merged and counted, and nothing is asked or told."""
    began = time.perf_counter()
    with sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///")) as connection:
        query = "SELECT first_name, last_name FROM contact WHERE e164 IS NOT NULL"
        rows = connection.execute(query).fetchall()
    connection.close()
    for first_name, last_name in rows:
        count(BODY.replace("{first_name}", first_name).replace("{last_name}", last_name))
    return Took(time.perf_counter() - began)


def _run(url: str, what: str) -> Took:
    others = {"naive": partial(bare, url, text.count), "smsutil": partial(bare, url, smsutil.split)}
    return others[what]() if what in others else uvloop.run(previewed(url, Kind(what)))


if __name__ == "__main__":
    print(json.dumps(asdict(_run(sys.argv[1], sys.argv[2]))))
