"""`/contacts`: the club's people, looked for as one types, archived and taken back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.people.archive import archive, take_back
from bot.people.facts import Looked
from bot.people.find import find
from bot.runtime import Runtime, Who
from bot.slack.blocks import as_typed
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import contacts as views
from commands.views import forms

Json = Mapping[str, Any]

MOVES = {"archive": archive, "back": take_back}


async def command(ack: AsyncAck, command: Json, rt: Runtime, who: Who, place: Place) -> None:
    """`/contacts` and `/contacts NAME`."""
    await ack()
    typed = as_typed(command.get("text") or "").strip()[: views.TYPED_MAX]
    later(rt, who, place, _open(rt, who, command["trigger_id"], typed), name="contacts")


async def open_from_button(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The Home's button."""
    await ack()
    later(rt, who, place, _open(rt, who, body["trigger_id"], ""), name="contacts")


async def follow(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Something was typed: the first page of who is found follows."""
    await ack()
    looked, first = views.read(body["view"])
    _show(
        rt,
        who,
        live,
        body["view"]["id"],
        replace(looked, page=1),
        first=first,
        acted_at=action.get("action_ts", ""),
    )


async def submit(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The search was submitted: the first page of who is found."""
    looked, first = views.read(view)
    await live.finish(view["id"])
    shown = await _view(rt, who, replace(looked, page=1), first=first)
    await ack(response_action="update", view=dict(shown))


async def show_archived(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews
) -> None:
    """The archived are to be seen, or the others again."""
    await ack()
    looked, first = views.read(body["view"])
    others = replace(looked, page=1, is_archived=bool(action.get("value")))
    _show(rt, who, live, body["view"]["id"], others, first=first)


async def move(rt: Runtime, who: Who, live: LiveViews, body: Json, verb: str, contact_id: UUID) -> None:
    """Archives somebody or takes them back, and shows the list with a word about it."""
    looked, first = views.read(body["view"])
    said = await _moved(rt, who, verb, contact_id)
    _show(rt, who, live, body["view"]["id"], looked, first=first, said=said)


def show_again(rt: Runtime, who: Who, live: LiveViews, view: Json, *, said: str) -> None:
    """Shows the list beneath a window as it is now."""
    about = forms.about(view)
    looked = views.looked_in(about)
    _show(rt, who, live, view["previous_view_id"], looked, first=about["first"], said=said)


def show_list(rt: Runtime, who: Who, live: LiveViews, view_id: str, looked: Looked, first: str) -> None:
    """Shows a list that lies beneath another window as it is now."""
    _show(rt, who, live, view_id, looked, first=first)


def turn(rt: Runtime, who: Who, live: LiveViews, view: Json, page: int) -> None:
    """Shows this page of the open list."""
    looked, first = views.read(view)
    _show(rt, who, live, view["id"], replace(looked, page=page), first=first)


async def _moved(rt: Runtime, who: Who, verb: str, contact_id: UUID) -> str:
    """Archives or takes back; what is said of it."""
    try:
        name = await MOVES[verb](rt, who, contact_id)
    except BotError as error:
        return sentence_of(error, who)
    return views.moved(verb, name, who.words)


def _show(
    rt: Runtime,
    who: Who,
    live: LiveViews,
    view_id: str,
    looked: Looked,
    *,
    first: str,
    said: str = "",
    acted_at: str = "",
) -> None:
    live.show(view_id, lambda: _view(rt, who, looked, first=first, said=said), acted_at=acted_at)


async def _view(rt: Runtime, who: Who, looked: Looked, *, first: str = "", said: str = "") -> View:
    found = await find(rt, who, looked)
    return views.view(found, who.words, first=first, role=who.role, said=said)


async def _open(rt: Runtime, who: Who, trigger_id: str, typed: str) -> None:
    await rt.slack.open_view(trigger_id, await _view(rt, who, Looked(typed), first=typed))
