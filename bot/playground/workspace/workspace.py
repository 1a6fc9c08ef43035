"""The workspace itself: its memory, its doors, and what people do in it."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any, Self

from bot.playground.log import ExchangeLog
from bot.playground.workspace.acts import clicks, commands, fields, messages, modals
from bot.playground.workspace.board import Board
from bot.playground.workspace.clock import Clock
from bot.playground.workspace.config import AppConfig
from bot.playground.workspace.delivery import Delivery
from bot.playground.workspace.events import Events
from bot.playground.workspace.faults import Call, Faults
from bot.playground.workspace.files import File
from bot.playground.workspace.hooks import Hooks
from bot.playground.workspace.letters import Ack
from bot.playground.workspace.sockets import Farewell, Sockets
from bot.playground.workspace.state import Message, OptionList, View
from bot.playground.workspace.triggers import LIFE_SECONDS, Triggers
from bot.playground.workspace.web_api.server import SlackServer


class Workspace(Board):
    """One workspace with one app installed; `async with` starts and closes it."""

    def __init__(
        self,
        team_id: str,
        name: str,
        app: AppConfig,
        *,
        clock: Clock | None = None,
        log: ExchangeLog | None = None,
        ack_seconds: float = 3.0,
        trigger_seconds: float = LIFE_SECONDS,
        debounce_seconds: float = 0.0,
        signing_clock: Clock | None = None,
    ) -> None:
        """Nothing listens yet.

        `clock` drives triggers, deadlines, retries and ts; `signing_clock` (the machine's own by default) stamps the
        signatures, which an app compares with its own clock. `debounce_seconds` holds back on_character_entered.
        """
        super().__init__(team_id, name, app, clock=clock)
        self.log = log if log is not None else ExchangeLog()
        self.debounce_seconds = debounce_seconds
        self.faults = Faults(self.clock)
        self.triggers = Triggers(self.clock, self.ids, life_seconds=trigger_seconds)
        self.hooks = Hooks(self)
        self.sockets = Sockets(self)
        self.delivery = Delivery(self, ack_seconds=ack_seconds, signing_clock=signing_clock)
        self.events = Events(self)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._server: SlackServer | None = None
        self._owns_server = False

    async def start(self, port: int = 0, *, server: SlackServer | None = None) -> Self:
        """Listen on loopback (port 0: any free one), or join a server that several workspaces share."""
        self._owns_server = server is None
        self._server = server or SlackServer()
        self._server.attach(self)
        if self._owns_server:
            await self._server.start(port)
        self.files.url = self._server.url
        return self

    async def close(self) -> None:
        """End what is still under way and stop listening."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.delivery.close()
        if self._server is not None:
            self._server.detach(self)
            if self._owns_server:
                await self._server.close()
            self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """Where the server listens, such as `http://127.0.0.1:40001`."""
        if self._server is None:
            raise RuntimeError("The workspace has not been started")
        return self._server.url

    @property
    def api_url(self) -> str:
        """The base of the Web API, with its last slash: what SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    def connect(self, events_url: str) -> None:
        """Say where the app listens from now on."""
        self.app = replace(self.app, events_url=events_url)

    async def use_sockets(self, is_on: bool = True) -> None:
        """Switch Socket Mode on or off in the app's settings; off ends the open sockets."""
        self.app = replace(self.app, is_on_socket=is_on)
        if not is_on:
            await self.sockets.refresh(Farewell.DISABLED)

    async def verify_url(self) -> bool:
        """Whether the app answers the url_verification challenge, as when its settings are saved."""
        return await self.events.verify_url()

    def calls(self, method: str) -> list[Call]:
        """The Web API calls the app made to this method, oldest first, refused ones included.

        What was posted to response URLs stands under the name "response_url".
        """
        return self.faults.calls(method)

    def start_soon(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """The work as a task of this workspace, ended with it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def redeliver(self) -> Ack:
        """Tell of the last event once more, as a retry: what an app must not do twice."""
        return await self.events.redeliver()

    async def settled(self) -> None:
        """Come back when nothing started in the background is under way (deliveries, their retries).

        A retry that waits for its minute counts: advance a manual clock meanwhile.
        """
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def run_command(self, user_id: str, channel_id: str, text: str) -> Ack:
        """Type `/sms ...` into a channel; the answer or the error is shown to the user."""
        return await commands.run_command(self, user_id, channel_id, text)

    async def run_shortcut(self, user_id: str, callback_id: str) -> Ack:
        """Choose a global shortcut."""
        return await commands.run_shortcut(self, user_id, callback_id)

    async def click(
        self,
        user_id: str,
        where: View | Message,
        block_id: str,
        action_id: str,
        value: Any = None,
        *,
        wait: bool = True,
    ) -> Ack | None:
        """Press a button, choose from an overflow menu (value: the option's), or set any other element.

        The confirm dialog, when the element has one, is the page's business: call this once it was confirmed.
        Gives back None when nothing is told to the app (or, with wait=False, nothing is known yet).
        """
        return await clicks.click(self, user_id, where, block_id, action_id, value, wait=wait)

    async def set_value(
        self,
        view: View,
        block_id: str,
        action_id: str,
        value: Any,
        *,
        entered: bool = False,
        wait: bool = True,
    ) -> Ack | None:
        """Type into or choose in an element of a view; the state changes before anything is awaited.

        Text as str, options by their value (or the option itself), many as a list, dates and times as Slack writes
        them, files by their ids, None or [] to clear. block_actions go out as dispatch_action and its config say; `entered` is the
        Enter key in a text field. Gives back None when nothing was told to the app.
        """
        return await fields.set_value(self, view, block_id, action_id, value, entered=entered, wait=wait)

    async def options(
        self, user_id: str, where: View | Message, block_id: str, action_id: str, query: str
    ) -> OptionList:
        """What an external select shows for the query; below min_query_length the app is not asked."""
        return await fields.options(self, user_id, where, block_id, action_id, query)

    async def submit(self, view: View, *, even_if_busy: bool = False) -> Ack | None:
        """Press the modal's submit button.

        Empty required fields and the like are refused without asking the app, and a second press while the first one
        waits does nothing (None), unless `even_if_busy`.
        """
        return await modals.submit(self, view, even_if_busy=even_if_busy)

    async def close_view(self, view: View, *, all_views: bool = False) -> None:
        """Press Cancel on the top view, or the X that closes all (`all_views`); view_closed goes where it is wanted."""
        await modals.close(self, view, all_views=all_views)

    async def open_home(self, user_id: str, tab: str = "home") -> None:
        """Open the app's Home (or its "messages" tab): the app_home_opened event."""
        await messages.open_home(self, user_id, tab)

    async def post_message(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        thread_ts: str | None = None,
        *,
        files: Sequence[File] = (),
    ) -> Message:
        """The message a person wrote; the app hears of it when it is subscribed and in the channel."""
        return await messages.post_message(self, user_id, channel_id, text, thread_ts, files)

    def upload(self, user_id: str, name: str, content: bytes) -> File:
        """The file a person chose in a modal, which `set_value` then takes by its id; or attaches to a message."""
        return self.files.keep(user_id, name, content)

    def top_view(self, user_id: str) -> View:
        """The modal the user sees; raises LookupError when none is open."""
        stack = self.views(user_id)
        if not stack:
            raise LookupError(f"{user_id} has no modal open")
        return stack[-1]
