"""Who of a file is new, changed, as before or refused, beside everybody the club knows already."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex
from typing import Any
from uuid import UUID

import storage.imports
from bot.imports.people import Guardian, Person, key_of
from bot.imports.problems import Problem, Reason
from storage.imports import COMPARED, Known

(
    _ID,
    _FIRST,
    _LAST,
    _MOBILE,
    _E164,
    _BORN,
    _LANGUAGE,
    _ROLES,
    _TAGS,
    _REFERENCE,
    _FIELDS,
    _ARCHIVED,
) = range(len(COMPARED))
_OF_ITSELF = Person._fields.index("guardians")
_IDS_AT_ONCE, _ID_LENGTH = 256, 32
_REFERENCED = "*"
SEVERAL = ""
"""In the place of an id: more than one of the club's people have this key."""


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Club:
    """What is known of a club before the import: people, who answers for whom, what numbers said of marketing."""

    people: Mapping[str, Known]
    pairs: frozenset[tuple[str, str]]
    said: Mapping[str, bool]
    by_reference: Mapping[str, str]
    by_key: Mapping[str, str]
    by_number: Mapping[str, str]
    """Whose a number is, as far as they are no children of anybody."""

    @classmethod
    def of(
        cls, people: Iterable[Known], pairs: Iterable[tuple[str, str]], said: Mapping[str, bool]
    ) -> "Club":
        """Found by reference, and those who are not archived by number and name too."""
        by_id = {row[_ID]: row for row in people}
        by_reference = {row[_REFERENCE]: row[_ID] for row in by_id.values() if row[_REFERENCE]}
        pairs = frozenset(pairs)
        children = {child for child, _ in pairs}
        by_key: dict[str, str] = {}
        by_number: dict[str, str] = {}
        for row in by_id.values():
            if not row[_ARCHIVED]:
                key = key_of(row[_E164] or "", row[_FIRST], row[_LAST], row[_BORN] or "")
                by_key[key] = SEVERAL if key in by_key else row[_ID]
                if row[_E164] and row[_ID] not in children:
                    by_number.setdefault(row[_E164], row[_ID])
        return cls(by_id, pairs, said, by_reference, by_key, by_number)

    @property
    def fingerprint(self) -> int:
        """Another number once anything of it has changed."""
        # Their ids decide the order; the sets have none.
        return hash((tuple(self.people.values()), self.pairs, frozenset(self.said.items())))


@dataclass(slots=True)
class Portion:
    """What some thousand rows ask to be stored, in plain values."""

    new: list[tuple[Any, ...]] = field(default_factory=list)
    """An id and what a `Person` says of itself, up to its fields."""
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    """The columns of `COMPARED` as they are to be."""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    consents: list[tuple[Any, ...]] = field(default_factory=list)
    """Who, their number, whether they agree, the evidence, and on which day they agreed."""


class Comparison:
    """Goes through the people of one file, each once, and gathers what is to be stored."""

    def __init__(self, club: Club, *, names_guardians: bool = True) -> None:
        self._club, self._names_guardians = club, names_guardians
        self.outcomes: Counter[Outcome] = Counter()
        self.consents = 0
        self.portion = Portion()
        self._lines: dict[str, int] = {}
        """Who of the club stands in which line."""
        self._references: dict[str, int] = {}
        self._seen: dict[str, str] = {}
        """Who it is, whether they have a reference, and the line, in one text: of a million, tuples take long to keep."""
        self._promised: dict[str, tuple[str, Guardian]] = {}
        """Guardians who have had no row of their own so far."""
        self._grown: dict[str, str] = {}
        """Whose a number is, of those in the file for whom nobody answers."""
        self._ids = _ids()

    def take(self, line: int, person: Person) -> Sequence[Problem]:
        """Compares the person of this line; what is wrong with it, which may be its consent alone."""
        key, reference, known = person.key, person.reference, ""
        # Most are new to the club and to the file, and nothing else is asked about them.
        is_met = key in self._seen or key in self._club.by_key
        if is_met or (reference and (reference in self._references or reference in self._club.by_reference)):
            known, problem = self._found(person, key)
            problem = problem or self._twice(person, key, known)
            if problem:
                return [problem]
        who = known or (self._promised and self._promised_as(person, key)) or next(self._ids)
        self._note(line, person, key, who, is_known=bool(known))
        problems = self._consent(who, person) if person.agrees is not None else ()
        is_changed = self._pairs(who, person) if person.guardians else False
        if known:
            self._store(who, person, is_changed or problems is None)
        else:
            self.portion.new.append(_plain(who, person))
            self.outcomes[Outcome.NEW] += 1
        return problems or ()

    def refuse(self) -> None:
        """Counts a row that could not be read."""
        self.outcomes[Outcome.REFUSED] += 1

    def gathered(self) -> Portion:
        """What is to be stored since this was asked last."""
        portion, self.portion = self.portion, Portion()
        return portion

    def rest(self) -> Portion:
        """The guardians who have no row of their own, at the end."""
        people = (
            (who, Person(one.first_name, one.last_name, one.mobile, one.e164))
            for who, one in self._promised.values()
        )
        return Portion(new=[_plain(who, person) for who, person in people])

    def _found(self, person: Person, key: str) -> tuple[str, Problem | None]:
        known = self._club.by_reference.get(person.reference) if person.reference else None
        if known is not None:
            is_archived = self._club.people[known][_ARCHIVED]
            return known, Problem(Reason.ARCHIVED) if is_archived else None
        named = self._club.by_key.get(key)
        if named == SEVERAL:
            return "", Problem(Reason.SEVERAL)
        if named is None or (person.reference and self._club.people[named][_REFERENCE]):
            return "", None  # a namesake with another reference is somebody else
        return named, None

    def _twice(self, person: Person, key: str, known: str) -> Problem | None:
        if person.reference and person.reference in self._references:
            return Problem(Reason.REFERENCE_TWICE, "", str(self._references[person.reference]))
        if known and known in self._lines:
            return Problem(Reason.TWICE, "", str(self._lines[known]))
        seen = self._seen.get(key)
        if seen and not (seen[_ID_LENGTH] == _REFERENCED and person.reference):
            return Problem(Reason.TWICE, "", seen[_ID_LENGTH + 1 :])
        return None

    def _promised_as(self, person: Person, key: str) -> str:
        """The id of the guardian who was promised and is this person, by name or by number alone."""
        keys = [key] if person.guardians or not person.e164 else [key, _nameless(person.e164)]
        return next((self._promised.pop(one)[0] for one in keys if one in self._promised), "")

    def _note(self, line: int, person: Person, key: str, who: str, *, is_known: bool) -> None:
        self._seen[key] = f"{who}{_REFERENCED if person.reference else ' '}{line}"
        if self._names_guardians and person.e164 and not person.guardians:
            self._grown.setdefault(person.e164, who)
        if is_known:
            self._lines[who] = line
        if person.reference:
            self._references[person.reference] = line

    def _pairs(self, who: str, person: Person) -> bool:
        """Notes who answers for this person; whether any of them is new to it."""
        is_new = False
        for guardian in person.guardians:
            answering = self._answering(guardian) if guardian.is_named else self._whose(guardian, who)
            if answering and answering != who and (who, answering) not in self._club.pairs:
                self.portion.pairs.append((who, answering))
                is_new = True
        return is_new

    def _answering(self, guardian: Guardian) -> str:
        key = key_of(guardian.e164, guardian.first_name, guardian.last_name)
        if key in self._seen:
            return self._seen[key][:_ID_LENGTH]
        return self._club.by_key.get(key) or self._promise(key, guardian)

    def _whose(self, guardian: Guardian, child: str) -> str:
        """Whoever has the number is meant; somebody new where nobody but the child has it."""
        known = self._club.by_number.get(guardian.e164) or self._grown.get(guardian.e164)
        return known if known and known != child else self._promise(_nameless(guardian.e164), guardian)

    def _promise(self, key: str, guardian: Guardian) -> str:
        if key not in self._promised:
            self._promised[key] = next(self._ids), guardian
        return self._promised[key][0]

    def _consent(self, who: str, person: Person) -> list[Problem] | None:
        """What keeps the consent from being taken; None when it is taken, and nothing where it changes nothing."""
        if person.agrees is None:
            return []
        said = self._club.said.get(person.e164)
        if person.agrees and not person.e164:
            return [Problem(Reason.NOBODY_TO_AGREE)]
        if person.agrees and said is False:
            return [Problem(Reason.SAID_NO)]
        if person.agrees and not person.evidence:
            return [] if said else [Problem(Reason.NO_EVIDENCE)]
        if person.agrees and not person.agreed_on:
            return [] if said else [Problem(Reason.NO_CONSENT_DATE)]
        # A refusal is noted where there was a consent; without one nothing is sent anyway.
        if said is person.agrees or (not person.agrees and said is None):
            return []
        self.portion.consents.append((who, person.e164, person.agrees, person.evidence, person.agreed_on))
        self.consents += 1
        return None

    def _store(self, who: str, person: Person, is_changed: bool) -> None:
        before = self._club.people[who]
        after = _merged(before, person)
        if after != before:
            self.portion.changed.append(tuple(after))
        self.outcomes[Outcome.CHANGED if is_changed or after != before else Outcome.UNCHANGED] += 1

    @property
    def new_guardians(self) -> int:
        """How many guardians have no row of their own and are new to the club."""
        return len(self._promised)


def _ids() -> Iterator[str]:
    """Ids as `UUID.hex` writes them; the system is asked for many at once."""
    while True:
        some = token_hex(_ID_LENGTH // 2 * _IDS_AT_ONCE)
        yield from [some[start : start + _ID_LENGTH] for start in range(0, len(some), _ID_LENGTH)]


def _nameless(e164: str) -> str:
    return f"{e164}\n\n"


def _plain(who: str, person: Person) -> tuple[Any, ...]:
    return (who, *person[:_OF_ITSELF])


def _merged(before: Known, person: Person) -> Sequence[Any]:
    """The contact with what the row says: an empty cell changes nothing, roles and tags are added."""
    after = list(before)
    for place, value in (
        (_FIRST, person.first_name),
        (_LAST, person.last_name),
        (_BORN, person.birth_date),
        (_LANGUAGE, person.language),
        (_REFERENCE, person.reference),
    ):
        after[place] = value or before[place]
    if person.e164 and person.e164 != before[_E164]:
        after[_MOBILE], after[_E164] = person.mobile, person.e164
    after[_ROLES] = _with_more(before[_ROLES], person.roles)
    after[_TAGS] = _with_more(before[_TAGS], person.tags)
    after[_FIELDS] = _with_values(before[_FIELDS], person.fields)
    return tuple(after)


def _with_more(stored: str, more: Sequence[str]) -> Any:
    """The list with these in it; as it is stored when they are, else as a tuple."""
    if not more:
        return stored
    before = storage.imports.listed(stored)
    added = [one for one in more if one not in before]
    return (*before, *added) if added else stored


def _with_values(stored: str, more: Sequence[tuple[str, str]]) -> Any:
    if not more:
        return stored
    before = storage.imports.values(stored)
    after = before | dict(more)
    return tuple(after.items()) if after != before else stored


def id_of(text: str) -> UUID:
    """The id that `everybody` or this module wrote."""
    return UUID(text)
