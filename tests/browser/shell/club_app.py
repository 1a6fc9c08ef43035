"""A small app for the page's own tests: one command, one modal with every kind of field, a Home, some buttons."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web

Json = dict[str, Any]
GROUPS = [f"U{age} {side}" for age in (9, 11, 13, 15, 17) for side in ("boys", "girls")]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str | None = None, **more: Any) -> Json:
    return {"text": plain(text), "value": value or text, **more}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def counter(text: str) -> Json:
    words = f"{len(text)} characters · *{1 + len(text) // 161} segment* · GSM-7"
    return {"type": "context", "block_id": "count", "elements": [{"type": "mrkdwn", "text": words}]}


def compose(text: str = "", kind: str = "alert") -> Json:
    kinds = [
        option("Alert", "alert", description=plain("Closures, changes, reminders")),
        option("Marketing", "marketing", description=plain("Tickets, raffles, sponsors")),
    ]
    typing = {"trigger_actions_on": ["on_character_entered"]}
    warning = {
        "type": "alert",
        "block_id": "law",
        "level": "warning",
        "text": plain("Marketing waits for 8 a.m."),
    }
    return {
        "type": "modal",
        "callback_id": "compose",
        "title": plain("New text message"),
        "submit": plain("Preview"),
        "notify_on_close": True,
        "blocks": [
            field(
                "groups",
                "To",
                {
                    "type": "multi_external_select",
                    "min_query_length": 0,
                    "placeholder": plain("Groups or people"),
                },
                hint=plain("Guardians get it as well."),
            ),
            field(
                "title",
                "Title",
                {"type": "plain_text_input", "placeholder": plain("For your list only")},
                optional=True,
            ),
            field(
                "kind",
                "Kind",
                {"type": "radio_buttons", "options": kinds, "initial_option": kinds[0]},
                dispatch_action=True,
            ),
            *([warning] if kind == "marketing" else []),
            field(
                "message",
                "Message",
                {
                    "type": "plain_text_input",
                    "multiline": True,
                    "dispatch_action_config": typing,
                    "max_length": 600,
                },
                dispatch_action=True,
            ),
            counter(text),
            field(
                "when",
                "When",
                {"type": "static_select", "options": [option("Now", "now"), option("Later", "later")]},
                optional=True,
            ),
            field("at_date", "Date", {"type": "datepicker", "initial_date": "2026-11-24"}, optional=True),
        ],
    }


def preview(text: str) -> Json:
    return {
        "type": "modal",
        "callback_id": "preview",
        "title": plain("Check and send"),
        "submit": plain("Send to 38"),
        "close": plain("Back"),
        "blocks": [
            {
                "type": "section",
                "fields": [
                    {"type": "mrkdwn", "text": "*Recipients*\n38 of 41"},
                    {"type": "mrkdwn", "text": "*Cost*\n38 credits"},
                ],
            },
            {"type": "section", "text": {"type": "plain_text", "text": text}},
        ],
    }


def card(text: str) -> list[Json]:
    more = {
        "type": "overflow",
        "action_id": "more",
        "options": [option("Show who is left out", "left_out"), option("Duplicate", "copy")],
    }
    confirm = {
        "title": plain("Stop this message?"),
        "text": {"type": "mrkdwn", "text": "*12 people* will not get it."},
        "confirm": plain("Stop it"),
        "deny": plain("Keep sending"),
        "style": "danger",
    }
    return [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"*Training is off tonight*\n>{text}"},
            "accessory": more,
        },
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": ":hourglass_flowing_sand: 12 waiting · :white_check_mark: 26 delivered",
                }
            ],
        },
        {
            "type": "actions",
            "elements": [
                button("Answer", "answer", style="primary"),
                button("Stop", "stop", style="danger", confirm=confirm),
            ],
        },
    ]


def home() -> Json:
    rows = [
        ["Title", "Sent", "Delivered"],
        ["Training is off", "Today, 17:02", 38],
        ["Bus at 9", "Friday", 22],
    ]
    cells = [[_cell(value) for value in row] for row in rows]
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Good evening, Camille :wave:")},
            {
                "type": "actions",
                "elements": [button("New message", "new", style="primary"), button("Contacts", "contacts")],
            },
            {"type": "divider"},
            {"type": "data_table", "caption": "Sent messages", "rows": cells},
        ],
    }


def _cell(value: str | int) -> Json:
    return (
        {"type": "raw_number", "value": value}
        if isinstance(value, int)
        else {"type": "raw_text", "text": value}
    )


class ClubApp:
    """Answers what the workspace posts; `heard` is every payload, `trouble` makes it answer 500, `modal` is what it opens."""

    def __init__(self, token: str) -> None:
        self.api_url = ""
        self.heard: list[Json] = []
        self.trouble = False
        self.modal = compose()
        self.hint = ""
        self._token = token
        self._session: ClientSession | None = None
        self._news = asyncio.Condition()
        self._updating = asyncio.Lock()
        self._newest = ""

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Come back when what was heard makes it so; five seconds at most."""
        async with asyncio.timeout(5), self._news:
            await self._news.wait_for(is_so)

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/slack/events", self._receive)
        return app

    async def open(self) -> None:
        self._session = ClientSession(timeout=ClientTimeout(total=5))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, **arguments: Any) -> Json:
        assert self._session is not None
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.post(f"{self.api_url}{method}", json=arguments, headers=headers) as answer:
            body: Json = await answer.json()
        assert body["ok"], body
        return body

    async def _receive(self, request: web.Request) -> web.Response:
        if self.trouble:
            return web.Response(status=500)
        if request.content_type == "application/json":
            return await self._event(await request.json())
        form = await request.post()
        payload = json.loads(str(form["payload"])) if "payload" in form else dict(form)
        self.heard.append(payload)
        async with self._news:
            self._news.notify_all()
        return await self._answer(payload)

    async def _event(self, body: Json) -> web.Response:
        self.heard.append(body)
        event = body.get("event", {})
        if event.get("type") == "app_home_opened":
            await self.call("views.publish", user_id=event["user"], view=home())
        return web.Response()

    async def _answer(self, payload: Json) -> web.Response:
        match payload.get("type"):
            case "block_suggestion":
                wanted = payload["value"].lower()
                found = [option(name) for name in GROUPS if wanted in name.lower()]
                return web.json_response({"options": found})
            case "block_actions":
                await self._action(payload)
            case "view_submission":
                return self._submission(payload)
            case "shortcut":
                await self.call("views.open", trigger_id=payload["trigger_id"], view=self.modal)
            case None if payload.get("text") == "help":
                return web.json_response({"text": "Try `/sms` alone, or `/sms GROUP TEXT`."})
            case None:
                await self.call("views.open", trigger_id=payload["trigger_id"], view=self.modal)
        return web.Response()

    async def _action(self, payload: Json) -> None:
        view = payload.get("view")
        if not view or view["type"] != "modal":
            return
        # Keys may arrive in another order than they were pressed in: the newest one wins.
        async with self._updating:
            if payload["actions"][0]["action_ts"] >= self._newest:
                self._newest = payload["actions"][0]["action_ts"]
                await self._count(view)

    async def _count(self, view: Json) -> None:
        values = view["state"]["values"]
        text = values["message"]["message"]["value"] or ""
        kind = values["kind"]["kind"]["selected_option"]["value"]
        await self.call("views.update", view_id=view["id"], view=self.composed(text, kind))

    def composed(self, text: str = "", kind: str = "alert") -> Json:
        """The compose modal with the count of the text, and the hint that a test gave the fourth block."""
        view = compose(text, kind)
        if self.hint:
            view["blocks"][3]["hint"] = plain(self.hint)
        return view

    def _submission(self, payload: Json) -> web.Response:
        view = payload["view"]
        if view["callback_id"] == "preview":
            return web.json_response({"response_action": "clear"})
        text = view["state"]["values"]["message"]["message"]["value"]
        if "shop" in text:
            errors = {"message": "This looks like marketing: choose that kind."}
            return web.json_response({"response_action": "errors", "errors": errors})
        return web.json_response({"response_action": "push", "view": preview(text)})
