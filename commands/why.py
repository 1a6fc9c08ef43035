"""Who gets a campaign and why: opened from the preview, the card and the lists; a person who is out of reach is mended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.campaigns.explained import Asked
from bot.campaigns.prepare import Refusals
from bot.campaigns.why import everybody, why
from bot.errors import BotError
from bot.people.facts import Saved
from bot.people.sheet import sheet
from bot.posts.files import MayNotSendFiles, send
from bot.runtime import Runtime, Who
from bot.slack.blocks import name
from bot.slack.client import View
from bot.slack.live import LiveViews
from bot.tasks import aside, let_go
from commands import preview
from commands.errors import Place, later, sentence_of
from commands.views import forms, notices, person, reading, why_file
from commands.views import why as views

Json = Mapping[str, Any]


async def open_it(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The button of a preview, a card or a list of who was missed."""
    await ack()
    later(rt, who, place, open_for(rt, who, body, views.asked_of(action["value"])), name="why")


async def open_for(rt: Runtime, who: Who, body: Json, asked: Asked) -> None:
    """Opens the window, on top of the modal where one is open."""
    beneath = body.get("view") or {}
    if beneath.get("type") == "modal":
        view = await _view(rt, who, asked, reader=reading.reader_of(beneath))
        await rt.slack.push_view(body["trigger_id"], view)
    else:
        await rt.slack.open_view(body["trigger_id"], views.view(await why(rt, who, asked), who.words))


async def follow(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Something was typed or others are to be shown: the first page of them follows."""
    await ack()
    asked = replace(views.read(body["view"]), page=1)
    _show(rt, who, live, body["view"], asked, acted_at=action.get("action_ts", ""))


async def submit(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The search was submitted: the first page of who is found."""
    await live.finish(view["id"])
    asked = replace(views.read(view), page=1)
    shown = await _view(rt, who, asked, reader=_reader(view), first=views.first_of(view))
    await ack(response_action="update", view=dict(shown))


def turn(rt: Runtime, who: Who, live: LiveViews, view: Json, page: int) -> None:
    """Shows this page of the open list."""
    _show(rt, who, live, view, replace(views.read(view), page=page))


async def change(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """Somebody is to be mended: their window takes the list's place, since Slack takes no fourth on top."""
    await ack()
    view, asked = body["view"], views.read(body["view"])

    async def build() -> View:
        try:
            known = await sheet(rt, who, UUID(action["value"]))
        except BotError as error:
            said = sentence_of(error, who)
            return await _view(rt, who, asked, reader=_reader(view), first=asked.typed, said=said)
        return person.in_its_place(known, who.words, views.kept(asked, _reader(view)))

    live.show(view["id"], build, acted_at=action.get("action_ts", ""))


async def back(ack: AsyncAck, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The list again, in the place of somebody's window."""
    await ack()
    about = forms.about(body["view"])
    if asked := views.asked_in(about):
        reader = views.reader_of(about)
        live.show(body["view"]["id"], lambda: _view(rt, who, asked, reader=reader, first=asked.typed))


async def mended(
    ack: AsyncAck, view: Json, rt: Runtime, who: Who, place: Place, live: LiveViews, *, told: Saved
) -> None:
    """Somebody was changed in the list's place: the list again, as it is now, and the preview beneath too."""
    about = forms.about(view)
    asked, reader = views.asked_in(about), views.reader_of(about)
    await live.finish(view["id"])
    said = person.saved(told, who.words)
    shown = await _view(rt, who, asked or Asked(), reader=reader, first=about["typed"], said=said)
    await ack(response_action="update", view=dict(shown))
    if asked and asked.draft_id:
        beneath = {**view, "id": view["previous_view_id"]}
        later(rt, who, place, preview.show_again(rt, who, beneath, live, reader=reader), name="preview")


async def send_file(
    ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, place: Place, live: LiveViews
) -> None:
    """Everybody as a file, to this person alone."""
    await ack()
    work = _send_file(rt, who, live, body["view"], acted_at=action.get("action_ts", ""))
    later(rt, who, place, work, name="file")


async def _send_file(rt: Runtime, who: Who, live: LiveViews, view: Json, *, acted_at: str) -> None:
    asked, words = views.read(view), who.words
    try:
        title, content = await _table(rt, who, asked)
        text = words("Who gets “{title}”, and why, as a file:", title=name(title, 150))
        await send(rt, who, content, name=why_file.filename(title, words), text=text)
        said = words("The file is in your messages with Touchline.")
    except Refusals as refusals:
        said = sentence_of(refusals.reasons[0], who)
    except MayNotSendFiles as error:
        said = sentence_of(error, who)
    _show(rt, who, live, view, asked, acted_at=acted_at, said=said)


async def _table(rt: Runtime, who: Who, asked: Asked) -> tuple[str, bytes]:
    """The title, and everybody as a table."""
    found = [await everybody(rt, who, asked)]
    title, people = found[0].title, len(found[0].rows)

    def written() -> bytes:
        all_of_them = found.pop()
        content = why_file.table(all_of_them, who.words)
        rows = list(all_of_them.rows)
        del all_of_them
        let_go(rows)
        return content

    return title, await aside(people, written)


def _reader(view: Json) -> str:
    return views.reader_of(forms.about(view))


def _show(
    rt: Runtime, who: Who, live: LiveViews, view: Json, asked: Asked, *, acted_at: str = "", said: str = ""
) -> None:
    reader, first = _reader(view), views.first_of(view)
    live.show(
        view["id"], lambda: _view(rt, who, asked, reader=reader, first=first, said=said), acted_at=acted_at
    )


async def _view(
    rt: Runtime, who: Who, asked: Asked, *, reader: str = "", first: str = "", said: str = ""
) -> View:
    try:
        found = await why(rt, who, asked)
    except Refusals as refusals:
        return notices.refused(who.words, sentence_of(refusals.reasons[0], who))
    except BotError as error:
        return notices.refused(who.words, sentence_of(error, who))
    return views.view(found, who.words, reader=reader, first=first, said=said)
