"""One browser tab: who looks, at what, and what changed on its page since it was last told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.log import Exchange
from bot.playground.web import handset, messages, modals, protocol, sidebar
from bot.playground.web.banners import banner_pieces
from bot.playground.web.blocks import Names
from bot.playground.web.patches import Canvas, Piece
from bot.playground.web.stage import Person, Stage, Text
from bot.playground.workspace.state import Change, ChangeKind, Channel, Message, User

HOME = "home"
Op = dict[str, Any]


class Panel(StrEnum):
    """The parts of the page that are drawn apart."""

    SIDEBAR = "sidebar"
    PLACE = "place"
    THREAD = "thread"
    MODALS = "modals"
    BANNERS = "banners"
    PHONES = "phones"
    LOG = "log"


_TOUCHED = {
    ChangeKind.CHANNEL: {Panel.SIDEBAR, Panel.PLACE, Panel.THREAD},
    ChangeKind.CHANNELS: {Panel.SIDEBAR, Panel.PLACE, Panel.BANNERS},
    ChangeKind.VIEWS: {Panel.MODALS},
    ChangeKind.HOME: {Panel.PLACE},
    ChangeKind.BANNERS: {Panel.BANNERS},
    ChangeKind.USERS: {Panel.SIDEBAR, Panel.PLACE, Panel.THREAD},
}


@dataclass(slots=True)
class Look:
    """What the tab looks at."""

    place: str = ""
    thread_ts: str = ""
    number: str = ""
    sender: str = ""
    is_log_open: bool = False
    opened: set[str] = field(default_factory=set)
    """The exchanges whose bodies are shown."""
    read: dict[str, int] = field(default_factory=dict)
    """How many messages of a channel, or texts of a phone, were seen."""


class Tab:
    """What one browser tab shows; it is told of changes and says what the page must do."""

    def __init__(self, stage: Stage, user_id: str) -> None:
        self.stage = stage
        self.user_id = user_id
        self.look = Look(place=self._first_place())
        self._canvas = Canvas()
        self._stale: set[Panel] = set(Panel)
        self._wake = asyncio.Event()
        self._wake.set()
        self._read_everything()

    def listen(self) -> Callable[[], None]:
        """Hear of changes from now on; gives back the function that ends it."""
        stops = (
            self.stage.workspace.subscribe(self._workspace_changed),
            self.stage.carrier.listen(lambda _: self.touch(Panel.PHONES)),
            self.stage.log.listen(self._exchanged),
        )

        def stop() -> None:
            for end in stops:
                end()

        return stop

    def touch(self, *panels: Panel) -> None:
        """Have these panels drawn again."""
        self._stale.update(panels)
        self._wake.set()

    async def keep_telling(self, send: Callable[[list[Op]], Awaitable[None]]) -> None:
        """Tell the page what changed, again and again, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if ops := self.changes():
                await send(ops)

    def changes(self) -> list[Op]:
        """Give back what the page must do to show how things stand."""
        stale, self._stale = self._stale, set()
        drawn: list[tuple[str, list[Piece]]] = []
        for panel in Panel:
            if panel in stale:
                drawn.extend(_PANELS[panel](self))
        ops = (self._canvas.patch(target, pieces) for target, pieces in drawn)
        return [op for op in ops if op is not None]

    @property
    def names(self) -> Names:
        """The names of everybody and of the channels this user is in, and the user's zone."""
        workspace = self.stage.workspace
        return Names(
            users={user.id: user.real_name for user in workspace.users.values()},
            channels={one.id: one.name for one in workspace.channels_of(self.user_id) if not one.is_im},
            zone=ZoneInfo(workspace.users[self.user_id].tz),
        )

    @property
    def channel(self) -> Channel | None:
        """The channel looked at, or None at the app's Home."""
        return self.stage.workspace.channels.get(self.look.place)

    @property
    def person(self) -> Person | None:
        """Whose phone is open."""
        return next((one for one in self.stage.people if one.number == self.look.number), None)

    def sender(self) -> str:
        """Give back whom the open phone talks with: the one chosen, else the newest."""
        senders = handset.senders_of(self.stage.texts(self.look.number))
        return self.look.sender if self.look.sender in senders else (senders or [""])[0]

    def _first_place(self) -> str:
        channels = self.stage.workspace.channels_of(self.user_id)
        return channels[0].id if channels else HOME

    def _read_everything(self) -> None:
        for channel in self.stage.workspace.channels_of(self.user_id):
            self.look.read[channel.id] = len(channel.messages(self.user_id))

    def _workspace_changed(self, change: Change) -> None:
        if change.user in (None, self.user_id):
            self.touch(*_TOUCHED[change.kind])

    def _exchanged(self, exchange: Exchange) -> None:
        self.touch(Panel.LOG)

    def _draw_sidebar(self) -> Iterator[tuple[str, list[Piece]]]:
        workspace, names, look = self.stage.workspace, self.names, self.look
        channels = workspace.channels_of(self.user_id)
        if self.channel is not None:
            look.read[look.place] = len(self.channel.messages(self.user_id))
        unread = {one.id: len(one.messages(self.user_id)) - look.read.get(one.id, 0) for one in channels}
        places = [
            sidebar.channel_links(channels, names, look.place, unread),
            workspace.app.home and sidebar.app_link(workspace.app.name, look.place),
        ]
        shortcuts = [(one.callback_id, one.name, one.description) for one in workspace.app.shortcuts]
        menu = messages.shortcuts_menu(shortcuts) if shortcuts else None
        yield "sidebar", sidebar.sidebar_pieces(workspace.name, self.user_id, self._staff(), places, menu)

    def _staff(self) -> list[User]:
        return [user for user in self.stage.workspace.users.values() if not user.is_bot and not user.deleted]

    def _draw_place(self) -> Iterator[tuple[str, list[Piece]]]:
        workspace, channel = self.stage.workspace, self.channel
        if channel is None:
            yield from self._draw_home()
            return
        names = self.names
        yield (
            "place",
            [
                Piece(
                    f"place-{channel.id}",
                    lambda: messages.channel_frame(channel, names, workspace.app.commands),
                    f"{channel.id} {channel.is_archived}",
                    holds=("place-head", "messages", "banners"),
                )
            ],
        )
        yield "place-head", messages.channel_head(channel, names)
        yield "messages", self._pieces_of(channel.messages(self.user_id))

    def _pieces_of(self, shown: list[Message], *, in_thread: bool = False) -> list[Piece]:
        app_user = self.stage.workspace.app.bot_user_id
        reader = messages.Reader(self.user_id, self.names, app_user, in_thread)
        return messages.message_pieces(shown, reader)

    def _draw_home(self) -> Iterator[tuple[str, list[Piece]]]:
        workspace = self.stage.workspace
        frame = Piece(
            "place-home",
            lambda: modals.home_frame(workspace.app.name, self.user_id),
            "home",
            holds=("home", "banners"),
        )
        yield "place", [frame]
        view = workspace.home(self.user_id)
        yield "home", modals.body_pieces(view, self.names, "home") if view else [modals.home_waiting()]

    def _draw_thread(self) -> Iterator[tuple[str, list[Piece]]]:
        channel, parent_ts = self.channel, self.look.thread_ts
        if channel is None or parent_ts not in channel.by_ts:
            yield "thread", []
            return
        names = self.names
        frame = Piece(
            f"thread-{parent_ts}",
            lambda: messages.thread_frame(channel, parent_ts, names),
            parent_ts,
            holds=("replies",),
        )
        yield "thread", [frame]
        yield "replies", self._pieces_of(channel.thread(parent_ts, self.user_id), in_thread=True)

    def _draw_modals(self) -> Iterator[tuple[str, list[Piece]]]:
        stack, names = self.stage.workspace.views(self.user_id), self.names
        yield "modals", modals.modal_pieces(stack)
        for view in stack:
            yield f"head-{view.id}", modals.head_pieces(view)
            yield f"body-{view.id}", modals.body_pieces(view, names, view.id)
            yield f"foot-{view.id}", modals.foot_pieces(view)

    def _draw_banners(self) -> Iterator[tuple[str, list[Piece]]]:
        yield "banners", banner_pieces(self.stage.workspace.banners(self.user_id))

    def _draw_phones(self) -> Iterator[tuple[str, list[Piece]]]:
        zone, look, person = self.names.zone, self.look, self.person
        if person is None:
            yield "phones", [handset.phone_list_frame()]
            yield "handsets", handset.handset_pieces([self._handset(one) for one in self.stage.people], zone)
            return
        texts = self.stage.texts(person.number)
        look.read[person.number] = sum(not text.is_ours for text in texts)
        chosen = self.sender()
        yield "phones", [handset.phone_frame(person)]
        yield "senders", handset.sender_pieces(handset.senders_of(texts), chosen)
        yield "bubbles", handset.bubble_pieces([one for one in texts if one.other == chosen], zone)
        yield "answer", [handset.answer_piece(person, chosen)]

    def _handset(self, person: Person) -> handset.Handset:
        texts: list[Text] = self.stage.texts(person.number)
        return handset.Handset(person, texts, handset.unread_of(texts, self.look.read, person.number))

    def _draw_log(self) -> Iterator[tuple[str, list[Piece]]]:
        log = self.stage.log
        yield "log-count", [protocol.count_piece(len(log))]
        if self.look.is_log_open:
            yield "exchanges", protocol.exchange_pieces(log, self.look.opened, self.names.zone)


_PANELS: dict[Panel, Callable[[Tab], Iterator[tuple[str, list[Piece]]]]] = {
    Panel.SIDEBAR: Tab._draw_sidebar,
    Panel.PLACE: Tab._draw_place,
    Panel.THREAD: Tab._draw_thread,
    Panel.MODALS: Tab._draw_modals,
    Panel.BANNERS: Tab._draw_banners,
    Panel.PHONES: Tab._draw_phones,
    Panel.LOG: Tab._draw_log,
}
