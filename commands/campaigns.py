"""The buttons of cards and lists: undo, stop, resume, change the time, and who was missed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import reports
from bot.campaigns import control
from bot.campaigns.check import Refused
from bot.campaigns.explained import Asked
from bot.errors import BotError
from bot.rules import moments
from bot.runtime import Runtime, Who
from bot.slack.live import LiveViews
from commands import why
from commands.errors import Place, later, sentence_of, tell
from commands.views import details, forms, lists, notices, reschedule

Json = Mapping[str, Any]


async def call_off(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews
) -> None:
    """Undo, or cancel: nobody gets it."""
    await ack()
    await _call_off(rt, who, place, live, body, UUID(action["value"]))


async def stop(ack: AsyncAck, action: Json, rt: Runtime, who: Who, place: Place) -> None:
    """What has not left does not leave."""
    await ack()
    await _stop(rt, who, place, UUID(action["value"]))


async def resume(ack: AsyncAck, action: Json, rt: Runtime, who: Who, place: Place) -> None:
    """A paused campaign goes on."""
    await ack()
    await _resume(rt, who, place, UUID(action["value"]))


async def open_reschedule(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place
) -> None:
    """The modal for another day and time."""
    await ack()
    later(rt, who, place, _open_reschedule(rt, who, body, UUID(action["value"])), name="reschedule")


async def save_time(ack: AsyncAck, view: Json, rt: Runtime, who: Who) -> None:
    """Another day and time was chosen."""
    at_date, at_time = reschedule.read(view)
    campaign_id = UUID(reschedule.campaign_id_of(view))
    try:
        campaign = await control.reschedule(rt, who, campaign_id, at_date, at_time)
    except Refused as refused:
        errors = forms.field_errors(view, {refused.field or "at_time": sentence_of(refused, who)})
        await ack(response_action="errors", errors=errors)
    except BotError as error:
        await ack(response_action="update", view=notices.refused(who.words, sentence_of(error, who)))
    else:
        zone, release_at = who.club.zone, campaign.release_at
        if moments.skipped(at_date, at_time, zone, release_at):
            told = notices.rescheduled(who.words, at_time, release_at, zone)
            await ack(response_action="update", view=told)
        else:
            await ack()


async def show_missed(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """Who did not get it, for one person's eyes."""
    await ack()
    later(rt, who, place, _show_missed(rt, who, body, UUID(action["value"])), name="details")


async def choose_in_row(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews
) -> None:
    """A line's menu in a list or in the Home."""
    await ack()
    verb, text = lists.read_row(action["selected_option"]["value"])
    campaign_id = UUID(text)
    match verb:
        case "details":
            later(rt, who, place, _show_missed(rt, who, body, campaign_id), name=verb)
        case "why":
            asked = Asked(campaign_id=str(campaign_id))
            later(rt, who, place, why.open_for(rt, who, body, asked), name=verb)
        case "reschedule":
            later(rt, who, place, _open_reschedule(rt, who, body, campaign_id), name=verb)
        case "cancel":
            await _call_off(rt, who, place, live, body, campaign_id)
        case "stop":
            await _stop(rt, who, place, campaign_id)
        case "resume":
            await _resume(rt, who, place, campaign_id)


async def _call_off(
    rt: Runtime, who: Who, place: Place, live: LiveViews, body: Json, campaign_id: UUID
) -> None:
    try:
        campaign = await control.call_off(rt, who, campaign_id)
    except BotError as error:
        title, said = who.words("Not possible"), sentence_of(error, who)
    else:
        title = who.words("Cancelled")
        is_mine = campaign.created_by == who.slack_user_id
        said = _called_off(who, campaign.title, is_mine=is_mine)
    view = body.get("view") or {}
    if view.get("type") == "modal":
        told = notices.told(who.words, title, said) | {"clear_on_close": True}

        async def build() -> Json:
            return told

        live.show(view["id"], build)
    else:
        later(rt, who, place, tell(rt, who, place, said), name="called off")


def _called_off(who: Who, title: str, *, is_mine: bool) -> str:
    if not is_mine:
        return who.words("“{title}” is cancelled: nobody gets it.", title=title)
    return who.words(
        "“{title}” is cancelled: nobody gets it. Your text is kept, /sms opens it again.", title=title
    )


async def _stop(rt: Runtime, who: Who, place: Place, campaign_id: UUID) -> None:
    campaign = await control.stop(rt, who, campaign_id)
    said = who.words("“{title}” is stopped. What had not left stays here.", title=campaign.title)
    later(rt, who, place, tell(rt, who, place, said), name="stopped")


async def _resume(rt: Runtime, who: Who, place: Place, campaign_id: UUID) -> None:
    campaign = await control.resume(rt, who, campaign_id)
    said = who.words("“{title}” goes on.", title=campaign.title)
    later(rt, who, place, tell(rt, who, place, said), name="resumed")


async def _open_reschedule(rt: Runtime, who: Who, body: Json, campaign_id: UUID) -> None:
    campaign = await control.campaign(rt, who, campaign_id)
    local = campaign.release_at.astimezone(ZoneInfo(who.club.zone))
    view = reschedule.view(
        who.words,
        campaign_id=str(campaign_id),
        title=campaign.title,
        zone=who.club.zone,
        at_date=local.date().isoformat(),
        at_time=f"{local:%H:%M}",
    )
    await rt.slack.open_view(body["trigger_id"], view)


async def _show_missed(rt: Runtime, who: Who, body: Json, campaign_id: UUID) -> None:
    row, missed = await reports.missed(rt, who, campaign_id)
    view = details.view(
        who.words,
        campaign_id=str(campaign_id),
        title=row.title,
        recipients=row.recipients,
        delivered=row.delivered,
        missed=missed,
    )
    await rt.slack.open_view(body["trigger_id"], view)
