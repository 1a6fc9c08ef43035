"""Requests that staff made in one club, made again with another club's ids in them."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import ModuleType, SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl
from uuid import UUID

from slack_bolt.async_app import AsyncApp

from bot.playground.log import Exchange
from bot.playground.workspace import View
from bot.playground.workspace.stacks import open_view
from bot.posts.cards import CARD_CLAIM
from bot.runtime import Runtime
from commands import register
from storage.models import Campaign, Message, Reply
from storage.states import MessageState
from tests import twin
from tests.club import COACH, SHORT_CODE, Club

SETTLED_SECONDS = 1.5
REST_WITHIN_SECONDS = CARD_CLAIM.total_seconds() + 10
"""Whoever was stopped while a card was shown has claimed it for so long."""
SHARED = "files.completeUploadExternal"
MOVING = {MessageState.SENDING, MessageState.UNKNOWN, MessageState.ACCEPTED, MessageState.SENT}
WINDOW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Open"},
    "blocks": [{"type": "divider"}],
}
OF_TEXTS = frozenset(
    f"commands.{name}"
    for name in ("audit", "campaigns", "home", "optouts", "preview", "replies", "settings", "sms", "why")
)
"""The modules whose windows one of the tests goes through; the other test goes through all others."""

KINDS = {
    "command": lambda body, _: body.get("command"),
    "shortcut": lambda _, body: body.get("callback_id") if body.get("type") == "shortcut" else None,
    "action": lambda _, body: (
        body["actions"][0]["action_id"] if body.get("type") == "block_actions" else None
    ),
    "options": lambda _, body: body.get("action_id") if body.get("type") == "block_suggestion" else None,
    "view": lambda _, body: body["view"]["callback_id"] if body.get("type") == "view_submission" else None,
}
"""By which name a request finds its listener, from its form and its JSON."""


@dataclass(frozen=True)
class Request:
    """One request of staff as Slack posted it."""

    kind: str
    name: str
    payload: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def with_other_ids(self) -> Iterator["Request"]:
        """The request with the twin's ids: all of them, then one after the other of those that were typed or picked."""
        if every := twin.ids_in(self.payload):
            for ids in [every, *([id] for id in self.picked() if len(every) > 1)]:
                yield Request(self.kind, self.name, twin.swapped(self.payload, ids))

    def from_its_sender(self) -> "Request":
        """The request with the twin's sender, which is never the club's."""
        ours = f'"{SHORT_CODE}"'
        return replace(self, payload=self.payload.replace(ours, f'"{SHORT_CODE}{twin.APART}"'))

    def picked(self) -> list[str]:
        """The ids that were typed or picked, or that the window keeps: not those that it only shows."""
        posted = json.loads(self.payload)
        shown = {"view", "message"} & posted.keys()
        return twin.ids_in(json.dumps(posted | {name: posted[name] | {"blocks": []} for name in shown}))


@dataclass(frozen=True)
class Listener:
    """What a module of commands listens to."""

    module: str
    kind: str
    name: str | re.Pattern[str]

    def is_asked_by(self, request: Request) -> bool:
        """Whether the request finds it."""
        return self.kind == request.kind and bool(re.fullmatch(self.name, request.name))


def listeners() -> list[Listener]:
    """Those that `register` knows."""
    found: list[Listener] = []

    class App:
        def __getattr__(self, kind: str) -> Callable[..., Any]:
            def named(name: Any) -> Callable[[Any], None]:
                return lambda use: found.append(Listener(use.__module__, kind, name))

            return named if kind in KINDS else lambda *_: lambda use: use

    rt = SimpleNamespace(slack=None, clock=None, tasks=None)
    register(cast(AsyncApp, App()), cast(Runtime, rt))
    return found


def request_in(form: Mapping[str, str]) -> Request | None:
    """What a posted form asks for; None for an event."""
    payload = form.get("payload", "{}")
    posted = json.loads(payload)
    for kind, name_of in KINDS.items():
        if name := name_of(form, posted):
            return Request(kind, name, payload)
    return None


def under_way() -> set[str]:
    """The names of the work in the background."""
    return {task.get_name() for task in asyncio.all_tasks() if not task.get_name().startswith("Task-")}


@contextmanager
def heard(club: Club, direction: str) -> Iterator[list[Exchange]]:
    """What Slack was told ("in"), or posted ("out"), meanwhile."""
    exchanges = list[Exchange]()

    def keep(exchange: Exchange) -> None:
        if (exchange.direction, exchange.peer) == (direction, "slack"):
            exchanges.append(exchange)

    forget = club.workspace.log.listen(keep)
    try:
        yield exchanges
    finally:
        forget()


@dataclass
class Attack:
    """One club's requests, made again with another club's ids."""

    club: Club
    requests: list[Request]
    before: twin.Rows
    at_rest: set[str]
    """The work that never ends."""

    def never_asked(self, *, of_texts: bool) -> list[Listener]:
        """The listeners of texts, or of people, that no request found."""
        mine = (each for each in listeners() if (each.module in OF_TEXTS) == of_texts)
        return [each for each in mine if not any(map(each.is_asked_by, self.requests))]

    async def breaches(self) -> list[str]:
        """Makes every request, with each of its ids; what that shows or changes of the twin's."""
        found: list[str] = []
        for request in self.requests:
            for forged in request.with_other_ids():
                if twin.SECRET in await self.make(forged):
                    found.append(f"{request} shows the twin's")
            if (changed := await self.changed()) or await self.strangers():
                found.append(f"{request} changes {changed or await self.strangers()}")
                self.before = await rows_of(self.club, twin.TWIN_ID)
        return found

    async def unseen(self) -> list[str]:
        """Makes every request for the twin's own staff; those that show and change nothing of its even then."""
        await self.club.stop()
        async with self.club.database() as db, db.begin() as session:
            await twin.trade_teams(session)
        self.at_rest = await settled(self.club)
        seen: dict[str, bool] = {}
        for request in self.requests:
            if request.picked() and (forged := next(request.with_other_ids(), None)):
                self.before = await rows_of(self.club, twin.TWIN_ID)
                said = await self.make(forged.from_its_sender())
                is_seen = twin.SECRET in said or bool(await self.changed())
                seen[str(request)] = seen.get(str(request), False) or is_seen
        return [request for request, is_seen in seen.items() if not is_seen]

    async def make(self, request: Request) -> str:
        """Makes the request from a window that is open now; all that Slack was told because of it, and given as files."""
        club = self.club
        # What changes a window waits until that is a second old, so each request has a window of its own.
        view = open_view(club.workspace, COACH, WINDOW)
        shared = len(club.workspace.calls(SHARED))
        with heard(club, "in") as exchanges:
            status, answer = await club.post_slack({"payload": self._from_window(request, view)})
            assert status == 200, (request.name, status, answer)
            await club.until(lambda: under_way() <= self.at_rest)
        told = [exchange.request_body for exchange in exchanges]
        return " ".join([answer, *told, *self._files_since(shared)])

    def _from_window(self, request: Request, view: View) -> str:
        payload = json.loads(request.payload)
        payload["trigger_id"] = self.club.workspace.triggers.issue(COACH, view.id)
        for place in (payload.get("view"), payload.get("container")):
            if place and ("id" in place or "view_id" in place):
                ids = ("id", "view_id", "root_view_id", "previous_view_id")
                place |= dict.fromkeys(ids, view.id)
        return json.dumps(payload)

    def _files_since(self, shared: int) -> Iterator[str]:
        workspace = self.club.workspace
        for call in workspace.calls(SHARED)[shared:]:
            for file in json.loads(call.payload["files"]):
                yield workspace.files.get(file["id"]).content.decode(errors="replace")

    async def changed(self) -> list[tuple[str, Any]]:
        """What is no longer in the twin's tables as it was."""
        now = await rows_of(self.club, twin.TWIN_ID)
        both = {name: (rows, now[name]) for name, rows in self.before.items() if rows != now[name]}
        return [(name, [row for row in new if row not in old] or "gone") for name, (old, new) in both.items()]

    async def strangers(self) -> set[Any]:
        """The ids of the twin's rows that stand in rows of the club's."""
        ours = set(twin.keys_in(await rows_of(self.club, twin.CLUB_ID)))
        return ours & set(twin.keys_in(self.before))


async def rows_of(club: Club, club_id: UUID) -> twin.Rows:
    """All that one of the two clubs has."""
    async with club.database() as db, db.read() as session:
        return await twin.rows_of(session, club_id)


async def attack_after(club: Club, walks: ModuleType) -> Attack:
    """A club whose staff went these ways, and its twin, as it was before the partings."""
    with heard(club, "out") as posted:
        await walks.everywhere(club)
        await club.until(lambda: is_at_rest(club), seconds=REST_WITHIN_SECONDS)
        rows = await rows_of(club, twin.CLUB_ID)
        await walks.partings(club)
        await club.until(lambda: is_at_rest(club), seconds=REST_WITHIN_SECONDS)
    requests = [request for each in posted if (request := request_in(dict(parse_qsl(each.request_body))))]
    await club.stop()
    async with club.database() as db, db.begin() as session:
        await twin.plant(session, rows)
    at_rest = await settled(club)
    before = await rows_of(club, twin.TWIN_ID)
    return Attack(club, list(dict.fromkeys(requests)), before, at_rest)


async def settled(club: Club) -> set[str]:
    """Starts the bot, and waits until it has shown the cards anew, as after any start; the work that goes on then."""
    with heard(club, "in") as exchanges:
        await club.start()
        await club.until(lambda: is_at_rest(club), seconds=REST_WITHIN_SECONDS)
        await club.quiet(lambda: len(exchanges), seconds=SETTLED_SECONDS)
    return under_way()


async def is_at_rest(club: Club) -> bool:
    """Whether nothing is on its way, and nothing is to be shown."""
    now = club.clock.now()
    states = {message.state for message in await club.rows(Message)}
    # What is being shown at this moment is due no more, and claimed until later.
    cards = [one for one in await club.rows(Campaign) if one.card_due or (one.card_at and one.card_at > now)]
    replies = [reply for reply in await club.rows(Reply) if reply.post_after]
    return not (states & MOVING or cards or replies)
