"""Asks the bot's parts whether they work, for those who watch it."""

from bot.runtime import Runtime


async def database_answers(rt: Runtime) -> bool:
    """Whether the database is there; the health knows then too."""
    try:
        async with rt.db.read() as session:
            await session.connection()
    except Exception as error:  # whatever it says, the bot cannot work without it
        rt.health.bad("database", error)
        return False
    rt.health.good("database")
    return True
