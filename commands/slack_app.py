"""Bolt's app with everything people do, and the two ways to it: the door that Slack posts to, or the bot's own socket."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

import commands
from bot.runtime import Runtime
from bot.slack.socket_mode import PINGS, Socket
from bot.web import SlackDoor

SECONDS = re.compile(r"[0-9]{1,12}")


def slack_app(rt: Runtime) -> AsyncApp:
    """The app that answers whatever Slack tells, whichever way it comes."""
    app = AsyncApp(
        name="touchline",  # which bolt looks for in every frame of the stack otherwise
        logger=_quiet(),
        signing_secret=rt.settings.slack_signing_secret.get_secret_value(),
        client=rt.slack.web,
        # Bolt polls for an answer every 10 ms otherwise; slow work goes into tracked tasks of our own.
        process_before_response=True,
    )
    commands.register(app, rt)
    return app


def slack_door(app: AsyncApp) -> SlackDoor:
    """What answers Slack's signed posts."""

    async def answer(request: web.Request) -> web.StreamResponse:
        # Bolt fails on a time that is no number, instead of refusing it.
        if not SECONDS.fullmatch(request.headers.get("X-Slack-Request-Timestamp", "0")):
            raise web.HTTPUnauthorized
        try:
            asked = await to_bolt_request(request)
        except (UnicodeDecodeError, LookupError) as error:
            raise web.HTTPBadRequest from error
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return answer


@asynccontextmanager
async def listening(rt: Runtime, app: AsyncApp | None) -> AsyncIterator[Socket | None]:
    """The open socket, where the settings ask for one, until what came over it is answered. Raises `BadSetting`."""
    if app is None or not rt.settings.is_on_socket:
        yield None
        return
    patience = rt.settings.socket_patience
    handler = AsyncSocketModeHandler(
        app,
        rt.settings.slack_app_token.get_secret_value(),
        logger=_silent(),
        ping_interval=patience.total_seconds() / PINGS,
    )
    socket = Socket(handler.client, handler.handle, slack=rt.slack, tasks=rt.tasks, health=rt.health)
    try:
        await socket.open(patience)
        yield socket
    finally:
        await socket.close()


def _quiet() -> logging.Logger:
    """Bolt's logger without its warnings: one of them holds the whole request, when a signature does not fit."""
    # Bolt's own loggers copy this one's level, and the root's without it.
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger


def _silent() -> logging.Logger:
    """The socket's logger, without a word: its errors come again every few seconds, and the bot says once what it is about."""
    logger = logging.getLogger("slack_sdk.socket_mode")
    logger.setLevel(logging.CRITICAL)
    return logger
