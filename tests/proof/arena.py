"""One club whose bots are processes that may die: its database, its carrier, its Slack, and what it sends."""

import asyncio
import math
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from json import dumps
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import aiohttp
from sqlmodel import SQLModel, col, func, select

from bot.playground import seed
from bot.playground.launcher import ACCOUNT_SID, APP, LOOPBACK, TOKEN, free_port
from bot.playground.workspace import Workspace
from storage.db import Database
from storage.migrate import migrate
from storage.models import Campaign, Club, Message
from storage.states import CampaignState, MessageState
from tests import factories
from tests.proof.ledger import Books, Ledger
from tests.proof.network import Network
from tests.proof.reading import read_books
from tests.proof.spawner import Child, Spawner

UNSETTLED = (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
UNFINISHED = (*UNSETTLED, MessageState.ACCEPTED, MessageState.SENT)
BESIDE_SPEED = 10**9
SECONDS_TO_START = 30


@dataclass(frozen=True, slots=True)
class Terms:
    """The sizes and seconds of one run. Everything is far shorter than in life, in the same order."""

    bots: int = 1
    members: int = 400
    answer_seconds: float = 0.03
    """How long the carrier takes for an answer."""
    step_seconds: float = 0.05
    """How long a text takes from each state to the next."""
    patience_seconds: float = 1
    """How long the bot waits for an answer."""
    lease_seconds: float = 6
    grace_seconds: float = 3
    receipt_seconds: float = 2
    """How long a text may be without its last receipt before the carrier is asked."""


@dataclass
class Worker:
    """One place at which a bot runs, again and again."""

    number: int
    port: int
    log: Path
    child: Child | None = None

    @property
    def url(self) -> str:
        """Where this bot is reached."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def address(self) -> str:
        """How the carrier knows it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def running(self) -> Child:
        """The process; raises when none was started."""
        assert self.child
        return self.child

    def last_words(self) -> str:
        """The end of what it wrote."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(line[-1500:] for line in lines[-5:])


@dataclass
class Arena:
    """Everything that runs, and short words for what is done to it."""

    terms: Terms
    db: Database
    database_url: str
    club: Club
    spawner: Spawner
    network: Network
    workspace: Workspace
    carrier_url: str
    workers: Sequence[Worker]
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    # Processes

    async def start(self, worker: Worker, *arguments: str, **asked: Any) -> None:
        """A bot begins to run in this place."""
        worker.child = self.spawner.start(
            "bot", env=self.environment(worker), log=str(worker.log), arguments=arguments, **asked
        )

    async def start_all(self) -> None:
        """A bot runs in every place that has none."""
        for worker in self.workers:
            if worker.child is None or worker.child.has_ended():
                await self.start(worker)

    async def is_listening(self, worker: Worker) -> None:
        """Comes back once the bot in this place answers."""
        async with asyncio.timeout(SECONDS_TO_START), aiohttp.ClientSession() as session:
            while not worker.running.has_ended():
                try:
                    async with session.get(f"{worker.url}/health/live") as answer:
                        if answer.ok:
                            return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.02)
        raise AssertionError(worker.last_words())

    async def end_all(self) -> None:
        """Every bot ends as on SIGTERM."""
        for worker in self.workers:
            worker.running.send(signal.SIGTERM)
        for worker in self.workers:
            await worker.running.over()

    async def dispatch(self, worker: Worker, scheme: str) -> None:
        """A naive dispatcher begins to run in this place."""
        options = {
            "scheme": scheme,
            "database_url": self.database_url,
            "account_sid": ACCOUNT_SID,
            "token": TOKEN,
            "api_url": self.carrier_url,
        }
        worker.child = self.spawner.start("naive", log=str(worker.log), options=dumps(options))

    def environment(self, worker: Worker) -> Mapping[str, str]:
        """The settings of the bot in this place."""
        return {
            "DATABASE_URL": self.database_url,
            "SLACK_BOT_TOKEN": APP.bot_token,
            "SLACK_SIGNING_SECRET": APP.signing_secret,
            "SLACK_API_URL": self.workspace.api_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": self.carrier_url,
            "TWILIO_NUMBER": seed.SHORT_CODE,
            "PUBLIC_URL": worker.url,
            "HOST": LOOPBACK,
            "PORT": str(worker.port),
            "ANSWER_SECONDS": str(self.terms.patience_seconds),
            "LEASE_SECONDS": str(self.terms.lease_seconds),
            "GRACE_SECONDS": str(self.terms.grace_seconds),
            "RECEIPT_SECONDS": str(self.terms.receipt_seconds),
            "ACCOUNT_SEGMENTS_PER_SECOND": str(BESIDE_SPEED),
        }

    # Work

    async def launch(self) -> Campaign:
        """One more text to everybody, due now."""
        now = datetime.now(UTC)
        campaign = factories.campaign(
            self.club,
            body=f"Training number {next(self._numbers)} is moved to the small hall.",
            audience={"way": "everyone", "contacts": [], "groups": []},
            state=CampaignState.SCHEDULED,
            created_at=now,
            release_at=now,
        )
        await factories.keep(self.db, campaign)
        return campaign

    async def queue(self, messages: int) -> None:
        """So many messages of a campaign that is leaving, as a release would have left them."""
        campaign = factories.campaign(self.club)
        rows = [factories.message(campaign, n, id=uuid4()) for n in range(messages)]
        await factories.keep(self.db, campaign, *rows)

    async def left(self, states: Sequence[MessageState]) -> int:
        """How many messages stand in these states, or will, once a campaign that is due is frozen."""
        async with self.db.read() as session:
            standing = select(func.count()).select_from(Message).where(col(Message.state).in_(states))
            due = select(func.count()).select_from(Campaign).where(Campaign.state == CampaignState.SCHEDULED)
            waiting = (await session.exec(due)).one() * self.terms.members
            return (await session.exec(standing)).one() + waiting

    async def settled(self, states: Sequence[MessageState] = UNSETTLED, *, seconds: float = 60.0) -> bool:
        """Comes back when no message stands in these states; whether so, or nothing has changed for so many seconds."""
        fewest, changed_at = math.inf, monotonic()
        while left := await self.left(states):
            if left < fewest:
                fewest, changed_at = left, monotonic()
            if monotonic() - changed_at > seconds:
                return False
            await asyncio.sleep(0.1)
        return True

    # Looking

    async def books_and_ledger(self, **how: Any) -> tuple[Ledger, Books]:
        """Both sides, the bot's read first."""
        books = await read_books(self.db, **how)
        return await self.network.ledger(), books

    def posts(self) -> list[str]:
        """The words of every post in Slack."""
        channels = self.workspace.channels.values()
        return [dumps(post.blocks) for channel in channels for post in channel.messages(seed.COACH)]


@asynccontextmanager
async def open_arena(
    spawner: Spawner, terms: Terms, *, database_url: str, folder: Path
) -> AsyncIterator[Arena]:
    """The club on an empty database, with its carrier and Slack, and no bot yet."""
    port, door_port, *ports = _free_ports(2 + terms.bots)
    options = {
        "port": port,
        "door_port": door_port,
        "answer_seconds": terms.answer_seconds,
        "step_seconds": terms.step_seconds,
    }
    carrier = spawner.start("carrier", log=str(folder / "carrier.log"), options=dumps(options))
    workers = [Worker(n, port, folder / f"bot{n}.log") for n, port in enumerate(ports)]
    db = Database(database_url)
    try:
        await migrate(db)
        club = await _plant(db, terms.members)
        async with (
            Workspace(seed.TEAM_ID, seed.CLUB, APP) as workspace,
            Network(f"http://{LOOPBACK}:{door_port}") as network,
        ):
            _furnish(workspace)
            await network.post_inbound_to(seed.SHORT_CODE, f"{workers[0].url}/twilio/inbound")
            url = f"http://{LOOPBACK}:{port}"
            yield Arena(terms, db, database_url, club, spawner, network, workspace, url, workers)
    finally:
        for child in (*(worker.child for worker in workers), carrier):
            if child:
                await child.kill()
        await db.close()


async def _plant(db: Database, members: int) -> Club:
    now = datetime.now(UTC)
    club = factories.club(
        slack_team_id=seed.TEAM_ID, channel_id=seed.CHANNEL, segments_a_day=BESIDE_SPEED, created_at=now
    )
    rows: list[SQLModel] = [factories.contact(club, n, created_at=now) for n in range(members)]
    await factories.keep(db, club, factories.sender(club, segments_per_second=BESIDE_SPEED), *rows)
    return club


def _furnish(workspace: Workspace) -> None:
    workspace.add_user(seed.COACH, "camille", "Camille Moreau", locale="en-GB", tz="Europe/Paris")
    workspace.add_channel(seed.CHANNEL, "sms", [seed.COACH, workspace.app.bot_user_id])


def _free_ports(number: int) -> list[int]:
    found: set[int] = set()
    while len(found) < number:
        found.add(free_port())
    return list(found)
