"""Who of a file is new, changed, as before or refused, beside everybody the club knows already."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from secrets import token_hex
from typing import Any

import storage.imports
from bot.imports.agreeing import Agreeing
from bot.imports.known import (
    ARCHIVED,
    BORN,
    E164,
    FIELDS,
    FIRST,
    LANGUAGE,
    LAST,
    MOBILE,
    REFERENCE,
    REFUSAL,
    ROLES,
    SEVERAL,
    TAGS,
    Club,
)
from bot.imports.people import Guardian, Person, key_of
from bot.imports.problems import Problem, Reason
from bot.imports.spool import Portion
from bot.tasks import MUCH
from storage.imports import Known

_E164S, _REFERENCES, _GUARDIANS, _AGREES, _KEYS = map(
    Person._fields.index, ("e164", "reference", "guardians", "agrees", "key")
)
_OF_ITSELF = _GUARDIANS
_IDS_AT_ONCE, _ID_LENGTH = 256, 32
_REFERENCED = "*"


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Comparison:
    """Goes through the people of one file, each once, and gathers what is to be stored."""

    def __init__(
        self,
        club: Club,
        *,
        is_minor: Callable[[str], bool],
        names_guardians: bool = True,
    ) -> None:
        self._club, self._names_guardians = club, names_guardians
        self._agreeing = Agreeing(club, is_minor)
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
        said = self._agreeing.take(line, who, person) if person.agrees is not None else None
        is_changed = self._pairs(who, person) if person.guardians else False
        if isinstance(said, tuple):
            self.portion.consents.append(said)
            self.consents += 1
            is_changed = True
        if known:
            self._store(who, person, is_changed)
        else:
            self.portion.new.append(_plain(who, person))
            self.outcomes[Outcome.NEW] += 1
        return [said] if isinstance(said, Problem) else ()

    def take_new(self, lines: Sequence[int], columns: Sequence[Sequence[Any]]) -> bool:
        """Takes all people of some lines, columns in the order of `Person`, if each is new and nothing else is asked.

        A hundred thousand take a third of the time so. False when it took nobody: somebody is known, stands twice, has
        guardians, or says something of consent; then each has to be taken alone.
        """
        keys, named = columns[_KEYS], list(filter(None, columns[_REFERENCES]))
        asks_nothing = columns[_AGREES].count(None) == len(keys)
        is_plain = asks_nothing and not (self._promised or any(columns[_GUARDIANS]))
        is_new = _are_new(keys, self._seen, self._club.by_key)
        if not (is_plain and is_new and _are_new(named, self._references, self._club.by_reference)):
            return False
        ids = list(islice(self._ids, len(keys)))
        self._note_all(lines, columns, ids)
        self.portion.new += zip(ids, *columns[:_OF_ITSELF], strict=True)
        self.outcomes[Outcome.NEW] += len(keys)
        return True

    def refuse(self) -> None:
        """Counts a row that could not be read."""
        self.outcomes[Outcome.REFUSED] += 1

    def gathered(self) -> Portion:
        """What is to be stored since this was asked last."""
        portion, self.portion = self.portion, Portion()
        return portion

    def rest(self) -> Iterator[Portion]:
        """The guardians who have no row of their own, at the end: there may be one to each row."""
        people = (
            _plain(who, Person(one.first_name, one.last_name, one.mobile, one.e164))
            for who, one in self._promised.values()
        )
        while some := list(islice(people, MUCH)):
            yield Portion(new=some)

    def _found(self, person: Person, key: str) -> tuple[str, Problem | None]:
        known = self._club.by_reference.get(person.reference) if person.reference else None
        if known is not None:
            is_archived = self._club.people[known][ARCHIVED]
            return known, Problem(Reason.ARCHIVED) if is_archived else None
        named = self._club.by_key.get(key)
        if named == SEVERAL:
            return "", Problem(Reason.SEVERAL)
        if named is None or (person.reference and self._club.people[named][REFERENCE]):
            return "", None  # a namesake with another reference is somebody else
        return named, Problem(Reason.ARCHIVED) if self._club.people[named][ARCHIVED] else None

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

    def _note_all(self, lines: Sequence[int], columns: Sequence[Sequence[Any]], ids: Sequence[str]) -> None:
        references, keys = columns[_REFERENCES], columns[_KEYS]
        of_each = zip(ids, references, lines, strict=True)
        noted = [f"{who}{_REFERENCED if named else ' '}{line}" for who, named, line in of_each]
        self._seen.update(zip(keys, noted, strict=True))
        self._references.update(zip(references, lines, strict=True))
        self._references.pop("", None)
        if self._names_guardians:
            for e164, who in zip(columns[_E164S], ids, strict=True):
                if e164:
                    self._grown.setdefault(e164, who)

    def _pairs(self, who: str, person: Person) -> bool:
        """Notes who answers for this person; whether any of them is new to it."""
        is_new = False
        for guardian in person.guardians:
            answering = self._answering(guardian, who) if guardian.is_named else self._whose(guardian, who)
            if answering and answering != who and (who, answering) not in self._club.pairs:
                self.portion.pairs.append((who, answering))
                is_new = True
        return is_new

    def _answering(self, guardian: Guardian, child: str) -> str:
        key = key_of(guardian.e164, guardian.first_name, guardian.last_name)
        if key in self._seen:
            return self._seen[key][:_ID_LENGTH]
        if alike := self._club.alike.get(key):
            return next((one for one in alike if (child, one) in self._club.pairs), alike[0])
        known = self._club.by_key.get(key)
        return known if known and not self._club.people[known][ARCHIVED] else self._promise(key, guardian)

    def _whose(self, guardian: Guardian, child: str) -> str:
        """Whoever has the number is meant; somebody new where nobody but the child has it."""
        known = self._club.by_number.get(guardian.e164) or self._grown.get(guardian.e164)
        return known if known and known != child else self._promise(_nameless(guardian.e164), guardian)

    def _promise(self, key: str, guardian: Guardian) -> str:
        if key not in self._promised:
            self._promised[key] = next(self._ids), guardian
        return self._promised[key][0]

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


def _are_new(keys: Sequence[str], *before: Mapping[str, Any]) -> bool:
    return len(set(keys)) == len(keys) and all(one.keys().isdisjoint(keys) for one in before)


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
        (FIRST, person.first_name),
        (LAST, person.last_name),
        (BORN, person.birth_date),
        (LANGUAGE, person.language),
        (REFERENCE, person.reference),
    ):
        after[place] = value or before[place]
    if person.e164 and person.e164 != before[E164]:
        after[MOBILE], after[E164], after[REFUSAL] = person.mobile, person.e164, None
    after[ROLES] = _with_more(before[ROLES], person.roles)
    after[TAGS] = _with_more(before[TAGS], person.tags)
    after[FIELDS] = _with_values(before[FIELDS], person.fields)
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
