"""A page of a list, as `/sms sent` and `/sms scheduled` answer it."""

from bot import reports
from bot.runtime import Runtime, Who
from bot.slack.blocks import Json
from commands.views import lists


async def page_of(rt: Runtime, who: Who, which: str, page: int) -> tuple[str, list[Json]]:
    """The text and the blocks of this page of the list `sent` or `scheduled`."""
    states, view = (reports.SENT, lists.sent) if which == "sent" else (reports.WAITING, lists.scheduled)
    rows, pages = await reports.rows(rt, who, states, page=page)
    return view(rows, who.words, zone=who.club.zone, page=page, pages=pages)
