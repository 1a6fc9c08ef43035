"""The README keeps what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import NEEDED, NEEDED_WITHOUT_SOCKET
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", README, re.MULTILINE))


def test_it_begins_with_the_two_commands_and_a_picture() -> None:
    beginning = README[: README.index("## ")]
    assert beginning.index("make playground") < beginning.index("make test") < beginning.index("![")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_stands_there_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    shown = getattr(default, "get_secret_value", lambda: default)()
    told = ROWS[name.upper()]
    if name in NEEDED:
        assert told == "needed"
    elif name in NEEDED_WITHOUT_SOCKET:
        assert told == "needed without `SLACK_APP_TOKEN`"
    else:
        assert told == (f"`{shown}`" if shown != "" else "none")


def test_no_setting_stands_there_that_is_not_one() -> None:
    assert set(ROWS) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("command", sorted(set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))))
def test_every_make_command_exists(command: str) -> None:
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("picture", re.findall(r"\]\((docs/[^)]+)\)", README))
def test_every_picture_exists(picture: str) -> None:
    assert (ROOT / picture).exists()


def test_the_example_of_count_prints_what_it_says() -> None:
    example = re.search(r"\$ printf '(.+)' \| touchline count\n(.+)\n", README)
    assert example
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "count"],
        input=example[1].encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert ran.stdout.decode().strip() == example[2]
