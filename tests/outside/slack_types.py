"""JSON schemas made from Slack's own published types, tightened, with a short list of known differences."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

FOLDER = Path(__file__).parent / "schemas.d"
FILES = {
    **dict.fromkeys(("OurModal", "OurHome", "OurBlocks"), "views"),
    **dict.fromkeys(
        ("BlockActions", "ViewSubmission", "ViewClosed", "Command", "Options", "Shortcut"), "requests"
    ),
}

# Where the types say otherwise than Slack: of which type, in what place, and what they have against it.
KNOWN_DIFFERENCES = {
    # Written for messages: what happens in a modal brings no response_url.
    ("BlockActions", "", "response_url"),
    # A chosen option comes back as it was given, its description included.
    ("BlockActions", "actions/", "description"),
    # Buttons and confirmations come back with their style, as the page on block_actions payloads shows.
    ("BlockActions", "actions/", '"style":'),
    ("BlockActions", "view/state/values", "description"),
    ("ViewSubmission", "view/state/values", "description"),
    ("Options", "view/state/values", "description"),
    # https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload shows the user's old name.
    *((name, "user", "username") for name in ("ViewSubmission", "ViewClosed", "Options", "Shortcut")),
    # https://docs.slack.dev/reference/methods/chat.update : the message comes back whole.
    ("ChatUpdate", "message", "'ts'"),
    # Outside an Enterprise organisation Slack sends null, as its page on block_actions payloads shows.
    *(
        (name, "enterprise", "null")
        for name in ("BlockActions", "ViewSubmission", "ViewClosed", "Options", "Shortcut")
    ),
    # An open view that nobody has typed in has an empty state, and null for what it was not given.
    *((name, "view/state", "") for name in ("ViewsOpen", "ViewsUpdate", "ViewsPublish")),
    *((name, "view/", "null is not of type") for name in ("ViewsOpen", "ViewsUpdate", "ViewsPublish")),
    # Made from samples, the types of answers know few blocks; what we put there is held against the views' types.
    ("ViewsOpen", "view/blocks", ""),
    ("ViewsUpdate", "view/blocks", ""),
    ("ViewsPublish", "view/blocks", ""),
    ("ChatPostMessage", "message/blocks", ""),
    ("ChatUpdate", "message/blocks", ""),
}


def complaints(type_name: str, payload: Any) -> list[str]:
    """What Slack's types have against the payload, the known differences left out."""
    found = [
        ("/".join(map(str, error.instance_path)), error.message[:300])
        for error in _validator(type_name).iter_errors(payload)
    ]
    return [f"{place}: {message}" for place, message in found if not _is_known(type_name, place, message)]


def _is_known(type_name: str, place: str, message: str) -> bool:
    return any(
        type_name == name and place.startswith(where) and word in message
        for name, where, word in KNOWN_DIFFERENCES
    )


@cache
def _validator(type_name: str) -> Any:
    file = FOLDER / f"{FILES.get(type_name, type_name)}.json"
    if not file.exists():
        pytest.skip("Slack's types are not here: run `make schemas` (needs Node)")
    schema: dict[str, Any] = json.loads(file.read_text())
    _close_blocks(schema)
    return jsonschema_rs.validator_for(schema | {"$ref": f"#/definitions/{type_name}"})


def _close_blocks(node: Any) -> None:
    """Drops the open `Block` from every choice of blocks: it would let anything pass."""
    if isinstance(node, dict):
        for choice in ("anyOf", "oneOf"):
            if isinstance(node.get(choice), list):
                node[choice] = [one for one in node[choice] if one.get("$ref") != "#/definitions/Block"]
        for value in node.values():
            _close_blocks(value)
    elif isinstance(node, list):
        for value in node:
            _close_blocks(value)
