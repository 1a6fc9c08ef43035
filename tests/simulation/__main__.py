"""`python -m tests.simulation --seeds 1000 --days 1`: lives through many seeds and says which broke a rule."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.run import Outcome, simulate


def main() -> int:
    """Runs the seeds asked for; 1 when a rule broke in one of them."""
    asked = _arguments().parse_args()
    if asked.trace:
        outcome = simulate(asked.seed or 0, days=asked.days, show=print)
        return _judged([outcome])
    seeds = [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.seeds)
    began, outcomes = time.perf_counter(), []
    for outcome in _lived(seeds, asked.days, asked.jobs):
        outcomes.append(outcome)
        if outcome.broken:
            print(_replay(outcome, asked.days), flush=True)
        elif len(outcomes) % 50 == 0:
            print(f"{len(outcomes)} seeds lived through", flush=True)
        if asked.fail_fast and outcome.broken:
            break
    _report(outcomes, asked.days, time.perf_counter() - began)
    return _judged(outcomes)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds to live through")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--days", type=int, default=1, help="days in each")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="print each event of the one seed")
    parser.add_argument("--fail-fast", action="store_true", help="end at the first broken rule")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at work")
    return parser


def _lived(seeds: range | list[int], days: int, jobs: int) -> Iterator[Outcome]:
    if jobs == 1 or len(seeds) == 1:
        yield from (simulate(seed, days=days) for seed in seeds)
        return
    # Spawned: a forked child would share the first one's loop and engines.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(simulate, days=days), seeds)


def _replay(outcome: Outcome, days: int) -> str:
    command = f"python -m tests.simulation --seed {outcome.seed} --days {days} --trace"
    return f"seed {outcome.seed}: {outcome.broken}\n  replay: {command}"


def _report(outcomes: list[Outcome], days: int, seconds: float) -> None:
    counts: Counter[str] = sum((outcome.counts for outcome in outcomes), Counter())
    texts = sum(outcome.texts for outcome in outcomes)
    cpu = sum(outcome.cpu_seconds for outcome in outcomes)
    lived = len(outcomes) * days
    print(
        f"{lived} days in {seconds:.0f} s, {lived / seconds:.2f} a second, {cpu / lived * 1000:.0f} ms of CPU a day"
    )
    print(f"{texts} texts taken, {counts['asked']} requests, {counts['committed']} commits")
    faults = {kind.removeprefix("fault "): n for kind, n in counts.items() if kind.startswith("fault ")}
    print("faults: " + ", ".join(f"{kind} {n}" for kind, n in sorted(faults.items())))


def _judged(outcomes: list[Outcome]) -> int:
    broken = [outcome.seed for outcome in outcomes if outcome.broken]
    print(f"{len(broken)} of {len(outcomes)} seeds broke a rule" + (f": {broken}" if broken else ""))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
