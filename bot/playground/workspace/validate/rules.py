"""Rules over several fields: ids twice, first choices that are not offered, two in focus, elements out of place."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.playground.workspace.elements import SHAPES, options_in
from bot.playground.workspace.validate.checks import Problem

Json = dict[str, Any]
Placed = tuple[str, Json]
"""(pointer, element)"""

# "Works with surfaces" on each element's page below https://docs.slack.dev/reference/block-kit/block-elements
_ONLY_ON: Mapping[str, frozenset[str]] = {
    "datetimepicker": frozenset({"modal", "message"}),
    "email_text_input": frozenset({"modal"}),
    "url_text_input": frozenset({"modal"}),
    "number_input": frozenset({"modal"}),
    "file_input": frozenset({"modal"}),
    "rich_text_input": frozenset({"modal", "home"}),
}


def problems_across(blocks: list[Json], surface: str, at: str) -> Iterator[Problem]:
    """What is wrong between fields of blocks that are right one by one."""
    yield from _repeated_block_ids(blocks, at)
    placed = list(_elements(blocks, at))
    yield from _more_than_one_in_focus(placed, at)
    for block_index, block in enumerate(blocks):
        yield from _of_block(block, f"{at}/{block_index}")
    for pointer, element in placed:
        for rule in _ELEMENT_RULES:
            yield from rule(element, pointer)
        if surface not in _ONLY_ON.get(element["type"], frozenset({surface})):
            yield Problem(f"unsupported element type on this surface: {element['type']}", f"{pointer}/type")


def _repeated_block_ids(blocks: list[Json], at: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            yield Problem(f"block_id {block_id!r} already exists", f"{at}/{index}/block_id")
        seen.add(block_id or "")


def _of_block(block: Json, at: str) -> Iterator[Problem]:
    if block["type"] == "section" and not block.get("text") and not block.get("fields"):
        yield Problem("must define either `text` or `fields`", at)
    if block["type"] == "image" and bool(block.get("image_url")) == bool(block.get("slack_file")):
        yield Problem("must define either `image_url` or `slack_file`", at)
    ids = Counter(
        e["action_id"] for e in block.get("elements", ()) if isinstance(e, dict) and e.get("action_id")
    )
    for action_id, count in ids.items():
        if count > 1:
            yield Problem(f"action_id {action_id!r} already exists", f"{at}/elements")


def _more_than_one_in_focus(placed: list[Placed], at: str) -> Iterator[Problem]:
    if sum(1 for _, element in placed if element.get("focus_on_load")) > 1:
        yield Problem("only one element may set focus_on_load", at)


def _first_choice_not_offered(element: Json, at: str) -> Iterator[Problem]:
    shape = SHAPES.get(element["type"])
    if shape is None or not shape.is_option or "external" in element["type"]:
        return
    offered = [(o.get("text"), o.get("value")) for o in options_in(element)]
    chosen = element.get(shape.initial) or []
    for option in chosen if isinstance(chosen, list) else [chosen]:
        if (option.get("text"), option.get("value")) not in offered:
            yield Problem(f"{shape.initial} must match one of the options", f"{at}/{shape.initial}")


def _options_or_groups(element: Json, at: str) -> Iterator[Problem]:
    if element["type"].endswith("static_select") and ("options" in element) == ("option_groups" in element):
        yield Problem("must define either `options` or `option_groups`", at)


def _shortest_above_longest(element: Json, at: str) -> Iterator[Problem]:
    if element.get("min_length", 0) > element.get("max_length", 3000):
        yield Problem("min_length must not be greater than max_length", f"{at}/min_length")
    if element.get("min_lines", 0) > element.get("max_lines", 100):
        yield Problem("min_lines must not be greater than max_lines", f"{at}/min_lines")


def _first_text_too_long(element: Json, at: str) -> Iterator[Problem]:
    text, most = element.get("initial_value"), element.get("max_length", 3000)
    if isinstance(text, str) and len(text) > most:
        yield Problem(f"must be less than {most + 1} characters", f"{at}/initial_value")


def _more_chosen_than_allowed(element: Json, at: str) -> Iterator[Problem]:
    shape, most = SHAPES.get(element["type"]), element.get("max_selected_items")
    if shape is not None and most is not None and len(element.get(shape.initial) or ()) > most:
        yield Problem(f"no more than {most} items allowed", f"{at}/{shape.initial}")


def _elements(blocks: list[Json], at: str) -> Iterator[Placed]:
    for index, block in enumerate(blocks):
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                yield f"{at}/{index}/{name}", block[name]
        if block["type"] == "actions":
            yield from (
                (f"{at}/{index}/elements/{i}", element) for i, element in enumerate(block["elements"])
            )


_ELEMENT_RULES: tuple[Callable[[Json, str], Iterator[Problem]], ...] = (
    _first_choice_not_offered,
    _options_or_groups,
    _shortest_above_longest,
    _first_text_too_long,
    _more_chosen_than_allowed,
)
