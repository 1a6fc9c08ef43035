"""Cursors: a list in pages, as `limit` and `cursor` ask for it."""

import base64
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.web_api.arguments import Arguments

T = TypeVar("T")

MOST_PER_PAGE = 1000


def page(items: Sequence[T], given: Arguments, default_limit: int = 100) -> tuple[Sequence[T], str]:
    """The page asked for and the next cursor, which is empty on the last page; raises `invalid_cursor`."""
    limit = given.number("limit", default_limit) or default_limit
    if not 0 < limit <= MOST_PER_PAGE:
        raise SlackError("invalid_limit")
    start = _position(given.text("cursor"))
    end = start + limit
    return items[start:end], _cursor(end) if end < len(items) else ""


def next_cursor(cursor: str) -> dict[str, Any]:
    """The part of the answer that carries the cursor."""
    return {"response_metadata": {"next_cursor": cursor}}


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
