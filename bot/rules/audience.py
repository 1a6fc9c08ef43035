"""From contacts to recipients: one text per number, and one line that says why for every contact."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from bot.rules.consent import LeftOut, Standing, may_text
from bot.rules.countries import Country
from bot.rules.figures import LANGUAGES, code_of, written
from bot.rules.phones import PhoneRefusal, is_domestic
from storage.states import Kind, Route

__all__ = ["GUARDIANS_GET_IT", "Audience", "Because", "LeftOut", "Line", "Person", "Recipient", "resolve"]

# The detail of a line left out for want of a number, when guardians get the text in its place.
GUARDIANS_GET_IT = "guardians"

LANGUAGE = "language"
"""The contact's own field that says in which language somebody reads."""

_NOTHING_ON_RECORD = Standing()
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


class Because(StrEnum):
    """By which rule a contact is concerned."""

    CHOSEN = "chosen"
    GUARDIAN_OF = "guardian_of"


# Tuples, since there may be a hundred thousand of each, and a tuple is made five times as fast as a frozen dataclass.


class Person(NamedTuple):
    """A contact as the rules see it: its number or why it has none, and its merge values."""

    id: UUID
    first_name: str
    last_name: str
    e164: str | None
    refusal: str | None = None
    values: Mapping[str, str] = _NO_VALUES


class Recipient(NamedTuple):
    """One number: the chosen people it stands for, whose number it is, and their values in one.

    `language` are the two letters of the one that its owner reads.
    """

    e164: str
    for_ids: tuple[UUID, ...]
    owner_ids: tuple[UUID, ...]
    values: Mapping[str, str]
    language: str = ""


class Line(NamedTuple):
    """What happens to one contact and why; `left_out` is None when its number gets the text."""

    contact_id: UUID
    because: Because
    guardian_of: tuple[UUID, ...]
    e164: str | None
    left_out: LeftOut | None
    detail: str


@dataclass(frozen=True, slots=True)
class Audience:
    """The recipients, no number twice, and one line for every contact concerned."""

    recipients: tuple[Recipient, ...]
    lines: tuple[Line, ...]


class _Concerned(NamedTuple):
    person: Person
    chosen: bool
    guardian_of: tuple[UUID, ...]

    @property
    def stands_for(self) -> tuple[UUID, ...]:
        return (self.person.id, *self.guardian_of) if self.chosen else self.guardian_of


def resolve(
    chosen: Sequence[Person],
    guardians: Mapping[UUID, Sequence[Person]],
    *,
    kind: Kind,
    standing: Mapping[str, Standing],
    country: Country,
    route: Route,
    joiner: str,
    language: str,
) -> Audience:
    """The audience of the chosen people and their guardians, in the order of choice.

    `guardians` goes from a child's id to its guardians; `standing` is by number, since an opt-out is;
    `joiner` is the word for "and" with its spaces, for siblings who share a text, and `language` the club's.
    """
    concerned = _concerned(chosen, guardians)
    numbers = dict.fromkeys(each.person.e164 for each in concerned if each.person.e164)
    refused = {
        e164: _refuse_number(e164, kind, standing.get(e164, _NOTHING_ON_RECORD), country, route)
        for e164 in numbers
    }
    lines = tuple(_line(each, refused) for each in concerned)
    reached = [each for each, line in zip(concerned, lines, strict=True) if line.left_out is None]
    people = {person.id: person for person in chosen}
    return Audience(tuple(_recipients(reached, people, joiner, language)), tuple(_with_guardians(lines)))


def _concerned(chosen: Sequence[Person], guardians: Mapping[UUID, Sequence[Person]]) -> list[_Concerned]:
    """Each contact once, in the order of choice, a chosen one followed by its guardians."""
    chosen_ids = {person.id for person in chosen}
    people: dict[UUID, Person] = {}
    wards: dict[UUID, dict[UUID, None]] = {}
    for person in chosen:
        people.setdefault(person.id, person)
        for guardian in guardians.get(person.id, ()):
            if guardian.id != person.id:
                people.setdefault(guardian.id, guardian)
                wards.setdefault(guardian.id, {})[person.id] = None
    return [
        _Concerned(person, id in chosen_ids, tuple(wards[id]) if id in wards else ())
        for id, person in people.items()
    ]


def _refuse_number(
    e164: str, kind: Kind, standing: Standing, country: Country, route: Route
) -> LeftOut | None:
    if route is Route.DOMESTIC and not is_domestic(e164, country):
        return LeftOut.ABROAD
    return may_text(kind, standing)


def _line(each: _Concerned, refused: Mapping[str, LeftOut | None]) -> Line:
    person, chosen, guardian_of = each
    left_out, detail = _fate(person, refused)
    because = Because.CHOSEN if chosen else Because.GUARDIAN_OF
    return Line(person.id, because, guardian_of, person.e164, left_out, detail)


def _fate(person: Person, refused: Mapping[str, LeftOut | None]) -> tuple[LeftOut | None, str]:
    if person.e164:
        return refused[person.e164], ""
    if person.refusal in (None, "", PhoneRefusal.EMPTY):
        return LeftOut.NO_NUMBER, ""
    return LeftOut.BAD_NUMBER, str(person.refusal)


def _with_guardians(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, those without a number saying when guardians get the text in their place."""
    represented = {id for line in lines if line.left_out is None for id in line.guardian_of}
    for line in lines:
        if line.left_out is LeftOut.NO_NUMBER and line.contact_id in represented:
            yield line._replace(detail=GUARDIANS_GET_IT)
        else:
            yield line


def _recipients(
    reached: Sequence[_Concerned], people: Mapping[UUID, Person], joiner: str, language: str
) -> Iterator[Recipient]:
    by_number: dict[str, list[_Concerned]] = {}
    for each in reached:
        by_number.setdefault(each.person.e164 or "", []).append(each)
    for e164, owners in by_number.items():
        first, *others = owners
        owner_ids: tuple[UUID, ...] = (first.person.id,)
        for_ids = first.stands_for
        if others:
            for_ids = tuple(dict.fromkeys(id for owner in owners for id in owner.stands_for))
            owner_ids = tuple(owner.person.id for owner in owners)
        read = _language([owner.person for owner in owners], [people[id] for id in for_ids]) or language
        is_alone = for_ids == owner_ids
        values = (
            first.person.values
            if is_alone
            else _merge_values([people[id].values for id in for_ids], joiner, read)
        )
        yield Recipient(e164, for_ids, owner_ids, values, read)


def _language(owners: Iterable[Person], wards: Iterable[Person]) -> str:
    """The first language known of those whose number it is, else of those it stands for; empty when none is."""
    codes = (code_of(person.values.get(LANGUAGE, "")) for people in (owners, wards) for person in people)
    return next((code for code in codes if code in LANGUAGES), "")


def _merge_values(all_values: Sequence[Mapping[str, str]], joiner: str, language: str) -> Mapping[str, str]:
    """One value per field: what differs is joined, "Léa et Tom", and what is the same is said once.

    A date among those that are joined is written for its reader here, since what is joined is a date no more.
    """
    if len(all_values) == 1:
        return all_values[0]
    names = dict.fromkeys(name for values in all_values for name in values)
    return {name: _join([values.get(name, "") for values in all_values], joiner, language) for name in names}


def _join(values: Sequence[str], joiner: str, language: str) -> str:
    *first, last = dict.fromkeys(value for value in values if value.strip()) or [""]
    if not first:
        return last
    *first, last = (written(value.strip(), language) for value in (*first, last))
    return joiner.join([", ".join(first), last])
