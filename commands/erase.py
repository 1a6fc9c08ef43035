"""An admin erases a person, in a window on top of theirs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.people.erase import erase_by_admin, named
from bot.runtime import Runtime, Who
from commands.errors import Place, later, sentence_of
from commands.views import erase as views
from commands.views import forms, notices

Json = Mapping[str, Any]


async def ask(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The button in a person's window."""
    await ack()
    later(rt, who, place, _open(rt, who, body["trigger_id"], action["value"]), name="erase")


async def erase(ack: AsyncAck, view: Json, rt: Runtime, who: Who) -> None:
    """The name was typed: the person is erased, or the field says why not."""
    contact_id, typed = views.read(view)
    try:
        name = await erase_by_admin(rt, who, UUID(contact_id), typed)
    except BotError as error:
        said = forms.field_errors(view, {"name": sentence_of(error, who)})
        await ack(response_action="errors", errors=said)
    else:
        await ack(response_action="update", view=views.done(who.words, name))


async def _open(rt: Runtime, who: Who, trigger_id: str, contact_id: str) -> None:
    try:
        name = await named(rt, who, UUID(contact_id))
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    else:
        shown = views.view(contact_id, name, who.words)
    await rt.slack.push_view(trigger_id, shown)
