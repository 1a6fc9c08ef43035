"""The Reply button: a modal to answer one member by SMS."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import answers, optouts, posts, replies
from bot.errors import BotError
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import forms, notices, reply

Json = Mapping[str, Any]


async def open_answer(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The modal, with what the member wrote."""
    await ack()
    later(rt, who, place, _open(rt, who, body["trigger_id"], UUID(action["value"])), name="answer")


async def opt_out(ack: AsyncAck, action: Json, rt: Runtime, who: Who, place: Place) -> None:
    """Staff read a wish for no more SMS in a reply: heeded, and its post says so."""
    await ack()
    later(rt, who, place, _opt_out(rt, who, UUID(action["value"])), name="opt out")


async def send(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The answer was submitted; the same submission delivered again sends nothing more."""
    await live.finish(view["id"])
    _, reply_id = reply.ids_of(view)
    try:
        await answers.answer(rt, who, UUID(reply_id), reply.read(view), submission_id=view["id"])
    except BotError as error:
        if error.field:
            sentences = {error.field: sentence_of(error, who)}
            await ack(response_action="errors", errors=forms.field_errors(view, sentences))
        else:
            await ack(response_action="update", view=notices.refused(who.words, sentence_of(error, who)))
    else:
        await ack()


async def _open(rt: Runtime, who: Who, trigger_id: str, reply_id: UUID) -> None:
    incoming = await replies.incoming(rt, who, reply_id)
    counted = await answers.counted(rt, who, reply_id, "")
    along = await answers.goes_along(rt, who, reply_id)
    view = reply.view(
        incoming, who.words, counted=counted, second_adult=along, max_segments=who.club.max_segments
    )
    await rt.slack.open_view(trigger_id, view)


async def _opt_out(rt: Runtime, who: Who, reply_id: UUID) -> None:
    await posts.show_again(rt, await optouts.opt_out(rt, who, reply_id))


async def followed(rt: Runtime, who: Who, view: Json) -> View:
    """The answer's modal with the count of what was typed."""
    _, reply_id = reply.ids_of(view)
    incoming = await replies.incoming(rt, who, UUID(reply_id))
    counted = await answers.counted(rt, who, UUID(reply_id), reply.read(view))
    return reply.view(
        incoming,
        who.words,
        counted=counted,
        second_adult=await answers.goes_along(rt, who, UUID(reply_id)),
        max_segments=who.club.max_segments,
        is_update=True,
    )
