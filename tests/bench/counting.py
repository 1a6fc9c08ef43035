"""How many texts a second are counted, exactly, beside PyPI's smsutil, which counts as exactly."""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import smsutil
from rich.table import Table

from bot.rules import text
from tests.bench.rounds import Contestant, Gates, Spread, Starts, alternate, ratio

TEXTS = Path("tests/unit/rules").glob("club_texts*.tsv")
LEAST_TIMES = 3.0
SECONDS = 1.0


async def counting(starts: Starts, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table, over texts of clubs of one SMS and of several; the two must agree on each."""
    texts = _texts()
    wrong = [one for one in texts if text.count(one).segments != len(smsutil.split(one).parts)]
    if wrong:
        raise AssertionError(f"counted otherwise: {wrong[0]}")
    contestants: dict[str, Contestant] = {
        "touchline": _counting(text.count, texts, SECONDS * share),
        "smsutil": _counting(smsutil.split, texts, SECONDS * share),
    }
    figures = await alternate(contestants, starts, rounds=rounds)
    times = ratio(figures["touchline"], figures["smsutil"])
    gates.at_least("counting, times smsutil", LEAST_TIMES, times)
    table = Table(title="texts counted a second", min_width=90)
    for column in ("who", "a second", "of smsutil"):
        table.add_column(column, justify="left" if column == "who" else "right")
    table.add_row("touchline", Spread.of(figures["touchline"]).shown(), times.shown(".1f"))
    table.add_row("smsutil", Spread.of(figures["smsutil"]).shown(), "1.0")
    return [table]


def _texts() -> list[str]:
    lines = [line for path in sorted(TEXTS) for line in path.read_text(encoding="utf-8").splitlines()]
    short = [line.split("\t")[2] for line in lines if not line.startswith("#")]
    return short + [f"{one} {other}" for one, other in pairwise(short)]


def _counting(count: Callable[[str], object], texts: list[str], seconds: float) -> Contestant:
    async def counted() -> float:
        began, done = time.perf_counter(), 0
        while (took := time.perf_counter() - began) < seconds:
            for one in texts:
                count(one)
            done += len(texts)
        return done / took

    return counted
