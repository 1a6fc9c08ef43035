"""A fixed group in a window on top of the list: made, changed, and filled from a pasted list once its report was seen."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.groups.fixed import NotKept, blank, offered, save, sheet
from bot.groups.sheets import Report
from bot.runtime import Runtime, Who
from bot.slack.live import LiveViews
from commands import groups, members
from commands.errors import Place, later, sentence_of
from commands.views import fixed, forms, lists, notices
from commands.views import groups as group_list

Json = Mapping[str, Any]

OFFERED_AT_ONCE = 100
"""Slack shows at most so many options: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""


async def choose(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """An entry of a fixed group's menu in the list."""
    await ack()
    verb, group_id = lists.read_row(action["selected_option"]["value"])
    opens = {"change": open_sheet, "members": members.open_members}.get(verb, groups.ask_removal)
    later(rt, who, place, opens(rt, who, body, UUID(group_id)), name="group")


async def add(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """A new fixed group: asked for on top of the list."""
    await ack()
    shown = fixed.view(blank(), who.words, group_list.page_of(body["view"]))
    later(rt, who, place, rt.slack.push_view(body["trigger_id"], shown), name="group")


async def offer_parts(ack: AsyncAck, options: Json, rt: Runtime, who: Who) -> None:
    """The groups that what was typed may mean, without those that have this one in them."""
    group_id, typed = UUID(fixed.id_of(options["view"])), options.get("value") or ""
    await ack(options=forms.choices(await offered(rt, who, group_id, typed, limit=OFFERED_AT_ONCE)))


async def keep(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The group is saved, and the list beneath shows it; or the report of what was pasted, or what is wrong, is shown."""
    shown, form = fixed.read(view)
    try:
        done = await save(rt, who, shown, form)
    except NotKept as refused:
        said = {name: sentence_of(error, who) for name, error in refused.troubles.items()}
        await ack(response_action="errors", errors=forms.field_errors(view, said))
    except BotError as error:
        # Under a field and not in the place of the window: what was typed can still be read.
        await ack(
            response_action="errors", errors=forms.field_errors(view, {"name": sentence_of(error, who)})
        )
    else:
        if isinstance(done, Report):
            page, round = fixed.page_of(view), fixed.round_of(view) + 1
            again = fixed.view(shown, who.words, page, form=form, report=done, round=round)
            await ack(response_action="update", view=again)
        else:
            await ack()
            said_above = fixed.saved(done, who.words)
            groups.turn(rt, who, live, view["previous_view_id"], fixed.page_of(view), said=said_above)


async def open_sheet(rt: Runtime, who: Who, body: Json, group_id: UUID) -> None:
    """Opens the window of this group."""
    try:
        known = await sheet(rt, who, group_id)
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    else:
        shown = fixed.view(known, who.words, group_list.page_of(body["view"]))
    await rt.slack.push_view(body["trigger_id"], shown)
