"""One process of the bot in the simulation: the shipped delivery, chores, receipts and replies on simulated parts."""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import CHORES, RECONCILE_EVERY, SHOW_EVERY, _send
from bot.data import load_countries
from bot.delivery.receipts import Receipts
from bot.delivery.reconcile import Reconciler
from bot.delivery.sending import Delivery
from bot.engine.loop import LoopEngine
from bot.health import Health
from bot.i18n import load_catalogues
from bot.posts import Cards, Posts
from bot.runtime import Runtime
from bot.schedule import PROMPT, Schedule
from bot.settings import load_settings
from bot.tasks import Signal, Tasks
from storage import campaigns
from storage.db import Database
from tests.simulation.carrier import SimulatedCarrier
from tests.simulation.clock import SimulatedClock
from tests.simulation.driver import Connection, Disk
from tests.simulation.loop import PROCESS, Loop, Process, here
from tests.simulation.slack import SimulatedSlack

LONGEST_IDLE = 4 * 3600.0
RARER = 6.0
"""By how much a loop's looks become rarer while nothing changes."""
SETTINGS = load_settings({"PUBLIC_URL": "https://bot.example"})
CATALOGUES, COUNTRIES = load_catalogues(), load_countries()


class Quiet:
    """Says how long nothing can be due, so that the looks that would find nothing new are left out."""

    def __init__(
        self,
        loop: Loop,
        next_moment: Callable[[SimulatedClock], float],
        may_find: Callable[[SimulatedClock, str], bool],
        dice: Callable[[], float],
    ) -> None:
        self.loop, self.next_moment, self.may_find, self.dice = loop, next_moment, may_find, dice
        self.commits = 0
        self.signals: list[PatientSignal] = []

    def committed(self) -> None:
        """Something in the database changed: whoever looks every second sees it within one."""
        self.commits += 1
        for signal in self.signals:
            signal.wake_soon()


class PatientSignal(Signal):
    """The shipped signal, whose wait lasts until a look could find something.

    The shipped loops look again every second, since another process may have queued something, or a time have come. Here
    every commit and every time in the database is known; looks become rarer while neither comes.
    """

    def __init__(self, quiet: Quiet, clock: SimulatedClock, process: Process, *, chore: str = "any") -> None:
        super().__init__()
        self._quiet, self._clock, self._for = quiet, clock, chore
        self.is_patient = True
        self._seen, self._streak = -1, 0
        self._within = 0.0
        self._context: Context | None = None
        quiet.signals.append(self)
        process.on_death.append(lambda: quiet.signals.remove(self))

    async def wait(self, seconds: float, *, longest: float = LONGEST_IDLE) -> None:
        """Returns when set, or when there may be something to find."""
        if seconds < 1 or not self.is_patient:
            return await super().wait(seconds)
        until = self._quiet.loop.time() + longest
        while self.is_patient:
            await self._wait_once(seconds, max(0.001, until - self._quiet.loop.time()))
            if self._quiet.loop.time() >= until or self._quiet.may_find(self._clock, self._for):
                break
        return None

    async def _wait_once(self, seconds: float, longest: float) -> None:
        self._streak = self._streak + 1 if self._seen == self._quiet.commits else 0
        self._seen = self._quiet.commits
        self._context, self._within = copy_context(), seconds * self._quiet.dice()
        stored = self._quiet.next_moment(self._clock) + self._within
        longest = min(seconds * RARER ** min(self._streak, 9), longest, stored)
        try:
            await super().wait(longest)
        finally:
            self._context = None

    def hurry(self) -> None:
        """From now on it waits as the shipped signal does: its loop is told to end."""
        self.is_patient = False
        self.set()

    def wake_soon(self) -> None:
        """There is something new, which a look finds within its second."""
        if self._context is not None:
            self._quiet.loop.call_later(self._within, self._event.set, context=self._context)
            self._context = None


class SharedDatabase(Database):
    """The shipped database of one life: its own connections and its own order of writers.

    The engine lives on from life to life, since SQLAlchemy keeps what it has compiled there.
    """

    def __init__(self, engine: AsyncEngine, known: Database) -> None:
        self.__dict__ = known.__dict__ | {"_writers": asyncio.Lock()}
        engine.sync_engine.dispose(close=False)


@cache
def database(name: str) -> Database:
    """The engine with this name, made outside of any simulation, which one process at a time has.

    An engine asks more of its very first connection than of the others, and no seed may see that.
    """

    async def connect(*_: Any, **__: Any) -> Connection:
        connection: Connection = await here().connect()
        return connection

    known = Database(f"sqlite+aiosqlite:///simulated {name}", connect=connect)
    asyncio.run(_connect_once(known))
    return known


async def _connect_once(known: Database) -> None:
    disk = Disk(Path(":memory:"), Random(0))
    PROCESS.set(Process("nobody", None, disk.connect))  # type: ignore[arg-type]  # nothing befalls it
    async with known.engine.connect():
        pass
    await known.close()


class Replica:
    """One life of one process of the bot."""

    def __init__(
        self,
        process: Process,
        known: Database,
        *,
        clock: SimulatedClock,
        carrier: SimulatedCarrier,
        slack: SimulatedSlack,
        quiet: Quiet,
    ) -> None:
        self.is_open = False
        """Whether its doors are: from its start to its retirement."""
        self.process, self.clock, self._quiet = process, clock, quiet
        self._signals = [PatientSignal(quiet, clock, process, chore=name) for name in ("any", "delivery")]
        self.rt = self._runtime(SharedDatabase(known.engine, known), carrier, slack)

    def _runtime(self, db: Database, carrier: SimulatedCarrier, slack: SimulatedSlack) -> Runtime:
        due, work = self._signals
        tasks, health = Tasks(), Health(self.clock)
        return Runtime(
            db=db,
            carrier=carrier,
            slack=slack,  # type: ignore[arg-type]  # the two methods that posts need
            clock=self.clock,
            settings=SETTINGS,
            catalogues=CATALOGUES,
            countries=COUNTRIES,
            tasks=tasks,
            engine=LoopEngine(db, self.clock, tasks, work, health),
            health=health,
            due=due,
            work=work,
        )

    async def live(self) -> None:
        """Does what `bot.app.running` does, until told to stop."""
        rt = self.rt
        self.receipts, self.delivery = Receipts(rt), Delivery(rt, jitter=self._quiet.dice)
        chores = CHORES | {
            "cards": (Cards().show, SHOW_EVERY),
            "posts": (Posts().show, SHOW_EVERY),
            "reconcile": (Reconciler(rt).look, RECONCILE_EVERY),
        }
        self.schedule = Schedule(rt, chores)
        async with rt.db.begin() as session:
            await campaigns.touch_open_cards(session, self.clock.now() - timedelta(hours=1))
        self.is_open = True
        self._sending = rt.tasks.start(_send(rt, self.delivery), name="delivery")
        # The longest grace is watched at its own pace, which is prompt enough on clocks that are simulated.
        prompt = tuple(name for name in PROMPT if name != "reconcile")
        rt.tasks.start(self._tick(prompt, self._signals[0], 1.0), name="prompt chores")
        for name, (_, every) in chores.items():
            if name not in prompt:
                signal = PatientSignal(self._quiet, self.clock, self.process)
                rt.tasks.start(self._tick((name,), signal, every.total_seconds()), name=name)

    async def retire(self) -> None:
        """Ends in good order, as on SIGTERM."""
        self.is_open = False
        for signal in self._signals:
            signal.hurry()
        await self.schedule.stop()
        stopping = self.rt.tasks.start(self.delivery.stop(), name="stop")
        await self.rt.engine.stop()
        await asyncio.wait([stopping, self._sending])
        await self.receipts.close()
        self.process.kill("retired")

    async def _tick(self, names: tuple[str, ...], signal: PatientSignal, every: float) -> None:
        while True:
            found = [name for name in names if self._quiet.may_find(self.clock, name)]
            for name in found:
                self.rt.tasks.start(self.schedule.do(name), name=name)
            await signal.wait(every, longest=every * RARER if found else LONGEST_IDLE)
