"""The import itself: begun once however often it is asked for, told while it goes on, all or nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.clubs
import storage.import_files
from bot.errors import BotError
from bot.imports import run
from bot.imports.errors import ChangedMeanwhile
from bot.imports.reading import Looked
from bot.runtime import Runtime, Who
from bot.slack import files, imports
from bot.slack.client import SlackError
from bot.uploads.check import known, look, standing
from bot.uploads.facts import Counts, Progress, Standing, Step
from bot.uploads.fetched import at_hand
from bot.uploads.told import tell
from storage.db import is_away
from storage.models import ImportFile

log = structlog.get_logger()

Show = Callable[[Progress], Awaitable[bool]]
"""Shows in a window how far it is; whether the window is still open."""

LEASE = timedelta(seconds=30)
"""How long after its last word an import is taken for dead."""
TELL_EVERY_SECONDS = 3.0
_TRIES = 3
"""How often a file is looked at anew because staff changed people while it was."""


class ColumnsChanged(BotError):
    """What the columns hold was changed since. Look at what would happen, then import."""


class BegunAlready(BotError):
    """This file is being imported already, or it is imported: nothing was begun anew."""


class TakenOver(BotError):
    """This import was started again elsewhere, and this one stored nothing."""


async def begin(
    rt: Runtime, who: Who, import_id: UUID, choices: Mapping[int, str] | None = None
) -> "Bringing | Standing":
    """Takes the file in hand; only where it stands when somebody has it already, or it is imported.

    Raises `ImportGone`, and `ColumnsChanged` for other choices than those whose outcome was shown.
    """
    row = await known(rt, who, import_id)
    if row.choices is None or (choices is not None and choices != chosen_in(row)):
        raise ColumnsChanged
    now = rt.clock.now()
    async with rt.db.begin() as session:
        began = await storage.import_files.begin(session, who.club.id, import_id, now=now, until=now + LEASE)
    row = await known(rt, who, import_id)
    return Bringing(rt, who, row) if began else standing(row)


def chosen_in(row: ImportFile) -> dict[int, str]:
    """What the columns hold, by their positions."""
    return {int(place): choice for place, choice in (row.choices or {}).items()}


@dataclass(slots=True)
class Bringing:
    """One import that was begun."""

    rt: Runtime
    who: Who
    row: ImportFile
    progress: Progress = field(default_factory=Progress)

    _is_over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing(self.row)

    async def tell(self, post: imports.Post) -> None:
        """Says it in the import's one direct message."""
        await tell(self.rt, self.row, *post)

    async def run(self, show: Show) -> Counts:
        """Brings the people in, and tells what came of it.

        Whatever it raises, nothing was stored, and it can be begun again.
        """
        telling = self.rt.tasks.start(self._keep_telling(show), name="import progress")
        try:
            # If we die in here, `told.see_to_left` tells that nothing was stored, or that all was.
            async with self.rt.reading, at_hand(self.rt, self.row.file_id) as path:
                looked = await self._looked_and_stored(path)
                # It is stored: whatever went wrong with telling how far it was does not undo that.
                self._is_over.set()
                await asyncio.wait([telling])
                counts = Counts.of(looked)
                await self._tell_the_end(counts, looked.report)
        except Exception:
            await self._give_back()
            raise
        finally:
            self._is_over.set()
        return counts

    async def _looked_and_stored(self, path: Path) -> Looked:
        for _ in range(_TRIES):
            looked = await look(self.rt, self.who, path, chosen_in(self.row), self.progress)
            try:
                # If we die in here, it is known what the columns hold, and nothing is stored.
                await self._learn(looked)
                self.progress.stored(0)
                await self._store(looked)
            except ChangedMeanwhile:
                log.info("import_looks_again", club=str(self.who.club.id))
            else:
                return looked
            finally:
                looked.spool.close()
        raise ChangedMeanwhile

    async def _store(self, looked: Looked) -> None:
        async def finish(session: AsyncSession) -> None:
            if not await storage.import_files.finish(session, self.row, Counts.of(looked).to_store()):
                raise TakenOver

        await run.store(
            self.rt.db,
            self.who.club,
            looked,
            settings=self.rt.settings,
            actor=self.who.slack_user_id,
            now=self.rt.clock.now(),
            progress=self.progress.stored,
            also=finish,
        )

    async def _learn(self, looked: Looked) -> None:
        """Keeps what the columns hold for the club's next file, such as the corrected rows of this one."""
        club = self.who.club
        if dict(looked.learnt) != (club.import_columns or {}):
            async with self.rt.db.begin() as session:
                await storage.clubs.change(session, club.id, import_columns=dict(looked.learnt))

    async def _keep_telling(self, show: Show) -> None:
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(TELL_EVERY_SECONDS):
                    await self._is_over.wait()
            if not self._is_over.is_set():
                await self._keep_up()
                await self._tell_progress(show)

    async def _keep_up(self) -> None:
        if self.progress.step is Step.READING:  # while it is stored, its row is locked
            try:
                async with self.rt.db.begin() as session:
                    until = self.rt.clock.now() + LEASE
                    await storage.import_files.keep_up(session, self.row, until)
            except Exception as error:
                if not is_away(error):
                    raise
                log.info(
                    "import_not_kept_up", error=type(error).__name__
                )  # the lease outlives some such turns

    async def _tell_progress(self, show: Show) -> None:
        if await show(self.progress):
            return
        try:
            await tell(self.rt, self.row, *imports.progress(self.row.name, self.progress, self.who.words))
        except SlackError as error:
            log.info("import_progress_not_told", error=str(error))

    async def _tell_the_end(self, counts: Counts, report: Path | None) -> None:
        shown = Counts.stored(self.row.shown)
        post = imports.finished(str(self.row.id), self.row.name, counts, shown, self.who.words, are_sent=True)
        try:
            channel = await tell(self.rt, self.row, *post)
            if report:
                comment, _ = imports.to_correct(self.row.name, self.who.words)
                await files.share(self.rt.slack, report, channel=channel, name=report.name, comment=comment)
            async with self.rt.db.begin() as session:
                await storage.import_files.note_told(session, self.row)
        except Exception as error:
            if not isinstance(error, SlackError) and not is_away(error):
                raise
            log.warning("import_not_told", error=type(error).__name__)  # it is told once its lease is over

    async def _give_back(self) -> None:
        async with self.rt.db.begin() as session:
            await storage.import_files.give_back(session, self.row)
