"""The bot's delivery on a real database, the shipped carrier client, and a whole network behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from aiohttp import web
from sqlmodel import SQLModel, select

from bot.carriers.twilio import TwilioCarrier
from bot.carriers.webhooks import parse_status
from bot.clock import steady_seconds
from bot.data import load_countries
from bot.delivery.receipts import Receipts
from bot.delivery.reconcile import Reconciler
from bot.delivery.sending import Delivery
from bot.delivery.tidy import tidy
from bot.delivery.visits import visit
from bot.engine.loop import LoopEngine
from bot.health import Health
from bot.playground.carrier import Account, Number, StandInCarrier
from bot.playground.carrier.agenda import Pace
from bot.runtime import Runtime
from bot.settings import load_settings
from bot.tasks import Signal, Tasks
from storage import campaigns, chunks
from storage.claims import Claimed
from storage.db import Database
from storage.models import Campaign, Message, Receipt
from storage.states import CampaignState, MessageState
from tests import factories

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token of the stand-in"


@dataclass
class HandClock:
    """A wall clock that stands still until it is told otherwise, and a steady one that also goes on by itself."""

    at: datetime = factories.NOW
    seconds: float = 1000.0
    began: float = field(default_factory=steady_seconds)

    def now(self) -> datetime:
        """The time it was set to."""
        return self.at

    def steady(self) -> float:
        """The seconds it was set to, and those that have passed since."""
        return self.seconds + steady_seconds() - self.began

    def advance(self, by: timedelta) -> None:
        """Lets time pass."""
        self.at += by
        self.seconds += by.total_seconds()


@dataclass
class World:
    """One bot and one network."""

    rt: Runtime
    network: StandInCarrier
    clock: HandClock
    receipts: Receipts
    reconciler: Reconciler
    callbacks: list[str] = field(default_factory=list)

    def delivery(self, *, places: int = 20, is_caught_up: bool = True) -> Delivery:
        """A delivery as another process, or another life of the same one, would have it."""
        return Delivery(self.rt, places=places, jitter=lambda: 1.0, is_caught_up=is_caught_up)

    async def send_all(self) -> None:
        """Sends what is due by now, with a delivery of its own."""
        delivery = self.delivery()
        await self.rounds(delivery)
        await delivery.stop()

    async def rounds(self, delivery: Delivery) -> None:
        """Lets a delivery work until nothing is due."""
        while await self.begin(delivery):
            await delivery.settle()

    async def begin(self, delivery: Delivery) -> int:
        """Lets a delivery claim what is due and begin to ask for it; how many chunks it visited."""
        await tidy(self.rt)
        async with self.rt.db.read() as session:
            due = await chunks.due(session, self.clock.now(), limit=100)
        for chunk_id in due:
            await delivery.work_off(chunk_id)
        return len(due)

    async def visits(self, *, limit: int = 500) -> list[Claimed]:
        """Visits what is due, as a delivery does; what was claimed is not asked for."""
        await tidy(self.rt)
        async with self.rt.db.read() as session:
            due = await chunks.due(session, self.clock.now(), limit=100)
        found = [await visit(self.rt, chunk_id, limit=limit) for chunk_id in due]
        return [claimed for one in found if one for claimed in one.claimed]

    async def expire(self) -> int:
        """Calls unknown what outlived its lease, and claims nothing; how many stand so then."""
        await self.visits(limit=0)
        return list((await self.states()).values()).count(MessageState.UNKNOWN)

    async def look(self) -> None:
        """Lets the reconciler do what it does every few seconds; what is in doubt has been so for all of its grace."""
        await self.reconciler.look()
        self.clock.seconds += self.rt.settings.grace.total_seconds()
        await self.reconciler.look()

    async def keep(self, *rows: SQLModel) -> None:
        """Stores rows."""
        await factories.keep(self.rt.db, *rows)

    async def message(self, id_: UUID) -> Message:
        """The message as it stands."""
        async with self.rt.db.read() as session:
            return (await session.exec(select(Message).where(Message.id == id_))).one()

    async def states(self) -> dict[str, MessageState]:
        """Where each number's message stands."""
        async with self.rt.db.read() as session:
            return {row.e164: row.state for row in (await session.exec(select(Message))).all()}

    async def campaign(self, id_: UUID) -> Campaign:
        """The campaign as it stands."""
        async with self.rt.db.read() as session:
            return (await session.exec(select(Campaign).where(Campaign.id == id_))).one()

    async def set_campaign(self, id_: UUID, state: CampaignState) -> None:
        """Puts the campaign into a state, as a use case would."""
        async with self.rt.db.begin() as session:
            row = (await session.exec(select(Campaign).where(Campaign.id == id_))).one()
            row.state = state
            session.add(row)

    async def show_card(self, id_: UUID) -> None:
        """Calls the campaign's card up to date."""
        async with self.rt.db.begin() as session:
            await campaigns.change(session, id_, card_due=False)

    def count_commits(self) -> Callable[[], int]:
        """Counts the commits from now on that follow a write; calling it says how many there were."""
        commits: list[object] = []
        sa.event.listen(self.rt.db.engine.sync_engine, "commit", _note_writers(commits))
        return lambda: len(commits)

    async def stored_receipts(self) -> Sequence[Receipt]:
        """Every receipt that was stored."""
        async with self.rt.db.read() as session:
            return (await session.exec(select(Receipt))).all()


def _note_writers(commits: list[object]) -> Callable[[sa.Connection], None]:
    def note(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("immediate"):
            commits.append(connection)

    return note


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    database = Database(migrated)
    yield database
    await database.close()


@pytest.fixture
def patience() -> timedelta:
    """How long the carrier may take to answer; tests in which it never does wait for so long."""
    return timedelta(seconds=3)


@pytest.fixture
async def world(db: Database, patience: timedelta) -> AsyncIterator[World]:
    clock = HandClock()
    account = Account(ACCOUNT, TOKEN, numbers=(Number(factories.SHORT_CODE),))
    async with StandInCarrier([account], pace=Pace.MANUAL, clock=clock.now) as network:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, network.url, answer_timeout=patience, steady=clock.steady)
        tasks, work, health = Tasks(), Signal(), Health(clock)
        rt = Runtime(
            db=db,
            carrier=carrier,
            slack=None,  # type: ignore[arg-type]  # delivery does not speak to Slack
            clock=clock,
            settings=load_settings({"PUBLIC_URL": "http://127.0.0.1:1"}),
            catalogues={},
            countries=load_countries(),
            tasks=tasks,
            engine=LoopEngine(db, clock, tasks, work, health),
            health=health,
            due=Signal(),
            work=work,
        )
        yield World(rt, network, clock, Receipts(rt), Reconciler(rt))
        await rt.tasks.settle()
        await carrier.close()


def _taking(world: World) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def take(request: web.Request) -> web.Response:
        report = parse_status([(k, str(v)) for k, v in (await request.post()).items()])
        world.callbacks.append(report.status)
        await world.receipts.take(
            UUID(request.match_info["id"]),
            int(request.query["attempt"]),
            report.sid,
            report.status,
            report.error_code,
        )
        return web.Response(status=204)

    return take


@pytest.fixture
async def listening(world: World) -> AsyncIterator[World]:
    """The world, with a bot that the network can reach."""
    app = web.Application()
    app.router.add_post("/twilio/status/{id}", _taking(world))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.rt.settings.public_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield world
    await runner.cleanup()
