"""Two processes tick on one database through every change of clocks of a year: each campaign leaves once, in time."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import func, select
from structlog.testing import capture_logs

import storage.campaigns
from bot.campaigns.release import release_due
from bot.data import load_countries
from bot.rules import moments
from bot.runtime import Runtime
from bot.schedule import Schedule
from bot.tasks import Signal, Tasks
from storage.db import Database
from storage.models import Campaign, Club, Message
from storage.states import CampaignState
from tests import factories as f
from tests.integration.delivery.conftest import HandClock, World

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
MIDSUMMER = datetime(2027, 7, 1, tzinfo=UTC)
HALVES = {"spring": (NEW_YEAR, MIDSUMMER), "autumn": (MIDSUMMER, datetime(2028, 1, 1, tzinfo=UTC))}
PARTS = 6
"""Into how many tests the zones are cut: one on a busy machine takes a while."""
ODD = ("Antarctica/Troll", "Asia/Beirut", "Australia/Lord_Howe", "America/Santiago", "Europe/Paris")
SECOND = timedelta(seconds=1)
AT_MOST_LATE = timedelta(seconds=60)
APART = timedelta(seconds=2)
"""How far each clock is from the true time: one behind, the other ahead."""
AT_MOST_STATEMENTS = 25
"""Some more than a release sends to the database."""


class Died(BaseException):
    """The process is gone; nothing in it catches that."""


@dataclass
class Replica:
    """A process with a clock of its own, until it dies."""

    rt: Runtime
    clock: HandClock
    off: timedelta
    statements_left: int | None = None
    """How many statements it still sends to the database before it dies; None: it lives."""
    dead_for: int = 0
    """For how many more ticks nobody starts it again."""

    def __post_init__(self) -> None:
        sa.event.listen(self.rt.db.engine.sync_engine, "before_cursor_execute", self._count)

    async def tick(self, true_time: datetime) -> None:
        """Releases what is due by its own clock."""
        self.clock.at = true_time + self.off
        await release_due(self.rt)

    async def die_amid(self, true_time: datetime, statements: int) -> bool:
        """Dies in a tick after so many statements; whether it was still at work then."""
        self.statements_left = statements
        try:
            await self.tick(true_time)
        except Died:
            self.dead_for = 2
            return True
        finally:
            self.statements_left = None
        return False

    def _count(self, *_: object) -> None:
        if self.statements_left is not None:
            self.statements_left -= 1
            if self.statements_left < 0:
                raise Died


@dataclass
class Pair:
    """Two replicas of which one dies now and then."""

    replicas: tuple[Replica, Replica]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    deaths: int = 0
    reach: int = AT_MOST_STATEMENTS
    """Before which statement the next one dies: an early one when the last tick was over before its own."""

    async def tick(self, true_time: datetime) -> None:
        """Those that live tick, one after the other."""
        for replica in self._alive():
            await replica.tick(true_time)

    async def tick_at_once(self, true_time: datetime) -> None:
        """Those that live tick at the same time; when both do, one of them dies at it."""
        alive = self._alive()
        work = [replica.tick(true_time) for replica in alive[1:]]
        if len(alive) == 2:
            died, _ = await asyncio.gather(
                alive[0].die_amid(true_time, self.chance.randrange(1, self.reach)), *work
            )
            self.deaths += died
            self.reach = AT_MOST_STATEMENTS if died else 3
        else:
            await alive[0].tick(true_time)

    def _alive(self) -> list[Replica]:
        alive = [replica for replica in self.replicas if not replica.dead_for]
        for replica in self.replicas:
            replica.dead_for = max(0, replica.dead_for - 1)
        return self.chance.sample(alive, len(alive))


@asynccontextmanager
async def replicas_of(world: World) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two processes on the world's database, their clocks a little apart."""
    first, second = (_replica(world, off) for off in (-APART, APART))
    try:
        yield first, second
    finally:
        for replica in (first, second):
            await replica.rt.tasks.cancel()
            await replica.rt.db.close()


def _replica(world: World, off: timedelta) -> Replica:
    clock = HandClock()
    url = world.rt.db.engine.url.render_as_string(hide_password=False)
    rt = replace(
        world.rt,
        db=Database(url),
        clock=clock,
        countries=load_countries(),
        tasks=Tasks(),
        due=Signal(),
        work=Signal(),
    )
    return Replica(rt, clock, off)


def zones() -> list[str]:
    """Every zone of the tz database's own list."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return sorted({row[2] for row in rows} | set(ODD))


def turns(zone: str, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Each change of the zone's clock in that time: what it reads when it changes, and what it reads then."""

    def offset(at: datetime) -> timedelta:
        return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()

    week, quarter = timedelta(weeks=1), timedelta(minutes=15)
    for start in (begin + week * n for n in range((end - begin) // week + 1)):
        if offset(start) != offset(start + week):
            steps = (start + quarter * n for n in range(1, 7 * 96 + 1))
            turn = next(at for at in steps if offset(at) != offset(start))
            yield _naive(turn + offset(start)), _naive(turn + offset(turn))


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def typed_in(zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """Two wall times for each change: amid what is skipped or comes twice, and right after it.

    A zone that never changes gets some of the nights on which others do.
    """
    found = []
    for before, after in turns(zone, begin, end):
        low, high = sorted((before, after))
        found += [low + (high - low) / 2, high]
    last_sunday = (3, 28) if begin == NEW_YEAR else (10, 31)
    return found or [datetime(begin.year, *last_sunday, 2, 30)]  # noqa: DTZ001  on no clock in particular


def planned(begin: datetime, end: datetime, among: Collection[str]) -> tuple[list[object], list[Campaign]]:
    """A club with one contact for each zone, and its campaigns for the times that its coach typed."""
    clubs, contacts, campaigns = [], [], []
    for n, zone in enumerate(among):
        club = f.club(zone=zone, slack_team_id=f"T{n}")
        clubs.append(club)
        contacts.append(f.contact(club))
        for typed in typed_in(zone, begin, end):
            at = moments.at(f"{typed:%Y-%m-%d}", f"{typed:%H:%M}", zone, begin)
            assert isinstance(at, datetime), (zone, typed)
            assert _naive(at.astimezone(ZoneInfo(zone))) >= typed
            campaigns.append(scheduled(club, at))
    return [*clubs, *contacts], campaigns


def scheduled(club: Club, at: datetime) -> Campaign:
    audience = {"way": "everyone", "contacts": [], "groups": []}
    return f.campaign(club, state=CampaignState.SCHEDULED, is_later=True, release_at=at, audience=audience)


async def stored(world: World) -> tuple[Sequence[Campaign], Counter[object]]:
    """The campaigns as they stand, and how many messages each has."""
    async with world.rt.db.read() as session:
        campaigns = (await session.exec(select(Campaign))).all()
        counted = select(Message.campaign_id, func.count()).group_by(Message.campaign_id)
        return campaigns, Counter(dict((await session.exec(counted)).all()))


async def refuse_all_but_once(
    world: World, log: Sequence[dict[str, object]], expected: int, late: timedelta = AT_MOST_LATE
) -> None:
    """Each campaign left, once, not before its time and soon after it, by the clock of who let it go."""
    campaigns, messages = await stored(world)
    assert len(campaigns) == expected
    for campaign in campaigns:
        assert campaign.state is CampaignState.SENDING
        assert campaign.released_at is not None
        assert timedelta() <= campaign.released_at - campaign.release_at <= late
    assert messages == Counter({campaign.id: 1 for campaign in campaigns})
    events = Counter((line["event"], line.get("campaign")) for line in log)
    assert not [event for event, _ in events if event == "not_released"]
    assert max(events.values()) == 1


@pytest.mark.turns
@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("part", range(PARTS))
async def test_in_every_zone_each_campaign_leaves_once_in_time_while_replicas_die(
    world: World, half: str, part: int
) -> None:
    begin, end = HALVES[half]
    rows, campaigns = planned(begin, end, zones()[part::PARTS])
    await world.keep(*rows, *campaigns)  # type: ignore[arg-type]
    instants = sorted({campaign.release_at for campaign in campaigns})
    async with replicas_of(world) as both:
        pair = Pair(both)
        with capture_logs() as log:
            for n, instant in enumerate(instants):
                # A second before it is due by one clock and not by the other; later it is by both.
                if n % 4 == 0:
                    await pair.tick_at_once(instant + 3 * SECOND)
                elif n % 4 == 1:
                    await pair.tick(instant - SECOND)
                await pair.tick(instant + 20 * SECOND)
        await refuse_all_but_once(world, log, len(campaigns))  # type: ignore[arg-type]
    assert pair.deaths > 2


def test_the_zones_are_all_that_people_live_in() -> None:
    assert len(zones()) > 400


@pytest.mark.turns
@pytest.mark.parametrize(
    ("jump", "because"),
    [
        (timedelta(), "no jump"),
        (-timedelta(hours=1), "set back by an hour in between"),
        (timedelta(hours=1), "set ahead by an hour: early, but not twice"),
        (timedelta(seconds=301), "more than Slack's requests may be old"),
    ],
)
async def test_two_schedules_let_each_campaign_leave_once_through_death_and_jumps(
    world: World, jump: timedelta, because: str
) -> None:
    rows, campaigns = planned(*HALVES["spring"], ODD)
    await world.keep(*rows, *campaigns)  # type: ignore[arg-type]
    instants = sorted({campaign.release_at for campaign in campaigns})
    async with replicas_of(world) as both, ticking(both) as schedules:
        with capture_logs() as log:
            for n, instant in enumerate(instants):
                for true_time in (instant - 3 * SECOND, instant + 3 * SECOND, instant + 3 * SECOND + jump):
                    await look(both, schedules, true_time)
                if n == len(instants) // 2:
                    await both[0].rt.tasks.cancel()
                    del schedules[both[0].off]
        late = AT_MOST_LATE + max(jump, timedelta())
        await refuse_all_but_once(world, log, len(campaigns), late)  # type: ignore[arg-type]


@asynccontextmanager
async def ticking(replicas: Sequence[Replica]) -> AsyncIterator[dict[timedelta, Schedule]]:
    """The schedules of the replicas by how far their clocks are off; those that are left are stopped."""
    chores = {"release": (release_due, timedelta(hours=1))}
    schedules = {replica.off: Schedule(replica.rt, chores) for replica in replicas}
    for schedule in schedules.values():
        schedule.start()
    yield schedules
    for schedule in schedules.values():
        await schedule.stop()


async def look(
    replicas: Sequence[Replica], schedules: dict[timedelta, Schedule], true_time: datetime
) -> None:
    """Sets every clock and lets the schedules look at the same time, until none of them finds anything due."""
    for replica in replicas:
        replica.clock.at = true_time + replica.off
    async with asyncio.timeout(10):
        while True:
            await asyncio.gather(*(schedule.do("release") for schedule in schedules.values()))
            async with replicas[-1].rt.db.read() as session:
                if not await storage.campaigns.due(session, true_time + max(schedules)):
                    return
