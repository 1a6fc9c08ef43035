"""From contacts to recipients: one text per number, and one line that says why for every contact."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from bot.rules.consent import LeftOut, Standing, may_text
from bot.rules.countries import Country
from bot.rules.families import Generations
from bot.rules.figures import LANGUAGES, code_of, written
from bot.rules.phones import PhoneRefusal, is_domestic
from storage.states import Kind, Route

__all__ = [
    "GUARDIANS_GET_IT",
    "Audience",
    "Because",
    "LeftOut",
    "Line",
    "Person",
    "Recipient",
    "merged",
    "resolve",
]

# The detail of a line left out for want of a number, when guardians get the text in its place.
GUARDIANS_GET_IT = "guardians"

_NOTHING_ON_RECORD = Standing()
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


class Because(StrEnum):
    """By which rule a contact is concerned."""

    CHOSEN = "chosen"
    GUARDIAN_OF = "guardian_of"
    SECOND_ADULT = "second_adult"


# Tuples, since there may be a hundred thousand of each, and a tuple is made five times as fast as a frozen dataclass.
# Contacts go by their ids as text, 32 digits: those are told apart ten times as fast as UUID objects.


class Person(NamedTuple):
    """A contact as the rules see it: its number (empty: none) or why it has none, and its merge values.

    `language` is the one it is written to in, `reads` the one it is known to read, `born` an ISO date; empty when unknown.

    Whoever stands for nobody else is their own recipient.
    """

    id: str
    first_name: str
    last_name: str
    e164: str
    refusal: str | None = None
    values: Mapping[str, str] = _NO_VALUES
    language: str = ""
    reads: str = ""
    born: str = ""

    @property
    def for_ids(self) -> tuple[str, ...]:
        """Whom the text is for."""
        return (self.id,)

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """Whose number it is."""
        return (self.id,)


class Shared(NamedTuple):
    """A number that is several people's, or a guardian's: whom its text is for, whose it is, and their values in one."""

    e164: str
    for_ids: tuple[str, ...]
    owner_ids: tuple[str, ...]
    values: Mapping[str, str]
    language: str = ""


Recipient = Person | Shared
"""One number, which is there."""


class Line(NamedTuple):
    """What happens to one contact and why; `left_out` is None when its number gets the text."""

    contact_id: str
    because: Because
    guardian_of: tuple[str, ...]
    e164: str | None
    left_out: LeftOut | None
    detail: str
    along_with: tuple[str, ...] = ()
    """Those whom it goes along with as the club's second adult, guardian of none of them."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Each contact once, in the order of choice, a chosen one followed by its guardians who are not; and who answers for whom."""

    people: Mapping[str, Person]
    chosen: Collection[str]
    wards: Mapping[str, tuple[str, ...]]
    """For whom each guardian answers; the second adult has those too whom they go along with."""
    second: str = ""
    along: Collection[str] = ()
    """The second adult, and those whom they go along with."""

    def stands_for(self, id: str) -> tuple[str, ...]:
        """The chosen people whose text comes to this one."""
        wards = self.wards.get(id, ())
        return (id, *wards) if id in self.chosen else wards


@dataclass(frozen=True, slots=True)
class Audience:
    """The recipients, no number twice, and what became of everybody concerned.

    `refused` says it by number, `underage` of those who are not texted themselves, though their number may be.
    """

    recipients: tuple[Recipient, ...]
    concerned: Concerned
    refused: Mapping[str, LeftOut]
    underage: Mapping[str, LeftOut]

    @property
    def reached(self) -> int:
        """How many people's numbers get the text."""
        return len(self.concerned.people) - sum(1 for _ in self._missed())

    @property
    def lines(self) -> tuple[Line, ...]:
        """One line for every contact concerned, made anew each time."""
        represented = self._represented()
        return tuple(self._line(person, represented) for person in self.concerned.people.values())

    @property
    def left_out(self) -> tuple[Line, ...]:
        """The lines of those who do not get it, nor their guardians in their place."""
        represented = self._represented()
        missed = (each for each in self._missed() if not self._is_represented(each, represented))
        return tuple(self._line(each, represented) for each in missed)

    def without(self, reasons: Mapping[str, LeftOut]) -> "Audience":
        """The audience without these numbers, each left out for its reason."""
        if not reasons:
            return self
        kept = tuple(each for each in self.recipients if each.e164 not in reasons)
        return replace(self, recipients=kept, refused={**reasons, **self.refused})

    def name_of(self, contact_id: str) -> str:
        """First and last name."""
        person = self.concerned.people[contact_id]
        return f"{person.first_name} {person.last_name}".strip()

    def _missed(self) -> Iterator[Person]:
        refused, underage = self.refused, self.underage
        for person in self.concerned.people.values():
            if not person.e164 or person.e164 in refused or person.id in underage:
                yield person

    def _line(self, person: Person, represented: Collection[str]) -> Line:
        left_out, detail = self._fate(person)
        if self._is_represented(person, represented):
            detail = GUARDIANS_GET_IT
        wards, along = self._wards(person.id)
        other = Because.SECOND_ADULT if along and not wards else Because.GUARDIAN_OF
        because = Because.CHOSEN if person.id in self.concerned.chosen else other
        return Line(person.id, because, wards, person.e164 or None, left_out, detail, along)

    def _wards(self, id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """For whom this one answers, and whom they go along with."""
        every, along = self.concerned.wards.get(id, ()), self.concerned.along
        if id != self.concerned.second:
            return every, ()
        own = tuple(ward for ward in every if ward not in along)
        return own, tuple(ward for ward in every if ward in along)

    def _is_represented(self, person: Person, represented: Collection[str]) -> bool:
        """Whether it is too young or has no number, and guardians get the text in its place."""
        return person.id in represented and self._fate(person)[0] in (LeftOut.NO_NUMBER, LeftOut.TOO_YOUNG)

    def _represented(self) -> Collection[str]:
        """Whose guardians get the text."""
        return _represented(self.concerned, self.refused, self.underage)

    def _fate(self, person: Person) -> tuple[LeftOut | None, str]:
        if person.e164:
            return self.refused.get(person.e164) or self.underage.get(person.id), ""
        if person.refusal in (None, "", PhoneRefusal.EMPTY):
            return LeftOut.NO_NUMBER, ""
        return LeftOut.BAD_NUMBER, str(person.refusal)


def resolve(
    chosen: Sequence[Person],
    guardians: Mapping[str, Sequence[str]],
    others: Iterable[Person] = (),
    *,
    kind: Kind,
    records: Mapping[Standing, Set[str]],
    country: Country,
    route: Route,
    joiner: str,
    generations: Generations,
    second: Person | None = None,
) -> Audience:
    """The audience of the chosen people and their guardians, in the order of choice.

    `second` is the club's second adult, who is told last what a minor is told whom no guardian goes along with.
    `guardians` goes from a child's id to those of its guardians, who are among the chosen or the `others`, else they have
    left the club and answer for nobody. `records` are the numbers of which something is on record, by what it is, each
    once; `joiner` is the word for "and" with its spaces, for siblings who share a text.
    """
    concerned = _concerned(chosen, guardians, {person.id: person for person in others}, generations)
    numbers = {person.e164 for person in concerned.people.values() if person.e164}
    if second and second.e164:
        numbers.add(second.e164)
    refused = _refused(numbers, kind, records, country, route)
    underage = _underage(concerned, refused, kind, generations)
    if second and second.e164 and second.e164 not in refused and second.id not in underage:
        concerned = _accompanied(concerned, refused, underage, second, generations)
    recipients = tuple(_recipients(concerned, refused, underage, joiner))
    return Audience(recipients, concerned, refused, underage)


def _concerned(
    chosen: Sequence[Person],
    guardians: Mapping[str, Sequence[str]],
    others: Mapping[str, Person],
    generations: Generations,
) -> Concerned:
    own = {person.id: person for person in chosen}
    # Where nobody is to be put between the chosen, they are as they came.
    people = {} if others else own.copy()
    wards: dict[str, list[str]] = {}
    for id in own if others else filter(guardians.__contains__, own):
        people.setdefault(id, own[id])
        if generations.is_alone(own[id].born):
            continue
        for guardian in dict.fromkeys(guardians.get(id, ())):
            known = own.get(guardian) or others.get(guardian)
            if known and guardian != id:
                if guardian not in own:
                    people.setdefault(guardian, known)
                wards.setdefault(guardian, []).append(id)
    return Concerned(people, own.keys(), {id: tuple(mine) for id, mine in wards.items()})


def _accompanied(
    concerned: Concerned,
    refused: Mapping[str, LeftOut],
    underage: Mapping[str, LeftOut],
    second: Person,
    generations: Generations,
) -> Concerned:
    """The same with the second adult, where somebody minor gets the text at a number of their own and no guardian does."""
    represented = _represented(concerned, refused, underage)
    along = {
        person.id
        for person in concerned.people.values()
        if person.id in concerned.chosen
        and generations.is_accompanied(person.born)
        and person.e164 not in ("", second.e164)
        and person.e164 not in refused
        and person.id not in underage
        and person.id not in represented
        and person.id != second.id
    }
    if not along:
        return concerned
    theirs = along.union(concerned.wards.get(second.id, ()))
    wards = {**concerned.wards, second.id: tuple(id for id in concerned.people if id in theirs)}
    people = {**concerned.people}
    people.setdefault(second.id, second)
    return Concerned(people, concerned.chosen, wards, second.id, along)


def _refused(
    numbers: Set[str],
    kind: Kind,
    records: Mapping[Standing, Set[str]],
    country: Country,
    route: Route,
) -> Mapping[str, LeftOut]:
    """Which of the numbers may not get the text, and why."""
    found: dict[str, LeftOut] = {}
    without_record = numbers
    # Sets of numbers, since there may be a hundred thousand of which the same is on record.
    for stands, those in records.items():
        without_record = without_record - those
        if reason := may_text(kind, stands):
            found.update(dict.fromkeys(numbers & those, reason))
    if reason := may_text(kind, _NOTHING_ON_RECORD):
        found.update(dict.fromkeys(without_record, reason))
    if route is Route.DOMESTIC:
        found.update({e164: LeftOut.ABROAD for e164 in numbers if not is_domestic(e164, country)})
    return found


def _represented(
    concerned: Concerned, refused: Mapping[str, LeftOut], underage: Collection[str]
) -> Collection[str]:
    """Who has a guardian that is reached; one who is too young to be texted takes nobody's place."""
    return {
        ward
        for guardian, wards in concerned.wards.items()
        if (e164 := concerned.people[guardian].e164) and e164 not in refused and guardian not in underage
        for ward in wards
    }


def _underage(
    concerned: Concerned, refused: Mapping[str, LeftOut], kind: Kind, generations: Generations
) -> Mapping[str, LeftOut]:
    """Who is not texted at their own number: no minor gets advertising, and no child what a guardian gets in its place."""
    people = concerned.people.values()
    if kind is Kind.MARKETING:
        return {person.id: LeftOut.MINOR for person in people if generations.is_minor(person.born)}
    young = dict.fromkeys(person.id for person in people if generations.is_young(person.born))
    represented = _represented(concerned, refused, young) if young else ()
    return {id: LeftOut.TOO_YOUNG for id in young if id in represented}


def _recipients(
    concerned: Concerned, refused: Mapping[str, LeftOut], underage: Mapping[str, LeftOut], joiner: str
) -> Iterator[Recipient]:
    first_with: dict[str, Person] = {}
    together: dict[str, list[Person]] = {}
    for person in concerned.people.values():
        e164 = person.e164
        if e164 and e164 not in refused and person.id not in underage:
            first = first_with.setdefault(e164, person)
            if first is not person:
                together.setdefault(e164, [first]).append(person)
    wards = concerned.wards
    for e164, first in first_with.items():
        if e164 in together:
            yield _shared(e164, together[e164], concerned, joiner)
        elif first.id in wards:
            yield _shared(e164, (first,), concerned, joiner)
        else:
            yield first


def _shared(e164: str, owners: Sequence[Person], concerned: Concerned, joiner: str) -> Shared:
    owner_ids = tuple([owner.id for owner in owners])
    for_ids = concerned.stands_for(owner_ids[0])
    if len(owners) > 1:
        for_ids = tuple(dict.fromkeys(chain.from_iterable(map(concerned.stands_for, owner_ids))))
    meant = [concerned.people[id] for id in for_ids]
    language = _read_by(owners) or _read_by(meant) or owners[0].language
    values = merged([person.values for person in meant], joiner, language)
    return Shared(e164, for_ids, owner_ids, values, language)


def _read_by(people: Iterable[Person]) -> str:
    """The first language that one of them is known to read; empty where none is known."""
    for person in people:
        if person.reads:
            return person.reads
    return ""


@lru_cache
def known_language(written: str) -> str:
    """The two letters of a language as contacts have it, where it is one of ours; else empty."""
    code = code_of(written)
    return code if code in LANGUAGES else ""


def merged(all_values: Sequence[Mapping[str, str]], joiner: str, language: str) -> Mapping[str, str]:
    """One value per field of several people: what differs is joined, "Léa et Tom", and what is the same is said once.

    A date among those that are joined is written for its reader here, since what is joined is a date no more.
    """
    if len(all_values) == 1:
        return all_values[0]
    names = dict.fromkeys(chain.from_iterable(all_values))
    return {name: _join([values.get(name, "") for values in all_values], joiner, language) for name in names}


def _join(values: Sequence[str], joiner: str, language: str) -> str:
    distinct = [value for value in dict.fromkeys(values) if value and not value.isspace()]
    if len(distinct) < 2:
        return distinct[0] if distinct else ""
    *others, last = [written(value.strip(), language) for value in distinct]
    return f"{', '.join(others)}{joiner}{last}"
