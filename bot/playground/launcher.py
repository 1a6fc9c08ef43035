"""Starts the playground: the workspace, the carrier, the real bot between them, and the page, in one process."""

import asyncio
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import typer
from aiohttp import web

from bot.app import Bot, running
from bot.clock import Clock, WallClock
from bot.playground import sample, seed
from bot.playground.carrier import Account, Latency, Number, Pace, StandInCarrier
from bot.playground.log import ExchangeLog
from bot.playground.web import Person, page_app
from bot.playground.workspace import AppConfig, Command, Shortcut, Workspace
from bot.rules import phones
from bot.rules.phones import Phone
from bot.settings import Settings, load_settings
from storage.db import Database
from storage.migrate import migrate

LOOPBACK = "127.0.0.1"
# Below those that outgoing connections are given: https://docs.kernel.org/networking/ip-sysctl.html, ip_local_port_range.
PORTS = range(20_000, 32_768)
ACCOUNT_SID = "AC" + "0" * 31 + "1"
# Neither protects anything: both ends are on this machine, and everybody may read this file.
TOKEN = "playground"  # noqa: S105
APP = AppConfig(
    signing_secret="playground-signing-secret",  # noqa: S106
    bot_token="xoxb-playground",  # noqa: S106
    commands={
        "/sms": Command(
            description="Text the club's members", usage_hint="[GROUP TEXT | sent | scheduled | stops | help]"
        ),
        "/contacts": Command(description="The club's people", usage_hint="[NAME]"),
        "/groups": Command(description="The club's groups, and how many people each has"),
        "/sms-settings": Command(description="Who may text, the channel, the limits"),
    },
    shortcuts=(Shortcut(callback_id="send_sms", name="Send an SMS", description="Text the club's members"),),
    events=frozenset({"app_home_opened"}),
)
ON_SOCKET = replace(APP, is_on_socket=True, app_token="xapp-playground")  # noqa: S106
"""The same app with Socket Mode switched on."""
# Where the French short code reaches: the mainland and the overseas departments.
REACHED = ("+33", "+262", "+590", "+594", "+596")
WELCOME = (
    "Bienvenue\u00a0! Ici arrivent les SMS du club et les réponses des familles. "
    "Pour écrire aux membres, tapez `/sms` en bas de ce canal."
)
THE_LIST = (
    "La liste des licenciés de la saison, à corriger ici et là. Pour l’importer\u00a0: téléchargez-la, "
    "puis `/contacts` et *Importer un fichier*."
)
LATENCY = Latency(answer=timedelta(milliseconds=60))


@dataclass(frozen=True, slots=True)
class Playground:
    """Everything that runs; `url` is the page's."""

    url: str
    bot: Bot
    workspace: Workspace
    carrier: StandInCarrier
    log: ExchangeLog


async def play(port: int, ended: asyncio.Event, *, app: AppConfig = APP) -> None:
    """Runs the playground until told to end, and prints where it is."""
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        async with open_playground(Path(folder), port=port, app=app) as playground:
            typer.echo(
                f"\n  Touchline's playground: {playground.url}\n\n  Type /sms in the channel. Ctrl-C ends it.\n"
            )
            await ended.wait()


@asynccontextmanager
async def open_playground(
    folder: Path,
    *,
    port: int = 0,
    debounce_ms: int = 0,
    clock: Clock | None = None,
    latency: Latency = LATENCY,
    app: AppConfig = APP,
) -> AsyncIterator[Playground]:
    """The whole club on loopback, its database in this folder."""
    log = ExchangeLog()
    account = Account(ACCOUNT_SID, TOKEN, (Number(seed.SHORT_CODE, prefixes=REACHED),))
    async with (
        Workspace(seed.TEAM_ID, seed.CLUB, app, log=log) as workspace,
        StandInCarrier([account], pace=Pace.REAL, latency=latency, log=log) as carrier,
    ):
        furnish(workspace, carrier)
        _give_phones(carrier, clock or WallClock())
        await workspace.post_message(seed.ADMIN, seed.CHANNEL, WELCOME)
        await _hand_out_list(workspace, clock or WallClock())
        settings = settings_for(workspace, carrier, folder)
        await plant(settings, clock or WallClock())
        async with running(settings, clock) as bot:
            workspace.connect(f"{settings.public_url}/slack/events")
            carrier.set_inbound_url(seed.SHORT_CODE, f"{settings.public_url}/twilio/inbound")
            page = await serve(page_app(workspace, carrier, log, people(), debounce_ms=debounce_ms), port)
            try:
                yield Playground(f"http://{LOOPBACK}:{page.addresses[0][1]}", bot, workspace, carrier, log)
            finally:
                await page.cleanup()


async def _hand_out_list(workspace: Workspace, clock: Clock) -> None:
    """A file to import, in a message of the club's admin."""
    content = sample.csv_of(clock.now().date())
    file = workspace.upload(seed.ADMIN, sample.NAME, content)
    await workspace.post_message(seed.ADMIN, seed.CHANNEL, THE_LIST, files=[file])


def furnish(workspace: Workspace, carrier: StandInCarrier) -> None:
    """The workspace's people and channels, and everybody's handset."""
    workspace.add_user(seed.COACH, "camille", "Camille Moreau", locale="fr-FR", tz="Europe/Paris")
    workspace.add_user(seed.ADMIN, "alex", "Alex Taylor", locale="en-GB", tz="Europe/Paris", is_admin=True)
    workspace.add_user(seed.PARENT, "nadia", "Nadia Benali", locale="fr-FR", tz="Europe/Paris")
    everybody = [seed.COACH, seed.ADMIN, seed.PARENT, workspace.app.bot_user_id]
    workspace.add_channel(seed.CHANNEL, "sms", everybody)
    workspace.add_channel(seed.GENERAL, "general", everybody)
    for member, number in seed.handsets():
        carrier.phone(number, name=f"{member.first_name} {member.last_name}")


def _give_phones(carrier: StandInCarrier, clock: Clock) -> None:
    """Whoever is on the list to be imported has a phone with their name too."""
    for name, number in sample.handsets(clock.now().date()):
        phone = phones.parse(number)
        if isinstance(phone, Phone):
            carrier.phone(phone.e164, name=name)


def people() -> list[Person]:
    """Whose phones the page shows."""
    return [
        Person(f"{member.first_name} {member.last_name}", number, member.team or member.role)
        for member, number in seed.handsets()
    ]


def settings_for(workspace: Workspace, carrier: StandInCarrier, folder: Path) -> Settings:
    """The bot's settings as an admin would give them, with the stand-ins in the place of Slack and Twilio."""
    port = free_port()
    return load_settings(
        {
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'touchline.db'}",
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            "SLACK_SIGNING_SECRET": "" if workspace.app.is_on_socket else workspace.app.signing_secret,
            "SLACK_APP_TOKEN": workspace.app.app_token,
            "SLACK_API_URL": workspace.api_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": carrier.url,
            "TWILIO_NUMBER": seed.SHORT_CODE,
            "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "SECRET_KEY": "the playground has nothing to hide",
            "HOST": LOOPBACK,
            "PORT": str(port),
        }
    )


async def plant(settings: Settings, clock: Clock) -> None:
    """Makes the database and fills it with the club."""
    db = Database(settings.database_url)
    try:
        await migrate(db)
        await seed.plant(db, clock.now())
    finally:
        await db.close()


def free_port() -> int:
    """A port of loopback that nobody listens on, and that no outgoing connection takes before it is used."""
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as found, suppress(OSError):
            found.bind((LOOPBACK, port))
            return port


async def serve(app: web.Application, port: int) -> web.AppRunner:
    """The application, listening on loopback."""
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    return runner
