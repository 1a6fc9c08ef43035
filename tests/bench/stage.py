"""What a benchmark runs on: the two stand-ins in this process, and a bot in a process of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import WallClock
from bot.playground import seed
from bot.playground.carrier import Account, Latency, Number, Pace, StandInCarrier
from bot.playground.launcher import ACCOUNT_SID, APP, REACHED, TOKEN, furnish, plant, settings_for
from bot.playground.workspace import Workspace
from bot.settings import Settings
from tests.club import Club


@dataclass(frozen=True, slots=True)
class Stage:
    """The stand-ins and the settings that a bot is given to find them."""

    club: Club
    folder: Path

    @property
    def settings(self) -> Settings:
        """The settings of the bot's process."""
        return self.club.settings


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """The stand-ins with the seeded club; no bot runs yet."""
    account = Account(ACCOUNT_SID, TOKEN, (Number(seed.SHORT_CODE, prefixes=REACHED),))
    async with (
        Workspace(seed.TEAM_ID, seed.CLUB, APP) as workspace,
        StandInCarrier([account], pace=Pace.REAL, latency=Latency()) as carrier,
    ):
        furnish(workspace, carrier)
        settings = settings_for(workspace, carrier, folder)
        await plant(settings, WallClock())
        workspace.connect(f"{settings.public_url}/slack/events")
        yield Stage(Club(workspace, carrier, settings, WallClock()), folder)


@asynccontextmanager
async def process(settings: Settings, *command: str) -> AsyncIterator[None]:
    """A bot in its own process, listening where the settings say."""
    running = subprocess.Popen(  # noqa: ASYNC220  it only starts
        [sys.executable, "-m", *command],
        env={**os.environ, **environment(settings)},
        stderr=subprocess.DEVNULL,
    )
    try:
        await until_live(settings.public_url)
        yield
    finally:
        running.terminate()
        await asyncio.to_thread(running.wait)


def environment(settings: Settings) -> dict[str, str]:
    """The settings as the environment gives them."""
    given: dict[str, Any] = settings.model_dump()
    shown = {
        name: getattr(value, "get_secret_value", lambda value=value: value)() for name, value in given.items()
    }
    return {name.upper(): str(value) for name, value in shown.items() if value != ""}


async def until_live(url: str) -> None:
    """Comes back once the server there answers."""
    async with aiohttp.ClientSession() as session:
        for _ in range(400):
            try:
                async with session.get(f"{url}/health/live"):
                    return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
    raise TimeoutError("the bot did not start")
