"""The shape of the house, held by a test: imports point down, decisions stay pure, each vendor has one door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("commands", "bot", "storage")
FILES = [
    path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py")) if "versions" not in path.parts
]
PURE = (
    "bot.rules",
    "commands.views",
    "bot.slack.cards",
    "bot.slack.replies",
    "bot.slack.blocks",
    "bot.slack.labels",
)
"""Decides and draws: values in, values out."""
IMPURE = {
    "asyncio",
    "aiohttp",
    "sqlalchemy",
    "sqlmodel",
    "slack_bolt",
    "slack_sdk",
    "twilio",
    "apscheduler",
    "time",
    "random",
    "os",
    "socket",
}
DOORS = {
    "twilio": ("bot.carriers.twilio",),
    "apscheduler": ("bot.schedule",),
    "procrastinate": ("bot.engine.queue",),
    "slack_bolt": ("bot.app", "commands"),
    "slack_sdk": ("bot.slack.client", "bot.slack.socket_mode"),
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def lives_in(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


IMPORTS = [(module_of(path), name) for path in FILES for name in imports_of(path)]


def offenders(*, of: tuple[str, ...], to: tuple[str, ...], besides: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{module} imports {name}"
        for module, name in IMPORTS
        if lives_in(module, *of) and not lives_in(module, *besides) and lives_in(name, *to)
    ]


def test_storage_knows_nobody_above_it() -> None:
    assert offenders(of=("storage",), to=("bot", "commands")) == []


def test_the_bot_knows_the_commands_in_one_file_alone() -> None:
    assert offenders(of=("bot",), to=("commands",), besides=("bot.app",)) == []


def test_commands_never_touch_tables() -> None:
    tables = (
        "sqlmodel",
        "sqlalchemy",
        "storage.db",
        "storage.models",
        "storage.campaigns",
        "storage.messages",
    )
    assert offenders(of=("commands",), to=tables) == []


@pytest.mark.parametrize("place", PURE)
def test_what_decides_and_draws_does_no_io(place: str) -> None:
    assert offenders(of=(place,), to=tuple(IMPURE)) == []


@pytest.mark.parametrize("place", PURE)
def test_what_decides_and_draws_asks_no_clock_and_awaits_nothing(place: str) -> None:
    for path in FILES:
        if not lives_in(module_of(path), place):
            continue
        tree = ast.parse(path.read_text())
        assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in ast.walk(tree)), path
        calls = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not calls & {"now", "utcnow", "today", "open", "read_text"}, path


@pytest.mark.parametrize(("vendor", "doors"), DOORS.items(), ids=list(DOORS))
def test_each_vendor_has_its_door(vendor: str, doors: tuple[str, ...]) -> None:
    assert offenders(of=LAYERS, to=(vendor,), besides=doors) == []


def test_the_playground_knows_nothing_of_the_bot() -> None:
    ours = ("bot", "commands", "storage")
    starts_it = ("bot.playground.launcher", "bot.playground.seed")
    strangers = [
        line
        for line in offenders(of=("bot.playground",), to=ours, besides=starts_it)
        if not line.split(" imports ")[1].startswith("bot.playground")
    ]
    assert strangers == []


def test_a_bot_at_work_never_loads_the_playground() -> None:
    assert (
        offenders(of=("bot", "commands"), to=("bot.playground",), besides=("bot.playground", "bot.cli")) == []
    )


def test_every_module_says_what_lives_there() -> None:
    silent = [module_of(path) for path in FILES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_modules_of_tests_that_are_in_no_package_have_names_of_their_own() -> None:
    """Python knows them by that name alone; the second one of two would not be run."""
    alone = [path for path in ROOT.glob("tests/**/test_*.py") if not (path.parent / "__init__.py").exists()]
    names = [path.name for path in alone]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
