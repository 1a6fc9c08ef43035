"""Numbers of Block Kit and of messages, each with the page it is from."""

from collections.abc import Mapping
from typing import Any

# https://docs.slack.dev/surfaces/modals (a root view and two pushes); methods/views.update (view_too_large)
VIEWS_IN_STACK = 3
VIEW_BYTES = 250_000

# https://docs.slack.dev/reference/block-kit/blocks
BLOCKS_IN: Mapping[str, int] = {"modal": 100, "home": 100, "message": 50}

# https://docs.slack.dev/reference/views/modal-views
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
IDENTIFIER = 255

# https://docs.slack.dev/reference/methods/chat.postMessage and chat.update
MESSAGE_TEXT_CUT = 40_000
UPDATE_TEXT = 4_000

# slackapi/bolt-js#2509: measured there, not documented.
MESSAGE_BLOCKS_TEXT = 13_200

# https://docs.slack.dev/reference/block-kit/blocks/*
SECTION_TEXT, FIELD_TEXT, FIELDS = 3000, 2000, 10
HEADER_TEXT = 150
CONTEXT_ELEMENTS, CONTEXT_TEXT = 10, 3000
ACTIONS_ELEMENTS = 25
LABEL, HINT = 2000, 2000
ALERT_TEXT = 200
MARKDOWN_TEXT = 12_000
URL, ALT_TEXT, IMAGE_TITLE = 3000, 2000, 2000
TABLE_ROWS, TABLE_COLUMNS, DATA_TABLE_ROWS = 100, 20, 201
CARD_TITLE, CARD_BODY, CARD_ACTIONS = 150, 200, 3
CAROUSEL_CARDS, CHILD_BLOCKS, CONTEXT_ACTIONS = 10, 10, 5

# https://docs.slack.dev/reference/block-kit/block-elements/*
BUTTON_TEXT, BUTTON_VALUE = 75, 2000
PLACEHOLDER = 150
OPTIONS, OPTION_GROUPS = 100, 100
FEW_OPTIONS = 10
OVERFLOW_OPTIONS = 5
TYPED_TEXT = 3000
FILES = 10
LINES = 100

# https://docs.slack.dev/reference/block-kit/composition-objects/*; an option's value was 75 until 2024.
OPTION_TEXT, OPTION_VALUE, OPTION_DESCRIPTION = 75, 150, 75
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30


def text_length(node: Any) -> int:
    """How many characters of text stand in blocks, wherever they stand."""
    if isinstance(node, list):
        return sum(text_length(item) for item in node)
    if not isinstance(node, dict):
        return 0
    own = len(node["text"]) if isinstance(node.get("text"), str) else 0
    return own + sum(text_length(item) for item in node.values())
