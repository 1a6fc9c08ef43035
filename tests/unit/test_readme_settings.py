"""The README's table of settings says what the code says."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings

ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]*) \|", re.MULTILINE)
ROWS = dict(ROW.findall(Path("README.md").read_text()))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_readme_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    said = ROWS[name.upper()]
    shown = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
    if shown:
        assert f"`{shown}`" in said


def test_the_readme_knows_no_setting_that_is_not_one() -> None:
    ours = {name for name in ROWS if "_" in name or name in ("HOST", "PORT")}
    assert ours <= {name.upper() for name in Settings.model_fields}
