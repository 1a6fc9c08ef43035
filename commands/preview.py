"""The preview: shown when compose is submitted, confirmed once, and tried on one's own phone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.campaigns import drafts
from bot.campaigns.launch import Launched, launch, send_test
from bot.campaigns.prepare import Refusals
from bot.campaigns.preview import preview, preview_again, readers
from bot.errors import BotError
from bot.my_phone import set_my_phone
from bot.rules import phones
from bot.runtime import Runtime, Who
from bot.slack.client import View
from bot.slack.live import LiveViews
from commands.errors import Place, later, sentence_of
from commands.views import compose, forms, kept, notices, phone, reading
from commands.views import preview as preview_view
from storage.states import CampaignState

Json = Mapping[str, Any]


async def show_preview(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Compose was submitted: the preview on top of it, or errors on its fields."""
    await live.finish(view["id"])
    draft_id = UUID(compose.draft_id_of(view))
    try:
        fields = compose.read(view, await drafts.typed(rt, who, draft_id))
        shown = await preview(rt, who, draft_id, fields)
    except Refusals as refusals:
        sentences = {reason.field or "message": sentence_of(reason, who) for reason in refusals.reasons}
        await ack(response_action="errors", errors=forms.field_errors(view, sentences))
    except BotError as error:
        await ack(response_action="push", view=notices.refused(who.words, sentence_of(error, who)))
    else:
        await ack(response_action="push", view=preview_view.view(shown, who.words))


async def confirm(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The preview was confirmed: one campaign, however often this is delivered."""
    draft_id = UUID(compose.draft_id_of(view))
    try:
        typed = preview_view.read_confirmation(view)
        launched = await launch(
            rt,
            who,
            draft_id,
            mark=preview_view.mark_of(view),
            typed_number=typed,
            no_advertising=preview_view.says_no_advertising(view),
        )
    except Refusals as refusals:
        await ack(response_action="update", view=_refused(who, refusals.reasons[0]))
    except BotError as error:
        errors = forms.field_errors(view, {error.field: sentence_of(error, who)}) if error.field else {}
        if errors:
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=_refused(who, error))
    else:
        # What became of a test would bring the preview back.
        await live.finish(view["id"])
        await ack(response_action="update", view=_told(who, launched))


async def try_on_my_phone(
    ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews
) -> None:
    """The text that the preview shows to the coach's own phone; what became of it stands under the button."""
    await ack()
    later(rt, who, place, _try(rt, who, body["view"], live), name="test")


async def see_as(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews
) -> None:
    """Somebody was picked: the preview shows the text as that person gets it."""
    await ack()
    view, reader = body["view"], reading.read_pick(action)
    work = show_again(rt, who, view, live, reader=reader, acted_at=action.get("action_ts", ""))
    later(rt, who, place, work, name="reader")


async def offer_readers(ack: AsyncAck, options: Json, rt: Runtime, who: Who) -> None:
    """Those who get the text and whom what was typed may mean."""
    draft_id, typed = UUID(compose.draft_id_of(options["view"])), options.get("value") or ""
    await ack(options=forms.choices(await readers(rt, who, draft_id, typed, limit=forms.OPTIONS_MAX)))


async def ask_for_phone(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The coach's own number is not known yet: asked for on top of the preview."""
    await ack()
    view = phone.view(who.words, action["value"], reading.reader_of(body["view"]))
    later(rt, who, place, rt.slack.push_view(body["trigger_id"], view), name="phone")


async def save_phone(ack: AsyncAck, view: Json, rt: Runtime, who: Who, place: Place, live: LiveViews) -> None:
    """The number was given: kept, and the preview beneath offers the test."""
    try:
        await set_my_phone(rt, who, phone.read(view))
    except BotError as error:
        errors = forms.field_errors(view, {error.field or "my_phone": sentence_of(error, who)})
        await ack(response_action="errors", errors=errors)
    else:
        await ack()
        beneath = {**view, "id": view["previous_view_id"]}
        later(
            rt, who, place, show_again(rt, who, beneath, live, reader=reading.reader_of(view)), name="phone"
        )


async def _try(rt: Runtime, who: Who, view: Json, live: LiveViews) -> None:
    draft_id, reader = UUID(compose.draft_id_of(view)), reading.reader_of(view)
    try:
        number = await send_test(rt, who, draft_id, reader=_uuid(reader))
        said = who.words("Sent to {number}.", number=phones.mask(number))
    except Refusals as refusals:
        said = sentence_of(refusals.reasons[0], who)
    except BotError as error:
        said = sentence_of(error, who)
    await show_again(rt, who, view, live, reader=reader, said=said)


async def show_again(
    rt: Runtime, who: Who, view: Json, live: LiveViews, *, reader: str, said: str = "", acted_at: str = ""
) -> None:
    """The open preview as things are now, as this reader gets the text, with what is said under its test button."""
    draft_id = UUID(compose.draft_id_of(view))
    shown = await preview_again(rt, who, draft_id, reader=_uuid(reader))
    if await drafts.is_spent(rt, who, draft_id):
        return
    pushed = view["root_view_id"] != view["id"]

    async def build() -> View:
        return preview_view.view(shown, who.words, pushed=pushed, said=said)

    live.show(view["id"], build, acted_at=acted_at)


def _uuid(reader: str) -> UUID | None:
    return UUID(reader) if reader else None


def _told(who: Who, launched: Launched) -> dict[str, Any]:
    """What the coach reads once it is confirmed; a second delivery of the same click says the same."""
    campaign, words = launched.campaign, who.words
    if launched.already and (
        campaign.state is not CampaignState.SCHEDULED or campaign.created_by != who.slack_user_id
    ):
        return _last(notices.already_sent(words, campaign.created_by))
    people, channel = campaign.previewed_recipients, who.club.channel_id
    if campaign.is_later:
        return _last(notices.planned(words, people, campaign.release_at, who.club.zone, channel))
    undo = [kept.undo(words, str(campaign.id))] if who.club.undo_seconds else []
    return _last(notices.leaving(words, people, who.club.undo_seconds, channel), *undo)


def _refused(who: Who, error: BotError) -> dict[str, Any]:
    return notices.refused(who.words, sentence_of(error, who))


def _last(view: Json, *blocks: Json) -> dict[str, Any]:
    """The view as the end of its stack: closing it closes compose beneath it too."""
    return {**view, "blocks": [*view["blocks"], *blocks], "clear_on_close": True}
