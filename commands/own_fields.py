"""The fields that a club made up for its people, from `/sms-settings`: added, changed and taken away by admins."""

from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.people import own
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import forms, lists, notices
from commands.views import own_fields as views

Json = Mapping[str, Any]


async def open_list(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The button in the settings."""
    await ack()
    later(rt, who, place, _push(rt, who, body, _list(rt, who)), name="own fields")


async def choose(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """An entry of a field's menu."""
    await ack()
    verb, field_id = lists.read_row(action["selected_option"]["value"])
    later(rt, who, place, _push(rt, who, body, _window(rt, who, verb, UUID(field_id))), name="own field")


async def add(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """A new field."""
    await ack()
    later(
        rt, who, place, rt.slack.push_view(body["trigger_id"], views.form(None, who.words)), name="own field"
    )


async def keep(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """A field is saved, and the list shows it; or each input says what is wrong with it."""
    field_id, name, kind, choices = views.read(view)
    try:
        await own.save(rt, who, UUID(field_id) if field_id else None, name=name, kind=kind, choices=choices)
    except own.FieldNotSaved as refused:
        said = {field: sentence_of(error, who) for field, error in refused.troubles.items()}
        await ack(response_action="errors", errors=forms.field_errors(view, said))
    except BotError as error:
        errors = forms.field_errors(view, {"name": sentence_of(error, who)})
        await ack(response_action="errors", errors=errors)
    else:
        await ack()
        live.show(view["previous_view_id"], lambda: _list(rt, who))


async def remove(ack: AsyncAck, view: Json, rt: Runtime, who: Who, place: Place, live: LiveViews) -> None:
    """A field is to go: taken away, or the list says why not."""
    await ack()
    # A large club's values may take longer than Slack waits.
    later(rt, who, place, _remove(rt, who, view, live), name="own field removed")


async def _remove(rt: Runtime, who: Who, view: Json, live: LiveViews) -> None:
    said = ""
    try:
        await own.remove(rt, who, UUID(forms.about(view)["id"]))
    except BotError as error:
        said = sentence_of(error, who)
    live.show(view["previous_view_id"], lambda: _list(rt, who, said=said))


async def _list(rt: Runtime, who: Who, *, said: str = "") -> View:
    return views.view(await own.own(rt, who), who.words, said=said)


async def _window(rt: Runtime, who: Who, verb: str, field_id: UUID) -> View:
    field, people = await own.one(rt, who, field_id)
    return views.form(field, who.words) if verb == "change" else views.removal(field, people, who.words)


async def _push(rt: Runtime, who: Who, body: Json, built: Awaitable[View]) -> None:
    try:
        shown = await built
    except BotError as error:
        shown = notices.refused(who.words, sentence_of(error, who))
    await rt.slack.push_view(body["trigger_id"], shown)
