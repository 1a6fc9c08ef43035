"""What strangers may try at the bot's doors."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.playground.carrier.webhooks import sign as sign_as_twilio
from bot.playground.launcher import APP, TOKEN
from bot.playground.workspace import View, payloads
from bot.playground.workspace.http_wire import sign as sign_as_slack
from tests.club.process import Process

Json = dict[str, Any]


class Doors(Process):
    """Requests as Slack, the carrier or anybody makes them."""

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
