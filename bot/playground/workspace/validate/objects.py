"""Composition objects: texts, options, confirm dialogs."""

from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.checks import (
    Check,
    Field,
    anything,
    boolean,
    by_type,
    exactly,
    many,
    one_of,
    required,
    string,
)


def plain_text(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    return by_type({"plain_text": _plain(most, least)}, "must be plain_text, not")


def any_text(most: int, least: int = 1) -> Check:
    """A plain_text or a mrkdwn object."""
    marked = exactly(
        {
            "type": Field(anything),
            "text": required(string(most, least)),
            "verbatim": Field(boolean),
            "emoji": Field(boolean),
        }
    )
    return by_type({"plain_text": _plain(most, least), "mrkdwn": marked}, "must be plain_text or mrkdwn, not")


def option(text: Check) -> Check:
    """An option whose text is of this kind."""
    return exactly(
        {
            "text": required(text),
            "value": required(string(limits.OPTION_VALUE)),
            "description": Field(text),
            "url": Field(string(limits.URL)),
        }
    )


def _plain(most: int, least: int) -> Check:
    return exactly(
        {
            "type": Field(anything),
            "text": required(string(most, least)),
            "emoji": Field(boolean),
            "verbatim": Field(boolean),
        }
    )


PLAIN_OPTION = option(plain_text(limits.OPTION_TEXT))
MARKED_OPTION = option(any_text(limits.OPTION_TEXT))

OPTION_GROUP = exactly(
    {
        "label": required(plain_text(limits.OPTION_TEXT)),
        "options": required(many(PLAIN_OPTION, limits.OPTIONS)),
    }
)

CONFIRM = exactly(
    {
        "title": required(plain_text(limits.CONFIRM_TITLE)),
        "text": required(any_text(limits.CONFIRM_TEXT)),
        "confirm": required(plain_text(limits.CONFIRM_BUTTON)),
        "deny": required(plain_text(limits.CONFIRM_BUTTON)),
        "style": Field(one_of("primary", "danger")),
    }
)

DISPATCH_ACTION_CONFIG = exactly(
    {"trigger_actions_on": required(many(one_of("on_enter_pressed", "on_character_entered"), 2))}
)
