"""Who asks, of which club, in which language, and whether they may: decided once, before any listener."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext

from bot import clubs
from bot.campaigns.facts import HomeFacts
from bot.i18n import Words, words_for
from bot.runtime import Runtime
from bot.slack.live import LiveViews
from bot.slack.people import People
from commands import errors
from commands.views import home, notices

Next = Callable[[], Awaitable[Any]]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recognition:
    """Puts `rt`, `who` and `live` where listeners ask for them by name; turns everybody else away politely."""

    rt: Runtime
    people: People
    live: LiveViews

    async def recognise(self, context: AsyncBoltContext, body: Body, next_: Next) -> BoltResponse | None:
        """Bolt's middleware: goes on to the listener for the club's staff, answers by itself for others."""
        user_id = context.user_id or ""
        known = await clubs.at_the_door(self.rt, context.team_id or "", user_id)
        if known is None or not user_id:
            return BoltResponse(status=200, body="")
        club, staff = known
        person = await self.people.get(user_id)
        who = clubs.recognise(self.rt, club, staff, user_id, person)
        if who is None:
            words = words_for(person.locale if person else club.language, self.rt.catalogues)
            return self._refuse(body, user_id, words, HomeFacts(club.name, club.zone, None, None))
        context["rt"], context["who"], context["live"] = self.rt, who, self.live
        context["place"] = errors.Place.of(body)
        await next_()
        return None

    def _refuse(self, body: Body, user_id: str, words: Words, facts: HomeFacts) -> BoltResponse:
        text, blocks = notices.not_staff(words)
        event = body.get("event") or {}
        match body.get("type"):
            case "view_submission":
                view = notices.refused(words, text)
                return _json({"response_action": "update", "view": view})
            case "block_suggestion":
                return _json({"options": []})
            case "event_callback" if event.get("type") == "app_home_opened":
                self._later(self.rt.slack.publish_home(user_id, home.view(facts, words)))
                return BoltResponse(status=200, body="")
            case None if "command" in body:
                return _json({"response_type": "ephemeral", "text": text, "blocks": blocks})
        channel = errors.Place.of(body).channel
        if channel:
            self._later(self.rt.slack.whisper(channel, user_id, text, blocks))
        return BoltResponse(status=200, body="")

    def _later(self, work: Any) -> None:
        self.rt.tasks.start(work, name="refusal")


def _json(body: Body) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"Content-Type": "application/json"})
