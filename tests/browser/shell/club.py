"""A club on one page, for the page's own tests: `python -m tests.browser.shell.club PORT` shows it in a browser."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, FormData, encode_basic_auth, web

from bot.playground.carrier.server import StandInCarrier
from bot.playground.carrier.state import Account, Number
from bot.playground.log import ExchangeLog
from bot.playground.web import Person, page_app
from bot.playground.workspace import AppConfig, Command, Shortcut, Workspace
from tests.browser.shell.club_app import ClubApp, card

COACH, ADMIN = "U0COACH", "U0ADMIN"
TEAM, REPLIES = "C0TEAM", "C0REPLIES"
SHORT_CODE = "36180"
ACCOUNT = Account("AC" + "1" * 32, "token", (Number(SHORT_CODE),))
PEOPLE = [
    Person("Ada Martin", "+33639980001", "Player, U13 girls"),
    Person("Bilal Roux", "+33639980002", "Parent of Sami"),
    Person("Chloé Petit", "+33639980003", "Volunteer"),
    *(Person(f"Player Number {n}", f"+336399801{n:02}", "Player, U15 boys") for n in range(1, 15)),
]


@dataclass(frozen=True, slots=True)
class Club:
    """Everything a test may look at or push."""

    url: str
    app: ClubApp
    workspace: Workspace
    carrier: StandInCarrier

    async def send_sms(self, to: str, sender: str, body: str) -> None:
        """Send an SMS through the carrier's door, as a bot would."""
        url = f"{self.carrier.url}/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json"
        credentials = encode_basic_auth(ACCOUNT.sid, ACCOUNT.token)
        form = FormData({"To": to, "From": sender, "Body": body})
        async with (
            ClientSession() as session,
            session.post(url, data=form, headers={"Authorization": credentials}) as answer,
        ):
            assert answer.status == 201, await answer.text()


@asynccontextmanager
async def open_club(port: int = 0, debounce_ms: int = 0) -> AsyncIterator[Club]:
    """A workspace, a phone network, a small app and the page before them, all on loopback."""
    log = ExchangeLog()
    config = AppConfig(
        signing_secret="secret",
        bot_token="xoxb-playground",
        commands={
            "/sms": Command(description="Write a text message", usage_hint="[GROUP TEXT | sent | help]"),
            "/sms-settings": Command(description="What your club has chosen"),
            "/contacts": Command(description="Find and change contacts"),
        },
        shortcuts=(
            Shortcut(callback_id="compose", name="New text message", description="Text your members"),
        ),
    )
    app = ClubApp(config.bot_token)
    async with (
        Workspace("T0CLUB", "AS Bellevue", config, log=log) as workspace,
        StandInCarrier([ACCOUNT], log=log) as carrier,
    ):
        app.api_url = workspace.api_url
        _furnish(workspace)
        await app.open()
        bot = await _serve(app.application(), 0)
        workspace.connect(f"{_url(bot)}/slack/events")
        page = await _serve(page_app(workspace, carrier, log, PEOPLE, debounce_ms=debounce_ms), port)
        try:
            yield Club(_url(page), app, workspace, carrier)
        finally:
            await page.cleanup()
            await bot.cleanup()
            await app.close()


def _furnish(workspace: Workspace) -> None:
    workspace.add_user(COACH, "camille", "Camille Laurent", tz="Europe/Paris")
    workspace.add_user(ADMIN, "omar", "Omar Diallo", is_admin=True)
    workspace.add_channel("C0GENERAL", "general", [COACH, ADMIN])
    workspace.add_channel(TEAM, "team-messages", [COACH, ADMIN])
    workspace.add_channel(REPLIES, "replies", [COACH, ADMIN], is_private=True)


async def _serve(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


def _url(runner: web.AppRunner) -> str:
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _show(port: int) -> None:
    async with open_club(port) as club:
        await tell_a_story(club)
        await asyncio.Event().wait()


async def tell_a_story(club: Club) -> None:
    """Fill the channels and phones as an evening at the club would."""
    post = club.workspace.post_message
    await post(COACH, TEAM, "The pitch is under water, I am calling off tonight. :umbrella_with_rain_drops:")
    await post(COACH, TEAM, "Who tells the *bus company*?")
    await post(ADMIN, TEAM, "I do, https://example.org/bus says they answer until `18:00`.")
    text = "No training tonight, the pitch is flooded. See you on Friday!"
    sent = await club.app.call("chat.postMessage", channel=TEAM, text="Training is off", blocks=card(text))
    await club.app.call(
        "chat.postMessage",
        channel=TEAM,
        thread_ts=sent["ts"],
        text="*Ada Martin* (•• 01)\n>Thanks! And on Friday?",
    )
    await post(COACH, TEAM, "Friday is on, I answer her.", sent["ts"])
    await club.app.call(
        "chat.postMessage", channel=REPLIES, text="*Bilal Roux* (•• 02)\n>Sami is ill until Monday"
    )
    for person in PEOPLE[:6]:
        await club.send_sms(person.number, SHORT_CODE, text)
    await club.send_sms(
        PEOPLE[0].number, "ASBELLEVUE", "Tickets for Saturday: https://club.example/m/k3J9 STOP by that page"
    )
    await club.carrier.flush()
    await club.carrier.text(from_=PEOPLE[0].number, to=SHORT_CODE, body="Thanks! And on Friday?")


if __name__ == "__main__":
    asyncio.run(_show(int(sys.argv[1])))
