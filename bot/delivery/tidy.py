"""Chunks that nobody would look at by themselves: of campaigns that go on, and messages without a chunk."""

from bot.runtime import Runtime
from storage import chunks


async def tidy(rt: Runtime) -> None:
    """Has chunks looked at whose campaign is no longer paused, and gives chunks to messages that have none."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        if not await chunks.has_strangers(session):
            return
    while True:
        async with rt.db.begin() as session:
            await chunks.unpark(session, now)
            adopted = await chunks.adopt(session, now)
            await rt.engine.enqueue(session, adopted)
        rt.work.set()
        if not adopted:
            return
