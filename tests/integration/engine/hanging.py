"""A process that takes chunks and never finishes one; it says each on a line of its own."""

import asyncio
import sys
from datetime import timedelta
from uuid import UUID

from bot.engine.queue import QueueEngine
from bot.health import Health
from storage.db import Database
from tests import factories
from tests.club import SetClock


async def hang(chunk_id: UUID) -> None:
    print(chunk_id, flush=True)
    await asyncio.Event().wait()


async def main(url: str, heartbeat_seconds: float) -> None:
    clock = SetClock(factories.NOW)
    engine = QueueEngine(Database(url), clock, Health(clock), heartbeat=timedelta(seconds=heartbeat_seconds))
    await engine.run(hang)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
