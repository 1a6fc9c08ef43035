"""The bot as its own process, with the stand-ins in the test's."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot.settings import Settings
from tests.club import Club

TOUCHLINE = (sys.executable, "-m", "bot")
SECONDS_TO_START = 30.0


@dataclass
class Process:
    """One run of the bot; what it writes is read to its end."""

    running: asyncio.subprocess.Process

    async def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Sends the signal; how the process ended and what it wrote to standard error."""
        if self.running.returncode is None:
            self.running.send_signal(how)
        _, written = await asyncio.wait_for(self.running.communicate(), 30)
        return self.running.returncode or 0, written.decode()


def environment(settings: Settings, **changes: str) -> dict[str, str]:
    """The variables that say the same as these settings, on top of this process's own."""
    values = {name.upper(): getattr(settings, name) for name in Settings.model_fields}
    texts = {k: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for k, v in values.items()}
    return dict(os.environ) | texts | changes


async def start(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> asyncio.subprocess.Process:
    """`touchline ...`, with pipes at every end; of the version in this folder."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *(*TOUCHLINE, *arguments),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=None if env is None else dict(env),
        cwd=cwd,
    )


async def run(
    *arguments: str, typed: bytes = b"", env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """`touchline ...` to its end: how it ended, and what it wrote to both outputs."""
    process = await start(*arguments, env=env)
    out, err = await asyncio.wait_for(process.communicate(typed), SECONDS_TO_START)
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def bot_at_work(
    club: Club, *options: str, cwd: Path | None = None, **changes: str
) -> AsyncIterator[Process]:
    """The club's bot as a process of its own, once it answers; killed at the end if it still runs."""
    process = Process(await start("run", *options, env=environment(club.settings, **changes), cwd=cwd))
    try:
        await _until_ready(club, process, changes.get("PORT", str(club.settings.port)))
        yield process
    finally:
        if process.running.returncode is None:
            process.running.kill()
            await process.running.communicate()


async def _until_ready(club: Club, process: Process, port: str) -> None:
    async with aiohttp.ClientSession() as session:

        async def is_ready() -> bool:
            assert process.running.returncode is None, (await process.running.communicate())[1].decode()
            try:
                async with session.get(f"http://127.0.0.1:{port}/health/ready") as answer:
                    return answer.status == 200
            except aiohttp.ClientConnectionError:
                return False

        await club.until(is_ready, seconds=SECONDS_TO_START)
