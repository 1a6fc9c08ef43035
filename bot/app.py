"""Builds every part and connects them; the only file that knows them all."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from aiohttp import web
from sqlalchemy.exc import OperationalError

from bot import clubs, posts
from bot.campaigns.release import release_due
from bot.carriers.twilio import TwilioCarrier
from bot.clock import Clock, WallClock
from bot.data import load_countries
from bot.database import bring_up_to_date, open_database
from bot.delivery.follow import ask_after
from bot.delivery.receipts import Receipts
from bot.delivery.reconcile import Reconciler, finish
from bot.delivery.sending import Delivery
from bot.delivery.tidy import tidy
from bot.engine import Engine
from bot.engine.loop import LoopEngine
from bot.health import Health
from bot.heartbeat import EVERY, beat
from bot.i18n import load_catalogues
from bot.inbox import Inbox
from bot.metrics import Metrics
from bot.people.retention import retain
from bot.rules import regions
from bot.runtime import Runtime
from bot.schedule import Chore, Schedule
from bot.settings import BadSetting, Settings, refuse_missing
from bot.slack.client import SlackClient
from bot.slack.socket_mode import Socket, SocketDead
from bot.tasks import Signal, Tasks
from bot.uploads.told import forget_old, see_to_left
from bot.web import web_app
from commands.slack_app import listening, slack_app, slack_door
from storage import campaigns
from storage.db import Database

log = structlog.get_logger()

NEEDED = ("slack_bot_token", "twilio_account_sid", "twilio_auth_token")
NEEDED_WITHOUT_SOCKET = ("slack_signing_secret", "public_url")

CHORES: Mapping[str, tuple[Chore, timedelta]] = {
    "release": (release_due, timedelta(seconds=1)),
    "tidy": (tidy, timedelta(seconds=1)),
    "finish": (finish, timedelta(seconds=1)),
    "retention": (retain, timedelta(hours=1)),
    "heartbeat": (beat, EVERY),
    "imports": (see_to_left, timedelta(minutes=1)),
    "old imports": (forget_old, timedelta(hours=1)),
}
SHOW_EVERY = timedelta(seconds=1)
RECONCILE_EVERY = timedelta(seconds=15)
INBOX_EVERY = timedelta(seconds=1)
"""How often to see whether the carrier is to be asked, which is seldom."""
FOLLOW_EVERY = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Bot:
    """The running bot: its parts, the port it listens on, and the socket over which it hears Slack, if any."""

    rt: Runtime
    port: int
    socket: Socket | None = None

    async def work_until(self, ended: asyncio.Event) -> None:
        """Comes back once the bot is told to end. Raises `SocketDead` when it can no longer do its work in this process."""
        ways = [asyncio.ensure_future(ended.wait())]
        if self.socket:
            ways.append(asyncio.ensure_future(self.socket.dead.wait()))
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
        if self.socket and self.socket.dead.is_set():
            raise SocketDead(seconds=f"{self.rt.settings.socket_seconds:g}")


def build(settings: Settings, clock: Clock) -> Runtime:
    """The parts that use cases are given. Must be called inside a running loop."""
    db, tasks, work, health = open_database(settings.database_url), Tasks(), Signal(), Health(clock)
    metrics = Metrics()
    db.tell_commits(metrics.committed)
    return Runtime(
        db=db,
        carrier=TwilioCarrier(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            api_url=settings.twilio_api_url,
            connect_timeout=settings.connect,
            answer_timeout=settings.answer,
            steady=clock.steady,
        ),
        slack=SlackClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url),
        clock=clock,
        settings=settings,
        catalogues=load_catalogues(),
        countries=load_countries(),
        tasks=tasks,
        engine=_engine(db, clock, tasks, work, health),
        health=health,
        due=Signal(),
        work=work,
        metrics=metrics,
    )


def _engine(db: Database, clock: Clock, tasks: Tasks, work: Signal, health: Health) -> Engine:
    if db.is_sqlite:
        return LoopEngine(db, clock, tasks, work, health)
    # Its packages are there only if they were asked for.
    from bot.engine.queue import QueueEngine

    return QueueEngine(db, clock, work, health)


class Part(StrEnum):
    """What one of many processes does alone: open the doors, or send. Both tick."""

    WEB = "web"
    WORKER = "worker"


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock | None = None, *, only: Part | None = None
) -> AsyncIterator[Bot]:
    """The bot at work, or one part of it, from the first request to the last one finished. Raises `BadSetting`."""
    refuse_missing(settings, NEEDED if settings.is_on_socket else (*NEEDED, *NEEDED_WITHOUT_SOCKET))
    if only and settings.database_url.startswith("sqlite"):
        raise BadSetting(name="--only", trouble="needs PostgreSQL; one process alone may use an SQLite file")
    rt = build(settings, clock or WallClock())
    receipts, delivery, inbox = Receipts(rt), Delivery(rt), Inbox(rt)
    schedule = Schedule(rt, {**CHORES, **_chores_with_memory(rt, inbox)})
    slack = None if only is Part.WORKER else slack_app(rt)
    doors = web_app(
        rt,
        receipts,
        inbox,
        slack=slack_door(slack) if slack and not settings.is_on_socket else None,
        is_public=only is not Part.WORKER and bool(settings.public_url),
    )
    runner = web.AppRunner(doors, access_log=None)
    try:
        await _prepare(rt)
        await runner.setup()
        await _listen(runner, settings)
        schedule.start()
        rt.tasks.start(asyncio.to_thread(regions.learn), name="learn")
        try:
            async with (
                listening(rt, slack) as socket,
                nullcontext() if only is Part.WEB else _sending(rt, delivery, inbox),
            ):
                yield Bot(rt, runner.addresses[0][1], socket)
        finally:
            await schedule.stop()
    finally:
        await runner.cleanup()
        await receipts.close()
        await rt.tasks.cancel()
        await rt.slack.close()
        await rt.carrier.close()
        await rt.db.close()


def _chores_with_memory(rt: Runtime, inbox: Inbox) -> Mapping[str, tuple[Chore, timedelta]]:
    return {
        "cards": (posts.Cards().show, SHOW_EVERY),
        "posts": (posts.Posts().show, SHOW_EVERY),
        "follow": (ask_after, min(FOLLOW_EVERY, rt.settings.receipt)),
        "reconcile": (Reconciler(rt).look, min(RECONCILE_EVERY, rt.settings.grace)),
        "inbox": (inbox.look, INBOX_EVERY),
    }


@asynccontextmanager
async def _sending(rt: Runtime, delivery: Delivery, inbox: Inbox) -> AsyncIterator[None]:
    sending = rt.tasks.start(_read_and_send(rt, delivery, inbox), name="delivery")
    try:
        yield
    finally:
        stopping = rt.tasks.start(delivery.stop(), name="stop")
        await rt.engine.stop()
        await asyncio.wait([stopping, sending])


async def _read_and_send(rt: Runtime, delivery: Delivery, inbox: Inbox) -> None:
    """Sends once it was asked who said STOP while the bot was down; without the carrier's answer it sends all the same."""
    try:
        await inbox.look()
    except Exception as error:  # the chore tries again
        log.warning("inbox_unavailable", error=type(error).__name__)
    await _send(rt, delivery)


async def _send(rt: Runtime, delivery: Delivery) -> None:
    try:
        await delivery.catch_up()
    except Exception as error:  # the carrier or the database is away: the first chunk tries again
        log.warning("carrier_list_unavailable", error=type(error).__name__)
    await rt.engine.run(delivery.work_off)


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise BadSetting(name="HOST, PORT", trouble=error.strerror or str(error)) from error


async def _prepare(rt: Runtime) -> None:
    await bring_up_to_date(rt.db)
    await _refuse_pages_gone(rt)
    await clubs.meet(rt)
    try:
        async with rt.db.begin() as session:
            # A card whose posting was cut off by the end of the last process is shown again.
            await campaigns.touch_open_cards(session, rt.clock.now() - timedelta(hours=1))
    except OperationalError as error:
        # Another process is at work on a campaign for long: no reason not to start beside it.
        log.warning("cards_not_looked_at", error=type(error).__name__)


async def _refuse_pages_gone(rt: Runtime) -> None:
    async with rt.db.read() as session:
        if not rt.settings.is_reached and await campaigns.need_a_page(session):
            raise BadSetting(
                name="PUBLIC_URL",
                trouble="is not set, and advertising by a name is on its way: without members' pages nobody could stop it",
            )
