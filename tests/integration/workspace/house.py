"""A furnished workspace, an app that answers as it is told, and a server for either."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from bot.playground.workspace import AppConfig, Command, Shortcut, View, Workspace

SECRET = "signing-secret"
TOKEN = "xoxb-playground"
COACH, OTHER = "U0COACH", "U0OTHER"
TEAM, STAFF, OLD, AWAY = "C0TEAM", "C0STAFF", "C0OLD", "C0AWAY"


@dataclass
class RawApp:
    """An app that answers what a test tells it to, and keeps what it was sent."""

    workspace: Workspace
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    hold: Any = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(({k.lower(): v for k, v in request.headers.items()}, await request.text()))
        if self.hold is not None:
            await self.hold.wait()
        return self.answers.pop(0) if self.answers else web.Response()

    def payload(self, index: int = -1) -> dict[str, Any]:
        """The interaction or event that was posted, as JSON."""
        headers, body = self.requests[index]
        if headers["content-type"] == "application/json":
            return dict(json.loads(body))
        return dict(json.loads(dict(parse_qsl(body))["payload"]))

    def form(self, index: int = -1) -> dict[str, str]:
        """The form that was posted, blank fields kept."""
        return dict(parse_qsl(self.requests[index][1], keep_blank_values=True))

    def will_answer(self, *answers: Any) -> None:
        for answer in answers:
            made = answer if isinstance(answer, web.Response) else web.json_response(answer)
            self.answers.append(made)


def config(**changes: Any) -> AppConfig:
    given: dict[str, Any] = {
        "signing_secret": SECRET,
        "bot_token": TOKEN,
        "commands": {"/sms": Command(description="Send an SMS")},
        "shortcuts": (Shortcut(callback_id="compose", name="Send SMS"),),
    }
    return AppConfig(**(given | changes))


def furnish(workspace: Workspace) -> Workspace:
    workspace.add_user(COACH, "coach", "Camille Coach", locale="fr-FR", is_admin=True)
    workspace.add_user(OTHER, "other", "Olive Other")
    workspace.add_channel(TEAM, "team", [COACH, OTHER])
    workspace.add_channel(STAFF, "staff", [COACH], is_private=True)
    workspace.add_channel(OLD, "old", [COACH], archived=True)
    workspace.add_channel(AWAY, "away", [COACH], with_app=False)
    return workspace


async def serve(handler: Any) -> tuple[web.AppRunner, str]:
    app = web.Application()
    app.router.add_post("/slack/events", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


async def open_modal(workspace: Workspace, view: dict[str, Any], user: str = COACH) -> View:
    """Open a modal as the app would, straight over the Web API."""
    answer = await call(workspace, "views.open", trigger_id=workspace.triggers.issue(user), view=view)
    assert answer["ok"], answer
    return workspace.top_view(user)


async def call(workspace: Workspace, method: str, **arguments: Any) -> dict[str, Any]:
    """The answer of one Web API call, as JSON, refused or not."""
    headers = {"Authorization": f"Bearer {workspace.app.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(workspace.api_url + method, json=arguments) as response,
    ):
        return dict(await response.json())
