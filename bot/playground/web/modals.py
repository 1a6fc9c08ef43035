"""Modals and the Home drawn as HTML: a frame that stays, with a head, blocks and a foot that change."""

import json
from collections.abc import Sequence

from htpy import Element, Node, button, dialog, div, footer, form, h2, header, p

from bot.playground.web.blocks import Names, Scene, render_block
from bot.playground.web.blocks.mrkdwn import render_plain
from bot.playground.web.blocks.slot import plain
from bot.playground.web.patches import Piece, signature_of
from bot.playground.workspace.state import View


def modal_pieces(stack: Sequence[View]) -> list[Piece]:
    """Give back the frames of a user's open modals, the root first."""
    return [
        Piece(
            view.id,
            lambda view=view: _frame(view),  # type: ignore[misc]
            signature=view.id,
            holds=(f"head-{view.id}", f"body-{view.id}", f"foot-{view.id}"),
        )
        for view in stack
    ]


def _frame(view: View) -> Node:
    container = json.dumps({"view": view.id})
    attributes = {"role": "dialog", "aria-modal": "true", "aria-labelledby": f"title-{view.id}"}
    return dialog(".modal", attributes, data_container=container)[
        form(data_act="submit", novalidate=True)[
            div(id=f"head-{view.id}"),
            div(".modal-body", id=f"body-{view.id}", tabindex="-1"),
            div(id=f"foot-{view.id}"),
        ]
    ]


def head_pieces(view: View) -> list[Piece]:
    """Give back the modal's title and its banner of trouble."""
    return [
        Piece("head", lambda: _head(view)),
        *([Piece("trouble", lambda: _trouble(view))] if view.trouble else []),
    ]


def _head(view: View) -> Node:
    return header(".modal-head")[
        h2(id=f"title-{view.id}")[render_plain(plain(view.content.get("title")))],
        button(".close", type="button", data_act="close-all", aria_label="Close")["×"],
    ]


def _trouble(view: View) -> Node:
    return p(".trouble", role="alert")[view.trouble]


def body_pieces(view: View, names: Names, prefix: str) -> list[Piece]:
    """Give back a view's blocks; one is drawn again when its JSON or its error changes, never for a typed value."""
    scene = Scene(prefix=prefix, names=names, values=view.values, errors=view.errors)
    return [
        Piece(
            str(block["block_id"]),
            lambda block=block: render_block(block, scene),  # type: ignore[misc]
            signature_of(block, view.errors.get(str(block["block_id"]))),
        )
        for block in view.blocks
    ]


def foot_pieces(view: View) -> list[Piece]:
    """Give back the modal's buttons; the submit button waits while the app is asked."""
    return [Piece("foot", lambda: _foot(view))]


def _foot(view: View) -> Node:
    submit = plain(view.content.get("submit"))
    close = plain(view.content.get("close")) or ("Cancel" if submit else "Close")
    return footer(".modal-foot")[
        button(".btn.plain", type="button", data_act="close", id=f"close-{view.id}")[render_plain(close)],
        submit
        and button(
            ".btn.primary",
            type="submit",
            id=f"submit-{view.id}",
            disabled=view.is_busy,
            aria_busy="true" if view.is_busy else None,
        )[render_plain(submit)],
    ]


def home_frame(app_name: str, user_id: str) -> Node:
    """Draw the frame of the app's Home."""
    listed = {"role": "region", "aria-label": f"{app_name} Home", "tabindex": "0"}
    return div(".place")[
        header(".place-head", id="place-head"),
        div(".home", listed, id="home", data_container=json.dumps({"home": user_id})),
        div(".banners", id="banners"),
    ]


def app_head(app_name: str, place: str, messages_id: str) -> list[Piece]:
    """Give back the app's name and its tabs; there are messages once somebody wrote one."""
    tabs = [("home", "Home"), *([(messages_id, "Messages")] if messages_id else [])]
    return [
        Piece("name", lambda: h2[app_name]),
        Piece("tabs", lambda: div(".tabs")[[_tab(one, words, one == place) for one, words in tabs]]),
    ]


def _tab(place: str, words: str, is_current: bool) -> Element:
    current = "page" if is_current else None
    return button(
        ".tab", type="button", id=f"tab-{place}", data_act="place", data_place=place, aria_current=current
    )[words]


def home_waiting() -> Piece:
    """Give back what stands in a Home that the app has not published."""
    return Piece("waiting", lambda: p(".empty")["This app has not published a Home for you yet."])
