"""An import as the terminal shows it: the columns, what would change, the question, and how far it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.clock import Clock
from bot.database import looked_into
from bot.i18n import load_catalogues, words_for
from bot.imports import run
from bot.imports.columns import Column
from bot.imports.compare import Outcome
from bot.imports.reading import Looked
from bot.imports.reading import Progress as Told
from bot.imports.run import club_of
from bot.rules import moments
from bot.settings import Settings
from storage.db import Database
from storage.models import Club

ACTOR = "touchline import"


async def bring_in(settings: Settings, clock: Clock, file: Path, *, team: str | None, is_sure: bool) -> None:
    """Shows what the file would change, asks unless told not to, and stores it. Raises a `BotError`."""
    async with looked_into(settings.database_url) as db:
        club = await club_of(db, team)
        looked = await _looked(db, clock, club, file)
        try:
            _show(looked)
            if looked.changes_nothing:
                typer.echo("There is nothing to store.")
            elif is_sure or typer.confirm("Store it?"):
                await _store(db, clock, club, looked, settings)
            else:
                typer.echo("Nothing was stored.")
        finally:
            looked.spool.close()


async def _looked(db: Database, clock: Clock, club: Club, file: Path) -> Looked:
    # What is wrong with a row is for people of the club, and in their language.
    words = words_for(club.language, load_catalogues())
    today = moments.day_of(clock.now(), club.zone)
    with _progress("Reading") as told:
        return await run.look(db, club, file, today=today, words=words, progress=told)


async def _store(db: Database, clock: Clock, club: Club, looked: Looked, settings: Settings) -> None:
    with _progress("Storing") as told:
        await run.store(db, club, looked, settings=settings, actor=ACTOR, now=clock.now(), progress=told)
    typer.echo("Stored.")


@contextmanager
def _progress(doing: str) -> Iterator[Told]:
    """A line on a terminal, and nothing elsewhere; standard output is for what was found."""
    columns = (TextColumn("{task.description} {task.completed:,.0f} rows"), TimeElapsedColumn())
    shown = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with shown:
        task = shown.add_task(doing, total=None)
        yield lambda rows: shown.update(task, completed=rows)


def _show(looked: Looked) -> None:
    console = Console(highlight=False)
    table = Table("column", "holds", box=None, pad_edge=False)
    for column in looked.mapped.columns:
        table.add_row(Text(column.header), Text(_holds(column)))
    console.print(table)
    if looked.mapped.ignored:
        console.print(Text(f"Not understood and left out: {', '.join(looked.mapped.ignored)}"))
    for line in _found(looked):
        console.print(Text(line))


def _holds(column: Column) -> str:
    what = f"field {column.field.name}" if column.field else column.holds.replace("_", " ")
    return f"{what} of {column.guardian}" if column.guardian else what


def _found(looked: Looked) -> Iterator[str]:
    yield ", ".join(f"{looked.outcomes[outcome]:,} {outcome}" for outcome in Outcome) + "."
    if looked.guardians:
        yield f"Guardians added beside them: {looked.guardians:,}."
    if looked.consents or looked.consents_refused:
        yield f"Consent to marketing: {looked.consents:,} noted, {looked.consents_refused:,} not taken."
    if looked.report:
        reasons = sorted(looked.reasons.items(), key=lambda one: (-one[1], one[0]))
        yield "Why: " + ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in reasons) + "."
        yield f"These rows and what is wrong with each: {looked.report}"
