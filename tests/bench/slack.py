"""How soon `/sms` opens its modal, and how soon the first text leaves after the undo window."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.table import Table

from bot.playground.seed import CHANNEL, COACH
from storage import models
from tests.bench.stage import Stage, open_stage, process
from tests.club import Club

ROUNDS = 5
COMMANDS = 100
WARM_UP = 10
SENDINGS = 5
PEOPLE = 40
BOTS = {
    "touchline": ("bot", "run"),
    "slack-bolt, bare": ("tests.bench.peers", "bolt"),
    "the wire": ("tests.bench.peers", "wire"),
}


async def openings(folder: Path) -> Table:
    """Milliseconds from posting `/sms` to the views.open request at Slack."""
    async with open_stage(folder) as stage:
        return _opening_table(await _openings(stage))


async def sendings(folder: Path) -> Table:
    """Seconds from the end of the undo window to the first request at the carrier."""
    async with open_stage(folder) as stage:
        return _sending_table(await _sendings(stage))


async def _openings(stage: Stage) -> dict[str, list[list[float]]]:
    """Milliseconds from posting `/sms` to the views.open request at Slack, per bot and round, bots alternating."""
    taken: dict[str, list[list[float]]] = {name: [] for name in BOTS}
    for round_ in range(ROUNDS):
        order = list(BOTS) if round_ % 2 == 0 else list(reversed(BOTS))
        for name in order:
            async with process(stage.settings, *_command(stage, name)):
                taken[name].append(await _open_often(stage.club))
    return taken


def _command(stage: Stage, name: str) -> tuple[str, ...]:
    if name == "touchline":
        return BOTS[name]
    return (*BOTS[name], str(stage.settings.port), stage.club.workspace.api_url)


async def _open_often(club: Club) -> list[float]:
    taken = [await _open_once(club) for _ in range(WARM_UP + COMMANDS)]
    return taken[WARM_UP:]


async def _open_once(club: Club) -> float:
    club.workspace.set_stack(COACH, [])
    before = len(club.workspace.calls("views.open"))
    arrived = asyncio.get_running_loop().create_future()
    stop = club.workspace.subscribe(lambda _: arrived.done() or _note(club, before, arrived))
    began = time.perf_counter()
    await club.workspace.run_command(COACH, CHANNEL, "/sms")
    try:
        async with asyncio.timeout(5):
            return (await arrived - began) * 1000
    finally:
        stop()


def _note(club: Club, before: int, arrived: "asyncio.Future[float]") -> None:
    if len(club.workspace.calls("views.open")) > before:
        arrived.set_result(time.perf_counter())


async def _sendings(stage: Stage) -> list[float]:
    """Seconds from the end of the undo window to the first request at the carrier, for forty people."""
    taken = []
    async with process(stage.settings, *BOTS["touchline"]):
        await stage.club.change(models.Club, {"language": "en"})
        stage.club.workspace.users[COACH].locale = "en-GB"
        await stage.club.grow_to(PEOPLE)
        for number in range(SENDINGS):
            before = len(stage.club.carrier.posts)
            await stage.club.limit(undo_seconds=2)
            preview = await stage.club.compose(audience="everyone", message=f"Assemblée ce soir ({number})")
            campaign = await stage.club.confirm(preview)
            await stage.club.stands(campaign, "done", seconds=20)
            posts = stage.club.carrier.posts[before:]
            if len(posts) != PEOPLE:
                raise RuntimeError(f"{len(posts)} requests for {PEOPLE} people")
            taken.append(_after(campaign.release_at, min(post.at for post in posts)))
    return taken


def _after(release_at: datetime, first_at: datetime) -> float:
    return (first_at - release_at).total_seconds()


def _opening_table(taken: dict[str, list[list[float]]]) -> Table:
    """Each bot's p50 and p99, and the median of its rounds' ratios to the wire."""
    table = Table(title=f"/sms to views.open, ms, {ROUNDS} rounds of {COMMANDS}", min_width=70)
    for column in ("bot", "p50", "p99", "p50 / wire"):
        table.add_column(column, justify="left" if column == "bot" else "right")
    wire = taken["the wire"]
    for name, rounds in taken.items():
        everything = [one for round_ in rounds for one in round_]
        ratios = [
            statistics.median(ours) / statistics.median(limit)
            for ours, limit in zip(rounds, wire, strict=True)
        ]
        table.add_row(
            name,
            _ms(statistics.median(everything)),
            _ms(_p99(everything)),
            f"{statistics.median(ratios):.1f}",
        )
    return table


def _sending_table(taken: Sequence[float]) -> Table:
    """The delay of the first request after the undo window."""
    table = Table(
        title=f"end of the undo window to the first request, s, {len(taken)} campaigns of {PEOPLE}",
        min_width=70,
    )
    for column in ("least", "median", "most"):
        table.add_column(column, justify="right")
    table.add_row(*(f"{figure:.3f}" for figure in (min(taken), statistics.median(taken), max(taken))))
    return table


def _p99(figures: Sequence[float]) -> float:
    """The figure that 99 of 100 stay below."""
    return statistics.quantiles(figures, n=100)[98]


def _ms(figure: float) -> str:
    return f"{figure:.1f}"
