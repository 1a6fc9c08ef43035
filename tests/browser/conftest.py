"""The playground as a person starts it, and a browser window to look at it as one of the club."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.desk import Desk
from tests.browser.eye import WIDE, Eye, Size

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
# Nothing here takes so long; a busy machine may.
PATIENCE_MS = 20_000

OpenDesk = Callable[..., Desk]


# What one module's people bring in or group otherwise is not there for the next one's.
@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address."""
    with running_playground(tmp_path_factory.mktemp("playground")) as address:
        yield address


@contextmanager
def running_playground(folder: Path) -> Iterator[str]:
    """The page's address; the process has a free port, ends when told to and leaves no trace of an error."""
    heard = folder / "stderr"
    with heard.open("w") as stderr, _started(stderr.fileno()) as process:
        assert process.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)), None)
        assert found, heard.read_text()
        yield found[0]
        process.terminate()
        assert process.wait(timeout=PATIENCE_MS / 1000) == 0, heard.read_text()
    assert "Traceback" not in heard.read_text()


def _started(stderr: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bot", "playground", "--port", "0"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: PICTURES=docs/pictures renews those of the documents; EVERY_PICTURE=1 takes all."""
    folder = os.environ.get("PICTURES")
    return Path(folder).resolve() if folder else tmp_path_factory.mktemp("pictures")


# For a module and not longer: while it lives, no test may run a loop of its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-quic", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_desk(chromium: Browser, playground: str, pictures: Path) -> Iterator[OpenDesk]:
    """Opens a window as somebody; whatever the browser complained of fails the test in the end."""
    desks: list[Desk] = []

    def open_desk(user: str, size: Size = WIDE) -> Desk:
        context = chromium.new_context(viewport=size.viewport, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        desk = Desk(page, Eye(page, pictures))
        desks.append(desk)
        page.goto(f"{playground}/?as={user}")
        return desk

    yield open_desk
    for desk in desks:
        desk.leave()
    assert [complaint for desk in desks for complaint in desk.eye.complaints] == []
