"""One file read row by row beside what the club knows, in a thread: what would become of each row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from bot.campaigns.audience import ages_of
from bot.i18n import Words
from bot.imports import known as before
from bot.imports.choices import chosen, learnt, recalled
from bot.imports.columns import Mapped, guess_any, refuse_nameless
from bot.imports.columnwise import Batch, Columnwise
from bot.imports.compare import Comparison, Outcome
from bot.imports.people import People, Person
from bot.imports.problems import CONSENT_ALONE, Problem, Reason
from bot.imports.report import Report, path_beside
from bot.imports.rows import ROWS_SAMPLED, Columns, Row, Table, opened
from bot.imports.spool import Spool
from bot.rules.families import generations
from bot.rules.phones import PhoneRefusal
from storage.models import Club

ROWS_AT_ONCE = 1000
"""What takes some hundredths of a second; between them others have their turn."""
Progress = Callable[[int], object]
"""Is told how many rows are done."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What an import would do. Whoever has it closes its spool."""

    file: Path
    mapped: Mapped
    columns: Columns
    outcomes: Mapping[Outcome, int]
    reasons: Mapping[Reason | PhoneRefusal, int]
    guardians: int
    consents: int
    consents_refused: int
    report: Path | None
    """Where the rows are that something is wrong with."""
    examples: Sequence[tuple[int, str]]
    """The first of these: their lines, and what is wrong."""
    fingerprint: int
    learnt: Mapping[str, str]
    """What is known of columns by their names once this is stored, as `choices.learnt` gives it."""
    spool: Spool

    @property
    def changes_nothing(self) -> bool:
        """Whether everybody in it is known as they are."""
        return not self.people

    @property
    def people(self) -> int:
        """How many rows an import would store."""
        return self.outcomes[Outcome.NEW] + self.outcomes[Outcome.CHANGED]


class _Stopped(Exception):
    """Nobody waits for what is read any more."""


@dataclass(slots=True)
class Reading:
    """One look, which touches nothing but the file and its own, so that it can be taken in a thread."""

    club: Club
    path: Path
    known: before.Club
    today: date
    words: Words
    progress: Progress
    choices: Mapping[int, str] | None
    reasons: Counter[Reason | PhoneRefusal] = field(default_factory=Counter)
    is_stopped: bool = False

    def look_once(self) -> Looked:
        """What would become of each row; what is known of the club is forgotten."""
        try:
            return self._look()
        finally:
            self.known.let_go()

    def _look(self) -> Looked:
        with opened(self.path) as table:
            mapped, known = self._mapped(table)
            people = People(mapped, len(table.headers), self.club.country, self.today)
            columnwise = Columnwise(mapped, len(table.headers), people, self.today)
            ages = generations(ages_of(self.club), self.today)
            comparison = Comparison(
                self.known, names_guardians=bool(mapped.guardians), is_minor=ages.is_minor
            )
            spool = Spool()
            try:
                with Report(path_beside(self.path), table.headers, _separator(table), self.words) as report:
                    columns = self._go_through(table, columnwise, people, comparison, spool, report)
                return self._looked(mapped, known, columns, comparison, report, spool)
            except BaseException:
                spool.close()
                raise

    def _mapped(self, table: Table) -> tuple[Mapped, Mapping[str, str]]:
        """The columns, and what is learnt of them."""
        headers, before = table.headers, self.club.import_columns or {}
        guessed = guess_any(headers, self.known.fields)
        if self.choices is None:
            mapped = recalled(headers, guessed, before, self.known.fields)
            refuse_nameless(mapped, headers)
        else:
            mapped = chosen(headers, self.choices, self.known.fields)
        return mapped, learnt(headers, guessed, mapped, before)

    def _go_through(
        self,
        table: Table,
        columnwise: Columnwise,
        people: People,
        comparison: Comparison,
        spool: Spool,
        report: Report,
    ) -> Columns:
        done, columns = 0, table.columns(())
        for rows in _in_portions(table.rows):
            columns = columns if done else table.columns(rows[:ROWS_SAMPLED])
            batch = columnwise.read([row for _, row in rows])
            for (line, row), person in _one_by_one(rows, batch, comparison):
                problems = _taken(people, comparison, line, row, person)
                if problems:
                    report.add(line, row, problems)
                    self.reasons.update(problem.reason for problem in problems)
            spool.add(comparison.gathered())
            done += len(rows)
            self.progress(done)
            if self.is_stopped:
                raise _Stopped
        for portion in comparison.rest():
            spool.add(portion)
        return columns

    def _looked(
        self,
        mapped: Mapped,
        known: Mapping[str, str],
        columns: Columns,
        comparison: Comparison,
        report: Report,
        spool: Spool,
    ) -> Looked:
        return Looked(
            self.path,
            mapped,
            columns,
            comparison.outcomes,
            self.reasons,
            comparison.new_guardians,
            comparison.consents,
            sum(self.reasons[one] for one in CONSENT_ALONE),
            path_beside(self.path) if report.rows else None,
            report.first,
            self.known.fingerprint,
            known,
            spool,
        )


def _one_by_one(
    rows: Sequence[Row], batch: Batch, comparison: Comparison
) -> Iterable[tuple[Row, Person | None]]:
    """The rows that cannot be taken all at once: those amiss, or all of them."""
    lines, *columns = batch.ordinary([line for line, _ in rows], *batch.columns)
    if comparison.take_new(lines, columns):
        return ((rows[place], None) for place in sorted(batch.long_way))
    return zip(rows, batch.people(), strict=True)


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
