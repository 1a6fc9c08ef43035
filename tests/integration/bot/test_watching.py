"""The alert rules and the dashboard ask for what a bot at work measures, and leave nothing of it out."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import CHORES
from bot.metrics import NEW_WORD, Ended
from bot.playground.launcher import free_port
from bot.rules.lifecycle import CARRIER_STATUS
from tests.club import Club

DEPLOY = Path(__file__).parents[3] / "deploy"
DASHBOARD = json.loads((DEPLOY / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES = [
    rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
ASKED = [rule["expr"] for rule in RULES]
DRAWN = [target["expr"] for panel in PANELS for target in panel["targets"]]
GRAMMAR = {"by", "and", "or", "unless"}
OF_PROMETHEUS = "up"
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "counter": ("",),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
}
WORDS: Mapping[str, set[str]] = {
    "outcome": {ended.value for ended in Ended},
    "status": {*CARRIER_STATUS, NEW_WORD},
    "state": {"sending", "paused"},
    "part": {"database"},
    "chore": {*CHORES, "posts", "follow", "reconcile", "inbox"},
    "job": {"touchline"},
}
"""What each label that a rule chooses by may be."""


def families(text: str) -> dict[str, str]:
    """The type of each metric that stands there, also of one of which nothing was counted yet."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def names(expression: str) -> set[str]:
    """The metrics that an expression of Prometheus asks for."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)', "", re.sub(r"\{.*?\}", "", expression))
    return set(re.findall(r"\b[a-z_][a-z0-9_]*\b(?!\s*\()", bare)) - GRAMMAR


async def measured(club: Club) -> dict[str, str]:
    """Every name that a sample may have, with the metric that it is of."""
    told = await club.get("/metrics")
    return {
        family + ending: family for family, kind in families(told).items() for ending in ENDINGS.get(kind, ())
    }


async def test_every_rule_and_panel_asks_for_a_metric_that_exists(club: Club) -> None:
    known = await measured(club)
    assert known
    for expression in ASKED + DRAWN:
        assert names(expression) - {OF_PROMETHEUS} <= set(known), expression


async def test_every_metric_of_ours_is_on_the_dashboard(club: Club) -> None:
    known = await measured(club)
    shown = {known.get(name) for expression in DRAWN for name in names(expression)}
    ours = {family for family in known.values() if family.startswith("touchline_")}
    assert not {family for family in ours if not family.endswith("_created")} - shown


async def test_every_metric_of_ours_stands_in_the_pages_and_no_other(club: Club) -> None:
    told = await club.get("/metrics")
    ours = {family for family in families(told) if family.startswith("touchline_")}
    page = (DEPLOY.parent / "docs" / "running.md").read_text()
    listed = re.findall(r"^\| `(touchline_\w+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(family for family in ours if not family.endswith("_created"))


async def test_the_images_health_check_tells_a_bot_that_lives_from_one_that_does_not(club: Club) -> None:
    image = (DEPLOY / "Containerfile").read_text()
    [asked] = re.findall(r"^HEALTHCHECK .* CMD (.+)$", image, re.MULTILINE)
    _, *words = json.loads(asked)

    async def ends(port: int) -> int:
        environment = os.environ | {"PORT": str(port)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, env=environment, stderr=asyncio.subprocess.DEVNULL
        )
        return await process.wait()

    assert await ends(club.settings.port) == 0
    assert await ends(free_port()) != 0


@pytest.mark.parametrize("expression", ASKED + DRAWN)
def test_a_label_is_asked_for_a_word_that_it_may_have(expression: str) -> None:
    for label, wanted in re.findall(r'(\w+)=~?"([^"]*)"', expression):
        assert set(wanted.split("|")) <= WORDS[label]


def test_the_names_in_an_expression_are_found() -> None:
    expression = 'abs(sum by (le) (rate(a_total{b="c", d=~"e|f"}[5m]))) > 0.02 * max(g_h) unless up{i="j"} == 1 or vector(0)'
    assert names(expression) == {"a_total", "g_h", "up"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_rule_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "look"}
    assert set(rule["annotations"]) == {"summary", "description"}
    assert all(text.endswith((".", "?")) for text in rule["annotations"].values())


def test_no_two_panels_stand_in_one_place() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not taken & cells
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_the_dashboard_asks_whichever_prometheus_one_chooses() -> None:
    [variable] = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    assert {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]} == {
        "${datasource}"
    }
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
