"""The last looks before requests: has the campaign been stopped, has somebody opted out since the claim?"""

import asyncio
import math
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.delivery.visits import Visit
from bot.runtime import Runtime
from storage import claims
from storage.claims import Look

STALE_SECONDS = 0.2
"""How old a last look may be when a request starts."""
HOLDS_SECONDS = 0.5
"""How old it may be when the request is written: until then it waits for a place, for a connection, or stands still."""
SKEW = timedelta(minutes=10)
"""How far the clocks of two processes may lie apart: opt-outs are looked for among those since the claim."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A look, and when it was taken, in steady seconds; None when the database could not be asked."""

    at: float = -math.inf
    look: Look | None = None

    @property
    def holds_until(self) -> float:
        """From when on it says nothing about a request any more."""
        return self.at + HOLDS_SECONDS


class Looks:
    """Takes one look for all messages of a campaign, and the next one in time, so that no request waits for it."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._taken: dict[UUID, Taken] = {}
        self._next: dict[UUID, asyncio.Task[None]] = {}

    async def fresh(self, found: Visit) -> Taken:
        """What may hold these messages now; without a look nobody can tell, so that nothing may be asked."""
        age = self._age(found.key)
        if age > STALE_SECONDS / 2 and found.key not in self._next:
            task = self._rt.tasks.start(self._take(found), name="look")
            self._next[found.key] = task
            task.add_done_callback(lambda _: self._next.pop(found.key, None))
        if age > STALE_SECONDS:
            await asyncio.wait([self._next[found.key]])
        return self._taken.get(found.key, Taken())

    def _age(self, key: UUID) -> float:
        return self._rt.clock.steady() - self._taken.get(key, Taken()).at

    async def _take(self, found: Visit) -> None:
        at = self._rt.clock.steady()
        self._taken = {key: taken for key, taken in self._taken.items() if at - taken.at <= STALE_SECONDS}
        try:
            async with self._rt.db.read() as session:
                look = await claims.last_look(session, found.owner, since=found.claimed_at - SKEW)
        except Exception as error:  # without a look nothing is asked; what was claimed goes back
            self._rt.health.bad("delivery", error)
            self._taken[found.key] = Taken(at)
        else:
            self._taken[found.key] = Taken(at, look)
