"""Views that follow what one types: one update in flight per view, the newest wins, at most one a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.slack.client import SlackBusy, SlackClient, SlackError, SlackRefused, View
from bot.tasks import Signal, Tasks

log = structlog.get_logger()

Build = Callable[[], Awaitable[View]]

BETWEEN_UPDATES_SECONDS = 1.0
"""Slack takes some 100 updates a minute for a whole workspace: https://docs.slack.dev/apis/web-api/rate-limits (tier 4)."""


FORGET_AFTER_SECONDS = 3600.0
FINISH_WITHIN_SECONDS = 1.0
"""Slack gives a submit three seconds: https://docs.slack.dev/interactivity/handling-user-interaction"""


@dataclass(slots=True)
class _Live:
    next_at: float = 0.0
    acted_at: str = ""
    pending: Build | None = None
    shown: View | None = None
    task: "asyncio.Task[None] | None" = None
    is_over: bool = False
    over: Signal = field(default_factory=Signal)


class LiveViews:
    """Updates open views. Everything that changes an open view goes through here, so nothing overtakes."""

    def __init__(self, slack: SlackClient, tasks: Tasks) -> None:
        self._slack = slack
        self._tasks = tasks
        self._views: dict[str, _Live] = {}

    def show(self, view_id: str, build: Build, *, acted_at: str = "") -> None:
        """Shows what `build` gives as soon as may be; a newer call replaces one that still waits.

        `acted_at` is Slack's `action_ts`: of two requests that overtook each other, the later act counts.
        """
        self._forget_old()
        live = self._views.setdefault(view_id, _Live())
        if acted_at and acted_at < live.acted_at:
            return
        live.acted_at = max(acted_at, live.acted_at)
        live.pending = build
        if live.task is None or live.task.done():
            live.task = self._tasks.start(self._follow(view_id, live), name="live view")

    async def finish(self, view_id: str) -> None:
        """Drops what waits and returns once nothing is in flight, or soon after: the view was submitted."""
        live = self._views.pop(view_id, None)
        if live and live.task:
            live.is_over, live.pending = True, None
            live.over.set()
            # What comes later still changes no field; the submit's own answer does not wait for it.
            await asyncio.wait({live.task}, timeout=FINISH_WITHIN_SECONDS)

    def _forget_old(self) -> None:
        old = asyncio.get_running_loop().time() - FORGET_AFTER_SECONDS
        gone = [view_id for view_id, live in self._views.items() if live.next_at < old and not live.pending]
        for view_id in gone:
            del self._views[view_id]

    async def _follow(self, view_id: str, live: _Live) -> None:
        loop = asyncio.get_running_loop()
        while live.pending:
            await live.over.wait(max(0.0, live.next_at - loop.time()))
            build, live.pending = live.pending, None
            if build is None:
                return
            live.next_at = loop.time() + BETWEEN_UPDATES_SECONDS
            if not await self._show_once(view_id, live, build):
                self._views.pop(view_id, None)
                return

    async def _show_once(self, view_id: str, live: _Live, build: Build) -> bool:
        """Whether the view may be shown again."""
        view = await build()
        if view == live.shown:
            return True
        try:
            await self._slack.update_view(view_id, view)
        except SlackBusy as busy:
            live.next_at = asyncio.get_running_loop().time() + busy.retry_after.total_seconds()
            # What was typed last may be all that is ever typed.
            live.pending = live.pending or (None if live.is_over else build)
        except SlackError as error:
            log.info("view_not_updated", view=view_id, error=str(error))
            # A view that Slack refuses is gone; one of which it said nothing follows what is typed next.
            return not isinstance(error, SlackRefused)
        else:
            live.shown = view
        return True
