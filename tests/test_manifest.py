"""The manifest says what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.playground.workspace.web_api.methods import METHODS

ROOT = Path(__file__).parent.parent
REGISTERED = (ROOT / "commands" / "__init__.py").read_text()


@pytest.fixture
def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "manifest.yml").read_text()))


def test_every_command_of_the_code_is_in_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    listed = {command["command"] for command in manifest["features"]["slash_commands"]}
    assert listed == set(re.findall(r'app\.command\("([^"]+)"\)', REGISTERED))


def test_every_shortcut_of_the_code_is_in_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    listed = {shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]}
    assert listed == set(re.findall(r'app\.shortcut\("([^"]+)"\)', REGISTERED))


def test_every_event_of_the_code_is_in_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    listed = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert listed == set(re.findall(r'app\.event\("([^"]+)"\)', REGISTERED))


def test_the_scopes_are_those_of_the_methods_that_are_called_and_no_others(manifest: dict[str, Any]) -> None:
    asked = set()
    for path in (ROOT / "bot" / "slack").glob("*.py"):
        asked |= set(re.findall(r"\.web\.(\w+)\(", path.read_text()))
    needed = {scope for name in asked for scope in METHODS[name.replace("_", ".", 1)].scopes}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed | {"commands"}


def test_slack_is_asked_for_options_at_the_same_door(manifest: dict[str, Any]) -> None:
    interactivity = manifest["settings"]["interactivity"]
    assert interactivity["message_menu_options_url"] == interactivity["request_url"]


def test_texts_fit_the_limits_of_slacks_published_schema(manifest: dict[str, Any]) -> None:
    # https://github.com/slackapi/manifest-schema
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
