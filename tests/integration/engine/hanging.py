"""A process that takes chunks and never finishes one; it says each on a line of its own."""

import asyncio
import sys
from datetime import datetime, timedelta
from uuid import UUID

from bot.engine.queue import QueueEngine
from bot.health import Health
from bot.tasks import Signal
from storage.db import Database
from tests import factories


class Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        """The time of the tests."""
        return factories.NOW

    def steady(self) -> float:
        """No second ever passes."""
        return 0.0


async def hang(chunk_id: UUID) -> None:
    print(chunk_id, flush=True)
    await asyncio.Event().wait()


async def main(url: str, heartbeat_seconds: float) -> None:
    clock = Still()
    engine = QueueEngine(
        Database(url), clock, Signal(), Health(clock), heartbeat=timedelta(seconds=heartbeat_seconds)
    )
    await engine.run(hang)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
