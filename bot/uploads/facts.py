"""What the windows and messages are told about a file of people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from bot.errors import BotError
from bot.imports.compare import Outcome
from bot.imports.reading import Looked
from bot.imports.rows import Columns
from bot.people.facts import OwnField

COLUMNS_SHOWN = 80
"""A modal has room for a hundred blocks: https://docs.slack.dev/reference/views/modal-views"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What becomes of the rows, and what comes beside them."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    guardians: int = 0
    consents: int = 0
    consents_refused: int = 0

    @classmethod
    def of(cls, looked: Looked) -> Self:
        """The counts of a look."""
        outcomes = {outcome.value: looked.outcomes[outcome] for outcome in Outcome}
        return cls(
            **outcomes,
            guardians=looked.guardians,
            consents=looked.consents,
            consents_refused=looked.consents_refused,
        )

    @classmethod
    def stored(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """The counts that a table keeps."""
        return cls(**kept) if kept else None

    def to_store(self) -> dict[str, int]:
        """The counts as a table keeps them."""
        return asdict(self)

    @property
    def people(self) -> int:
        """How many rows an import stores."""
        return self.new + self.changed

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.people + self.unchanged + self.refused

    @property
    def is_reported(self) -> bool:
        """Whether rows are in the file of those with something wrong."""
        return bool(self.refused or self.consents_refused)


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as its window shows it: its columns, what they hold, and what an import would do."""

    id: str
    name: str
    columns: Columns
    choices: Mapping[int, str]
    fields: Sequence[OwnField]
    counts: Counts | None = None
    examples: Sequence[tuple[int, str]] = ()
    """The lines of some rows with something wrong, and what."""
    trouble: BotError | None = None
    """Why there is nothing to count: the columns as they are chosen make no sense."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an import stands: what was shown last, and once it is done, what it did."""

    id: str
    name: str
    shown: Counts | None
    done: Counts | None


class Step(StrEnum):
    """What is being done with a file."""

    READING = "reading"
    STORING = "storing"


@dataclass(slots=True)
class Progress:
    """How far an import is; other threads set it."""

    step: Step = Step.READING
    rows: int = 0

    def read(self, rows: int) -> None:
        """So many rows are read."""
        self.step, self.rows = Step.READING, rows

    def stored(self, rows: int) -> None:
        """So many people are stored."""
        self.step, self.rows = Step.STORING, rows
