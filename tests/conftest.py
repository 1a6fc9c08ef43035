"""What every test may ask for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import WallClock
from bot.playground.launcher import plant
from bot.settings import load_settings
from tests.club import Club, open_club


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the seeded club in it, to be copied: making one takes half a second."""
    path = tmp_path_factory.mktemp("planted") / "touchline.db"
    asyncio.run(plant(load_settings({"DATABASE_URL": f"sqlite+aiosqlite:///{path}"}), WallClock()))
    return path


@pytest.fixture
async def club(tmp_path: Path, planted: Path) -> AsyncIterator[Club]:
    """The seeded club with a bot at work, in English, and no time to undo."""
    async with open_club(tmp_path, planted=planted) as club:
        yield club
