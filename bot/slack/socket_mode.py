"""Slack's socket: opened by the bot, which then needs no address of its own, and watched, since it dies without a word."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.errors import BotError
from bot.health import Health
from bot.settings import BadSetting
from bot.slack.client import SlackClient, SlackError, SlackRefused
from bot.tasks import Tasks

log = structlog.get_logger()

Answer = Callable[[Any, SocketModeRequest], Awaitable[None]]

PART = "socket"
LOOKS = 24
"""How many looks at the socket a dead one is given."""
PINGS = 12
"""How many pings a dead socket was sent."""
TROUBLE = 0.25
"""The part of that time after which the bot says that it hears nothing."""
OPEN_WITHIN = timedelta(seconds=10)
FINISH_WITHIN = timedelta(seconds=30)
"""How long what was asked may take to be answered once the bot is to end; a call of Slack's API takes ten at most."""

# https://docs.slack.dev/reference/methods/apps.connections.open#errors
REFUSALS: Mapping[str, str] = {
    "not_allowed_token_type": "is no app-level token; that one begins with xapp-",
    "missing_scope": "lacks the scope connections:write",
    "socket_mode_not_enabled": "is of an app whose settings have Socket Mode switched off",
}
NOT_TAKEN = frozenset(
    {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "access_denied"}
)


class SocketSilent(BotError):
    """Nothing comes over Slack's socket."""


class SocketDead(BotError):
    """Slack's socket has been dead for {seconds} s. What watches over this process should start it again."""

    retry: ClassVar[bool] = True


class Socket:
    """The one connection over which Slack tells this process everything."""

    def __init__(
        self, client: SocketModeClient, answer: Answer, *, slack: SlackClient, tasks: Tasks, health: Health
    ) -> None:
        """`answer` answers one envelope and acknowledges it."""
        self.dead = asyncio.Event()
        self._client, self._answer = client, answer
        self._slack, self._tasks, self._health = slack, tasks, health
        self._answering: set[asyncio.Task[None]] = set()
        self._own: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._is_heard = False
        self._pong: float | None = None
        client.socket_mode_request_listeners[:] = [self._take]
        client.on_message_listeners.append(self._hear)

    async def open(self, dead_after: timedelta) -> None:
        """Connects, and keeps trying in the background while Slack is away. Raises `BadSetting` for a token it refuses."""
        self._client.wss_uri = await self._first_address()
        connecting = self._tasks.start(self._connect(), name="socket")
        self._own = [connecting, self._tasks.start(self._watch(dead_after), name="socket watch")]
        if self._client.wss_uri:
            await asyncio.wait([connecting], timeout=OPEN_WITHIN.total_seconds())

    async def close(self) -> None:
        """Takes nothing new, finishes what was asked, and hangs up."""
        self._is_closing = True
        if self._answering:
            await asyncio.wait(self._answering, timeout=FINISH_WITHIN.total_seconds())
        await self._client.close()  # type: ignore[no-untyped-call]  # slack_sdk says nothing of it
        theirs = [
            task
            for task in (
                self._client.message_processor,
                self._client.message_receiver,
                self._client.current_session_monitor,
            )
            if task is not None
        ]
        for task in self._own:
            task.cancel()
        await asyncio.gather(*self._own, *theirs, return_exceptions=True)

    async def _first_address(self) -> str | None:
        try:
            return await self._slack.socket_address(self._client.app_token)
        except SlackError as error:
            _refuse_wrong_token(error)
            log.warning("started_without_socket", error=str(error))
            return None

    async def _connect(self) -> None:
        await self._client.connect()  # type: ignore[no-untyped-call]  # slack_sdk says nothing of it

    async def _take(self, client: AsyncBaseSocketModeClient, envelope: SocketModeRequest) -> None:
        # Without an acknowledgement Slack gives it to another process, or says it again.
        if self._is_closing:
            return
        task = self._tasks.start(self._answered(client, envelope), name="envelope")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answered(self, client: AsyncBaseSocketModeClient, envelope: SocketModeRequest) -> None:
        try:
            await self._answer(client, envelope)
        except ConnectionError as error:
            log.warning("ack_lost", kind=envelope.type, error=type(error).__name__)

    async def _hear(self, _: object) -> None:
        self._is_heard = True

    async def _watch(self, dead_after: timedelta) -> None:
        """Says that the socket is dead, once it is; Slack's own client gets most of them back.

        Not all: slackapi/bolt-python#1529, slackapi/python-slack-sdk#1446.
        """
        pause, silent = dead_after / LOOKS, timedelta()
        # Looks are counted, not time: a process that stood still for an hour has missed none of them.
        while silent < dead_after:
            await asyncio.sleep(pause.total_seconds())
            silent = timedelta() if await self._gave_a_sign() else silent + pause
            self._say(silent, dead_after)
        log.error("socket_dead", seconds=dead_after.total_seconds())
        self.dead.set()

    async def _gave_a_sign(self) -> bool:
        """Whether the socket is open and Slack said anything over it since the last look, were it the answer to a ping."""
        pong, before = self._client.last_ping_pong_time, self._pong
        # The client sets the first one itself, before any ping was answered.
        is_heard = self._is_heard or (before is not None and pong not in (None, before))
        self._pong, self._is_heard = pong, False
        if await self._client.is_connected():
            return is_heard
        # The client tries an address again and again that opens one socket once.
        self._client.wss_uri = None
        return False

    def _say(self, silent: timedelta, dead_after: timedelta) -> None:
        if not silent:
            self._health.good(PART)
        elif silent >= dead_after * TROUBLE:
            self._health.bad(PART, SocketSilent())


def _refuse_wrong_token(error: SlackError) -> None:
    if not isinstance(error, SlackRefused):
        return
    if trouble := REFUSALS.get(error.error):
        raise BadSetting(name="SLACK_APP_TOKEN", trouble=trouble) from error
    if error.error in NOT_TAKEN:
        raise BadSetting(name="SLACK_APP_TOKEN", trouble=f"Slack does not know it ({error.error})") from error
