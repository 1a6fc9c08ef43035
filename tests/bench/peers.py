"""Two other bots that do nothing but open a modal: bare slack-bolt as its guide shows it, and the wire's limit.

python -m tests.bench.peers bolt|wire PORT SLACK_API_URL
"""

import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.launcher import APP

VIEW: dict[str, Any] = {
    "type": "modal",
    "callback_id": "peer",
    "title": {"type": "plain_text", "text": "Peer"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Nothing is looked up here."}}],
}


def bolt(api_url: str) -> web.Application:
    """slack-bolt with its defaults: acknowledge, then open."""
    app = AsyncApp(signing_secret=APP.signing_secret, client=AsyncWebClient(APP.bot_token, base_url=api_url))

    @app.command("/sms")
    async def compose(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=VIEW)

    async def door(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return _with(door)


def wire(api_url: str) -> web.Application:
    """The least that can be done: check the signature, open the modal over a connection that stays open."""
    verifier = SignatureVerifier(APP.signing_secret)
    sessions: list[aiohttp.ClientSession] = []

    async def door(request: web.Request) -> web.StreamResponse:
        body = await request.text()
        stamp, signature = (request.headers[f"X-Slack-{name}"] for name in ("Request-Timestamp", "Signature"))
        if not verifier.is_valid(body, stamp, signature):
            raise web.HTTPUnauthorized
        if not sessions:
            sessions.append(aiohttp.ClientSession(headers={"Authorization": f"Bearer {APP.bot_token}"}))
        opened = {"trigger_id": parse_qs(body)["trigger_id"][0], "view": VIEW}
        headers = {"Content-Type": "application/json"}
        async with sessions[0].post(
            f"{api_url}views.open", data=json.dumps(opened), headers=headers
        ) as answer:
            await answer.read()
        return web.Response()

    return _with(door)


def _with(door: Any) -> web.Application:
    async def live(_: web.Request) -> web.Response:
        return web.json_response({"at": time.time()})

    app = web.Application()
    app.router.add_post("/slack/events", door)
    app.router.add_get("/health/live", live)
    return app


if __name__ == "__main__":
    which, port, url = sys.argv[1:]
    web.run_app({"bolt": bolt, "wire": wire}[which](url), host="127.0.0.1", port=int(port), print=None)
