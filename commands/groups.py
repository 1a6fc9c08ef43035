"""`/groups`: the club's groups, and one taken away."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.groups import listed as groups
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import forms, notices
from commands.views import groups as views

Json = Mapping[str, Any]


async def command(ack: AsyncAck, command: Json, rt: Runtime, who: Who, place: Place) -> None:
    """`/groups`."""
    await ack()
    later(rt, who, place, _show(rt, who, command["trigger_id"]), name="groups")


async def ask_removal(rt: Runtime, who: Who, body: Json, group_id: UUID) -> None:
    """Asks, on top of the list, whether a group is to go."""
    try:
        group = await groups.one(rt, who, group_id)
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    else:
        shown = views.removal(group, views.page_of(body["view"]), who.words)
    await rt.slack.push_view(body["trigger_id"], shown)


async def confirm_removal(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The group is to go: taken away, or the list says why not."""
    await ack()
    said = ""
    try:
        await groups.remove(rt, who, UUID(forms.about(view)["id"]))
    except BotError as error:
        said = sentence_of(error, who)
    turn(rt, who, live, view["previous_view_id"], views.page_of(view), said=said)


def turn(rt: Runtime, who: Who, live: LiveViews, view_id: str, page: int, *, said: str = "") -> None:
    """Shows this page of the open list, as it is now."""

    async def build() -> View:
        return views.view(await groups.groups(rt, who, page=page), who.words, said=said)

    live.show(view_id, build)


async def _show(rt: Runtime, who: Who, trigger_id: str) -> None:
    await rt.slack.open_view(trigger_id, views.view(await groups.groups(rt, who), who.words))
