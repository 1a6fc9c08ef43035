"""An import: first a look, which stores nothing and says what would become of each row; then everything or nothing."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.clubs
import storage.imports
import storage.people
from bot.i18n import Words
from bot.imports import compare, storing
from bot.imports.columns import Mapped, guess
from bot.imports.columnwise import Columnwise
from bot.imports.compare import Comparison, Outcome
from bot.imports.errors import ChangedMeanwhile, NoClub, WhichClub
from bot.imports.people import People, Person
from bot.imports.problems import CONSENT_ALONE, Problem, Reason
from bot.imports.report import Report, path_beside
from bot.imports.rows import Row, Table, opened
from bot.imports.spool import Spool
from bot.people.facts import OwnField
from bot.rules.phones import PhoneRefusal
from storage.db import Database, room, take_time
from storage.imports import Writer
from storage.models import Audit, Club

ROWS_AT_ONCE = 1000
"""What takes some hundredths of a second; between them others have their turn."""
Progress = Callable[[int], object]
"""Is told how many rows are done."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What an import would do. Whoever has it closes its spool."""

    file: Path
    mapped: Mapped
    encoding: str
    separator: str
    outcomes: Mapping[Outcome, int]
    reasons: Mapping[Reason | PhoneRefusal, int]
    guardians: int
    consents: int
    consents_refused: int
    report: Path | None
    """Where the rows are that something is wrong with."""
    fingerprint: int
    spool: Spool

    @property
    def changes_nothing(self) -> bool:
        """Whether everybody in it is known as they are."""
        return not (self.outcomes[Outcome.NEW] or self.outcomes[Outcome.CHANGED])


async def look(
    db: Database,
    club: Club,
    path: Path,
    *,
    today: date,
    words: Words,
    progress: Progress = lambda rows: None,
) -> Looked:
    """What would become of each row; those with something wrong are written beside the file. Raises a `FileRefused`."""
    known, fields = await _known(db, club.id)
    with opened(path) as table:
        mapped = guess(table.headers, fields)
        people = People(mapped, len(table.headers), club.country, today)
        columnwise = Columnwise(mapped, len(table.headers), people, today)
        comparison, spool, reasons = Comparison(known), Spool(), Counter[Reason | PhoneRefusal]()
        try:
            with Report(path_beside(path), table.headers, _separator(table), words) as report:
                await _go_through(table, columnwise, people, comparison, spool, report, reasons, progress)
        except BaseException:
            spool.close()
            raise
    return Looked(
        path,
        mapped,
        table.encoding,
        table.separator,
        comparison.outcomes,
        reasons,
        comparison.new_guardians,
        comparison.consents,
        sum(reasons[one] for one in CONSENT_ALONE),
        path_beside(path) if report.rows else None,
        known.fingerprint,
        spool,
    )


async def store(
    db: Database,
    club: Club,
    looked: Looked,
    *,
    actor: str,
    now: datetime,
    progress: Progress = lambda rows: None,
) -> None:
    """Stores what was looked at, all of it or nothing. Raises `ChangedMeanwhile` when the club is no longer as it was."""
    if looked.changes_nothing:
        return
    ready = await storing.prepared(looked.spool)
    try:
        async with db.begin() as session:
            # If we die in here nothing is stored, and the same file can be imported again.
            await take_time(session)
            await storage.people.alone(session, club.id)
            if (await _known_in(session, club.id))[0].fingerprint != looked.fingerprint:
                raise ChangedMeanwhile
            async with room(session):
                await storing.store(session, Writer(club.id, actor, now), ready, progress)
            await storage.audit.note(session, _line(club, looked, actor, now))
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    finally:
        ready.close()


async def _known(db: Database, club_id: UUID) -> tuple[compare.Club, Sequence[OwnField]]:
    async with db.snapshot() as session:
        return await _known_in(session, club_id)


async def _known_in(session: AsyncSession, club_id: UUID) -> tuple[compare.Club, Sequence[OwnField]]:
    fields = await storage.people.fields(session, club_id)
    club = compare.Club.of(
        await storage.imports.everybody(session, club_id),
        await storage.imports.pairs(session, club_id),
        await storage.imports.said(session, club_id),
    )
    return club, [OwnField(one.id.hex, one.name, one.kind, tuple(one.choices)) for one in fields]


async def _go_through(
    table: Table,
    columnwise: Columnwise,
    people: People,
    comparison: Comparison,
    spool: Spool,
    report: Report,
    reasons: Counter[Reason | PhoneRefusal],
    progress: Progress,
) -> None:
    done = 0
    for rows in _in_portions(table.rows):
        read = columnwise.read([row for _, row in rows])
        for (line, row), person in zip(rows, read, strict=True):
            problems = _taken(people, comparison, line, row, person)
            if problems:
                report.add(line, row, problems)
                reasons.update(problem.reason for problem in problems)
        spool.add(comparison.gathered())
        done += len(rows)
        progress(done)
        await asyncio.sleep(0)
    spool.add(comparison.rest())


def _taken(
    people: People, comparison: Comparison, line: int, row: Sequence[str], person: Person | None
) -> Sequence[Problem]:
    """Compares the person of the row; what is wrong with either."""
    problems: Sequence[Problem] = ()
    if person is None:
        person, problems = people.read(row)
    if person is not None:
        problems = comparison.take(line, person)
        if not problems or problems[0].reason in CONSENT_ALONE:
            return problems
    comparison.refuse()
    return problems


def _in_portions(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


def _separator(table: Table) -> str:
    # A workbook's report opens with a double click in France; the comma would be one column there.
    return ";" if table.encoding == "xlsx" else table.separator


def _line(club: Club, looked: Looked, actor: str, now: datetime) -> Audit:
    counts = {str(outcome): looked.outcomes[outcome] for outcome in Outcome}
    detail = counts | {"guardians": looked.guardians, "consents": looked.consents}
    return Audit(
        club_id=club.id, at=now, actor=actor, action="import", subject=looked.file.name, detail=detail
    )


async def club_of(db: Database, team: str | None) -> Club:
    """The club of the Slack team, or the only one there is. Raises `WhichClub` or `NoClub`."""
    async with db.read() as session:
        clubs = await storage.clubs.all_clubs(session)
    found = [club for club in clubs if team in (None, club.slack_team_id)]
    if not found:
        raise NoClub(team=team or "")
    if len(found) > 1:
        raise WhichClub(teams=" | ".join(club.slack_team_id for club in found))
    return found[0]
