"""The one place where errors become words: a known one is told, an unknown one gets a number and a log line."""

import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import BotError
from bot.runtime import Runtime, Who
from bot.slack.client import SlackError
from commands.views import forms, notices

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody acted, so that they can be answered there; the channel is empty in modals and the Home."""

    channel: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Place":
        """The place in a command's or an action's payload."""
        container = body.get("container") or {}
        in_channel = (body.get("channel") or {}).get("id") if isinstance(body.get("channel"), dict) else None
        return cls(body.get("channel_id") or in_channel or container.get("channel_id") or "")


def sentence_of(error: BaseException, who: Who) -> str:
    """What to tell the person; an unknown error is logged under the number they are told."""
    if isinstance(error, BotError) and not isinstance(error, SlackError):
        return who.words(error.sentence(), **error.values)
    incident = uuid4().hex[:8]
    log.error("unexpected", incident=incident, exc_info=error)
    return notices.incident_line(who.words, incident)


def later(rt: Runtime, who: Who, place: Place, work: Coroutine[Any, Any, None], *, name: str) -> None:
    """Does the work after the answer to Slack; what goes wrong is told to the person where they acted."""
    rt.tasks.start(_told(rt, who, place, work), name=name)


async def tell(rt: Runtime, who: Who, place: Place, sentence: str) -> None:
    """Says it to this person alone: where they acted, else in the bot's direct messages."""
    await show(rt, who, place, *notices.only_me(sentence))


async def show(rt: Runtime, who: Who, place: Place, text: str, blocks: list[dict[str, Any]]) -> None:
    """Shows it to this person alone: where they acted, else in the bot's direct messages."""
    if place.channel:
        try:
            return await rt.slack.whisper(place.channel, who.slack_user_id, text, blocks)
        except SlackError as error:
            log.info("whisper_refused", error=str(error))
    await rt.slack.post(who.slack_user_id, text, blocks)
    return None


async def answer(error: Exception, context: AsyncBoltContext, body: Mapping[str, Any]) -> BoltResponse:
    """Bolt's error handler: what a listener did not answer itself."""
    who: Who | None = context.get("who")
    if who is None:
        log.error("unexpected", exc_info=error)
        return BoltResponse(status=500, body="")
    later_place: Place = context["place"]
    rt: Runtime = context["rt"]
    if body.get("type") == "view_submission":
        # An empty answer would close the window, and what was typed in it would be gone.
        return _in_the_window(body["view"], sentence_of(error, who), who)
    rt.tasks.start(tell(rt, who, later_place, sentence_of(error, who)), name="error")
    return BoltResponse(status=200, body="")


def _in_the_window(view: Mapping[str, Any], sentence: str, who: Who) -> BoltResponse:
    if errors := forms.field_errors(view, {"message": sentence}):
        said: dict[str, Any] = {"response_action": "errors", "errors": errors}
    else:
        said = {"response_action": "update", "view": notices.refused(who.words, sentence)}
    return BoltResponse(status=200, body=json.dumps(said), headers={"Content-Type": "application/json"})


async def _told(rt: Runtime, who: Who, place: Place, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:
        await tell(rt, who, place, sentence_of(error, who))
