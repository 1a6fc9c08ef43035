"""`/sms`: write, preview, confirm."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.campaigns import drafts, oneliner
from bot.campaigns.prepare import Refusals
from bot.campaigns.preview import preview
from bot.campaigns.values import Choice, Fields
from bot.runtime import Runtime, Who
from bot.slack.blocks import as_typed
from bot.slack.client import SlackError, View
from bot.slack.live import LiveViews
from commands import optouts, replies
from commands.errors import Place, later, sentence_of, show
from commands.lists import page_of
from commands.views import compose, help, kept, reply
from commands.views import preview as preview_view
from storage.states import AudienceWay

Json = Mapping[str, Any]

LISTS = {"sent": "sent", "envoyés": "sent", "scheduled": "scheduled", "programmés": "scheduled"}
STOPS = {"stops", "stop", "désinscrits", "désinscriptions"}
HELP = {"help", "aide", "?"}


async def command(ack: AsyncAck, command: Json, rt: Runtime, who: Who, place: Place) -> None:
    """`/sms`, `/sms sent`, `/sms scheduled`, `/sms stops`, `/sms help` and `/sms GROUP TEXT`."""
    typed = as_typed(command.get("text") or "").strip()
    if typed.casefold() in HELP:
        text, blocks = help.answer(who.words)
        await ack(text=text, blocks=blocks)
    elif which := LISTS.get(typed.casefold()):
        text, blocks = await page_of(rt, who, which, 1)
        await ack(text=text, blocks=blocks)
    elif typed.casefold() in STOPS:
        await ack()
        later(rt, who, place, optouts.show(rt, who, command["trigger_id"]), name="stops")
    else:
        await ack()
        work = _open_typed(rt, who, place, command["trigger_id"], typed)
        later(rt, who, place, work, name="compose")


async def shortcut(ack: AsyncAck, shortcut: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The global shortcut."""
    await ack()
    later(rt, who, place, _open_typed(rt, who, place, shortcut["trigger_id"], ""), name="compose")


async def open_from_button(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place
) -> None:
    """The Home's button, or the one that offers a kept draft."""
    await ack()
    draft_id = _uuid(action.get("value", ""))
    work = _open_kept(rt, who, place, body["trigger_id"], draft_id)
    later(rt, who, place, work, name="compose")


async def follow(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Something was typed or picked: the pickers and the count follow."""
    await ack()
    view = body["view"]
    followed = {compose.CALLBACK_ID: _followed, reply.CALLBACK_ID: replies.followed}[view["callback_id"]]
    live.show(view["id"], lambda: followed(rt, who, view), acted_at=action.get("action_ts", ""))


async def spell(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The cheap spelling was asked for: it takes the place of what was typed."""
    await ack()
    view = body["view"]
    draft_id = UUID(compose.draft_id_of(view))
    fields = compose.read(view, await drafts.typed(rt, who, draft_id))
    # At once, and not when the view may be shown next: what is typed until then takes the place of that view.
    spelt = await drafts.spell_cheaply(rt, who, draft_id, fields, accents=action["value"] == "accents")
    live.show(
        view["id"],
        lambda: _updated(rt, who, draft_id, spelt, is_rewritten=True),
        acted_at=action.get("action_ts", ""),
    )


async def _open_typed(rt: Runtime, who: Who, place: Place, trigger_id: str, typed: str) -> None:
    """The preview when a group and a text are meant for sure, else compose with what is known."""
    if not typed:
        draft_id, fields = await drafts.unfinished(rt, who)
        return await _open_compose(rt, who, place, trigger_id, draft_id, fields)
    fields = await _typed_fields(rt, who, typed)
    draft_id = await drafts.begin(rt, who, fields)
    if fields.groups and fields.message:
        try:
            shown = await preview(rt, who, draft_id, fields)
            return await _open(
                rt, who, place, trigger_id, draft_id, preview_view.view(shown, who.words, pushed=False)
            )
        except Refusals as refusals:
            trouble = sentence_of(refusals.reasons[0], who)
            return await _open_compose(rt, who, place, trigger_id, draft_id, fields, trouble=trouble)
    return await _open_compose(rt, who, place, trigger_id, draft_id, fields)


async def _typed_fields(rt: Runtime, who: Who, typed: str) -> Fields:
    facts = await drafts.facts(rt, who, UUID(int=0))
    ways = {AudienceWay.FIXED: facts.fixed_groups, AudienceWay.DYNAMIC: facts.dynamic_groups}
    groups = {group.label: (way, group) for way, offered in ways.items() for group in offered}
    read = oneliner.read(typed, groups)
    sender = facts.senders[0].value if facts.senders else ""
    if not read.group:
        return Fields(message=read.body, sender=sender)
    way, group = groups[read.group]
    return _choosing(Fields(audience=way, message=read.body, sender=sender), group)


def _choosing(fields: Fields, group: Choice) -> Fields:
    return replace(fields, groups=(group,))


async def _open_kept(rt: Runtime, who: Who, place: Place, trigger_id: str, draft_id: UUID | None) -> None:
    if draft_id is None:
        draft_id, fields = await drafts.unfinished(rt, who)
    else:
        fields = await drafts.typed(rt, who, draft_id)
    await _open_compose(rt, who, place, trigger_id, draft_id, fields)


async def _open_compose(
    rt: Runtime,
    who: Who,
    place: Place,
    trigger_id: str,
    draft_id: UUID,
    fields: Fields,
    *,
    trouble: str = "",
) -> None:
    facts = await drafts.facts(rt, who, draft_id)
    counted = await drafts.count(rt, who, fields)
    view = compose.view(facts, fields, who.words, counted=counted, trouble=trouble)
    await _open(rt, who, place, trigger_id, draft_id, view)


async def _open(rt: Runtime, who: Who, place: Place, trigger_id: str, draft_id: UUID, view: View) -> None:
    """Opens the modal; when Slack does not, its person is offered what is kept."""
    try:
        await rt.slack.open_view(trigger_id, view)
    except SlackError:
        await show(rt, who, place, *kept.offer(who.words, str(draft_id)))


async def _followed(rt: Runtime, who: Who, view: Json) -> View:
    draft_id = UUID(compose.draft_id_of(view))
    known = await drafts.typed(rt, who, draft_id)
    fields = compose.read(view, known)
    await drafts.keep(rt, who, draft_id, fields)
    return await _updated(rt, who, draft_id, fields, is_rewritten=compose.is_outdated(view, known))


async def _updated(rt: Runtime, who: Who, draft_id: UUID, fields: Fields, *, is_rewritten: bool) -> View:
    facts = await drafts.facts(rt, who, draft_id)
    counted = await drafts.count(rt, who, fields)
    return compose.view(facts, fields, who.words, counted=counted, is_update=True, is_rewritten=is_rewritten)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
