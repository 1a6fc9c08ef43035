"""Seeds of the club's days keep the eight rules, tell the same story twice, and find the guards that are taken out."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.simulation.club import planted
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import simulate

ROOT = Path(__file__).parents[2]
CPU_SECONDS = 5.0
"""How much of the processor a short run may take; how many seeds that is depends on the machine."""
FEWEST = 3


def test_a_seeds_days_keep_the_eight_rules() -> None:
    until = time.process_time() + CPU_SECONDS
    for seed in range(1, 1000):
        outcome = simulate(seed)
        assert outcome.broken is None, f"replay: python -m tests.simulation --seed {seed} --trace"
        if seed >= FEWEST and time.process_time() > until:
            break


def test_a_seed_tells_the_same_story_in_another_process_with_other_hashes() -> None:
    stories = [_told(hash_seed) for hash_seed in ("1", "2")]
    said = [story.communicate(timeout=18)[0] for story in stories]
    assert said[0] == said[1]
    assert b"committed" in said[0]


def test_a_seed_tells_the_same_story_after_others() -> None:
    first = simulate(2)
    simulate(7)
    assert simulate(2).digest == first.digest


@pytest.mark.parametrize("guard", ["sends again after a lost answer", "has no grace"])
def test_the_simulation_finds_a_bot_that(guard: str) -> None:
    mutant = MUTANTS[guard]
    planted()
    for seed in range(1, 30):
        with mutant.without():
            outcome = simulate(seed, odds=mutant.odds)
        if outcome.broken:
            break
    assert str(outcome.broken).startswith(mutant.breaks)


def test_a_seed_that_broke_breaks_again_at_the_same_moment() -> None:
    mutant = MUTANTS["has no grace"]

    def live() -> tuple[str, str]:
        with mutant.without():
            outcome = next(one for one in (simulate(n, odds=mutant.odds) for n in range(1, 30)) if one.broken)
        return outcome.digest, str(outcome.broken)

    assert live() == live()


def _told(hash_seed: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.simulation", "--seed", "3", "--trace"]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
