"""One seed's world: the loop and what lives on it, the processes of the bot, and the doors to them."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.delivery.batch import BatchClosed
from bot.delivery.receipts import Taken
from bot.errors import BotError
from tests.simulation import probes, rules
from tests.simulation.carrier import SimulatedCarrier
from tests.simulation.clock import SimulatedClock
from tests.simulation.club import LANDLINES, planted
from tests.simulation.driver import Disk
from tests.simulation.loop import Loop, Process
from tests.simulation.network import Network, Receipt
from tests.simulation.odds import Odds
from tests.simulation.replica import Quiet, Replica, database
from tests.simulation.slack import SimulatedSlack, Workspace
from tests.simulation.story import Story

Answer = TypeVar("Answer")

ENGINES = ("first", "second", "third", "fourth")
"""More than processes live at a time: one that retires lives beside its heir for a while."""
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides : 15 s for the whole of a webhook.
DOOR_SECONDS = 15.0
CLAIM_ON_A_POST = timedelta(seconds=20)
EVERYTHING_ONCE_IN = 0.05
"""How often a chore is done though a probe says that it would find nothing."""
EXPECTED = (BotError, DBAPIError, PoolTimeout, BatchClosed)
"""What a door may answer with: refusals, and a database in trouble."""


class World:
    """Everything of one seed."""

    def __init__(self, loop: Loop, story: Story, odds: Odds, *, began_at: datetime, folder: Path) -> None:
        self.loop, self.story, self.odds = loop, story, odds
        self.chance = story.chance("world")
        self.true_clock = SimulatedClock(loop, began_at)
        self.disk = Disk(folder / f"{story.seed}.db", story.chance("disk"))
        self.disk.path.write_bytes(planted())
        self.rows = sqlite3.connect(self.disk.path)
        self.network = Network(loop, story, odds, self.true_clock.now)
        self.network.landlines = LANDLINES
        self.network.report = self._report
        self.workspace = Workspace(loop, story, odds)
        self.workspace.claims_fail = self._claims_fail
        self.watch = rules.Watch(story, self.network, self.rows)
        self.network.accepted = self.watch.taken
        self.chance_of_looks = story.chance("looks")
        self.quiet = Quiet(loop, self._next_moment, self._may_find, self.chance_of_looks.random)
        self.disk.committed = self._committed
        self.replicas: dict[str, Replica] = {}
        self.lives: list[Replica] = []
        """All that ever began: one that is to end makes room for the next before it has."""
        loop.set_exception_handler(self._look_at)
        self._began_at = began_at
        self._lives = 0
        self._engines: dict[str, Process] = {}
        self.was_restored = False

    def close(self) -> None:
        """Lets go of the database."""
        self.rows.close()
        for path in self.disk.path.parent.glob(f"{self.disk.path.name}*"):
            path.unlink()

    def begin(self, place: str) -> Replica:
        """A new life of the bot in one of the places."""
        self._lives += 1
        process = Process(f"{place}{self._lives}", self.loop, self.disk.connect)
        ahead = timedelta(seconds=self.chance.uniform(-2, 2))
        clock = SimulatedClock(self.loop, self._began_at, ahead)
        replica = Replica(
            process,
            database(self._free_engine(process)),
            clock=clock,
            carrier=SimulatedCarrier(self.network, process, asked=self.watch.asked, steady=clock.steady),
            slack=SimulatedSlack(self.workspace, process),
            quiet=self.quiet,
        )
        self.replicas[place] = replica
        self.lives.append(replica)
        self.story.told("begins", process.name)
        process.start(self._live(replica), name="life")
        return replica

    async def _live(self, replica: Replica) -> None:
        try:
            await replica.live()
        except EXPECTED as error:
            self.story.told("not begun", replica.process.name, type(error).__name__)
            replica.process.kill("not begun")

    def _free_engine(self, process: Process) -> str:
        free = next(name for name in ENGINES if name not in self._engines or self._engines[name].dead)
        self._engines[free] = process
        return free

    def restore(self, saved: bytes) -> None:
        """Puts a backup in the place of the database, whose processes are all dead."""
        self.rows.close()
        self.disk.restore(saved)
        self.rows = sqlite3.connect(self.disk.path)
        self.watch.forget(self.rows)
        self.was_restored = True

    def living(self) -> list[Replica]:
        """Those that could answer a request."""
        return [each for each in self.replicas.values() if not each.process.dead and each.is_open]

    async def at_door(
        self, name: str, act: Callable[[Replica], Awaitable[Answer]]
    ) -> Answer | BotError | None:
        """What a process of the bot answers to this request; None when no answer comes."""
        living = self.living()
        if not living:
            return None
        replica = self.chance.choice(living)
        task = replica.process.start(_called(act, replica), name=name)
        await asyncio.wait({task}, timeout=DOOR_SECONDS)
        if not task.done() or task.cancelled():
            return None
        error = task.exception()
        if error is None:
            return task.result()  # type: ignore[no-any-return]  # a task of any work
        if not isinstance(error, EXPECTED):
            self.story.breaks("no surprise", f"{name}: {error!r}")
        return error if isinstance(error, BotError) else None

    def since(self) -> rules.Since:
        """This moment, as each process will come to know it."""
        awake = {each.process: each.process.awake_seconds() for each in self.lives if not each.process.dead}
        return rules.Since(self.loop.time(), awake)

    async def _report(self, receipt: Receipt) -> bool:
        taken = await self.at_door(
            "receipt",
            lambda replica: replica.receipts.take(
                UUID(receipt.message_id), receipt.attempt, receipt.sid, receipt.status, receipt.error_code
            ),
        )
        return taken is Taken.STORED

    def _claims_fail(self) -> bool:
        living = [each for each in self.lives if not each.process.dead]
        ahead = [each.clock.ahead for each in living]
        return any(each.process.frozen for each in living) or max(ahead) - min(ahead) > CLAIM_ON_A_POST

    def _committed(self, process: Process) -> None:
        self.story.told("committed", process.name)
        self.quiet.committed()

    def _look_at(self, _: object, trouble: dict[str, Any]) -> None:
        """What asyncio says of errors that nobody asked for."""
        error = trouble.get("exception")
        if error is not None and not isinstance(error, EXPECTED):
            self.story.breaks("no surprise", repr(error))

    def _next_moment(self, clock: SimulatedClock) -> float:
        now = clock.now()
        at = probes.next_moment(self.rows, now)
        return (at - now).total_seconds() if at else float("inf")

    def _may_find(self, clock: SimulatedClock, chore: str) -> bool:
        return self.chance_of_looks.random() < EVERYTHING_ONCE_IN or probes.may_find(
            self.rows, chore, clock.now()
        )

    def until(self, at: datetime) -> float:
        """How many seconds from now until this true moment."""
        return (at - self.true_clock.now()).total_seconds()


async def _called(act: Callable[[Replica], Awaitable[Answer]], replica: Replica) -> Answer:
    return await act(replica)
