"""The bot with its clock set to another instant, from where it goes on as clocks do."""

import asyncio
from datetime import datetime

import uvloop

from bot import logs
from bot.app import running
from bot.settings import load_settings
from tests.club import SetClock


def main(at: str) -> None:
    """Runs the bot of this environment from that instant on, until it is killed."""
    logs.set_up()

    async def run() -> None:
        async with running(load_settings(), SetClock(datetime.fromisoformat(at))):
            await asyncio.Event().wait()

    uvloop.run(run())
