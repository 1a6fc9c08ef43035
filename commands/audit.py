"""The audit log, opened from the Home by admins."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import audit
from bot.errors import BotError
from bot.posts.files import MayNotSendFiles, send
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from bot.tasks import aside
from commands.errors import Place, later, sentence_of
from commands.views import audit as views
from commands.views import notices

Json = Mapping[str, Any]


async def open_from_button(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The Home's button."""
    await ack()
    later(rt, who, place, _show(rt, who, body["trigger_id"]), name="audit")


async def _show(rt: Runtime, who: Who, trigger_id: str) -> None:
    try:
        shown = views.view(await audit.read(rt, who), who.words)
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    await rt.slack.open_view(trigger_id, shown)


def turn(rt: Runtime, who: Who, live: LiveViews, view_id: str, page: int, *, said: str = "") -> None:
    """Shows this page of the open log, as it is now."""

    async def build() -> View:
        return views.view(await audit.read(rt, who, page=page), who.words, said=said)

    live.show(view_id, build)


async def send_file(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews) -> None:
    """The whole log as a file, to this person alone."""
    await ack()
    later(rt, who, place, _send_file(rt, who, live, body["view"]), name="file")


async def _send_file(rt: Runtime, who: Who, live: LiveViews, view: Json) -> None:
    words = who.words
    found, called = await audit.everything(rt, who)
    try:
        content = await aside(len(found.rows), lambda: views.table(found, called, words))
        text = words("The audit log, as a file:")
        await send(rt, who, content, name=words("Audit log") + ".csv", text=text)
        said = words("The file is in your messages with Touchline.")
    except MayNotSendFiles as error:
        said = sentence_of(error, who)
    turn(rt, who, live, view["id"], views.page_of(view), said=said)
