"""One person in a window on top of the list: added, changed, or refused with a word under each field."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.people.find import offered
from bot.people.sheet import NotSaved, save, sheet
from bot.runtime import Runtime, Who
from bot.slack.live import LiveViews
from commands import contacts, why
from commands.errors import Place, later, sentence_of
from commands.views import contacts as views
from commands.views import forms, lists, notices, person
from commands.views.why import asked_in

Json = Mapping[str, Any]

OFFERED_AT_ONCE = 100
"""Slack shows at most so many options: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""


async def choose(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews
) -> None:
    """An entry of somebody's menu in the list."""
    await ack()
    verb, contact_id = lists.read_row(action["selected_option"]["value"])
    if verb == "change":
        later(rt, who, place, open_sheet(rt, who, body, UUID(contact_id)), name="person")
    else:
        await contacts.move(rt, who, live, body, verb, UUID(contact_id))


async def add(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """Somebody new: asked for on top of the list."""
    await ack()
    later(rt, who, place, open_sheet(rt, who, body, None), name="person")


async def offer(ack: AsyncAck, options: Json, rt: Runtime, who: Who) -> None:
    """The people that what was typed may mean: as recipients, as guardians, as those whom somebody answers for."""
    found = await offered(rt, who, options.get("value") or "", limit=OFFERED_AT_ONCE)
    await ack(options=forms.choices(found))


async def keep(ack: AsyncAck, view: Json, rt: Runtime, who: Who, place: Place, live: LiveViews) -> None:
    """What was typed is kept, and the list it was opened from shows it; or each field says what is wrong with it."""
    contact_id, stamp, form = person.read(view)
    try:
        told = await save(rt, who, UUID(contact_id) if contact_id else None, stamp, form)
    except NotSaved as refused:
        said = {name: sentence_of(error, who) for name, error in refused.troubles.items()}
        await ack(response_action="errors", errors=forms.field_errors(view, said))
    except BotError as error:
        # Under the first field and not in the place of the window: what was typed can still be read.
        await ack(
            response_action="errors", errors=forms.field_errors(view, {"first_name": sentence_of(error, who)})
        )
    else:
        if asked_in(forms.about(view)):
            return await why.mended(ack, view, rt, who, place, live, told=told)
        await ack()
        contacts.show_again(rt, who, live, view, said=person.saved(told, who.words))


async def open_sheet(rt: Runtime, who: Who, body: Json, contact_id: UUID | None) -> None:
    """Opens the window of this person, or of a new one."""
    looked, first = views.read(body["view"])
    try:
        known = await sheet(rt, who, contact_id)
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    else:
        shown = person.view(known, who.words, looked, first, role=who.role)
    await rt.slack.push_view(body["trigger_id"], shown)
