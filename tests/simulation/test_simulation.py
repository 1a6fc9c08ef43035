"""Seeds of the club's days keep the eight rules, tell the same story twice, and find the guards that are taken out."""

import inspect
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.slack.client import SlackClient
from tests.simulation.club import planted
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import simulate
from tests.simulation.slack import SimulatedSlack

ROOT = Path(__file__).parents[2]
SHORT_RUN_SECONDS = 6.0
"""How long seeds are lived through here; how many that is depends on the machine. `make simulation` has the long run."""


def test_a_seeds_days_keep_the_eight_rules() -> None:
    until = time.monotonic() + SHORT_RUN_SECONDS
    for seed in range(1, 1000):
        outcome = simulate(seed)
        assert outcome.broken is None, f"replay: python -m tests.simulation --seed {seed} --trace"
        if time.monotonic() > until:
            break


def test_a_seed_tells_the_same_story_in_another_process_with_other_hashes() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--seed", "2", "--trace"]
    elsewhere = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "1"}, stdout=subprocess.PIPE, text=True
    )
    here: list[str] = []
    simulate(2, show=here.append)
    told, _ = elsewhere.communicate()
    assert told.splitlines()[: len(here)] == here
    assert any("taken" in line for line in here)


def test_a_seed_tells_the_same_story_after_others() -> None:
    first = simulate(2)
    simulate(7)
    assert simulate(2).digest == first.digest


@pytest.mark.parametrize("guard", MUTANTS)
def test_the_simulation_finds_a_bot_that(guard: str) -> None:
    mutant = MUTANTS[guard]
    planted()
    for seed in range(mutant.first, mutant.first + 30):
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


@pytest.mark.parametrize("method", ["post", "update", "close"])
def test_the_simulated_slack_is_asked_as_the_real_client_is(method: str) -> None:
    simulated, real = (inspect.signature(getattr(one, method)) for one in (SimulatedSlack, SlackClient))
    assert list(simulated.parameters.values()) == list(real.parameters.values())
