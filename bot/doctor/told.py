"""What the doctor found, for people at a terminal and for machines."""

import json
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bot.doctor.findings import Finding, State

STYLES = {
    State.OK: "green",
    State.WRONG: "bold red",
    State.WARNING: "yellow",
    State.WAITS: "cyan",
    State.SKIPPED: "dim",
}
STATE_WIDTH, CHECK_WIDTH = 8, 15


def is_wrong(found: Sequence[Finding]) -> bool:
    """Whether somebody must do something."""
    return any(one.state is State.WRONG for one in found)


def as_json(found: Sequence[Finding]) -> str:
    """A list of objects, one for each finding."""
    return json.dumps([one.as_json() for one in found], ensure_ascii=False, indent=1)


def show(found: Sequence[Finding]) -> None:
    """Each finding on a line of its own, and how it is mended on the next."""
    console = Console(highlight=False)
    for one in found:
        head = Text(f"{one.state:<{STATE_WIDTH}} ", STYLES[one.state]) + Text(
            f"{one.check:<{CHECK_WIDTH}} ", "bold"
        )
        console.print(head + Text(one.words), soft_wrap=True)
        if one.mending:
            console.print(Text(" " * (STATE_WIDTH + 1) + "→ " + one.mending), soft_wrap=True)
    counted = Counter(one.state for one in found)
    console.print(", ".join(f"{counted[state]} {state}" for state in State if counted[state]) + ".")
