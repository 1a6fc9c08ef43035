"""What befalls the bot: deaths and freezes at any await, clocks that jump, and systems that are away for a while."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from tests.simulation.driver import FULL, LOCKED, UNREADABLE
from tests.simulation.loop import Process, Trap
from tests.simulation.replica import Replica
from tests.simulation.world import World

FREEZES = (1.0, 20.0, 100.0, 240.0, 1500.0, 4000.0)
OUTAGES = {5.0: 8.0, 30.0: 8.0, 120.0: 4.0, 600.0: 0.8, 3600.0: 0.15}
"""How long systems are away at most, and how often each length comes: the longest cost the most to live through."""
JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=7), timedelta(minutes=-7))
FULL_QUEUE, SUSPENDED, DAILY_CAP = 21611, 20005, 63038
DISK_TROUBLES = (LOCKED, FULL, UNREADABLE)
RESTORED_AFTER = 400.0
SUPERVISORS_PATIENCE = 60.0
POINTS = {
    "statement": 400,
    "before a commit": 40,
    "after a commit": 40,
    "before a request": 8,
    "connected": 8,
    "in a request": 8,
    "after an answer": 8,
    "after a list": 2,
    "before Slack": 10,
    "after a post": 4,
}
"""Where something may befall a process, and about how often it comes by there while a campaign leaves."""


class Weather:
    """Draws from the seed what goes wrong, and when."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.story.chance("weather")
        self.is_over = False
        self._has_database = asyncio.Event()
        self._has_database.set()

    def populate(self) -> None:
        """The first life of each process."""
        self._begin("A")
        if self._comes("second_process"):
            self._begin("B")

    def over_a_campaign(self) -> None:
        """Lets outages begin while a campaign leaves."""
        for name, outage in {
            "carrier_down": self._carrier_down,
            "queue_full": lambda on: self._refusing(FULL_QUEUE if on else None),
            "suspended": lambda on: self._refusing(
                self.chance.choice((SUSPENDED, DAILY_CAP)) if on else None
            ),
            "slack_down": self._slack_down,
            "disk_trouble": self._disk_trouble,
        }.items():
            if self._comes(name):
                self.world.loop.outside(self._for_a_while(name, outage), name=name)
        if self._comes("restored"):
            self.world.loop.outside(self.restore_a_backup(), name="restore")
        elif self._comes("deployed"):
            self.world.loop.outside(self.deploy(), name="deploy")

    async def restore_a_backup(self) -> None:
        """The database is lost, and a backup of some moments before takes its place, as soon as somebody has come."""
        await asyncio.sleep(self.chance.uniform(0, 40))
        saved = self.world.disk.backup()
        await asyncio.sleep(self.chance.choice((1.0, 10.0, 100.0, 3000.0)) * self.chance.random())
        if self.is_over or not self._has_database.is_set():
            return
        self.world.story.told("fault", "restored")
        self._has_database.clear()
        for replica in self.world.replicas.values():
            replica.process.kill("the database is lost")
        # By then the carrier's list shows all that was sent.
        await asyncio.sleep(RESTORED_AFTER)
        # Once the weather has cleared, somebody lives on what there is.
        if not self.is_over:
            self.world.restore(saved)
        self._has_database.set()

    async def deploy(self) -> None:
        """Every process ends in good order, and another one begins in its place."""
        await asyncio.sleep(self.chance.uniform(0, 20))
        for place, replica in list(self.world.replicas.items()):
            if replica.is_open and not replica.process.dead and not self.is_over:
                self.world.story.told("fault", "deployed", replica.process.name)
                replica.process.start(replica.retire(), name="retire")
                self._begin(place)
                await asyncio.sleep(SUPERVISORS_PATIENCE)
                replica.process.kill("too slow to end")

    def clear(self) -> None:
        """Nothing befalls anybody any more; whoever is dead lives again."""
        self.is_over = True
        self.world.network.calm()
        self.world.workspace.calm()
        self.world.disk.trouble = None
        for replica in self.world.replicas.values():
            replica.process.trap = None
            replica.clock.ahead = timedelta()
            replica.process.thaw()
        if all(replica.process.dead for replica in self.world.replicas.values()):
            self._begin("A")

    def _begin(self, place: str) -> None:
        replica = self.world.begin(place)
        replica.process.on_death.append(lambda: self._bury(place))
        if not self.is_over:
            self._lay_trap(replica)

    def _lay_trap(self, replica: Replica) -> None:
        befalls: list[Callable[[Process, str], None]] = []
        if self._comes("deaths"):
            befalls.append(lambda process, where: process.kill(where))
        if self._comes("freezes"):
            befalls.append(lambda process, where: self._freeze(replica, where))
        if self._comes("jumps"):
            befalls.append(lambda process, where: self._jump(replica))
        if befalls:
            point, often = self.chance.choice(list(POINTS.items()))
            times = replica.process.points[point] + self.chance.randint(1, often)
            replica.process.trap = Trap(point, times, self.chance.choice(befalls))

    def _bury(self, place: str) -> None:
        self.world.workspace.excused_at = self.world.loop.time()
        pause = self.chance.choice((0.5, 5.0, 30.0, 400.0, 4000.0)) * self.chance.random()
        self.world.loop.outside(self._begin_later(place, pause), name=f"supervisor of {place}")

    async def _begin_later(self, place: str, pause: float) -> None:
        await asyncio.sleep(pause)
        await self._has_database.wait()
        if self.world.replicas[place].process.dead:
            self._begin(place)

    def _freeze(self, replica: Replica, where: str) -> None:
        seconds = self.chance.choice(FREEZES) * self.chance.random()
        self.world.story.told("fault", "frozen", replica.process.name, where, f"{seconds:.1f}")
        replica.process.freeze()
        self.world.loop.outside(self._thaw(replica, seconds), name="thaw")

    async def _thaw(self, replica: Replica, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.world.workspace.excused_at = self.world.loop.time()
        replica.process.thaw()
        if not self.is_over:
            self._lay_trap(replica)

    def _jump(self, replica: Replica) -> None:
        jump = self.chance.choice(JUMPS)
        self.world.story.told("fault", "jumped", replica.process.name, jump)
        self.world.workspace.excused_at = self.world.loop.time()
        replica.clock.ahead += jump
        self.world.loop.outside(self._set_right(replica), name="time server")

    async def _set_right(self, replica: Replica) -> None:
        await asyncio.sleep(self.chance.choice((10.0, 400.0, 4000.0)) * self.chance.random())
        self.world.workspace.excused_at = self.world.loop.time()
        replica.clock.ahead = timedelta()
        if not self.is_over:
            self._lay_trap(replica)

    async def _for_a_while(self, name: str, outage: Callable[[bool], None]) -> None:
        await asyncio.sleep(self.chance.uniform(0, 15))
        if self.is_over:
            return
        [longest] = self.chance.choices(list(OUTAGES), list(OUTAGES.values()))
        seconds = longest * self.chance.random()
        self.world.story.told("fault", name, f"{seconds:.1f}")
        outage(True)
        await asyncio.sleep(seconds)
        outage(False)
        self.world.workspace.excused_at = self.world.loop.time()

    def _carrier_down(self, on: bool) -> None:
        self.world.network.down = on

    def _refusing(self, code: int | None) -> None:
        self.world.network.refuses = code

    def _slack_down(self, on: bool) -> None:
        self.world.workspace.down = on

    def _disk_trouble(self, on: bool) -> None:
        self.world.disk.trouble = self.chance.choice(DISK_TROUBLES) if on else None

    def _comes(self, name: str) -> bool:
        return self.chance.random() < getattr(self.world.odds, name)
