"""`/sms stops`: who wants no more SMS, noted and taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import optouts
from bot.errors import BotError
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import forms, notices
from commands.views import optouts as views

Json = Mapping[str, Any]


async def open_from_button(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The Home's button."""
    await ack()
    later(rt, who, place, show(rt, who, body["trigger_id"]), name="stops")


async def ask(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """Somebody told staff: asked for on top of the list."""
    await ack()
    later(rt, who, place, rt.slack.push_view(body["trigger_id"], views.note_view(who.words)), name="note")


async def note(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """What staff noted was submitted: kept, and the list beneath shows it."""
    try:
        await optouts.note(rt, who, *views.read_note(view))
    except BotError as error:
        sentence = sentence_of(error, who)
        if errors := forms.field_errors(view, {error.field or "contacts": sentence}):
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=notices.refused(who.words, sentence))
    else:
        await ack()
        turn(rt, who, live, view["previous_view_id"], 1)


async def take_back(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """A note was made by mistake: taken back, or the list says why not."""
    await ack()
    said = ""
    try:
        await optouts.take_back(rt, who, UUID(action["value"]))
    except BotError as error:
        said = sentence_of(error, who)
    turn(rt, who, live, body["view"]["id"], views.page_of(body["view"]), said=said)


async def show(rt: Runtime, who: Who, trigger_id: str) -> None:
    """Opens the list."""
    await rt.slack.open_view(trigger_id, views.view(await optouts.stops(rt, who), who.words))


def turn(rt: Runtime, who: Who, live: LiveViews, view_id: str, page: int, *, said: str = "") -> None:
    """Shows this page of the open list, as it is now."""

    async def build() -> View:
        return views.view(await optouts.stops(rt, who, page=page), who.words, said=said)

    live.show(view_id, build)
