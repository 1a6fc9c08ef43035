"""Prints the speed tables. `make bench` runs it; run it alone, the figures of a busy machine mean little."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import (
    callbacks,
    counting,
    dispatch,
    ends,
    finding,
    freezing,
    imports,
    memory,
    preview,
    rules,
    slack,
)
from tests.bench.ground import open_ground
from tests.bench.rounds import LONGEST_WAIT_SECONDS, ROUNDS, Gates, Starts

FOR_SLACK = {"openings": slack.openings, "sendings": slack.sendings}
FOR_SENDING = {
    "dispatch": dispatch.dispatch,
    "callbacks": callbacks.callbacks,
    "stop": ends.stop,
    "kill": ends.kill,
    "memory": memory.memory,
}
WIDTH = 100
PARTS = (*FOR_SLACK, "counting", "preview", "finding", "rules", "freezing", "imports", *FOR_SENDING)


def main() -> int:
    """Runs the parts that were asked for; 1 when a promise was not kept."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them unless some are named")
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument(
        "--share", type=float, default=1.0, help="of the messages, to try the benchmark itself"
    )
    asked.add_argument("--at-once", action="store_true", help="without waiting for a quiet machine")
    chosen = asked.parse_args()
    gates, starts = Gates(), Starts(patience_seconds=0 if chosen.at_once else LONGEST_WAIT_SECONDS)
    console = Console()
    console.width = max(console.width, WIDTH)
    asyncio.run(_run(console, chosen.parts or PARTS, gates, starts, chosen.rounds, chosen.share))
    console.print(f"{starts.quiet} of {starts.all} starts found a quiet machine.")
    for missed in gates.missed:
        console.print(f"Missed: {missed}.")
    return bool(gates.missed)


async def _run(
    console: Console, parts: Iterable[str], gates: Gates, starts: Starts, rounds: int, share: float
) -> None:
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="touchline-bench-") as folder:
            for table in await _tables(part, Path(folder), gates, starts, rounds, share):
                console.print(table)


async def _tables(
    part: str, folder: Path, gates: Gates, starts: Starts, rounds: int, share: float
) -> list[Table]:
    if part in FOR_SLACK:
        return [await FOR_SLACK[part](folder)]
    if part == "counting":
        return await counting.counting(starts, gates, rounds=rounds, share=share)
    if part == "preview":
        return await preview.previews(folder, starts, gates, rounds=rounds, share=share)
    if part == "finding":
        return await finding.finding(folder, starts, gates, rounds=rounds, share=share)
    if part == "freezing":
        return await freezing.freezing(folder, starts, gates, rounds=rounds, share=share)
    if part == "rules":
        return await rules.rules(folder, starts, gates, rounds=rounds, share=share)
    if part == "imports":
        return await imports.imports(folder, starts, gates, rounds=rounds, share=share)
    async with open_ground(folder, starts) as ground:
        return await FOR_SENDING[part](ground, gates, rounds=rounds, share=share)


if __name__ == "__main__":
    sys.exit(main())
