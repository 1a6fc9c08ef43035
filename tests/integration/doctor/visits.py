"""The doctor at a club: what it is told, what it says, and servers that answer in the bot's place."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web
from pydantic import SecretStr

from bot.clock import Clock, WallClock
from bot.doctor.checks import look_over
from bot.doctor.findings import Check, Finding, State
from bot.doctor.visit import PATIENCE
from bot.settings import Settings
from tests.club import Club

Environment = dict[str, str]


def environment_of(settings: Settings) -> Environment:
    """What an admin would have set."""
    found = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if plain not in ("", None):
            found[name.upper()] = str(plain)
    return found


async def visit(
    club: Club, clock: Clock | None = None, *, patience: timedelta = PATIENCE, **changes: str
) -> Sequence[Finding]:
    """What the doctor finds at this club with these settings changed; an empty one is not set."""
    environment = environment_of(club.settings) | changes
    return await look_over(environment, clock or WallClock(), patience=patience)


def of(found: Sequence[Finding], check: Check) -> list[Finding]:
    """The findings of one check."""
    return [one for one in found if one.check is check]


def wrong(found: Sequence[Finding]) -> list[str]:
    """Everything that is wrong, as it is told."""
    return [f"{one.check}: {one.words}" for one in found if one.state is State.WRONG]


@asynccontextmanager
async def answering(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """The address of a server that answers everything like this."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def always(
    status: int, text: str = "", kind: str = "text/html", headers: Mapping[str, str] | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What answers everybody the same."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=kind, headers=headers)

    return answer
