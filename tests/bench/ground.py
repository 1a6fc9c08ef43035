"""What the sending benchmarks run on: a Slack stand-in here, a counting carrier and the bot in processes of their own."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp

from bot.playground import seed
from bot.playground.launcher import APP, free_port, settings_for
from bot.playground.workspace import Workspace
from bot.settings import Settings
from tests.bench.rounds import Starts
from tests.bench.stage import environment, until_live
from tests.bench.store import NO_LIMIT, Store, url_of

POLL_SECONDS = 0.05
LONGEST_RUN_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the counting carrier was asked."""

    requests: int
    numbers: int
    doubled: int
    first_at: float
    last_at: float

    def refuse_unless(self, messages: int) -> None:
        """Raises unless so many numbers were asked for, each once."""
        if (self.requests, self.numbers) != (messages, messages):
            raise RuntimeError(f"the ledger does not fit {messages} messages: {self}")

    def per_second(self, latency_seconds: float) -> float:
        """Requests a second, from the first one to the answer to the last."""
        return self.requests / (self.last_at - self.first_at + latency_seconds)


@dataclass(frozen=True, slots=True)
class Stub:
    """The counting carrier in its process."""

    port: int
    latency_seconds: float
    session: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    async def ledger(self) -> Ledger:
        """What it counted since it last forgot."""
        async with self.session.get(f"{self.url}/ledger") as answer:
            return Ledger(**await answer.json())

    async def rate(self, messages: int) -> float:
        """Messages a second; raises unless each of so many was asked for, and once."""
        ledger = await self.ledger()
        ledger.refuse_unless(messages)
        return ledger.per_second(self.latency_seconds)

    async def reset(self) -> None:
        """Has it forget."""
        async with self.session.post(f"{self.url}/reset"):
            return

    async def until(self, messages: int) -> Ledger:
        """Its ledger once so many requests were counted."""
        for _ in range(int(LONGEST_RUN_SECONDS / POLL_SECONDS)):
            if (ledger := await self.ledger()).requests >= messages:
                return ledger
            await asyncio.sleep(POLL_SECONDS)
        raise TimeoutError(f"{messages} requests never came: {ledger}")


@dataclass(frozen=True, slots=True)
class Ground:
    """The parts, and how many of the starts were quiet."""

    workspace: Workspace
    store: Store
    settings: Settings
    starts: Starts

    def settings_for(self, database: Path, stub: Stub) -> Settings:
        """The bot's settings with this database and this carrier."""
        changes = {"database_url": url_of(database), "twilio_api_url": stub.url}
        return self.settings.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class Process:
    """The bot's process."""

    running: "subprocess.Popen[bytes]"
    url: str

    def kill(self) -> None:
        """Ends it without a chance to say goodbye."""
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def peak_bytes(self) -> int:
        """The most memory it ever had."""
        status = Path(f"/proc/{self.running.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+([0-9]+) kB", status)[1]) * 1024  # type: ignore[index]

    async def metric(self, name: str) -> float | None:
        """The sum of this metric over its labels; None where the bot tells none."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as answer:
            text = await answer.text() if answer.status == 200 else ""
        figures = re.findall(rf"^{name}(?:\{{[^}}]*\}})? ([0-9.e+]+)$", text, re.MULTILINE)
        return sum(map(float, figures)) if figures else None


@asynccontextmanager
async def open_ground(folder: Path, starts: Starts) -> AsyncIterator[Ground]:
    """Everything but the processes."""
    async with Workspace(seed.TEAM_ID, seed.CLUB, APP) as workspace:
        workspace.add_user(seed.COACH, "camille", "Camille Moreau", locale="fr-FR", tz="Europe/Paris")
        workspace.add_channel(seed.CHANNEL, "sms", [seed.COACH, workspace.app.bot_user_id])
        nobody: Any = SimpleNamespace(url="http://127.0.0.1:9")
        settings = settings_for(workspace, nobody, folder).model_copy(
            update={"account_segments_per_second": NO_LIMIT}
        )
        yield Ground(workspace, Store(folder, settings), settings, starts)


@asynccontextmanager
async def counting_carrier(latency_ms: int) -> AsyncIterator[Stub]:
    """The stub, answering after so long."""
    port = free_port()
    running = subprocess.Popen(  # noqa: ASYNC220  it only starts
        [sys.executable, "-m", "tests.bench.stub", str(port), str(latency_ms)]
    )
    try:
        async with aiohttp.ClientSession() as session:
            await until_live(f"http://127.0.0.1:{port}")
            yield Stub(port, latency_ms / 1000, session)
    finally:
        running.kill()
        running.wait()


@asynccontextmanager
async def bot(settings: Settings, *arguments: str) -> AsyncIterator[Process]:
    """`touchline run`; killed at the end if nobody ended it."""
    running = subprocess.Popen(  # noqa: ASYNC220  it only starts
        [sys.executable, "-m", "bot", "run", *arguments],
        # Compiled once and kept, as on everybody's machine: a start is part of what is measured.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment(settings)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Process(running, settings.public_url)
    finally:
        running.kill()
        running.wait()
