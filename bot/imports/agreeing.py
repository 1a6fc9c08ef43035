"""What the rows of one file say of marketing: taken with its proof, and never against what a number said itself."""

from collections.abc import Callable
from typing import Any

from bot.imports.known import BORN, E164, Club
from bot.imports.people import Person
from bot.imports.problems import Problem, Reason
from storage.imports import Known

Consent = tuple[Any, ...]
"""Who, their number, whether they agree, the evidence, and the day, as a `Portion` keeps it."""


class Agreeing:
    """Goes through what a file says of consent, row by row; where two rows differ about one number the refusal holds."""

    def __init__(self, club: Club, is_minor: Callable[[str], bool]) -> None:
        self._club, self._is_minor = club, is_minor
        self._agreed: set[str] = set()
        self._refused: dict[str, int] = {}
        """The numbers of this file that refuse, and in which line."""

    def take(self, line: int, who: str, person: Person) -> Consent | Problem | None:
        """What is to be noted for this person, or what keeps it from being taken; None where it changes nothing."""
        before = self._club.people.get(who)
        e164 = person.e164 or (before[E164] if before else None) or ""
        if person.agrees:
            if reason := self._kept_from_agreeing(person, before, e164):
                return Problem(reason, "", str(self._refused.get(e164, "")))
            is_noted = not self._club.said.get(e164)
            self._agreed.add(e164)
        else:
            # A refusal is noted once, where there was a consent; without one nothing is sent anyway.
            agreed = e164 in self._agreed or self._club.said.get(e164)
            is_noted = bool(agreed) and e164 not in self._refused
            self._refused.setdefault(e164, line)
        return (who, e164, person.agrees, person.evidence, person.agreed_on) if is_noted else None

    def _kept_from_agreeing(self, person: Person, before: Known | None, e164: str) -> Reason | None:
        said = self._club.said.get(e164)
        if not e164:
            return Reason.NOBODY_TO_AGREE
        if e164 in self._refused:
            return Reason.SAID_BOTH
        if said is not None:
            return None if said else Reason.SAID_NO
        if self._is_minor(person.birth_date or (before[BORN] if before else None) or ""):
            return Reason.MINOR
        if not person.evidence:
            return Reason.NO_EVIDENCE
        return None if person.agreed_on else Reason.NO_CONSENT_DATE
