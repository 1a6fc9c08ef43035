"""A file of people: chosen in a window on top of the list, looked at, and brought in."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.runtime import Runtime, Who
from bot.slack import imports as said
from bot.slack.client import SlackError, View
from bot.slack.live import LiveViews
from bot.uploads import bring, check, refused
from bot.uploads.facts import Progress, Standing
from commands import contacts
from commands.errors import Place, later, sentence_of
from commands.views import contacts as people_views
from commands.views import imports as views
from commands.views.imports import Beneath

log = structlog.get_logger()

Json = Mapping[str, Any]

SLACK_FIRST_SECONDS = 0.5
"""What is shown in the answer to a submit must stand before it is updated."""
SHOW_EVERY_SECONDS = 2.0


async def open_from_list(ack: AsyncAck, body: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The list's button."""
    await ack()
    looked, first = people_views.read(body["view"])
    beneath = Beneath(kept=people_views.kept(looked) | {"first": first})
    later(
        rt,
        who,
        place,
        rt.slack.push_view(body["trigger_id"], views.choose(who.words, beneath)),
        name="import",
    )


async def read(ack: AsyncAck, view: Json, rt: Runtime, who: Who) -> None:
    """A file was chosen: it is read behind a window that says so."""
    beneath = views.beneath(view)
    await ack(response_action="update", view=dict(views.reading(who.words, beneath)))
    rt.tasks.start(_read(rt, who, view, beneath), name="import read")


async def follow(ack: AsyncAck, action: Json, body: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """What a column holds was changed: what would happen is found anew."""
    await ack()
    view = body["view"]

    async def build() -> View:
        return await _checked(rt, who, view, Progress())

    live.show(view["id"], build, acted_at=action.get("action_ts", ""))


async def offer(ack: AsyncAck, options: Json, rt: Runtime, who: Who) -> None:
    """What a column may hold."""
    fields = await check.own_fields(rt, who)
    await ack(option_groups=views.choices_offered(fields, options.get("value") or "", who.words))


async def confirm(ack: AsyncAck, view: Json, rt: Runtime, who: Who, live: LiveViews) -> None:
    """The people are to be brought in: once, however often this is said."""
    await live.finish(view["id"])
    beneath = views.beneath(view)
    try:
        begun = await bring.begin(rt, who, UUID(views.import_id(view)), views.choices(view))
    except bring.ColumnsChanged:
        await ack(response_action="update", view=dict(views.reading(who.words, beneath)))
        rt.tasks.start(_check_again(rt, who, view), name="import check")
        return
    if not isinstance(begun, bring.Bringing):
        await ack(response_action="update", view=dict(_as_it_stands(begun, who, beneath)))
        return
    going = views.bringing(begun.standing.name, Progress(), who.words, beneath)
    await ack(response_action="update", view=dict(going))
    rt.tasks.start(_Import(rt, who, begun, live, view["id"], beneath).run(), name="import")


async def again(ack: AsyncAck, action: Json, rt: Runtime, who: Who, place: Place, live: LiveViews) -> None:
    """An import that could not be done, or was interrupted, is begun anew."""
    await ack()
    later(rt, who, place, _again(rt, who, UUID(action["value"]), live), name="import again")


async def send_refused(ack: AsyncAck, action: Json, rt: Runtime, who: Who, place: Place) -> None:
    """The rows with something wrong are wanted as a file."""
    await ack()
    later(rt, who, place, refused.send(rt, who, UUID(action["value"])), name="refused rows")


class _Import:
    """One import that goes on beside the window that asked for it, as long as that is open."""

    def __init__(
        self, rt: Runtime, who: Who, begun: bring.Bringing, live: LiveViews, view_id: str, beneath: Beneath
    ) -> None:
        self._rt, self._who, self._begun, self._live = rt, who, begun, live
        self._view_id, self._beneath = view_id, beneath

    async def run(self) -> None:
        """Brings the people in, and says what came of it wherever somebody looks."""
        begun_at = asyncio.get_running_loop().time()
        post = await self._done()
        if self._view_id:
            await _after(begun_at)
            await self._update(views.told(post, self._who.words, self._beneath))
            self._show_list()

    async def _done(self) -> said.Post:
        about, words = self._begun.standing, self._who.words
        try:
            counts = await self._begun.run(self._show)
        except Exception as error:
            post = said.failed(about.id, about.name, sentence_of(error, self._who), words)
            await self._begun.tell(post)
            return post
        return said.finished(about.id, about.name, counts, about.shown, words, are_sent=True)

    async def _show(self, progress: Progress) -> bool:
        shown = views.bringing(self._begun.standing.name, progress, self._who.words, self._beneath)
        return bool(self._view_id) and await self._update(shown)

    async def _update(self, view: View) -> bool:
        """Whether the window is open, as far as one knows."""
        if self._view_id and not await _updated(self._rt, self._view_id, view):
            self._view_id = ""
        return bool(self._view_id)

    def _show_list(self) -> None:
        if self._beneath.view_id and self._beneath.kept:
            looked, first = people_views.looked_in(self._beneath.kept), self._beneath.kept["first"]
            contacts.show_list(self._rt, self._who, self._live, self._beneath.view_id, looked, first)


async def _again(rt: Runtime, who: Who, import_id: UUID, live: LiveViews) -> None:
    begun = await bring.begin(rt, who, import_id)
    if not isinstance(begun, bring.Bringing):
        raise bring.BegunAlready
    await begun.tell(said.progress(begun.standing.name, Progress(), who.words))
    await _Import(rt, who, begun, live, "", Beneath()).run()


async def _read(rt: Runtime, who: Who, view: Json, beneath: Beneath) -> None:
    begun_at = asyncio.get_running_loop().time()
    progress = Progress()
    telling = rt.tasks.start(_keep_showing(rt, who, view["id"], beneath, progress), name="import progress")
    try:
        import_id = await check.take(rt, who, views.file_id(view))
        shown = await check.check(rt, who, import_id, None, progress)
        found = views.check(shown, who.words, beneath)
    except Exception as error:
        # Another input, since Slack keeps the file in this one.
        variant = f"after-{view['hash']}"
        found = views.choose(who.words, beneath, trouble=sentence_of(error, who), variant=variant)
    finally:
        telling.cancel()
        await asyncio.wait([telling])
    await _after(begun_at)
    await _updated(rt, view["id"], found)


async def _check_again(rt: Runtime, who: Who, view: Json) -> None:
    begun_at = asyncio.get_running_loop().time()
    found = await _checked(rt, who, view, Progress())
    await _after(begun_at)
    await _updated(rt, view["id"], found)


async def _checked(rt: Runtime, who: Who, view: Json, progress: Progress) -> View:
    """The window as it is with the columns chosen now, or with a word about why there is none."""
    beneath = views.beneath(view)
    try:
        id = UUID(views.import_id(view))
        shown = await check.check(rt, who, id, views.choices(view), progress)
    except Exception as error:
        return views.choose(who.words, beneath, trouble=sentence_of(error, who))
    return views.check(shown, who.words, beneath)


async def _keep_showing(rt: Runtime, who: Who, view_id: str, beneath: Beneath, progress: Progress) -> None:
    is_open = True
    while is_open:
        await asyncio.sleep(SHOW_EVERY_SECONDS)
        is_open = await _updated(rt, view_id, views.reading(who.words, beneath, progress))


async def _updated(rt: Runtime, view_id: str, view: View) -> bool:
    try:
        await rt.slack.update_view(view_id, view)
    except SlackError as error:
        log.info("view_not_updated", view=view_id, error=str(error))
        return False
    return True


async def _after(begun_at: float) -> None:
    """Returns once Slack has surely shown what it was answered with."""
    await asyncio.sleep(max(0.0, begun_at + SLACK_FIRST_SECONDS - asyncio.get_running_loop().time()))


def _as_it_stands(about: Standing, who: Who, beneath: Beneath) -> View:
    if about.done:
        post = said.finished(about.id, about.name, about.done, about.shown, who.words)
        return views.told(post, who.words, beneath)
    return views.bringing(about.name, Progress(), who.words, beneath)
