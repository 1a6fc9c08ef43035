"""What a view or a post says to whoever looks at it."""

import json
from collections.abc import Iterable
from typing import Any

from bot.playground.workspace import Message, View


def has_field(view: View, name: str) -> bool:
    """Whether the view shows this field."""
    return any(block["block_id"].split(".")[0] == name for block in view.blocks)


def draft_of(view: View) -> str:
    """The draft that compose, or its preview, works on."""
    return str(json.loads(view.content["private_metadata"])["draft_id"])


def block_of(view: View, name: str) -> str:
    """The block_id under which the view shows this field now."""
    return next(block["block_id"] for block in view.blocks if block["block_id"].split(".")[0] == name)


def blocks_of(shown: View | Message) -> str:
    """The blocks as JSON, letters as they are."""
    return json.dumps(shown.blocks, ensure_ascii=False)


def text_of(shown: View | Message) -> str:
    """Every word that a person reads in a view or a post."""
    return "\n".join(_words(shown.blocks))


def _words(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for name, value in node.items():
            if name != "text" or not isinstance(value, str):
                yield from _words(value)
    elif isinstance(node, list):
        for one in node:
            yield from _words(one)
