"""The App Home, and the pages of lists."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot import reports
from bot.runtime import Runtime, Who
from bot.slack.live import LiveViews
from commands import audit, contacts, groups, members, optouts, why
from commands.errors import Place, later
from commands.lists import page_of
from commands.views import home, lists

Json = Mapping[str, Any]


async def show(event: Json, rt: Runtime, who: Who, place: Place) -> None:
    """Somebody opened the Home."""
    if event.get("tab") == "home":
        later(rt, who, place, publish(rt, who), name="home")


async def turn_page(
    ack: AsyncAck,
    action: Json,
    body: Json,
    rt: Runtime,
    who: Who,
    place: Place,
    live: LiveViews,
    respond: AsyncRespond,
) -> None:
    """Another page of a list, where the list stands."""
    await ack()
    which, page = lists.read_page(action["value"])
    if which == "home":
        later(rt, who, place, publish(rt, who, page=page), name="home")
    elif which == "stops":
        optouts.turn(rt, who, live, body["view"]["id"], page)
    elif which == "audit":
        audit.turn(rt, who, live, body["view"]["id"], page)
    elif which == "people":
        contacts.turn(rt, who, live, body["view"], page)
    elif which == "why":
        why.turn(rt, who, live, body["view"], page)
    elif which == "groups":
        groups.turn(rt, who, live, body["view"]["id"], page)
    elif which == "members":
        members.turn(rt, who, live, body["view"], page)
    else:
        text, blocks = await page_of(rt, who, which, page)
        later(rt, who, place, _replace(respond, text, blocks), name="page")


async def publish(rt: Runtime, who: Who, *, page: int = 1) -> None:
    """Shows this person their Home as it is now."""
    facts = await reports.home(rt, who, page=page)
    await rt.slack.publish_home(who.slack_user_id, home.view(facts, who.words))


async def _replace(respond: AsyncRespond, text: str, blocks: list[dict[str, Any]]) -> None:
    await respond(text=text, blocks=blocks, replace_original=True)
