"""What somebody agreed to or withdrew: recorded by staff, in a window on top of the person's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.consents.record import asked, record
from bot.errors import BotError
from bot.people.sheet import sheet
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import consents as views
from commands.views import contacts, forms, notices, person

Json = Mapping[str, Any]


async def open_from_person(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place
) -> None:
    """The button in a person's window."""
    await ack()
    later(rt, who, place, _open(rt, who, body, UUID(action["value"])), name="consent")


async def save(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """What staff say was submitted: recorded, and the person's window beneath shows it."""
    contact_id = UUID(forms.about(view)["id"])
    try:
        await record(rt, who, contact_id, views.read(view), submission_id=view["id"])
    except BotError as error:
        said = {error.field or "purpose": sentence_of(error, who)}
        await ack(response_action="errors", errors=forms.field_errors(view, said))
    else:
        await ack()
        live.show(view["previous_view_id"], lambda: _person(rt, who, view, contact_id))


async def _open(rt: Runtime, who: Who, body: Json, contact_id: UUID) -> None:
    try:
        facts = await asked(rt, who, contact_id)
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    else:
        shown = views.view(facts, who.words, forms.about(body["view"]) | {"id": facts.id})
    await rt.slack.push_view(body["trigger_id"], shown)


async def _person(rt: Runtime, who: Who, view: Json, contact_id: UUID) -> View:
    """The window beneath as it is now, but for what is typed in it, which Slack keeps, and what it was opened with."""
    about = forms.about(view)
    known = replace(await sheet(rt, who, contact_id), stamp=about["stamp"])
    return person.view(known, who.words, contacts.looked_in(about), about["first"], role=who.role)
