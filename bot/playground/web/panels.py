"""The panels of the page: which lists each of them fills, and with what."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from bot.playground.web import handset, messages, modals, protocol, sidebar
from bot.playground.web.banners import banner_pieces
from bot.playground.web.look import Look
from bot.playground.web.patches import Piece
from bot.playground.workspace.state import Channel

# What a channel shows; older messages stay in the workspace.
_SHOWN_MESSAGES = 200
Lists = Iterator[tuple[str, list[Piece]]]


class Panel(StrEnum):
    """The parts of the page that are drawn apart, in the order in which they are."""

    SIDEBAR = "sidebar"
    PLACE = "place"
    THREAD = "thread"
    MODALS = "modals"
    BANNERS = "banners"
    PHONES = "phones"
    LOG = "log"


def draw_panel(panel: Panel, look: Look) -> Lists:
    """Give back the panel's lists by their ids, outer ones before those that live in them."""
    return _PANELS[panel](look)


def _sidebar(look: Look) -> Lists:
    workspace = look.stage.workspace
    if look.channel is not None:
        look.mark_read(look.channel)
    unread = {channel.id: look.unread(channel) for channel in look.channels()}
    direct = look.app_messages()
    is_at_app = look.place == "home" or (direct is not None and direct.id == look.place)
    places = [
        sidebar.channel_links(look.channels(), look.place, unread),
        sidebar.app_link(workspace.app.name, is_at_app, look.unread(direct) if direct else 0),
    ]
    shortcuts = [(one.callback_id, one.name, one.description) for one in workspace.app.shortcuts]
    menu = messages.shortcuts_menu(shortcuts) if shortcuts else None
    yield "sidebar", sidebar.sidebar_pieces(workspace.name, look.user_id, look.staff(), places, menu)


def _place(look: Look) -> Lists:
    return _home(look) if look.channel is None else _channel(look, look.channel)


def _channel(look: Look, channel: Channel) -> Lists:
    app = look.stage.workspace.app
    title = app.name if channel.is_im else messages.channel_title(channel)
    frame = Piece(
        f"place-{channel.id}",
        lambda: messages.channel_frame(channel, title, app.commands),
        f"{channel.id} {channel.is_archived}",
        holds=("place-head", "messages", "banners"),
    )
    yield "place", [frame]
    head = (
        modals.app_head(app.name, look.place, channel.id) if channel.is_im else messages.channel_head(channel)
    )
    yield "place-head", head
    newest = channel.messages(look.user_id)[-_SHOWN_MESSAGES:]
    yield "messages", messages.message_pieces(newest, look.reader())


def _home(look: Look) -> Lists:
    app, direct = look.stage.workspace.app, look.app_messages()
    frame = Piece(
        "place-home",
        lambda: modals.home_frame(app.name, look.user_id),
        "home",
        holds=("place-head", "home", "banners"),
    )
    yield "place", [frame]
    yield "place-head", modals.app_head(app.name, "home", direct.id if direct else "")
    view = look.stage.workspace.home(look.user_id)
    yield "home", modals.body_pieces(view, look.names, "home") if view else [modals.home_waiting()]


def _thread(look: Look) -> Lists:
    channel, parent_ts = look.channel, look.thread_ts
    if channel is None or parent_ts not in channel.by_ts:
        yield "thread", []
        return
    title = look.stage.workspace.app.name if channel.is_im else messages.channel_title(channel)
    frame = Piece(
        f"thread-{parent_ts}",
        lambda: messages.thread_frame(channel, parent_ts, title),
        parent_ts,
        holds=("replies",),
    )
    yield "thread", [frame]
    shown = channel.thread(parent_ts, look.user_id)
    yield "replies", messages.message_pieces(shown, look.reader(in_thread=True))


def _modals(look: Look) -> Lists:
    stack = look.stage.workspace.views(look.user_id)
    yield "modals", modals.modal_pieces(stack)
    for view in stack:
        yield f"head-{view.id}", modals.head_pieces(view)
        yield f"body-{view.id}", modals.body_pieces(view, look.names, view.id)
        yield f"foot-{view.id}", modals.foot_pieces(view)


def _banners(look: Look) -> Lists:
    yield "banners", banner_pieces(look.stage.workspace.banners(look.user_id))


def _phones(look: Look) -> Lists:
    zone, person = look.names.zone, look.person
    if person is None:
        yield "phones", [handset.phone_list_frame()]
        yield "handsets", handset.handset_pieces([look.handset(one) for one in look.stage.people], zone)
        return
    texts, chosen = look.stage.texts(person.number), look.sender
    look.read[person.number] = sum(not text.is_ours for text in texts)
    yield "phones", [handset.phone_frame(person)]
    yield "senders", handset.sender_pieces(handset.senders_of(texts), chosen)
    yield "bubbles", handset.bubble_pieces([one for one in texts if one.other == chosen], zone)
    yield "answer", [handset.answer_piece(chosen)]


def _log(look: Look) -> Lists:
    log = look.stage.log
    yield "log-count", [protocol.count_piece(len(log))]
    if look.is_log_open:
        yield "exchanges", protocol.exchange_pieces(log, look.opened, look.names.zone)


_PANELS: Mapping[Panel, Callable[[Look], Lists]] = {
    Panel.SIDEBAR: _sidebar,
    Panel.PLACE: _place,
    Panel.THREAD: _thread,
    Panel.MODALS: _modals,
    Panel.BANNERS: _banners,
    Panel.PHONES: _phones,
    Panel.LOG: _log,
}
