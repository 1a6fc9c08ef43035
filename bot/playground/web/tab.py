"""One browser tab: told of changes, it says what its page must do to show how things stand."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground.web.look import Look
from bot.playground.web.panels import Panel, draw_panel
from bot.playground.web.patches import Canvas
from bot.playground.web.stage import Stage
from bot.playground.workspace.state import Change, ChangeKind

Op = dict[str, Any]

_TOUCHED = {
    ChangeKind.CHANNEL: (Panel.SIDEBAR, Panel.PLACE, Panel.THREAD),
    ChangeKind.CHANNELS: (Panel.SIDEBAR, Panel.PLACE, Panel.BANNERS),
    ChangeKind.VIEWS: (Panel.MODALS,),
    ChangeKind.HOME: (Panel.PLACE,),
    ChangeKind.BANNERS: (Panel.BANNERS,),
    ChangeKind.USERS: (Panel.SIDEBAR, Panel.PLACE, Panel.THREAD),
}


class Tab:
    """What one browser tab shows of the stage to one user."""

    def __init__(self, stage: Stage, user_id: str) -> None:
        self.stage = stage
        self.user_id = user_id
        self.look = Look(stage, user_id)
        self._canvas = Canvas()
        self._stale = set(Panel)
        self._wake = asyncio.Event()
        self._wake.set()

    def listen(self) -> Callable[[], None]:
        """Hear of changes from now on; gives back the function that ends it."""
        stops = (
            self.stage.workspace.subscribe(self._workspace_changed),
            self.stage.carrier.listen(lambda _: self.touch(Panel.PHONES)),
            self.stage.log.listen(lambda _: self.touch(Panel.LOG)),
        )

        def stop() -> None:
            for end in stops:
                end()

        return stop

    def touch(self, *panels: Panel) -> None:
        """Have these panels drawn again."""
        self._stale.update(panels)
        self._wake.set()

    async def keep_telling(self, send: Callable[[list[Op]], Awaitable[None]]) -> None:
        """Tell the page what changed, again and again, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if ops := self.changes():
                await send(ops)

    def changes(self) -> list[Op]:
        """Give back what the page must do to show how things stand; nothing when it does already."""
        stale, self._stale = self._stale, set()
        drawn = [one for panel in Panel if panel in stale for one in draw_panel(panel, self.look)]
        ops = (self._canvas.patch(target, pieces) for target, pieces in drawn)
        return [op for op in ops if op is not None]

    def _workspace_changed(self, change: Change) -> None:
        if change.user in (None, self.user_id):
            self.touch(*_TOUCHED[change.kind])
