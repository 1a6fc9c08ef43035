"""Whatever staff can send to the bot, with the ids of another club in it, shows and changes nothing of that club.

The staff of a club walk through every window; each of their requests is kept. Then a second club is stored that has the
same rows with other ids, and every request is made again with those ids in the place of one's own: all at once, then one
by one. In the end the windows are made the second club's: what showed nothing before must show its rows now, or the test
above it could not fail.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

import pytest
from slack_bolt.async_app import AsyncApp

from bot.playground.log import Exchange
from bot.runtime import Runtime
from commands import register
from tests import twin
from tests.club import COACH, Club
from tests.integration.bot import walks

SETTLED_SECONDS = 1.5
pytestmark = [pytest.mark.turns, pytest.mark.timeout(300)]

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

ELSEWHERE = (
    r"(action|options|view|shortcut) (re.compile\('\^)?\(?"
    r"(why|own_field|consent|erase|import|column|match|value)"
)
"""Windows that no walk goes through; the tests of each swap its ids by themselves."""


@dataclass(frozen=True)
class Request:
    """One request of staff as Slack posted it."""

    kind: str
    name: str
    payload: str

    def with_other_ids(self) -> Iterator["Request"]:
        """The request with the twin's ids: all of them, then one after the other of those that were typed or picked."""
        if every := twin.ids_in(self.payload):
            picked = twin.ids_in(self._without_blocks())
            for ids in [every, *([id] for id in picked if len(every) > 1)]:
                yield Request(self.kind, self.name, twin.swapped(self.payload, ids))

    def _without_blocks(self) -> str:
        posted = json.loads(self.payload)
        shown = {"view", "message"} & posted.keys()
        return json.dumps(posted | {name: posted[name] | {"blocks": []} for name in shown})


class Listeners:
    """The names that `register` gives listeners to."""

    def __init__(self) -> None:
        self.known: list[tuple[str, str | re.Pattern[str]]] = []
        rt = SimpleNamespace(slack=None, clock=None, tasks=None)
        register(cast(AsyncApp, self), cast(Runtime, rt))

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def named(name: Any) -> Callable[[Any], Any]:
            if kind in KINDS:
                self.known.append((kind, name))
            return lambda listener: listener

        return named

    def never_asked(self, requests: list[Request]) -> list[str]:
        """The listeners that none of these requests reached."""
        return [
            f"{kind} {name}"
            for kind, name in self.known
            if not any(each.kind == kind and re.fullmatch(name, each.name) for each in requests)
        ]


def _request(body: str) -> Request | None:
    form = {name: values[0] for name, values in parse_qs(body).items()}
    payload = form.get("payload", "{}")
    posted = json.loads(payload)
    for kind, name_of in KINDS.items():
        if name := name_of(form, posted):
            return Request(kind, name, payload)
    return None


def under_way() -> set[str]:
    """The names of the work in the background."""
    return {task.get_name() for task in asyncio.all_tasks() if not task.get_name().startswith("Task-")}


@dataclass
class Attack:
    """One club's requests, made again with another club's ids."""

    club: Club
    requests: list[Request]
    before: twin.Rows
    at_rest: set[str]
    """The work that never ends."""

    async def make(self, request: Request) -> str:
        """Makes the request from a window that is open now; all that was said to Slack because of it."""
        club, heard = self.club, list[Exchange]()
        forget = club.workspace.log.listen(heard.append)
        payload = json.loads(request.payload)
        # What changes a window waits until that is a second old, so each request has a window of its own.
        view = await club.open("/groups")
        payload["trigger_id"] = club.workspace.triggers.issue(COACH, view.id)
        for place in (payload.get("view"), payload.get("container")):
            if place and ("id" in place or "view_id" in place):
                place |= {"id": view.id, "view_id": view.id, "root_view_id": view.id}
        status, answer = await club.post_slack({"payload": json.dumps(payload)})
        assert status == 200, (request.name, status, answer)
        await club.until(lambda: under_way() <= self.at_rest)
        forget()
        said = " ".join(exchange.request_body for exchange in heard if exchange.direction == "in")
        return answer + said

    async def changed(self) -> list[tuple[str, Any]]:
        """What is no longer in the twin's tables as it was."""
        async with self.club.database() as db, db.read() as session:
            now = await twin.rows_of(session, twin.TWIN_ID)
        both = {name: (rows, now[name]) for name, rows in self.before.items() if rows != now[name]}
        return [(name, [row for row in new if row not in old] or "gone") for name, (old, new) in both.items()]

    async def strangers(self) -> set[Any]:
        """The ids of the twin's rows that stand in rows of the club's."""
        async with self.club.database() as db, db.read() as session:
            ours = set(twin.keys_in(await twin.rows_of(session, twin.CLUB_ID)))
        return ours & set(twin.keys_in(self.before))


@pytest.fixture
async def attack(club: Club) -> Attack:
    """A club whose staff went everywhere, and its twin."""
    posted: dict[Request, None] = {}

    def keep(exchange: Exchange) -> None:
        is_posted = exchange.direction == "out" and exchange.peer == "slack"
        if is_posted and (request := _request(exchange.request_body)):
            posted[request] = None

    forget = club.workspace.log.listen(keep)
    await walks.everywhere(club)
    forget()
    await club.stop()
    async with club.database() as db, db.begin() as session:
        await twin.plant(session)
    heard = list[Exchange]()
    forget = club.workspace.log.listen(heard.append)
    await club.start()
    # The twin's cards are shown anew, as after any start.
    await club.quiet(lambda: len(heard), seconds=SETTLED_SECONDS)
    forget()
    async with club.database() as db, db.read() as session:
        before = await twin.rows_of(session, twin.TWIN_ID)
    return Attack(club, list(posted), before, under_way())


async def test_no_request_with_another_club_s_ids_shows_or_changes_anything_of_it(attack: Attack) -> None:
    assert [one for one in Listeners().never_asked(attack.requests) if not re.match(ELSEWHERE, one)] == []
    for request in attack.requests:
        for forged in request.with_other_ids():
            said = await attack.make(forged)
            assert twin.SECRET not in said, (forged.kind, forged.name)
            assert not await attack.changed(), (forged.kind, forged.name)
            assert not await attack.strangers(), (forged.kind, forged.name)
