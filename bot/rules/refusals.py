"""How a number came to be opted out, and whether staff may take that back: only what they noted themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from storage.states import ConsentHow, Purpose

# How the record says who spoke; anybody else is a Slack user.
MEMBER, CARRIER = "member", "carrier"
NOTED = "noted by staff: "
"""Begins what staff noted of a member's wish; their words follow."""
TAKEN_BACK = "taken back by staff"
"""Begins the line that takes such a note back."""


class How(StrEnum):
    """The ways in which an opt-out comes."""

    ANSWERED = "answered"
    PAGE = "page"
    READ = "read"
    """Staff read it in what the member wrote."""
    NOTED = "noted"
    CARRIER = "carrier"
    OTHER = "other"
    UNKNOWN = "unknown"


_SAID_BY = {"SMS": How.ANSWERED, "page": How.PAGE}
"""How what a member said begins in the record; their words follow a colon."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a number's record."""

    id: UUID
    purpose: Purpose
    given: bool
    evidence: str
    recorded_by: str
    at: datetime
    contact_id: UUID | None = None
    """Whose word it is; None for what came from the number itself."""
    how: ConsentHow | None = None
    words: str | None = None
    words_version: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How an opt-out came: the words that were said and the Slack user who noted it, where there are any."""

    how: How
    words: str = ""
    by: str = ""
    note_id: UUID | None = None
    """The note that staff may take back; None when it is not theirs to take back."""


def told(record: Sequence[Line]) -> Told:
    """How the number came to be opted out, by its record, oldest first.

    The member's own word counts before anybody else's, until they took it back themselves.
    """
    refusals = _standing(_after(record, _is_start))
    own = [line for line in refusals if not _is_note(line)]
    if own:
        by_member = [line for line in own if line.recorded_by == MEMBER]
        return _own_word((by_member or own)[-1])
    notes = [line for line in _after(record, _ends_notes) if _is_note(line)]
    if not notes:
        return Told(How.UNKNOWN)
    note = notes[-1]
    return Told(How.NOTED, note.evidence.removeprefix(NOTED), note.recorded_by, note.id)


def consent_before(record: Sequence[Line], note: Line) -> Line | None:
    """The consent to marketing that stood when the note was made, or None."""
    before = [line for line in record if line.purpose is Purpose.MARKETING and line.at < note.at]
    return before[-1] if before and before[-1].given else None


def _own_word(line: Line) -> Told:
    if line.recorded_by == CARRIER:
        return Told(How.CARRIER)
    if line.recorded_by != MEMBER:
        how = How.READ if line.evidence.endswith("read by staff") else How.OTHER
        return Told(how, "" if how is How.READ else line.evidence, line.recorded_by)
    for beginning, how in _SAID_BY.items():
        if line.evidence.startswith(beginning):
            return Told(how, line.evidence.partition(": ")[2])
    # Of who was erased since, nothing is known but that they wanted no texts.
    return Told(How.OTHER, line.evidence) if line.evidence else Told(How.UNKNOWN)


def _after(record: Sequence[Line], ends: Callable[[Line], bool]) -> Sequence[Line]:
    """What stands in the record after the last line of this sort."""
    last = max((place for place, line in enumerate(record) if ends(line)), default=-1)
    return record[last + 1 :]


def _standing(record: Sequence[Line]) -> list[Line]:
    """The refusals, without those of advertising that the member took back by agreeing to it."""
    agreed = max((n for n, line in enumerate(record) if _is_agreement(line)), default=-1)
    return [
        line
        for n, line in enumerate(record)
        if not line.given and (line.purpose is Purpose.ALERTS or n > agreed)
    ]


def _is_agreement(line: Line) -> bool:
    return line.given and line.purpose is Purpose.MARKETING and line.recorded_by == MEMBER


def _is_start(line: Line) -> bool:
    return line.given and line.purpose is Purpose.ALERTS and line.recorded_by == MEMBER


def _ends_notes(line: Line) -> bool:
    return _is_start(line) or (line.given and line.evidence.startswith(TAKEN_BACK))


def _is_note(line: Line) -> bool:
    return not line.given and line.recorded_by not in (MEMBER, CARRIER) and line.evidence.startswith(NOTED)
