"""Each block: its fields, their limits, and the surfaces it may stand on."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.checks import (
    Check,
    Field,
    Problem,
    anything,
    at_least,
    boolean,
    by_type,
    exactly,
    integer,
    many,
    one_of,
    required,
    string,
)
from bot.playground.workspace.validate.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION, element_in
from bot.playground.workspace.validate.objects import any_text, plain_text

_NAMED: Mapping[str, Field] = {"type": Field(anything), "block_id": Field(string(limits.IDENTIFIER, 1))}
_TYPED = at_least({"type": required(string(limits.IDENTIFIER, 1))})
_CONTEXT_TEXT = any_text(limits.CONTEXT_TEXT)


def _context_element(value: Any, at: str) -> Iterator[Problem]:
    is_image = isinstance(value, dict) and value.get("type") == "image"
    yield from (ELEMENTS["image"] if is_image else _CONTEXT_TEXT)(value, at)


def _rows_of_one_width(value: Any, at: str) -> Iterator[Problem]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        yield Problem("must be an array of arrays", at)
        return
    widths = {len(row) for row in value}
    if len(widths) > 1:
        yield Problem("rows must all have the same number of cells", at)
    if any(width > limits.TABLE_COLUMNS or width < 1 for width in widths):
        yield Problem(f"no more than {limits.TABLE_COLUMNS} items allowed", f"{at}/0")


def _rows(most: int, least: int) -> Check:
    def check(value: Any, at: str) -> Iterator[Problem]:
        yield from many(anything, most, least)(value, at)
        yield from _rows_of_one_width(value, at)

    return check


_CARD = at_least(
    {
        "title": Field(any_text(limits.CARD_TITLE)),
        "subtitle": Field(any_text(limits.CARD_TITLE)),
        "body": Field(any_text(limits.CARD_BODY)),
        "actions": Field(many(element_in(frozenset({"button"})), limits.CARD_ACTIONS)),
    }
)

BLOCKS: Mapping[str, Check] = {
    "section": exactly(
        {
            **_NAMED,
            "text": Field(any_text(limits.SECTION_TEXT)),
            "fields": Field(many(any_text(limits.FIELD_TEXT), limits.FIELDS)),
            "accessory": Field(element_in(IN_SECTION)),
            "expand": Field(boolean),
        }
    ),
    "header": exactly(
        {**_NAMED, "text": required(plain_text(limits.HEADER_TEXT)), "level": Field(integer(1, 4))}
    ),
    "divider": exactly(_NAMED),
    "context": exactly({**_NAMED, "elements": required(many(_context_element, limits.CONTEXT_ELEMENTS))}),
    "actions": exactly(
        {**_NAMED, "elements": required(many(element_in(IN_ACTIONS), limits.ACTIONS_ELEMENTS))}
    ),
    "input": exactly(
        {
            **_NAMED,
            "label": required(plain_text(limits.LABEL)),
            "element": required(element_in(IN_INPUT)),
            "hint": Field(plain_text(limits.HINT)),
            "optional": Field(boolean),
            "dispatch_action": Field(boolean),
        }
    ),
    "image": exactly(
        {
            **_NAMED,
            "image_url": Field(string(limits.URL, 1)),
            "slack_file": Field(at_least({})),
            "alt_text": required(string(limits.ALT_TEXT, 1)),
            "title": Field(plain_text(limits.IMAGE_TITLE)),
        }
    ),
    "rich_text": at_least({**_NAMED, "elements": required(many(at_least({}), 10**6, 0))}),
    "video": at_least({**_NAMED, "alt_text": required(string(limits.ALT_TEXT, 1))}),
    "alert": exactly(
        {
            **_NAMED,
            "text": required(any_text(limits.ALERT_TEXT)),
            "level": Field(one_of("default", "info", "warning", "error", "success")),
        }
    ),
    "markdown": exactly({**_NAMED, "text": required(string(limits.MARKDOWN_TEXT, 1))}),
    "table": at_least({**_NAMED, "rows": required(_rows(limits.TABLE_ROWS, 1))}),
    "data_table": at_least(
        {
            **_NAMED,
            "caption": required(anything),
            "rows": required(_rows(limits.DATA_TABLE_ROWS, 2)),
            "page_size": Field(integer(1, 100)),
        }
    ),
    "data_visualization": at_least(_NAMED),
    "card": _CARD,
    "carousel": at_least({**_NAMED, "elements": required(many(_CARD, limits.CAROUSEL_CARDS))}),
    "container": at_least({**_NAMED, "child_blocks": required(many(_TYPED, limits.CHILD_BLOCKS))}),
    "context_actions": at_least({**_NAMED, "elements": required(many(_TYPED, limits.CONTEXT_ACTIONS))}),
    "task_card": at_least(_NAMED),
    "plan": at_least(_NAMED),
    "file": at_least(_NAMED),
}

# https://docs.slack.dev/reference/block-kit/blocks, table "Surfaces"
_EVERYWHERE = frozenset(
    {"actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
)
_WIDE = frozenset({"carousel", "container", "data_table", "data_visualization", "table"})
ON_SURFACE: Mapping[str, frozenset[str]] = {
    "modal": _EVERYWHERE | {"alert"},
    "home": _EVERYWHERE | _WIDE,
    "message": _EVERYWHERE | _WIDE | {"context_actions", "file", "markdown", "plan", "task_card"},
}

BLOCKS_ON: Mapping[str, Check] = {
    surface: many(
        by_type({name: BLOCKS[name] for name in names}, "unsupported type"), limits.BLOCKS_IN[surface], 0
    )
    for surface, names in ON_SURFACE.items()
}
