"""A file that somebody chose in Slack: taken note of, and looked at as often as they change what its columns hold."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import storage.import_files
import storage.people
from bot.errors import BotError
from bot.imports import run
from bot.imports.choices import choices_of
from bot.imports.columns import guess_any
from bot.imports.errors import ColumnsAlike, NoNames
from bot.imports.reading import Looked
from bot.imports.rows import columns_in
from bot.people.facts import OwnField
from bot.rules import moments
from bot.runtime import Runtime, Who
from bot.uploads.facts import COLUMNS_SHOWN, Counts, Progress, Shown, Standing
from bot.uploads.fetched import about, at_hand, safe_name
from storage.models import ImportFile
from storage.states import ImportState


class ImportGone(BotError):
    """This import is no longer there. Choose the file again."""


class TooManyColumns(BotError):
    """More than {most} columns of this file hold something. Delete some, or import it by “touchline import”."""


async def take(rt: Runtime, who: Who, file_id: str) -> UUID:
    """Takes note of the file; nothing of it is stored. Raises what `about` raises."""
    file = await about(rt, file_id)
    row = ImportFile(
        club_id=who.club.id,
        slack_user_id=who.slack_user_id,
        language=who.words.language,
        file_id=file_id,
        name=safe_name(file.name),
        state=ImportState.WAITING,
        created_at=rt.clock.now(),
    )
    async with rt.db.begin() as session:
        session.add(row)
    return row.id


async def known(rt: Runtime, who: Who, import_id: UUID) -> ImportFile:
    """What is known of the file. Raises `ImportGone`."""
    async with rt.db.read() as session:
        row = await storage.import_files.one(session, who.club.id, import_id)
    if row is None:
        raise ImportGone
    return row


def standing(row: ImportFile) -> Standing:
    """Where the import stands."""
    return Standing(str(row.id), row.name, Counts.stored(row.shown), Counts.stored(row.done))


async def check(
    rt: Runtime, who: Who, import_id: UUID, choices: Mapping[int, str] | None, progress: Progress
) -> Shown:
    """What an import would do with the columns as chosen, or as guessed. Raises `ImportGone`, or a `FileRefused`."""
    row = await known(rt, who, import_id)
    # A look takes a whole core, and the whole club in memory.
    async with rt.reading, at_hand(rt, row.file_id) as path:
        try:
            looked = await look(rt, who, path, choices, progress)
        except (NoNames, ColumnsAlike) as trouble:
            return await _without_counts(rt, who, row, path, choices, trouble)
        looked.spool.close()
    if len(looked.mapped.columns) > COLUMNS_SHOWN:
        raise TooManyColumns(most=COLUMNS_SHOWN)
    shown = await _shown(rt, who, row, looked)
    if shown.counts:
        async with rt.db.begin() as session:
            await storage.import_files.note_shown(
                session, who.club.id, import_id, shown.choices, shown.counts.to_store()
            )
    return shown


async def look(
    rt: Runtime, who: Who, path: Path, choices: Mapping[int, str] | None, progress: Progress
) -> Looked:
    """What would become of each row; whoever has it closes its spool."""
    today = moments.day_of(rt.clock.now(), who.club.zone)
    return await run.look(
        rt.db, who.club, path, today=today, words=who.words, choices=choices, progress=progress.read
    )


async def own_fields(rt: Runtime, who: Who) -> list[OwnField]:
    """The fields that the club has of its own."""
    async with rt.db.read() as session:
        fields = await storage.people.fields(session, who.club.id)
    return [OwnField(one.id.hex, one.name, one.kind, tuple(one.choices)) for one in fields]


async def _shown(rt: Runtime, who: Who, row: ImportFile, looked: Looked) -> Shown:
    return Shown(
        str(row.id),
        row.name,
        looked.columns,
        choices_of(looked.mapped),
        await own_fields(rt, who),
        Counts.of(looked),
        looked.examples,
    )


async def _without_counts(
    rt: Runtime, who: Who, row: ImportFile, path: Path, choices: Mapping[int, str] | None, trouble: BotError
) -> Shown:
    columns = await asyncio.to_thread(columns_in, path)
    fields = await own_fields(rt, who)
    guessed = choices_of(guess_any(columns.headers, fields)) if choices is None else choices
    return Shown(str(row.id), row.name, columns, guessed, fields, trouble=trouble)
