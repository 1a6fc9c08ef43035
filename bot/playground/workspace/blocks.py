"""Walking through blocks, and filling in what Slack fills in."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.playground.workspace.elements import INTERACTIVE

Json = dict[str, Any]
NewId = Callable[[], str]


def walk(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with the block it stands in, in order."""
    for block in blocks:
        for element in _elements_in(block):
            if element.get("type") in INTERACTIVE:
                yield block, element
        yield from walk(_blocks_in(block))


def find(blocks: Iterable[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """The block and the element of these ids; raises KeyError when they are not there."""
    for block, element in walk(blocks):
        if block["block_id"] == block_id and element["action_id"] == action_id:
            return block, element
    raise KeyError((block_id, action_id))


def is_in_input(block: Json) -> bool:
    """Whether the block is a field of a form, whose element speaks only when it is told to."""
    return bool(block.get("type") == "input")


def normalised(blocks: Iterable[Json], new_id: NewId) -> list[Json]:
    """The blocks as Slack gives them back: ids made where missing, defaults written out."""
    return [_normalised_block(without_nulls(block), new_id) for block in blocks]


def without_nulls(node: Any) -> Any:
    """A copy of the blocks in which a field given as null is a field not given."""
    if isinstance(node, dict):
        return {name: without_nulls(value) for name, value in node.items() if value is not None}
    return [without_nulls(item) for item in node] if isinstance(node, list) else node


def normalised_text(text: Json | None) -> Json | None:
    """A text object with its defaults: `emoji` for plain_text, `verbatim` for mrkdwn."""
    if text is None:
        return None
    default = {"emoji": True} if text["type"] == "plain_text" else {"verbatim": False}
    return dict(text) | {name: text.get(name, value) for name, value in default.items()}


def _normalised_block(block: Json, new_id: NewId) -> Json:
    block.setdefault("block_id", new_id())
    if block.get("type") == "input":
        block.setdefault("optional", False)
        block.setdefault("dispatch_action", False)
    for element in _elements_in(block):
        if element.get("type") in INTERACTIVE:
            element.setdefault("action_id", new_id())
    for element in _elements_in(block):
        if element.get("type") == "plain_text_input":
            element.setdefault("dispatch_action_config", {"trigger_actions_on": ["on_enter_pressed"]})
    for child in _blocks_in(block):
        _normalised_block(child, new_id)
    _write_text_defaults(block)
    return block


def _write_text_defaults(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _write_text_defaults(item)
    elif isinstance(node, dict) and node.get("type") not in ("rich_text", "table", "data_table"):
        if node.get("type") == "plain_text" and isinstance(node.get("text"), str):
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for item in node.values():
            _write_text_defaults(item)


def _elements_in(block: Json) -> list[Json]:
    single = [
        block[name] for name in ("accessory", "element", "icon_button") if isinstance(block.get(name), dict)
    ]
    many = [e for name in ("elements", "actions") for e in block.get(name, ()) if isinstance(e, dict)]
    return single + many if block.get("type") != "rich_text" else []


def _blocks_in(block: Json) -> list[Json]:
    if block.get("type") == "container":
        return [child for child in block.get("child_blocks", ()) if isinstance(child, dict)]
    if block.get("type") == "carousel":
        return [card for card in block.get("elements", ()) if isinstance(card, dict)]
    return []
