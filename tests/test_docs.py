"""The pages say what there is: each setting, command, alert and metric, and nothing that is not there."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings
from tests.command_line import refuse_unknown

ROOT = Path(__file__).parent.parent
PAGES = {path.relative_to(ROOT): path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]}
ALL = "\n".join(PAGES.values())
RUNNING = PAGES[Path("docs/running.md")]
ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
COMPOSE_FLAGS = {"-T", "--rm", "--no-deps"}


def fenced(text: str, language: str) -> Iterator[str]:
    """What stands in the fenced blocks of this language."""
    yield from re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def typed() -> Iterator[str]:
    """Each command that the pages tell people to type in a shell."""
    for text in PAGES.values():
        for block in fenced(text, "sh"):
            yield from block.splitlines()


def inline() -> Iterator[str]:
    """Each `touchline ...` that stands within a sentence."""
    for text in PAGES.values():
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        yield from (" ".join(words.split()) for words in re.findall(r"`(touchline\s[^`]+)`", prose))


def arguments(line: str) -> list[str] | None:
    """What a line gives to `touchline`; None when it does not call it."""
    reader = shlex.shlex(line, posix=True, punctuation_chars="<>|")
    reader.whitespace_split = True
    words = list(takewhile(lambda word: word not in "<>|", reader))
    if words[:2] == ["docker", "compose"]:
        return _in_container(words)
    while words and (ASSIGNMENT.fullmatch(words[0]) or words[0] in {"sudo", "env"}):
        words = words[1:]
    called = [n for n, word in enumerate(words) if word.endswith("/bin/touchline")]
    if words and words[0] == "touchline":
        called = [0]
    return words[called[0] + 1 :] if called else None


def _in_container(words: list[str]) -> list[str] | None:
    for act in ("exec", "run"):
        if act in words:
            called = [word for word in words[words.index(act) + 1 :] if word not in COMPOSE_FLAGS]
            # The image's entry point is the command itself, so `run` names a service and what it is given.
            if act == "run":
                return called[1:]
            return called[2:] if called[1] == "touchline" else None
    return None


CALLS = [(line, found) for line in typed() if (found := arguments(line)) is not None]


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_stands_in_the_pages(name: str) -> None:
    assert f"`{name.upper()}`" in ALL


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_pages(command: str) -> None:
    assert re.search(rf"touchline\s{command}\b", ALL) or f"make {command}" in ALL


@pytest.mark.parametrize(("line", "words"), CALLS, ids=[line for line, _ in CALLS])
def test_every_command_that_one_is_told_to_type_exists(line: str, words: list[str]) -> None:
    refuse_unknown(words)


@pytest.mark.parametrize("call", sorted(set(inline())))
def test_every_command_in_a_sentence_exists(call: str) -> None:
    words = shlex.split(call)[1:]
    if words[1:] or words[0].startswith("-"):
        refuse_unknown(words)
    assert words[0] in COMMANDS


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("touchline count", ["count"]),
        ("sudo -u touchline env A=b /opt/touchline/.venv/bin/touchline backup x > y", ["backup", "x"]),
        ("docker compose -f a.yml exec -T touchline touchline doctor --delivery", ["doctor", "--delivery"]),
        ("docker compose -f a.yml run --rm --no-deps worker migrate", ["migrate"]),
        ("docker compose -f a.yml exec -T postgres pg_dump --username touchline", None),
        ("sudo systemctl restart touchline", None),
    ],
)
def test_what_a_line_gives_to_touchline_is_found(line: str, given: list[str] | None) -> None:
    assert arguments(line) == given


def test_lines_of_every_kind_are_tried() -> None:
    assert {words[0] for _, words in CALLS} >= {"backup", "migrate", "doctor"}


def test_services_and_files_that_one_is_told_to_type_exist() -> None:
    for line in typed():
        for name in re.findall(r"(?:docker compose -f|install -m \d+) (deploy/\S+)", line):
            assert (ROOT / name).exists(), line
        compose = re.search(r"-f (deploy/\S+\.yml) (exec|run|stop|up) (.*)", line)
        if compose:
            services = set(yaml.safe_load((ROOT / compose[1]).read_text())["services"])
            words = [
                word for word in compose[3].split() if word in services or re.fullmatch("web.*|work.*", word)
            ]
            assert set(words) <= services, line


@pytest.mark.parametrize("page", [str(page) for page in PAGES])
def test_every_file_that_a_page_links_to_exists(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", PAGES[Path(page)]):
        assert ((ROOT / page).parent / target).exists(), target


def test_every_alert_stands_there_with_its_severity_and_no_other() -> None:
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    rules = {(rule["alert"], rule["labels"]["severity"]) for group in groups for rule in group["rules"]}
    assert set(re.findall(r"^\| `(Touchline\w+)` \| (\w+) \|", RUNNING, re.MULTILINE)) == rules


def test_the_proxies_are_told_where_compose_opens_the_doors() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.postgres.yml").read_text())
    ports = {port.rsplit(":", 1)[0] for one in compose["services"].values() for port in one.get("ports", ())}
    [caddy] = re.findall(r"reverse_proxy (.+) \{", RUNNING)
    assert set(caddy.split()) == set(re.findall(r"^    server (127\S+)", RUNNING, re.MULTILINE)) == ports


@pytest.mark.parametrize("block", list(fenced(RUNNING, "yaml")))
def test_what_prometheus_is_told_can_be_read_and_names_the_job_of_the_rules(block: str) -> None:
    told = yaml.safe_load(block)
    assert [job["job_name"] for job in told["scrape_configs"]] == ["touchline"]
