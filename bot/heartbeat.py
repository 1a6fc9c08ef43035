"""A sign of life for an outside monitor, which calls for help when it stays away."""

from datetime import timedelta

import aiohttp

from bot.checks import database_answers
from bot.runtime import Runtime

EVERY = timedelta(minutes=1)
PATIENCE = timedelta(seconds=10)


class HeartbeatLost(RuntimeError):
    """The monitor did not take the heartbeat."""


async def beat(rt: Runtime, *, patience: timedelta = PATIENCE) -> bool:
    """Tells the monitor that this process sends, unless it cannot; whether it was told. Raises HeartbeatLost.

    A process without a delivery loop never tells: a web process alone sends nothing.
    """
    if not rt.settings.heartbeat_url or not await _can_work(rt):
        return False
    # Its address is what keeps others from calling in our name, so no error with it is passed on.
    try:
        await _get(rt.settings.heartbeat_url, patience)
    except aiohttp.ClientResponseError as error:
        raise HeartbeatLost(error.status) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise HeartbeatLost(type(error).__name__) from None
    return True


async def _can_work(rt: Runtime) -> bool:
    turned = rt.health.worked_within("delivery", EVERY.total_seconds())
    return turned and await database_answers(rt) and not rt.health.troubles


async def _get(url: str, patience: timedelta) -> None:
    timeout = aiohttp.ClientTimeout(total=patience.total_seconds())
    async with (
        aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(url, raise_for_status=True),
    ):
        return
