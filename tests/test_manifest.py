"""The manifests say what the code does, and Slack takes them."""

import copy
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.doctor.slack import SCOPES
from bot.playground.workspace.web_api.methods import METHODS
from tests.manifest_shape import faults

ROOT = Path(__file__).parent.parent
REGISTERED = (ROOT / "commands" / "__init__.py").read_text()
ADDRESSES = {"url", "request_url", "message_menu_options_url"}
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text())


def read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / name).read_text()))


@pytest.fixture(params=["manifest.yml", "manifest.socket.yml"])
def manifest(request: pytest.FixtureRequest) -> dict[str, Any]:
    return read(request.param)


def called() -> set[str]:
    """The methods of Slack's Web API that the bot asks for, such as `chat.postMessage`."""
    asked = set()
    for folder in ("bot", "commands"):
        for path in (ROOT / folder).rglob("*.py"):
            if "playground" not in path.parts:
                asked |= set(re.findall(r"\.web\.(\w+)\(", path.read_text()))
    # An app-level token, which no scope of the manifest opens anything for, opens the socket.
    return {name.replace("_", ".", 1) for name in asked} - {"apps.connections_open"}


def addresses(part: Any) -> Iterator[tuple[str, str]]:
    """Each address below, with the name of its field."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name in ADDRESSES:
                yield name, inner
            yield from addresses(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from addresses(inner)


def without_addresses(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: without_addresses(inner) for name, inner in part.items() if name not in ADDRESSES}
    return [without_addresses(inner) for inner in part] if isinstance(part, list) else part


def test_every_command_of_the_code_is_in_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    listed = [command["command"] for command in manifest["features"]["slash_commands"]]
    assert sorted(listed) == sorted(re.findall(r'app\.command\("([^"]+)"\)', REGISTERED))


def test_every_shortcut_of_the_code_is_in_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    listed = [shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]]
    assert sorted(listed) == sorted(re.findall(r'app\.shortcut\("([^"]+)"\)', REGISTERED))


def test_every_event_of_the_code_is_in_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    listed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(listed) == sorted(re.findall(r'app\.event\("([^"]+)"\)', REGISTERED))


def test_each_method_that_is_called_has_a_scope_that_opens_it(manifest: dict[str, Any]) -> None:
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    assert called() >= {"chat.postMessage", "files.info", "views.open"}
    assert not [name for name in called() if METHODS[name].scopes and not granted & {*METHODS[name].scopes}]


def test_no_scope_is_asked_for_that_opens_nothing(manifest: dict[str, Any]) -> None:
    opened = {scope for name in called() for scope in METHODS[name].scopes}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) <= opened | {"commands"}
    assert set(manifest["oauth_config"]["scopes"]) == {"bot"}


def test_the_doctor_looks_for_the_scopes_of_the_manifest(manifest: dict[str, Any]) -> None:
    assert list(SCOPES) == manifest["oauth_config"]["scopes"]["bot"]


def test_slack_takes_the_manifest(manifest: dict[str, Any]) -> None:
    assert not list(faults(manifest))


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("display_information", "name"), "T" * 36, "no text of 1 to 35 characters"),
        (("display_information", "description"), "T" * 141, "no text of 1 to 140 characters"),
        (("display_information", "colour"), "#fff", "colour is unknown"),
        (("features", "slash_commands", 0, "command"), "sms", "is none of what it may be"),
        (("features", "slash_commands", 0, "url"), "sms.example.org", "is none of what it may be"),
        (("features", "shortcuts", 0, "name"), "T" * 25, "no text of 1 to 24 characters"),
        (("features", "shortcuts", 0, "type"), "local", "is none of what it may be"),
        (("features", "shortcuts"), [], "no list of 1 to 10"),
        (("features", "bot_user"), {}, "display_name is missing"),
        (("settings", "event_subscriptions", "bot_events"), ["x", "x"], "something stands there twice"),
        (("settings", "socket_mode_enabled"), "true", "is no bool"),
        (("settings", "interactivity"), [], "is no object"),
    ],
)
def test_what_slack_would_not_take_is_found(place: tuple[Any, ...], value: Any, fault: str) -> None:
    changed = copy.deepcopy(read("manifest.yml"))
    *way, last = place
    part: Any = changed
    for step in way:
        part = part[step]
    part[last] = value
    assert [found for found in faults(changed) if fault in found]


def test_behind_an_address_slack_comes_to_one_door_for_everything() -> None:
    listed = list(addresses(read("manifest.yml")))
    assert {address for _, address in listed} == {"https://sms.example.org/slack/events"}
    assert {name for name, _ in listed} == ADDRESSES
    assert not read("manifest.yml")["settings"]["socket_mode_enabled"]


def test_over_the_socket_no_address_stands_anywhere() -> None:
    assert not list(addresses(read("manifest.socket.yml")))
    assert "example.org" not in (ROOT / "manifest.socket.yml").read_text()


def test_the_two_ways_differ_in_nothing_else() -> None:
    behind_an_address = without_addresses(read("manifest.yml"))
    behind_an_address["settings"]["socket_mode_enabled"] = True
    assert behind_an_address == read("manifest.socket.yml")


def test_slacks_command_line_is_given_the_manifest_of_socket_mode() -> None:
    # https://docs.slack.dev/tools/slack-cli/reference/hooks : words parted by spaces, without a shell; JSON on the output.
    words = shlex.split(HOOKS["hooks"]["get-manifest"])
    given = subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout
    assert json.loads(given) == read("manifest.socket.yml")


def test_slacks_command_line_starts_the_bot_and_leaves_the_socket_to_it() -> None:
    assert HOOKS["hooks"]["start"].split() == [".venv/bin/touchline", "run"]
    assert HOOKS["config"] == {"sdk-managed-connection-enabled": True}
