"""What became of imports, told to who began them: by whoever brings the people in, or later by any process."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid5

import storage.import_files
from bot.i18n import words_for
from bot.runtime import Runtime
from bot.slack import imports
from bot.slack.client import Block, SlackRefused
from bot.uploads.facts import Counts
from storage.models import ImportFile
from storage.states import ImportState

HELD_FOR = timedelta(seconds=30)
KEPT_FOR = timedelta(days=30)
_AT_ONCE = 10
_GONE = frozenset({"message_not_found", "channel_not_found"})


async def tell(rt: Runtime, row: ImportFile, text: str, blocks: Sequence[Block]) -> str:
    """Says it in the import's one direct message, whose channel it gives back."""
    if row.ts:
        try:
            await rt.slack.update(row.channel, row.ts, text, blocks)
        except SlackRefused as error:
            if error.error not in _GONE:
                raise
        else:
            return row.channel
    # If we die between the post and the note, the same key finds the post again.
    key = uuid5(row.id, str(row.begun_at))
    row.channel, row.ts = await rt.slack.post(row.slack_user_id, text, blocks, key=key)
    async with rt.db.begin() as session:
        await storage.import_files.note_message(session, row, row.channel, row.ts)
    return row.channel


async def see_to_left(rt: Runtime) -> None:
    """Tells of imports whose process is gone: all was stored, or nothing, and then they wait to be begun again."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        if not await storage.import_files.is_any_left(session, now):
            return
    async with rt.db.begin() as session:
        left = await storage.import_files.left_behind(session, now, _AT_ONCE)
        taken = [row for row in left if await storage.import_files.take_over(session, row, now + HELD_FOR)]
    for row in taken:
        await _see_to(rt, row)


async def forget_old(rt: Runtime) -> None:
    """Drops what is known of files that were brought in, or not, long ago."""
    async with rt.db.begin() as session:
        await storage.import_files.forget(session, rt.clock.now() - KEPT_FOR)


async def _see_to(rt: Runtime, row: ImportFile) -> None:
    words, counts = words_for(row.language, rt.catalogues), Counts.stored(row.done)
    if row.state is ImportState.STORED and counts:
        shown = Counts.stored(row.shown)
        await tell(rt, row, *imports.finished(str(row.id), row.name, counts, shown, words))
        async with rt.db.begin() as session:
            await storage.import_files.note_told(session, row)
    else:
        await tell(rt, row, *imports.interrupted(str(row.id), row.name, words))
        async with rt.db.begin() as session:
            await storage.import_files.give_back(session, row)
