"""What is under deploy/ names files, commands and settings that exist; no container engine is asked."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import NEEDED
from bot.settings import BY_FILE, load_settings
from bot.settings import Settings as Known
from tests.command_line import refuse_unknown

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
IMAGE = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
COMPOSE = ("compose.yml", "compose.postgres.yml")
UNIT = (DEPLOY / "touchline.service").read_text()
SETTINGS = {name.upper() for name in Known.model_fields}


def steps(word: str) -> list[str]:
    """What follows this instruction, each time that it stands in the image's file."""
    return re.findall(rf"^{word} (.+)$", IMAGE, re.MULTILINE)


def services(name: str) -> dict[str, dict[str, Any]]:
    """The services of this compose file that are the bot."""
    read = yaml.safe_load((DEPLOY / name).read_text())
    return {key: one for key, one in read["services"].items() if one["image"] == "touchline"}


def example() -> dict[str, str]:
    """The variables of the example, those that are commented out too."""
    text = (DEPLOY / "touchline.env.example").read_text()
    return dict(re.findall(r"^#?([A-Z_]+)=(.+)$", text, re.MULTILINE))


def setting_of(variable: str) -> str:
    """The setting that a variable gives, by itself or by a file."""
    return variable.removesuffix(BY_FILE)


def unit(section: str) -> Iterator[tuple[str, str]]:
    """The lines of one section of the unit, in which names may come again."""
    body = re.split(r"^\[(\w+)\]$", UNIT, flags=re.MULTILINE)
    lines = body[body.index(section) + 1].splitlines()
    return ((line.split("=", 1)[0], line.split("=", 1)[1]) for line in lines if line and line[0] != "#")


def test_the_image_is_made_of_files_that_exist_and_are_let_in() -> None:
    let_in = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert let_in[0] == "*"
    [lock] = re.findall(r"^ARG LOCK=(.+)$", IMAGE, re.MULTILINE)
    copied = [step.split()[0].replace("${LOCK}", lock) for step in steps("COPY") if "--from" not in step]
    assert {"bot", "commands", "storage", lock} <= set(copied)
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source}" in let_in
    assert "!requirements.lock" in let_in


def test_the_image_takes_packages_by_their_hashes_alone() -> None:
    [install] = [step for step in steps("RUN") if "pip install" in step]
    assert "--require-hashes" in install


def test_the_images_process_is_nobody_and_writes_in_one_place() -> None:
    assert [user.split(":")[0] for user in steps("USER")] == ["10001"]
    assert steps("VOLUME") == steps("WORKDIR") == ["/data"]
    assert "sqlite+aiosqlite:////data/" in IMAGE


def test_the_image_listens_where_it_says_and_is_asked_at_a_door_that_exists() -> None:
    given = dict(pair.split("=", 1) for step in steps("ENV") for pair in step.split())
    own = {name: value for name, value in given.items() if name in SETTINGS}
    settings = load_settings(own)
    assert [str(settings.port)] == steps("EXPOSE")
    assert settings.host == "0.0.0.0"
    [asked] = steps("HEALTHCHECK")
    words = json.loads(asked[asked.index("CMD ") + 4 :])
    compile(words[2], "healthcheck", "exec")
    assert '"/health/live"' in (ROOT / "bot" / "web.py").read_text()
    assert "/health/live" in words[2]


def test_the_images_command_works_with_the_code_alone(tmp_path: Path) -> None:
    for folder in ("bot", "commands", "storage"):
        shutil.copytree(ROOT / folder, tmp_path / "code" / folder, ignore=shutil.ignore_patterns("*.pyc"))
    ran = subprocess.run(
        [DEPLOY / "touchline", "count"],
        input=b"Hi",
        capture_output=True,
        cwd=tmp_path,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": str(tmp_path / "code")},
    )
    assert json.loads(ran.stdout)["segments"] == 1, ran.stderr.decode()


def test_the_image_runs_the_bot_unless_it_is_told_otherwise() -> None:
    assert steps("ENTRYPOINT") == ['["touchline"]']
    assert steps("CMD") == ['["run"]']
    assert "COPY deploy/touchline /usr/local/bin/touchline" in IMAGE


@pytest.mark.parametrize("name", COMPOSE)
def test_what_the_services_run_is_a_command(name: str) -> None:
    for service in services(name).values():
        refuse_unknown(service["command"])


def test_one_process_has_the_file_for_itself() -> None:
    [service] = services("compose.yml").values()
    assert service["command"] == ["run"]
    assert service.get("deploy", {}).get("replicas", 1) == 1
    assert service["volumes"] == ["data:/data"]


def test_many_processes_are_two_doors_three_workers_and_postgresql() -> None:
    found = services("compose.postgres.yml")
    parts = [tuple(one["command"]) * one.get("deploy", {}).get("replicas", 1) for one in found.values()]
    assert [part.count("web") for part in parts] == [1, 1, 0]
    assert [part.count("worker") for part in parts] == [0, 0, 3]


@pytest.mark.parametrize("name", COMPOSE)
def test_the_services_are_given_settings_that_exist_and_all_that_are_needed(name: str) -> None:
    for service in services(name).values():
        given = {setting_of(variable) for variable in service["environment"]} | set(example())
        assert given <= SETTINGS
        missing = {needed.upper() for needed in NEEDED} - given
        assert missing <= ({"SLACK_SIGNING_SECRET"} if "SLACK_APP_TOKEN" in given else set())
        assert service["env_file"] == "touchline.env"


@pytest.mark.parametrize("name", COMPOSE)
def test_the_services_are_handed_the_secrets_that_they_are_told_to_read(name: str) -> None:
    read = yaml.safe_load((DEPLOY / name).read_text())
    for service in read["services"].values():
        told = [path for variable, path in service["environment"].items() if variable.endswith(BY_FILE)]
        assert sorted(told) == sorted(f"/run/secrets/{secret}" for secret in service["secrets"])
        assert set(service["secrets"]) <= set(read["secrets"])
    assert {secret["file"] for secret in read["secrets"].values()} == {
        f"secrets/{s}" for s in read["secrets"]
    }


@pytest.mark.parametrize("name", COMPOSE)
def test_the_services_may_do_little_and_have_time_to_end(name: str) -> None:
    for service in services(name).values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["restart"] == "always"
        assert service["stop_grace_period"] == "1m"
        assert timedelta(minutes=1) > load_settings({}).longest_request
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_no_two_doors_have_the_same_port() -> None:
    ports = [port for one in services("compose.postgres.yml").values() for port in one.get("ports", ())]
    assert len(ports) == len(set(ports)) == 2


def test_a_settings_file_and_secrets_never_land_in_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"deploy/touchline.env", "deploy/secrets/"} <= set(ignored)


def test_the_example_of_the_settings_file_is_taken() -> None:
    load_settings(example())


def test_the_unit_starts_the_bot_again_whatever_ended_it() -> None:
    service = dict(unit("Service"))
    assert service["Restart"] == "always"
    assert dict(unit("Unit"))["StartLimitIntervalSec"] == "0"
    assert timedelta(seconds=float(service["TimeoutStopSec"])) > load_settings({}).longest_request


def test_the_units_command_is_one() -> None:
    words = shlex.split(dict(unit("Service"))["ExecStart"])
    assert words[0] == "/opt/touchline/.venv/bin/touchline"
    refuse_unknown(words[1:])


def test_the_unit_hands_out_each_secret_by_a_file_and_none_in_the_environment() -> None:
    loaded = [value.split(":")[0] for name, value in unit("Service") if name == "LoadCredential"]
    given = dict(value.split("=", 1) for name, value in unit("Service") if name == "Environment")
    assert {setting_of(variable) for variable in given} <= SETTINGS | {"PYTHONDONTWRITEBYTECODE"}
    by_file = {variable: path for variable, path in given.items() if variable.endswith(BY_FILE)}
    assert by_file == {f"{name.upper()}_FILE": f"%d/{name}" for name in loaded}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_unit_and_finds_it_little_exposed(tmp_path: Path) -> None:
    path = tmp_path / "touchline.service"
    path.write_text(UNIT.replace("/opt/touchline/.venv/bin/touchline", "/bin/true"))
    taken = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (taken.returncode, taken.stdout, taken.stderr) == (0, "", "")
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", path],
        capture_output=True,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout.decode()
