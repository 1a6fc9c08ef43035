"""The mutation score of bot/rules: breaks the rules in a thousand small ways and counts what the tests notice.

Functions are broken by mutmut, in a copy of the house. It leaves tables of constants alone, and much of what
the rules decide stands in tables; so those are broken here: one entry dropped, one number or word changed.
"""

import ast
import copy
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import holidays  # noqa: F401 - what is slow to import is imported once, before the forks
import hypothesis  # noqa: F401
import phonenumbers  # noqa: F401
import pytest
import regex  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "bot" / "rules"
TESTS = ROOT / "tests" / "unit" / "rules"
NEEDED = ("bot/__init__.py", "bot/rules", "bot/data", "storage/__init__.py", "storage/states.py",
          "tests/__init__.py", "tests/unit/__init__.py", "tests/unit/rules", "docs/advertising.md", "pyproject.toml")  # fmt: skip
SETTINGS = """[mutmut]
source_paths =
    bot/rules
also_copy =
    bot
    storage
    docs
pytest_add_cli_args =
    --hypothesis-seed=0
pytest_add_cli_args_test_selection =
    tests/unit/rules
use_git_change_detection = false
track_dependencies = false
"""
# Pytest warns that it cannot rewrite the assertions of what was imported before it.
QUIETLY = ("-x", "-q", "-p", "no:cacheprovider", "--noconftest", "--hypothesis-seed=0",
           "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
PASSING_SCORE = 90.0
WORKERS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants there were, and the description of each that no test noticed."""

    total: int
    survivors: tuple[str, ...]

    @property
    def percent(self) -> float:
        """The share of mutants that the tests noticed."""
        return 100 * (self.total - len(self.survivors)) / self.total


def main() -> int:
    """Prints the survivors and the score; 1 when it is too low."""
    parts = {"functions": break_functions(), "tables": break_tables()}
    for name, score in parts.items():
        print("\n".join(f"{name}: {survivor}" for survivor in score.survivors))
        print(f"{name}: {score.percent:.1f} % of {score.total}\n")
    whole = Score(sum(s.total for s in parts.values()), sum((s.survivors for s in parts.values()), ()))
    print(f"bot/rules: {whole.percent:.1f} % of {whole.total} mutants noticed, {PASSING_SCORE:.0f} % asked")
    return 0 if whole.percent >= PASSING_SCORE else 1


def break_functions() -> Score:
    """The score of mutmut, a mutant that runs out of time counting as noticed."""
    with tempfile.TemporaryDirectory() as place:
        house = Path(place)
        build_house(house)
        mutmut(house, "run", "--max-children", str(WORKERS))
        mutmut(house, "export-cicd-stats")
        stats = json.loads((house / "mutants" / "mutmut-cicd-stats.json").read_text())
        results = [line.strip().split(": ") for line in mutmut(house, "results").splitlines()]
        survivors = [f"{name}\n{show(house, name)}" for name, end in results if end != "timeout"]
    if stats["total"] != stats["killed"] + stats["timeout"] + len(survivors):
        raise SystemExit(f"mutmut did not finish: {stats}")
    return Score(stats["total"], tuple(survivors))


def build_house(house: Path) -> None:
    """A copy of what the rules and their tests need, and nothing else."""
    for name in NEEDED:
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, house / name)
    (house / "setup.cfg").write_text(SETTINGS)


def mutmut(house: Path, *arguments: str) -> str:
    """What mutmut printed."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"mutmut {arguments[0]} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def show(house: Path, name: str) -> str:
    """The changed lines of a mutant."""
    lines = mutmut(house, "show", name).splitlines()
    return "\n".join(f"    {line}" for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def break_tables() -> Score:
    """The score of mutants in the constants of modules, each tried by the tests of its module."""
    mutants = [(path.name, *mutant) for path in sorted(RULES.glob("*.py")) for mutant in broken(path)]
    with multiprocessing.get_context("fork").Pool(WORKERS, maxtasksperchild=1) as pool:
        ends = pool.starmap(is_noticed, [(file_name, tree) for file_name, _, tree in mutants], chunksize=1)
    survivors = (what for (_, what, _), noticed in zip(mutants, ends, strict=True) if not noticed)
    return Score(len(mutants), tuple(survivors))


def is_noticed(file_name: str, tree: ast.Module) -> bool:
    """Whether the module's tests fail with the broken module in its place; runs in a fork of its own."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    try:
        install(file_name, tree)
    except Exception:  # a module that cannot even be imported is noticed
        return True
    tests = str(TESTS / f"test_{file_name}")
    return pytest.main([*QUIETLY, tests]) != 0


def install(file_name: str, tree: ast.Module) -> None:
    """Puts a broken module in the place of the true one, for this process."""
    sys.path.insert(0, str(ROOT))
    name = f"bot.rules.{file_name.removesuffix('.py')}"
    package = __import__("bot.rules", fromlist=["rules"])
    module = ModuleType(name)
    sys.modules[name] = module
    setattr(package, file_name.removesuffix(".py"), module)
    exec(compile(tree, str(RULES / file_name), "exec"), module.__dict__)


def broken(path: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every way to break one constant of a module, with its description."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for n, statement in enumerate(tree.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and "__all__" not in ast.unparse(statement):
            for place, change in changes(statement.value):
                changed = copy.deepcopy(tree)
                change(list(ast.walk(changed.body[n].value))[place])  # type: ignore[attr-defined]
                after = ast.unparse(changed.body[n])
                yield f"{path.name}:{statement.lineno}\n{difference(ast.unparse(statement), after)}", changed


def changes(value: ast.expr | None) -> Iterator[tuple[int, Callable[[Any], object]]]:
    """Where in an expression something can be broken, and what breaks it.

    An entry of a collection is dropped, not changed too.
    """
    nodes = list(ast.walk(value)) if value else []
    collections = [node for node in nodes if isinstance(node, ast.Set | ast.List | ast.Tuple | ast.Dict)]
    entries = {id(entry) for node in collections for entry in ast.iter_child_nodes(node)}
    for place, node in enumerate(nodes):
        if isinstance(node, ast.Constant) and node.value is not None and id(node) not in entries:
            yield place, change_constant
        elif isinstance(node, ast.Set | ast.List | ast.Tuple):
            yield from ((place, partial(drop_element, n=n)) for n in range(len(node.elts)))
        elif isinstance(node, ast.Dict):
            yield from ((place, partial(drop_pair, n=n)) for n in range(len(node.keys)))


def change_constant(node: ast.Constant) -> None:
    """The other truth, the next number, no words."""
    value = node.value
    node.value = (
        not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else type(value)()
    )


def drop_element(node: ast.Set | ast.List | ast.Tuple, n: int) -> None:
    """The collection without its n-th element."""
    del node.elts[n]


def drop_pair(node: ast.Dict, n: int) -> None:
    """The dictionary without its n-th pair."""
    del node.keys[n], node.values[n]


def difference(before: str, after: str) -> str:
    """The neighbourhood of the first difference of two texts."""
    same = (left == right for left, right in zip(before, after, strict=False))
    at = next((n for n, equal in enumerate(same) if not equal), min(len(before), len(after)))
    return f"    -{before[max(0, at - 60) : at + 40]}\n    +{after[max(0, at - 60) : at + 40]}"


if __name__ == "__main__":
    sys.exit(main())
