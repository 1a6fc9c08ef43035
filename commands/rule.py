"""A dynamic group built in a window on top of the list: counted while one types, saved once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.groups.building import begin, building, change, offered
from bot.groups.rule import GroupNotSaved, save
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands import groups
from commands.errors import Place, later, sentence_of
from commands.views import forms, lists, notices, rule
from commands.views.groups import page_of

Json = Mapping[str, Any]

OFFERED_AT_ONCE = 100
"""Slack shows at most so many options: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""


async def choose(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """An entry of a dynamic group's menu in the list."""
    await ack()
    verb, group_id = lists.read_row(action["selected_option"]["value"])
    opens = open_builder if verb == "change" else groups.ask_removal
    later(rt, who, place, opens(rt, who, body, UUID(group_id)), name="group")


async def add(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """A new dynamic group: asked for on top of the list."""
    await ack()
    later(rt, who, place, open_builder(rt, who, body, None), name="rule")


async def open_builder(rt: Runtime, who: Who, body: Json, group_id: UUID | None) -> None:
    """Opens the window of this group, or of a new one."""
    try:
        known = await begin(rt, who, group_id)
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    else:
        shown = rule.view(known, who.words, page=page_of(body["view"]))
    await rt.slack.push_view(body["trigger_id"], shown)


async def follow(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Something was typed or chosen, a condition added or removed: the conditions and the count follow."""
    await ack()
    view = body["view"]
    # At once, and not when the view may be shown next: what is typed until then takes the place of that view.
    await _keep(rt, who, view, action)
    live.show(view["id"], lambda: _view(rt, who, view), acted_at=action.get("action_ts", ""))


async def offer(ack: AsyncAck, options: Json, rt: Runtime, who: Who) -> None:
    """The values that what was typed may mean."""
    draft_id, key = UUID(rule.draft_id_of(options["view"])), options["action_id"].partition("_")[2]
    typed = options.get("value") or ""
    await ack(options=forms.choices(await offered(rt, who, draft_id, key, typed, limit=OFFERED_AT_ONCE)))


async def keep(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The group is saved, and the list beneath shows it; or each condition says what is wrong with it."""
    await live.finish(view["id"])
    try:
        told = await save(rt, who, UUID(rule.draft_id_of(view)), lambda form, own: rule.read(view, form, own))
    except GroupNotSaved as refused:
        await _refuse(ack, view, who, refused)
    except BotError as error:
        # Under a field and not in the place of the window: what was typed can still be read.
        errors = forms.field_errors(view, {"name": sentence_of(error, who)})
        await ack(response_action="errors", errors=errors)
    else:
        await ack()
        said = rule.saved(told, who.words)
        groups.turn(rt, who, live, view["previous_view_id"], rule.page_of(view), said=said)


async def _refuse(ack: AsyncAck, view: Json, who: Who, refused: GroupNotSaved) -> None:
    said = {rule.input_of(key): sentence_of(error, who) for key, error in refused.troubles.items()}
    if rule.is_outdated(view, refused.building, who.words):
        # It was submitted before it followed what was chosen last, and lacks the field that is to be filled in.
        trouble = " ".join(dict.fromkeys(said.values()))
        shown = rule.view(refused.building, who.words, page=rule.page_of(view), trouble=trouble)
        await ack(response_action="update", view=shown)
    else:
        await ack(response_action="errors", errors=forms.field_errors(view, said))


async def _keep(rt: Runtime, who: Who, view: Json, action: Json) -> None:
    draft_id = UUID(rule.draft_id_of(view))
    await change(rt, who, draft_id, lambda form, own: rule.act(action, rule.read(view, form, own), own))


async def _view(rt: Runtime, who: Who, view: Json) -> View:
    known = await building(rt, who, UUID(rule.draft_id_of(view)))
    return rule.view(known, who.words, page=rule.page_of(view), seen=rule.seen_in(view))
