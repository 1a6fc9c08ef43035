"""What Slack would refuse in our blocks: by slackblocks' limits, which are not ours, and by the workspace stand-in."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from slackblocks import _limits as limits
from slackblocks import _surfaces as surfaces
from slackblocks.errors import InvalidUsageError

from bot.playground.workspace.validate.surfaces import problems_in_message, problems_in_view

Json = dict[str, Any]

# https://docs.slack.dev/reference/methods/views.update: view_too_large
_VIEW_BYTES = 250_000
# msg_blocks_too_long, measured by others: https://github.com/slackapi/bolt-js/issues/2509
_MESSAGE_CHARACTERS = 13_200
_BLOCKS = {"modal": limits.VIEW_BLOCKS_MAX_ITEMS, "home": limits.VIEW_BLOCKS_MAX_ITEMS}
_TEXTS: dict[tuple[str, str], int] = {
    ("view", "title"): limits.VIEW_TITLE_MAX_LENGTH,
    ("view", "submit"): limits.VIEW_SUBMIT_MAX_LENGTH,
    ("view", "close"): limits.VIEW_CLOSE_MAX_LENGTH,
    ("section", "text"): limits.SECTION_TEXT_MAX_LENGTH,
    ("header", "text"): limits.HEADER_TEXT_MAX_LENGTH,
    ("alert", "text"): limits.ALERT_TEXT_MAX_LENGTH,
    ("input", "label"): limits.INPUT_LABEL_MAX_LENGTH,
    ("input", "hint"): limits.INPUT_HINT_MAX_LENGTH,
    ("button", "text"): limits.BUTTON_TEXT_MAX_LENGTH,
    ("option", "text"): limits.OPTION_TEXT_MAX_LENGTH,
    ("option", "description"): limits.OPTION_DESCRIPTION_MAX_LENGTH,
    ("group", "label"): limits.OPTION_GROUP_LABEL_MAX_LENGTH,
    ("confirm", "title"): limits.CONFIRMATION_TITLE_MAX_LENGTH,
    ("confirm", "text"): limits.CONFIRMATION_TEXT_MAX_LENGTH,
    ("confirm", "confirm"): limits.CONFIRMATION_CONFIRM_MAX_LENGTH,
    ("confirm", "deny"): limits.CONFIRMATION_DENY_MAX_LENGTH,
    ("select", "placeholder"): limits.SELECT_PLACEHOLDER_MAX_LENGTH,
    ("plain_text_input", "placeholder"): limits.PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH,
}
_STRINGS: dict[tuple[str, str], int] = {
    ("view", "callback_id"): limits.VIEW_CALLBACK_ID_MAX_LENGTH,
    ("view", "private_metadata"): limits.VIEW_PRIVATE_METADATA_MAX_LENGTH,
    ("button", "value"): limits.BUTTON_VALUE_MAX_LENGTH,
    ("option", "value"): limits.OPTION_VALUE_MAX_LENGTH,
}
_COUNTS: dict[tuple[str, str], tuple[int, int]] = {
    ("actions", "elements"): (1, limits.ACTIONS_ELEMENTS_MAX_ITEMS),
    ("context", "elements"): (1, limits.CONTEXT_ELEMENTS_MAX_ITEMS),
    ("rich_text", "elements"): (1, 100),
    ("select", "options"): (limits.SELECT_OPTIONS_MIN_ITEMS, limits.SELECT_OPTIONS_MAX_ITEMS),
    ("select", "option_groups"): (
        limits.SELECT_OPTION_GROUPS_MIN_ITEMS,
        limits.SELECT_OPTION_GROUPS_MAX_ITEMS,
    ),
    ("select", "initial_options"): (1, limits.SELECT_OPTIONS_MAX_ITEMS),
    ("group", "options"): (limits.OPTION_GROUP_OPTIONS_MIN_ITEMS, limits.OPTION_GROUP_OPTIONS_MAX_ITEMS),
    ("overflow", "options"): (limits.OVERFLOW_OPTIONS_MIN_ITEMS, limits.OVERFLOW_OPTIONS_MAX_ITEMS),
    ("radio_buttons", "options"): (
        limits.RADIO_BUTTONS_OPTIONS_MIN_ITEMS,
        limits.RADIO_BUTTONS_OPTIONS_MAX_ITEMS,
    ),
}


def problems(shown: Json | list[Json], surface: surfaces.BlockSurface) -> list[str]:
    """Each thing that Slack would refuse in a view, or in a message's blocks; empty when it takes them all."""
    blocks = shown if isinstance(shown, list) else shown["blocks"]
    nodes = [("view", shown)] if isinstance(shown, dict) else []
    nodes += list(_nodes(blocks))
    found = [problem for kind, node in nodes for problem in _problems_of(kind, node)]
    found += _surface(blocks, surface)
    found += _ids(blocks)
    if isinstance(shown, list):
        return found + _message(blocks) + [str(problem) for problem in problems_in_message(blocks)]
    return found + _view(shown, surface) + [str(problem) for problem in problems_in_view(shown, surface)]


def texts(shown: Json | list[Json]) -> list[str]:
    """Every text that people read in a view or in blocks, in order."""
    return [node["text"] for node in _dicts(shown) if isinstance(node.get("text"), str)]


def _dicts(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
    for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _dicts(item)


def _nodes(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    for node in _dicts(blocks):
        kind = str(node.get("type", ""))
        yield kind, node
        if kind.endswith("_select"):
            yield "select", node
        for option in [*node.get("options", ()), *node.get("initial_options", ())]:
            yield "option", option
        for group in node.get("option_groups", ()):
            yield "group", group
        if isinstance(node.get("confirm"), dict) and "deny" in node["confirm"]:
            yield "confirm", node["confirm"]


def _problems_of(kind: str, node: Json) -> Iterator[str]:
    yield from _outside_limits(kind, node)
    if kind in {"mrkdwn", "plain_text", "text"} and not 1 <= len(node["text"]) <= limits.TEXT_MAX_LENGTH:
        yield f"{kind}: {len(node['text'])} characters"
    if kind == "plain_text_input":
        yield from _typed(node)
    if kind in {"static_select", "multi_static_select", "radio_buttons"}:
        yield from _chosen(node)


def _outside_limits(kind: str, node: Json) -> Iterator[str]:
    for (owner, key), most in _TEXTS.items():
        if owner == kind and key in node and not 1 <= len(node[key]["text"]) <= most:
            yield f"{kind}.{key}: {len(node[key]['text'])} characters, of {most}"
    for (owner, key), most in _STRINGS.items():
        if owner == kind and key in node and len(node[key]) > most:
            yield f"{kind}.{key}: {len(node[key])} characters, of {most}"
    for (owner, key), (least, most) in _COUNTS.items():
        if owner == kind and key in node and not least <= len(node[key]) <= most:
            yield f"{kind}.{key}: {len(node[key])} items, of {least} to {most}"


def _typed(node: Json) -> Iterator[str]:
    most = node.get("max_length", limits.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX)
    if most > limits.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX:
        yield f"plain_text_input.max_length: {most}"
    if len(node.get("initial_value", "")) > most:
        yield "plain_text_input.initial_value: longer than max_length"


def _chosen(node: Json) -> Iterator[str]:
    if ("options" in node) == ("option_groups" in node):
        yield f"{node['type']}: needs options or option_groups, not both"
        return
    groups = node.get("option_groups", [node])
    options = [option for group in groups for option in group.get("options", ())]
    if len({option["value"] for option in options}) < len(options):
        yield f"{node['type']}: two options of one value"
    for one in [node["initial_option"]] if "initial_option" in node else node.get("initial_options", ()):
        if one not in options:
            yield f"{node['type']}: {one['value']!r} is not among its options"


def _surface(blocks: list[Json], surface: surfaces.BlockSurface) -> list[str]:
    try:
        surfaces.validate_surface_blocks(blocks, surface)
    except InvalidUsageError as error:
        return [str(error)]
    return []


def _ids(blocks: list[Json]) -> list[str]:
    twice = [i for i, n in Counter(b["block_id"] for b in blocks if "block_id" in b).items() if n > 1]
    found = [f"block_id {block_id!r} twice" for block_id in twice]
    for block in blocks:
        ids = Counter(
            element.get("action_id") for element in block.get("elements", ()) if "action_id" in element
        )
        found += [f"action_id {action_id!r} twice in a block" for action_id, n in ids.items() if n > 1]
    return found


def _view(view: Json, surface: surfaces.BlockSurface) -> list[str]:
    found = []
    if not 1 <= len(view["blocks"]) <= _BLOCKS[surface]:
        found.append(f"{len(view['blocks'])} blocks")
    if len(json.dumps(view).encode()) > _VIEW_BYTES:
        found.append("view_too_large")
    if surface == "modal" and any(b["type"] == "input" for b in view["blocks"]) and "submit" not in view:
        found.append("an input without a submit button")
    return found


def _message(blocks: list[Json]) -> list[str]:
    found = [] if len(blocks) <= limits.MESSAGE_BLOCKS_MAX_ITEMS else [f"{len(blocks)} blocks"]
    total = sum(len(text) for text in texts(blocks))
    return found + ([f"msg_blocks_too_long: {total}"] if total > _MESSAGE_CHARACTERS else [])
