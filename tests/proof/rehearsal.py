"""One start and end of the bot that nobody watches, so that the ones that follow are quick."""

import tempfile
from pathlib import Path

from bot.app import running
from bot.clock import WallClock
from bot.playground import seed
from bot.playground.carrier import Account, StandInCarrier
from bot.playground.launcher import ACCOUNT_SID, APP, TOKEN, furnish, plant, settings_for
from bot.playground.workspace import Workspace


async def rehearse() -> None:
    """The seeded club's bot starts, and ends. Leaves no thread and no open file."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Workspace(seed.TEAM_ID, seed.CLUB, APP) as workspace,
            StandInCarrier([Account(ACCOUNT_SID, TOKEN)]) as carrier,
        ):
            furnish(workspace, carrier)
            settings = settings_for(workspace, carrier, Path(folder))
            await plant(settings, WallClock())
            async with running(settings):
                pass
