"""The rows of a file that cannot be taken, as a file of their own, sent to who wants to correct them."""

from uuid import UUID

from bot.errors import BotError
from bot.runtime import Runtime, Who
from bot.slack import files, imports
from bot.uploads.bring import chosen_in
from bot.uploads.check import known, look
from bot.uploads.facts import Progress
from bot.uploads.fetched import at_hand


class NothingRefused(BotError):
    """There is nothing wrong with any row of this file."""


async def send(rt: Runtime, who: Who, import_id: UUID) -> None:
    """Shares the rows in the direct conversation. Raises `ImportGone`, `NothingRefused`, or what `at_hand` raises."""
    row = await known(rt, who, import_id)
    async with rt.reading, at_hand(rt, row.file_id) as path:
        looked = await look(rt, who, path, chosen_in(row), Progress())
        looked.spool.close()
        if looked.report is None:
            raise NothingRefused
        channel, _ = await rt.slack.post(who.slack_user_id, *imports.to_correct(row.name, who.words))
        await files.share(rt.slack, looked.report, channel=channel, name=looked.report.name)
