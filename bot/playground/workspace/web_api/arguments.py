"""The arguments of a Web API call, however they were sent."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.playground.workspace.errors import SlackError

Json = dict[str, Any]

_TRUE = frozenset({"true", "1", "True", "t"})


class Arguments:
    """Reads arguments by name; raises SlackError with Slack's error names."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        """The argument as text."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        """The argument as text; raises the error when it is missing or empty."""
        value = self.text(name)
        if not value:
            raise SlackError(
                error, [f"missing required field: {name}"] if error == "invalid_arguments" else ()
            )
        return value

    def flag(self, name: str) -> bool:
        """Whether the argument is true."""
        return self.text(name) in _TRUE

    def number(self, name: str, default: int) -> int:
        """The argument as a whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError as error:
            raise SlackError("invalid_arguments", [f"must be an integer [json-pointer:/{name}]"]) from error

    def has(self, name: str) -> bool:
        """Whether the argument was sent at all, and not as null."""
        return self.given.get(name) is not None

    def structure(self, name: str, error: str) -> Any:
        """The argument as JSON, parsed when it came as text; None when it is missing."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as problem:
            raise SlackError(error) from problem

    def view(self) -> Json:
        """The `view` argument; raises SlackError when it is no object."""
        view = self.structure("view", "invalid_arguments")
        if not isinstance(view, dict):
            raise SlackError("invalid_arguments", ["missing required field: view [json-pointer:/view]"])
        return view

    def blocks(self) -> list[Json] | None:
        """The `blocks` argument, or None; raises SlackError when it is no list of objects."""
        blocks = self.structure("blocks", "invalid_blocks_format")
        if blocks is None:
            return None
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            raise SlackError("invalid_blocks_format")
        return blocks


async def read(request: web.Request) -> dict[str, Any]:
    """Every argument of the request: the query, then the form or the JSON object; raises SlackError."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= _object(await request.text())
    elif request.can_read_body:
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return given


def token_of(request: web.Request, given: Mapping[str, Any]) -> str:
    """The token of the header, or else of the arguments; empty when there is none."""
    return bearer_of(request) or str(given.get("token") or "")


def bearer_of(request: web.Request) -> str:
    """The token of the header; empty when there is none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text or "{}")
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body
