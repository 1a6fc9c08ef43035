"""Buttons and overflow menus drawn as HTML."""

import json

from htpy import Node, a, button, div, span

from bot.playground.web.blocks.mrkdwn import render_text
from bot.playground.web.blocks.scene import Json
from bot.playground.web.blocks.slot import Slot


def render_button(element: Json, slot: Slot) -> Node:
    """Draw a button; one with a URL is a link that also tells the app."""
    style = {"primary": "primary", "danger": "danger"}.get(str(element.get("style")), "plain")
    attributes = slot.control(element) | {
        "data-act": "click",
        "aria-label": element.get("accessibility_label"),
    }
    label = render_text(element.get("text"), slot.scene.names)
    url = str(element.get("url") or "")
    if url.startswith(("https://", "http://")):
        return a(f".btn.{style}", attributes, href=url, target="_blank", rel="noopener noreferrer")[label]
    return button(f".btn.{style}", attributes, type="button")[label]


def render_overflow(element: Json, slot: Slot) -> Node:
    """Draw an overflow menu: a button that opens a list of choices."""
    attributes = slot.control(element)
    attributes |= {"aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false"}
    menu_id = f"{attributes['id']}-menu"
    items = [_menu_item(option, slot) for option in element.get("options", ())]
    return span(".overflow")[
        button(".btn.plain.icon", attributes, type="button", data_menu=menu_id, aria_controls=menu_id)["⋯"],
        div(".menu", id=menu_id, role="menu", aria_label="More actions", hidden=True)[items],
    ]


def _menu_item(option: Json, slot: Slot) -> Node:
    option_json = json.dumps(option)
    label = render_text(option.get("text"), slot.scene.names)
    url = str(option.get("url") or "")
    note = option.get("description")
    words = [label, note and span(".note")[render_text(note, slot.scene.names)]]
    if url.startswith(("https://", "http://")):
        return a(
            role="menuitem", tabindex="-1", data_option=option_json, href=url, target="_blank", rel="noopener"
        )[words]
    return button(role="menuitem", tabindex="-1", type="button", data_option=option_json)[words]
