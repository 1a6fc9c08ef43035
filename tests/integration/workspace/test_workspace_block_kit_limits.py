"""The stand-in's numbers beside those that others have published."""

import pytest
from slackblocks import _limits as published
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE as SURFACES

from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.blocks import ON_SURFACE


@pytest.mark.parametrize("surface", ["modal", "home", "message"])
def test_each_surface_takes_the_blocks_that_others_say_it_takes(surface: str) -> None:
    assert ON_SURFACE[surface] == SURFACES[surface]  # type: ignore[index]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SECTION_TEXT", "SECTION_TEXT_MAX_LENGTH"),
        ("FIELDS", "SECTION_FIELDS_MAX_ITEMS"),
        ("FIELD_TEXT", "SECTION_FIELDS_ITEM_MAX_LENGTH"),
        ("HEADER_TEXT", "HEADER_TEXT_MAX_LENGTH"),
        ("CONTEXT_ELEMENTS", "CONTEXT_ELEMENTS_MAX_ITEMS"),
        ("ACTIONS_ELEMENTS", "ACTIONS_ELEMENTS_MAX_ITEMS"),
        ("LABEL", "INPUT_LABEL_MAX_LENGTH"),
        ("HINT", "INPUT_HINT_MAX_LENGTH"),
        ("ALERT_TEXT", "ALERT_TEXT_MAX_LENGTH"),
        ("MARKDOWN_TEXT", "MARKDOWN_TEXT_MAX_LENGTH"),
        ("URL", "BUTTON_URL_MAX_LENGTH"),
        ("ALT_TEXT", "IMAGE_ALT_TEXT_MAX_LENGTH"),
        ("IMAGE_TITLE", "IMAGE_TITLE_MAX_LENGTH"),
        ("TABLE_ROWS", "TABLE_ROWS_MAX_ITEMS"),
        ("TABLE_COLUMNS", "TABLE_COLUMNS_MAX_ITEMS"),
        ("DATA_TABLE_ROWS", "DATA_TABLE_ROWS_MAX_ITEMS"),
        ("CARD_TITLE", "CARD_TITLE_MAX_LENGTH"),
        ("CARD_BODY", "CARD_BODY_MAX_LENGTH"),
        ("CARD_ACTIONS", "CARD_ACTIONS_MAX_ITEMS"),
        ("CAROUSEL_CARDS", "CAROUSEL_ELEMENTS_MAX_ITEMS"),
        ("CHILD_BLOCKS", "CONTAINER_CHILD_BLOCKS_MAX_ITEMS"),
        ("CONTEXT_ACTIONS", "CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS"),
        ("BUTTON_TEXT", "BUTTON_TEXT_MAX_LENGTH"),
        ("BUTTON_VALUE", "BUTTON_VALUE_MAX_LENGTH"),
        ("PLACEHOLDER", "SELECT_PLACEHOLDER_MAX_LENGTH"),
        ("OPTIONS", "SELECT_OPTIONS_MAX_ITEMS"),
        ("OPTION_GROUPS", "SELECT_OPTION_GROUPS_MAX_ITEMS"),
        ("FEW_OPTIONS", "RADIO_BUTTONS_OPTIONS_MAX_ITEMS"),
        ("OVERFLOW_OPTIONS", "OVERFLOW_OPTIONS_MAX_ITEMS"),
        ("TYPED_TEXT", "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX"),
        ("FILES", "FILE_INPUT_MAX_FILES_MAX"),
        ("LINES", "RICH_TEXT_INPUT_MAX_LINES_MAX"),
        ("OPTION_TEXT", "OPTION_TEXT_MAX_LENGTH"),
        ("OPTION_VALUE", "OPTION_VALUE_MAX_LENGTH"),
        ("OPTION_DESCRIPTION", "OPTION_DESCRIPTION_MAX_LENGTH"),
        ("CONFIRM_TITLE", "CONFIRMATION_TITLE_MAX_LENGTH"),
        ("CONFIRM_TEXT", "CONFIRMATION_TEXT_MAX_LENGTH"),
        ("CONFIRM_BUTTON", "CONFIRMATION_CONFIRM_MAX_LENGTH"),
        ("IDENTIFIER", "BLOCK_ID_MAX_LENGTH"),
    ],
)
def test_each_limit_is_the_one_that_others_have_published(ours: str, theirs: str) -> None:
    assert getattr(limits, ours) == getattr(published, theirs)
