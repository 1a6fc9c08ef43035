"""What happens between two statements of a transaction, as another process would do it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import await_only

from storage.db import Database

PATIENCE_SECONDS = 5.0


@contextmanager
def around(
    db: Database, words: str, *, before: Callable[[], Awaitable[Any]], after: Callable[[], Awaitable[Any]]
) -> Iterator[None]:
    """Has these things happen before and after the first statement with these words."""
    waiting = {"before_cursor_execute": before, "after_cursor_execute": after}
    looks = {moment: _look(moment, words, waiting) for moment in waiting}
    for moment, look in looks.items():
        sa.event.listen(db.engine.sync_engine, moment, look)
    try:
        yield
    finally:
        for moment, look in looks.items():
            sa.event.remove(db.engine.sync_engine, moment, look)
    assert not waiting, "the statement was never made"


async def nothing() -> None:
    """Nothing happens."""


def _look(moment: str, words: str, waiting: dict[str, Callable[[], Awaitable[Any]]]) -> Callable[..., None]:
    def look(_connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if words in statement and moment in waiting:
            happens = waiting.pop(moment)
            await_only(asyncio.wait_for(happens(), PATIENCE_SECONDS))

    return look
