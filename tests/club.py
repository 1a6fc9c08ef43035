"""A whole club for tests: people in Slack, phones, a carrier, and the real bot between them, over HTTP only."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import aiohttp
from sqlmodel import SQLModel, col, select, update

from bot.app import Bot, running
from bot.clock import Clock, WallClock
from bot.playground import seed
from bot.playground.carrier import Account, Latency, Number, Pace, Phone, StandInCarrier
from bot.playground.carrier.webhooks import sign as sign_as_twilio
from bot.playground.launcher import ACCOUNT_SID, APP, REACHED, TOKEN, furnish, plant, settings_for
from bot.playground.log import ExchangeLog
from bot.playground.seed import ADMIN, CHANNEL, COACH, GENERAL, PARENT, SHORT_CODE
from bot.playground.workspace import Ack, Message, View, Workspace, payloads
from bot.playground.workspace.delivery import sign as sign_as_slack
from bot.posts import BETWEEN_CARDS
from bot.settings import Settings
from storage import models
from storage.db import Database

__all__ = [
    "ACCOUNT_SID",
    "ADMIN",
    "CHANNEL",
    "COACH",
    "GENERAL",
    "PARENT",
    "SHORT_CODE",
    "TOKEN",
    "Club",
    "SetClock",
    "block_of",
    "blocks_of",
    "draft_of",
    "open_club",
    "text_of",
]

Json = dict[str, Any]
Row = TypeVar("Row", bound=SQLModel)

FAST = Latency(sending=timedelta(), sent=timedelta(), receipt=timedelta())
PATIENCE_SECONDS = 8.0
POLL_SECONDS = 0.02
FLY_EVERY_SECONDS = 0.2
OPENS_OTHERS = ("audience", "when")


@dataclass
class SetClock:
    """A clock set to an instant; it goes on like any other and jumps when told to."""

    at: datetime
    _skipped: timedelta = timedelta()
    _began: float = field(default_factory=lambda: WallClock().steady())

    def now(self) -> datetime:
        """The instant it was set to, and what has passed since."""
        return self.at + timedelta(seconds=self.steady() - self._began)

    def steady(self) -> float:
        """Seconds that jump with the clock."""
        return WallClock().steady() + self._skipped.total_seconds()

    def skip(self, by: timedelta) -> None:
        """Jumps ahead."""
        self._skipped += by


@dataclass
class Club:
    """The seeded club, its stand-ins, and short words for what people do."""

    workspace: Workspace
    carrier: StandInCarrier
    settings: Settings
    clock: Clock
    bot: Bot | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    # The process

    async def start(self) -> None:
        """The bot starts on its database."""
        self._running = AsyncExitStack()
        self.bot = await self._running.enter_async_context(running(self.settings, self.clock))

    async def stop(self) -> None:
        """The bot ends as it does on SIGTERM."""
        await self._running.aclose()
        self.bot = None

    @asynccontextmanager
    async def another_process(self) -> AsyncIterator[Bot]:
        """A second bot on the same database, at another port."""
        async with running(self.settings.model_copy(update={"port": 0}), self.clock) as bot:
            yield bot

    def skip(self, by: timedelta) -> None:
        """Lets time pass at once; whoever sleeps on the club's clock looks at it."""
        assert isinstance(self.clock, SetClock)
        self.clock.skip(by)
        if self.bot:
            self.bot.rt.due.set()
            self.bot.rt.work.set()

    # Waiting

    async def until(self, condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> Any:
        """What the condition gives once it gives something; fails after so many seconds.

        The condition may be a coroutine function.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = condition()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return found
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"Did not come true within {seconds} s")
            await asyncio.sleep(POLL_SECONDS)

    async def quiet(self, what: Callable[[], object], *, seconds: float = 0.3) -> None:
        """Comes back when the value has stayed the same for so long."""
        loop = asyncio.get_running_loop()
        before, since = what(), loop.time()
        while loop.time() - since < seconds:
            await asyncio.sleep(POLL_SECONDS)
            if (now := what()) != before:
                before, since = now, loop.time()

    # What people do in Slack

    async def command(self, typed: str, *, user: str = COACH, channel: str = CHANNEL) -> Ack:
        """Types a command; it must be taken."""
        ack = await self.workspace.run_command(user, channel, typed)
        assert ack.is_ok, ack
        return ack

    async def open(self, typed: str = "/sms", *, user: str = COACH) -> View:
        """Types a command and waits for its modal."""
        self.workspace.set_stack(user, [])
        await self.command(typed, user=user)
        return await self.modal(user=user)

    async def modal(self, callback_id: str = "", *, user: str = COACH) -> View:
        """The modal on top, once there is one (of this name)."""

        def found() -> View | None:
            stack = self.workspace.views(user)
            return stack[-1] if stack and callback_id in ("", stack[-1].callback_id) else None

        view: View = await self.until(found)
        return view

    async def fill(self, view: View, **fields: Any) -> None:
        """Fills in fields by their names; groups and contacts are given by label, one or several."""
        for name in OPENS_OTHERS:
            if name in fields and fields[name] != _value_of(view, name):
                await self.workspace.set_value(view, block_of(view, name), name, fields[name])
                await self.until(lambda name=name: _follows(view, name, fields[name]))
        for name, value in fields.items():
            if name not in OPENS_OTHERS:
                await self._set(view, name, value)

    async def _set(self, view: View, name: str, value: Any) -> None:
        if name in ("groups", "contacts"):
            labels = (value,) if isinstance(value, str) else value
            value = [await self._option(view, name, label) for label in labels]
        await self.workspace.set_value(view, block_of(view, name), name, value)

    async def _option(self, view: View, name: str, label: str) -> str:
        if name == "contacts":
            found = await self.workspace.options(view.user, view, block_of(view, name), name, label)
            return str(found.flat[0]["value"])
        block = next(block for block in view.blocks if block["block_id"] == block_of(view, name))
        offered = block["element"]["options"]
        return next(str(one["value"]) for one in offered if one["text"]["text"] == label)

    async def compose(self, *, user: str = COACH, **fields: Any) -> View:
        """Writes a text in a fresh modal and submits it: the preview, or the same modal with its errors."""
        await self.forget_drafts()
        view = await self.open("/sms", user=user)
        await self.fill(view, **fields)
        return await self.submit(view)

    async def submit(self, view: View) -> View:
        """Presses the submit button; what is on top then."""
        await self.workspace.submit(view)
        stack = self.workspace.views(view.user)
        return stack[-1] if stack else view

    async def confirm(self, preview: View, **fields: Any) -> models.Campaign:
        """Confirms a preview; the campaign it made."""
        assert preview.callback_id == "preview", text_of(preview) + str(preview.errors)
        await self.fill(preview, **fields)
        draft_id = draft_of(preview)
        told = await self.submit(preview)
        assert told.callback_id == "told", (told.errors, told.trouble)
        return await self.campaign(draft_id)

    async def send(self, group: str, body: str, *, user: str = COACH) -> models.Campaign:
        """`/sms GROUP TEXT`, and yes."""
        view = await self.open(f"/sms {group} {body}", user=user)
        return await self.confirm(view)

    async def click(
        self, where: View | Message, action_id: str, value: Any = None, *, user: str = COACH
    ) -> Ack:
        """Presses a button, or chooses an entry of a menu."""
        for block in where.blocks:
            elements = [*block.get("elements", []), block.get("accessory") or {}]
            if any(element.get("action_id") == action_id for element in elements):
                ack = await self.workspace.click(user, where, block["block_id"], action_id, value)
                assert ack is not None
                return ack
        raise LookupError(f"no {action_id} in {text_of(where)}")

    async def home(self, *, user: str = COACH) -> View:
        """Opens the Home; what it shows once it was published anew."""
        before = len(self.workspace.calls("views.publish"))
        await self.workspace.open_home(user)
        await self.until(lambda: len(self.workspace.calls("views.publish")) > before)
        shown: View = await self.until(lambda: self.workspace.home(user))
        return shown

    # What is to be seen

    def posts(self, *, user: str = COACH, channel: str = CHANNEL) -> list[Message]:
        """What this person sees in the channel, without the threads."""
        return self.workspace.channels[channel].messages(user)

    def whispers(self, *, user: str = COACH) -> list[Message]:
        """What only this person sees in the channel, oldest first."""
        return [post for post in self.posts(user=user) if post.is_ephemeral]

    async def card(
        self, campaign: models.Campaign, *words: str, seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """The campaign's card, once it says these words; time flies a little, since cards are put off for seconds."""
        loop = asyncio.get_running_loop()
        flown_at = loop.time()

        async def shown() -> Message | None:
            nonlocal flown_at
            if isinstance(self.clock, SetClock) and loop.time() - flown_at > FLY_EVERY_SECONDS:
                flown_at = loop.time()
                self.skip(BETWEEN_CARDS)
            row = await self.campaign(campaign.id)
            if not row.card_ts:
                return None
            found = [
                channel.by_ts[row.card_ts]
                for channel in self.workspace.channels.values()
                if row.card_ts in channel.by_ts
            ]
            return next((post for post in found if all(word in text_of(post) for word in words)), None)

        post: Message = await self.until(shown, seconds=seconds)
        return post

    def thread(self, post: Message, *, user: str = COACH) -> list[Message]:
        """The answers in a post's thread."""
        return self.workspace.channels[post.channel].thread(post.ts, user)[1:]

    def phone(self, key: str) -> Phone:
        """A member's handset, by the key of the seed."""
        return self.carrier.phone(seed.number_of(key))

    async def text(self, key: str, body: str, *, copies: int = 1) -> tuple[str, ...]:
        """A member texts the club; what came back at once."""
        texted = await self.carrier.text(from_=seed.number_of(key), to=SHORT_CODE, body=body, copies=copies)
        assert texted.status == 200, texted
        return texted.replies

    # What is stored

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The club's database, whether the bot runs or not."""
        if self.bot:
            yield self.bot.rt.db
        else:
            db = Database(self.settings.database_url)
            try:
                yield db
            finally:
                await db.close()

    async def rows(self, table: type[Row], **columns: Any) -> list[Row]:
        """The rows with these values."""
        async with self.database() as db, db.read() as session:
            wanted = [col(getattr(table, name)) == value for name, value in columns.items()]
            return list((await session.exec(select(table).where(*wanted))).all())

    async def keep(self, *rows: SQLModel) -> None:
        """Stores rows, as an import or another command would."""
        async with self.database() as db, db.begin() as session:
            session.add_all(rows)

    async def change(self, table: type[SQLModel], values: Mapping[str, Any], **columns: Any) -> None:
        """Changes the rows with these values."""
        async with self.database() as db, db.begin() as session:
            wanted = [col(getattr(table, name)) == value for name, value in columns.items()]
            await session.exec(update(table).where(*wanted).values(**values))

    async def grow_to(self, numbers: int) -> None:
        """Takes in so many new members that everyone are so many numbers in the country."""
        preview = await self.compose(audience="everyone", message="How many are we?")
        known = int(text_of(preview).split(" recipients")[0].split()[-1])
        await self.keep(*(_newcomer(n, self.clock.now()) for n in range(numbers - known)))

    async def limit(self, **columns: Any) -> None:
        """Sets limits of the club, as an admin would."""
        await self.change(models.Club, columns)

    async def campaign(self, campaign_id: Any) -> models.Campaign:
        """The campaign as it stands."""
        found = [row for row in await self.rows(models.Campaign) if str(row.id) == str(campaign_id)]
        return found[0]

    async def messages(self, campaign: models.Campaign) -> list[models.Message]:
        """The campaign's messages as they stand."""
        return await self.rows(models.Message, campaign_id=campaign.id)

    async def states(self, campaign: models.Campaign) -> dict[str, int]:
        """How many of the campaign's messages stand in each state."""
        tally: dict[str, int] = {}
        for message in await self.messages(campaign):
            tally[message.state.value] = tally.get(message.state.value, 0) + 1
        return tally

    async def reached(
        self, campaign: models.Campaign, states: Mapping[str, int], *, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Comes back when the campaign's messages stand so."""
        seen: dict[str, int] = {}

        async def stands() -> bool:
            seen.clear()
            seen.update(await self.states(campaign))
            return seen == states

        try:
            await self.until(stands, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"{seen} instead of {states}") from None

    async def stands(
        self, campaign: models.Campaign, state: str, *, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Comes back when the campaign is in this state."""

        async def in_state() -> bool:
            return (await self.campaign(campaign.id)).state.value == state

        await self.until(in_state, seconds=seconds)

    async def forget_drafts(self) -> None:
        """No unfinished text is offered again."""
        await self.change(models.Draft, {"updated_at": datetime(2020, 1, 1, tzinfo=UTC)})

    # What strangers may try at the doors

    def submission(self, view: View) -> Json:
        """The submission of a view as Slack would post it."""
        return payloads.interaction(self.workspace, "view_submission", view.user) | {
            "trigger_id": self.workspace.triggers.issue(view.user, view.id),
            "view": payloads.view_now(self.workspace, view),
            "response_urls": [],
        }

    async def post_slack(
        self,
        fields: Mapping[str, str],
        *,
        secret: str = APP.signing_secret,
        late: timedelta = timedelta(),
        **headers: str,
    ) -> tuple[int, str]:
        """Posts a form to Slack's door, signed so long ago; the answer's status and text."""
        body, stamp = urlencode(fields), int((datetime.now(UTC) - late).timestamp())
        signed = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(stamp),
            "X-Slack-Signature": sign_as_slack(secret, stamp, body),
        }
        return await self.post("/slack/events", body, signed | headers)

    async def post_payload(self, payload: Json, **how: Any) -> tuple[int, str]:
        """Posts an interaction to Slack's door."""
        return await self.post_slack({"payload": json.dumps(payload)}, **how)

    async def post_twilio(
        self, path: str, fields: Mapping[str, str], *, token: str = TOKEN, **headers: str
    ) -> tuple[int, str]:
        """Posts a form to one of the carrier's doors."""
        signature = sign_as_twilio(token, self.settings.public_url + path, fields)
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        return await self.post(path, urlencode(fields), form | headers)

    async def get(self, path: str) -> str:
        """What the bot answers whoever asks for this."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.get(self.settings.public_url + path) as answer,
        ):
            return await answer.text()

    async def post(self, path: str, body: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """Posts anything to the bot."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.settings.public_url + path, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()


@asynccontextmanager
async def open_club(
    folder: Path,
    *,
    clock: Clock | None = None,
    latency: Latency = FAST,
    undo_seconds: int = 0,
    language: str = "en",
    planted: str | None = None,
    settings: Mapping[str, Any] | None = None,
    is_started: bool = True,
) -> AsyncIterator[Club]:
    """The seeded club on loopback, its database in this folder, or the given one that was planted before."""
    log, clock = ExchangeLog(), clock or SetClock(datetime.now(UTC))
    account = Account(ACCOUNT_SID, TOKEN, (Number(SHORT_CODE, prefixes=REACHED),))
    async with (
        Workspace(seed.TEAM_ID, seed.CLUB, APP, log=log) as workspace,
        StandInCarrier([account], pace=Pace.REAL, latency=latency, log=log) as carrier,
    ):
        furnish(workspace, carrier)
        chosen = settings_for(workspace, carrier, folder).model_copy(update=dict(settings or {}))
        if planted:
            chosen.database_url = planted
        else:
            await plant(chosen, clock)
        workspace.users[COACH].locale = {"en": "en-GB", "fr": "fr-FR"}[language]
        club = Club(workspace, carrier, chosen, clock)
        await club.limit(undo_seconds=undo_seconds, language=language)
        workspace.connect(f"{chosen.public_url}/slack/events")
        carrier.set_inbound_url(SHORT_CODE, f"{chosen.public_url}/twilio/inbound")
        if is_started:
            await club.start()
        try:
            yield club
        finally:
            carrier.hang_up()
            await club.stop()


def _newcomer(n: int, now: datetime) -> models.Contact:
    return models.Contact(
        club_id=seed.key("club"),
        first_name="New",
        last_name=f"Member {n}",
        e164=f"+336781234{n:02}",
        created_at=now,
    )


def has_field(view: View, name: str) -> bool:
    """Whether the view shows this field."""
    return any(block["block_id"].split(".")[0] == name for block in view.blocks)


def draft_of(view: View) -> str:
    """The draft that compose, or its preview, works on."""
    return str(json.loads(view.content["private_metadata"])["draft_id"])


def block_of(view: View, name: str) -> str:
    """The block_id under which the view shows this field now."""
    return next(block["block_id"] for block in view.blocks if block["block_id"].split(".")[0] == name)


def blocks_of(shown: View | Message) -> str:
    """The blocks as JSON, letters as they are."""
    return json.dumps(shown.blocks, ensure_ascii=False)


def text_of(shown: View | Message) -> str:
    """Every word that a person reads in a view or a post."""
    return "\n".join(_words(shown.blocks))


def _words(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for name, value in node.items():
            if name != "text" or not isinstance(value, str):
                yield from _words(value)
    elif isinstance(node, list):
        for one in node:
            yield from _words(one)


def _follows(view: View, name: str, chosen: str) -> bool:
    """Whether the view shows what belongs to this choice."""
    shown = {block["block_id"] for block in view.blocks}
    if name == "when":
        return ("at_date" in shown) == (chosen == "later")
    picker = {"fixed": "groups.fixed", "dynamic": "groups.dynamic", "contacts": "contacts"}.get(chosen)
    return picker in shown if picker else not shown & {"groups.fixed", "groups.dynamic", "contacts"}


def _value_of(view: View, name: str) -> Any:
    chosen = view.form.value(block_of(view, name), name)
    return chosen["value"] if chosen else None
