"""The left side of the page: the workspace, who one is, the channels and the app."""

from collections.abc import Sequence

from htpy import Element, Node, button, div, h2, label, nav, option, p, select, span

from bot.playground.web.messages import channel_title
from bot.playground.web.patches import Piece
from bot.playground.web.portraits import portrait, unread_badge
from bot.playground.workspace.state import Channel, User


def sidebar_pieces(
    name: str, viewer: str, staff: Sequence[User], places: Node, shortcuts: Node
) -> list[Piece]:
    """Give back the sidebar's parts from top to bottom."""
    return [
        Piece("head", lambda: _head(name)),
        Piece("who", lambda: _who(viewer, staff)),
        Piece("shortcuts", lambda: div(".shortcut-row")[shortcuts]),
        Piece("places", lambda: nav(aria_label="Channels and apps")[places]),
        Piece("foot", _foot),
    ]


def _head(name: str) -> Element:
    return div(".team")[portrait(name), div[div(".team-name")[name], span(".note")["Playground"]]]


def _who(viewer: str, staff: Sequence[User]) -> Element:
    return div(".who-am-i")[
        label(for_="acting")["Acting as"],
        select(id="acting", data_acting="true")[
            [option(value=user.id, selected=user.id == viewer)[_described(user)] for user in staff]
        ],
    ]


def _described(user: User) -> str:
    roles = ((user.is_owner, "owner"), (user.is_admin, "admin"), (user.is_restricted, "guest"))
    role = next((word for holds, word in roles if holds), "")
    return f"{user.real_name} ({role})" if role else user.real_name


def channel_links(channels: Sequence[Channel], place: str, unread: dict[str, int]) -> Node:
    """Draw the channels as a list of places to go to."""
    return [
        h2["Channels"],
        [_place(one.id, channel_title(one), one.id == place, unread.get(one.id, 0)) for one in channels],
    ]


def app_link(app_name: str, is_current: bool, unread: int) -> Node:
    """Draw the way to the app's Home and messages."""
    return [h2["Apps"], _place("home", app_name, is_current, unread, mark=portrait(app_name, is_app=True))]


def _place(place: str, words: str, is_current: bool, unread: int, *, mark: Node = None) -> Element:
    return button(
        ".place-link.fresh" if unread else ".place-link",
        type="button",
        id=f"place-{place}",
        data_act="place",
        data_place=place,
        aria_current="page" if is_current else None,
    )[mark, span(".words")[words], unread_badge(unread)]


def _foot() -> Element:
    return p(".promise")["Everything here stays on this computer. No text leaves it."]
