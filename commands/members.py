"""Who stands on a fixed group's list, in a window on top of the list of groups: found, taken off, put back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.groups.members import members, put_back, take_off
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands import groups
from commands.errors import sentence_of
from commands.views import groups as group_list
from commands.views import members as views
from commands.views import notices

Json = Mapping[str, Any]

MOVES = {"member_off": take_off, "member_back": put_back}


async def open_members(rt: Runtime, who: Who, body: Json, group_id: UUID) -> None:
    """Opens the window of this group's list."""
    try:
        shown = views.view(await members(rt, who, group_id), who.words, group_list.page_of(body["view"]))
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    await rt.slack.push_view(body["trigger_id"], shown)


async def follow(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Something was typed: the first page of who is found follows."""
    await ack()
    _show(rt, who, live, body["view"], 1, acted_at=action.get("action_ts", ""))


async def submit(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The search was submitted: the first page of who is found."""
    await live.finish(view["id"])
    await ack(response_action="update", view=dict(await _view(rt, who, view, 1)))


async def move(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Somebody is to be taken off the list or put back; both lists show it."""
    await ack()
    view, contact_id = body["view"], UUID(action["value"])
    group_id, _, page = views.read(view)
    moved, said = None, ""
    try:
        name = await MOVES[action["action_id"]](rt, who, UUID(group_id), contact_id)
        moved = (str(contact_id), name) if action["action_id"] == "member_off" else None
    except BotError as error:
        said = sentence_of(error, who)
    _show(rt, who, live, view, page, moved=moved, said=said)
    groups.turn(rt, who, live, view["previous_view_id"], views.list_page_of(view))


def turn(rt: Runtime, who: Who, live: LiveViews, view: Json, page: int) -> None:
    """Shows this page of the open list."""
    _show(rt, who, live, view, page)


def _show(
    rt: Runtime,
    who: Who,
    live: LiveViews,
    view: Json,
    page: int,
    *,
    moved: tuple[str, str] | None = None,
    said: str = "",
    acted_at: str = "",
) -> None:
    live.show(view["id"], lambda: _view(rt, who, view, page, moved=moved, said=said), acted_at=acted_at)


async def _view(
    rt: Runtime,
    who: Who,
    view: Json,
    page: int,
    *,
    moved: tuple[str, str] | None = None,
    said: str = "",
) -> View:
    group_id, typed, _ = views.read(view)
    try:
        shown = await members(rt, who, UUID(group_id), typed, page)
    except BotError as error:
        return notices.refused(who.words, sentence_of(error, who))
    return views.view(shown, who.words, views.list_page_of(view), moved=moved, said=said)
