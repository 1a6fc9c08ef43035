"""Lets a process die at one named point of its work, the n-th time it comes there.

The shipped code has no hooks: before the bot starts, one function of it is wrapped in this process alone. A death is a
SIGKILL of the process by itself, so nothing is cleaned up, and a line in its log that says so.
"""

import asyncio
import functools
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any

from storage.db import Database

Function = Callable[..., Awaitable[Any]]
A_WHILE_SECONDS = 0.05
"""Longer than a request takes to be written, shorter than the slow carrier of this proof takes to answer it."""

_came_by: ContextVar[list[str] | None] = ContextVar("came_by", default=None)


class When(StrEnum):
    """Which moment of a function's run is meant."""

    CALLED = "called"
    UNDER_WAY = "under way"
    """It runs, and waits for an answer from outside."""
    RETURNED = "returned"
    COMMITTED = "committed"
    """The transaction in which it did something is durable, and nothing has followed yet."""


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of one function's run, as `module:name` or `module:Class.name`; `is_worth` says which results count."""

    where: str
    when: When
    is_worth: Callable[[Any], bool] = bool


def anything(_result: object) -> bool:
    """Every run counts."""
    return True


SEND, FIND = "bot.carriers.twilio:TwilioCarrier.send", "bot.carriers.twilio:TwilioCarrier.find"
POINTS: Mapping[str, Point] = {
    "in a release, before its commit": Point("bot.campaigns.release:_freeze", When.RETURNED, anything),
    "before the claim": Point("storage.claims:take", When.CALLED),
    "in the claim, before its commit": Point("storage.claims:take", When.RETURNED),
    "after the claim": Point("storage.claims:take", When.COMMITTED),
    "in the request": Point(SEND, When.UNDER_WAY),
    "after the answer": Point(SEND, When.RETURNED),
    "after the answers' commit": Point("bot.delivery.recording:_pause", When.COMMITTED, anything),
    "in a callback, before its commit": Point("storage.receipts:add", When.RETURNED, anything),
    "in a callback, after its commit": Point("storage.receipts:add", When.COMMITTED, anything),
    "in the reconciler, after the list": Point(FIND, When.RETURNED, anything),
    "in the reconciler, before its commit": Point("bot.delivery.reconcile:_settle", When.RETURNED, anything),
    "in the reconciler, after its commit": Point("bot.delivery.reconcile:_settle", When.COMMITTED, anything),
}
IN_THE_RECONCILER = tuple(name for name in POINTS if "reconciler" in name)


@dataclass
class Doom:
    """Counts the times that the point was come to, and ends the process at its turn."""

    name: str
    turns_left: int

    def come_by(self) -> None:
        """One more time; the last one does not come back."""
        self.turns_left -= 1
        if self.turns_left <= 0:
            sys.stderr.write(said(self.name) + "\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)


def said(name: str) -> str:
    """The last line of a process that died at this point."""
    return f"doomed: {name}"


def arm(name: str, turn: int) -> None:
    """Wraps the point, so that the process kills itself there at that turn."""
    point, doom = POINTS[name], Doom(name, turn)
    owner, attribute = found(point.where)
    setattr(owner, attribute, _wrapped(getattr(owner, attribute), point, doom))
    if point.when is When.COMMITTED:
        Database.begin = _watched(Database.begin, name, doom)  # type: ignore[method-assign, assignment]


def found(where: str) -> tuple[Any, str]:
    """What has the function, and by which name."""
    module, _, path = where.partition(":")
    *owners, attribute = path.split(".")
    return functools.reduce(getattr, owners, import_module(module)), attribute


def _wrapped(function: Function, point: Point, doom: Doom) -> Function:
    @functools.wraps(function)
    async def wrapped(*values: Any, **named: Any) -> Any:
        if point.when is When.CALLED:
            doom.come_by()
        if point.when is When.UNDER_WAY:
            return await _come_by_meanwhile(function(*values, **named), doom)
        result = await function(*values, **named)
        if point.is_worth(result):
            _note(point, doom)
        return result

    return wrapped


def _note(point: Point, doom: Doom) -> None:
    noted = _came_by.get()
    if point.when is When.RETURNED:
        doom.come_by()
    elif point.when is When.COMMITTED and noted is not None:
        noted.append(doom.name)


async def _come_by_meanwhile(running: Awaitable[Any], doom: Doom) -> Any:
    task = asyncio.ensure_future(running)
    await asyncio.wait([task], timeout=A_WHILE_SECONDS)
    if not task.done():
        doom.come_by()
    return await task


def _watched(begin: Callable[[Database], Any], name: str, doom: Doom) -> Callable[[Database], Any]:
    @asynccontextmanager
    async def watched(db: Database) -> AsyncIterator[Any]:
        noted: list[str] = []
        token = _came_by.set(noted)
        try:
            async with begin(db) as session:
                yield session
        finally:
            _came_by.reset(token)
        if name in noted:
            doom.come_by()

    return watched
