"""What Slack would refuse in a whole message, modal or Home."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.workspace.blocks import without_nulls
from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.blocks import BLOCKS_ON
from bot.playground.workspace.validate.checks import (
    Check,
    Field,
    Problem,
    anything,
    boolean,
    exactly,
    required,
    string,
)
from bot.playground.workspace.validate.objects import plain_text
from bot.playground.workspace.validate.rules import problems_across

Json = dict[str, Any]

_NAMED: Mapping[str, Field] = {
    "type": Field(anything),
    "private_metadata": Field(string(limits.PRIVATE_METADATA)),
    "callback_id": Field(string(limits.IDENTIFIER)),
    "external_id": Field(string(limits.IDENTIFIER)),
}
_BUTTON = Field(plain_text(limits.VIEW_TITLE))

# https://docs.slack.dev/reference/views/modal-views and home-tab-views
VIEWS: Mapping[str, Check] = {
    "modal": exactly(
        {
            **_NAMED,
            "title": required(plain_text(limits.VIEW_TITLE)),
            "blocks": required(BLOCKS_ON["modal"]),
            "close": _BUTTON,
            "submit": _BUTTON,
            "clear_on_close": Field(boolean),
            "notify_on_close": Field(boolean),
        }
    ),
    "home": exactly({**_NAMED, "blocks": required(BLOCKS_ON["home"])}),
}


def problems_in_message(blocks: list[Json]) -> list[Problem]:
    """What Slack would refuse in the blocks of a message."""
    return list(BLOCKS_ON["message"](blocks, "/blocks")) or list(
        problems_across(without_nulls(blocks), "message", "/blocks")
    )


def problems_in_view(view: Json, kind: str) -> list[Problem]:
    """What Slack would refuse in a view of this kind (modal or home)."""
    found = _problems_in_fields(view, kind) or list(_across_view(view, kind))
    if not found:
        return []
    return [Problem("failed to match all allowed schemas", "/view"), *found]


def _problems_in_fields(view: Json, kind: str) -> list[Problem]:
    if view.get("type") != kind:
        return [Problem(f"view type must be {kind}", "/view/type")]
    return list(VIEWS[kind](view, "/view"))


def _across_view(view: Json, kind: str) -> Iterator[Problem]:
    yield from problems_across(without_nulls(view["blocks"]), kind, "/view/blocks")
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if kind == "modal" and has_input and not view.get("submit"):
        yield Problem("missing required field: submit", "/view")
