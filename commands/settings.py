"""`/sms-settings`: who may text, where cards are posted, the club's limits, and one's own phone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import clubs
from bot.campaigns.zones import Shifted
from bot.errors import BotError
from bot.my_phone import set_my_phone
from bot.runtime import Runtime, Who
from commands.errors import Place, later, sentence_of
from commands.views import forms, notices, settings
from storage.states import Role

Json = Mapping[str, Any]


async def command(ack: AsyncAck, command: Json, rt: Runtime, who: Who, place: Place) -> None:
    """`/sms-settings`."""
    await ack()
    later(rt, who, place, _open(rt, who, command["trigger_id"]), name="settings")


async def open_from_button(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The Home's button."""
    await ack()
    later(rt, who, place, _open(rt, who, body["trigger_id"]), name="settings")


async def save(ack: AsyncAck, view: Json, rt: Runtime, who: Who) -> None:
    """The modal was submitted."""
    typed = settings.read(view)
    shifted = None
    try:
        if typed.coaches is not None:
            shifted = await clubs.change_settings(rt, who, _changes(typed), typed.coaches)
        # After the coaches: who is dismissed loses the row that keeps the number.
        await set_my_phone(rt, who, typed.my_phone)
    except BotError as error:
        if error.field:
            errors = forms.field_errors(view, {error.field: sentence_of(error, who)})
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=notices.refused(who.words, sentence_of(error, who)))
    else:
        await _told(ack, who, shifted)


async def _told(ack: AsyncAck, who: Who, shifted: Shifted | None) -> None:
    if shifted is None:
        await ack()
    else:
        told = notices.shifted(who.words, shifted.zone, kept=shifted.kept, passed=shifted.passed)
        await ack(response_action="update", view=told)


def _changes(typed: settings.Typed) -> dict[str, object]:
    """The club's columns that the modal gave; a field left empty changes nothing."""
    given = asdict(typed).items()
    return {name: value for name, value in given if name not in ("my_phone", "coaches") and value is not None}


async def _open(rt: Runtime, who: Who, trigger_id: str) -> None:
    facts = await clubs.settings(rt, who)
    await rt.slack.open_view(trigger_id, settings.view(facts, who.words, admin=who.role is Role.ADMIN))
