"""Who gets a campaign: the club's people, their guardians and what is on record, put before the rules."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.clubs
import storage.consent
import storage.contacts
import storage.groups
import storage.parts
from bot.campaigns.values import Choice, Fields
from bot.i18n import Words
from bot.rules import audience as rules
from bot.rules import moments
from bot.rules.audience import Audience, known_language
from bot.rules.consent import Standing
from bot.rules.countries import Country
from bot.rules.families import Ages, generations
from bot.rules.template import fields_in
from bot.tasks import aside
from storage.contacts import Listed, Picked
from storage.db import ROWS_AT_ONCE
from storage.models import Club, Group
from storage.parts import Flat
from storage.states import AudienceWay, Kind, OptOutScope, Route

JOINERS = {"fr": " et ", "en": " and "}
"""The word for "and" between siblings, by the club's language."""

OWN_FIELDS = ("first_name", "last_name", "group", "club")
"""The merge fields every club has; its own contact fields come on top."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a coach chose, as a campaign's row keeps it."""

    way: AudienceWay
    contact_ids: tuple[UUID, ...] = ()
    group_ids: tuple[UUID, ...] = ()

    @classmethod
    def of_fields(cls, fields: Fields) -> "Chosen":
        """The choice in what was picked; a picker that is not shown does not count."""
        contacts = fields.contacts if fields.audience is AudienceWay.CONTACTS else ()
        groups = fields.groups if fields.audience in (AudienceWay.FIXED, AudienceWay.DYNAMIC) else ()
        return cls(fields.audience, _ids(contacts), _ids(groups))

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Chosen":
        """The choice in a campaign's row."""
        return cls(AudienceWay(stored["way"]), _uuids(stored["contacts"]), _uuids(stored["groups"]))

    def to_json(self) -> dict[str, Any]:
        """The choice for a campaign's row; the same choice always gives the same JSON."""
        return {
            "way": self.way.value,
            "contacts": sorted(map(str, self.contact_ids)),
            "groups": sorted(map(str, self.group_ids)),
        }

    @property
    def is_empty(self) -> bool:
        """Whether nobody was picked."""
        return self.way is not AudienceWay.EVERYONE and not (self.contact_ids or self.group_ids)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the database says of a choice at one moment: enough to resolve it, which asks nobody any more."""

    club: Club
    names: Sequence[str]
    """The merge fields whose values are wanted."""
    label: str
    chosen: list[Listed]
    guardians: Mapping[str, Sequence[str]]
    others: list[Listed]
    """The guardians who are not chosen themselves."""
    records: Mapping[Standing, Set[str]]
    second: Listed | None = None
    """The club's second adult, where it wants one."""

    @property
    def size(self) -> int:
        """How many people it is about."""
        return len(self.chosen) + len(self.others)

    def use_up(self) -> tuple[list[rules.Person], list[rules.Person]]:
        """The chosen and the others as the rules see them; once, for there may be too many to have them twice."""
        person = person_of(self.club, self.names, self.label)
        return _each(person, self.chosen), _each(person, self.others)


async def gather(
    session: AsyncSession, club: Club, chosen: Chosen, *, kind: Kind, body: str, leaves_at: datetime
) -> Gathered:
    """What must be known of the people of this choice to write them this text. In a transaction, which `read` is none.

    Dynamic groups are as they will be, by what is known now, on the club's day when it leaves.
    """
    names = wanted(body)
    fields = own_fields(names)
    groups = await storage.groups.these(session, club.id, chosen.group_ids)
    parts = await storage.parts.flat(session, club.id, chosen.group_ids)
    picked = picked_of(chosen, parts, day_of(club, leaves_at))
    listed = await storage.contacts.those_picked(session, club.id, fields, picked)
    # Such sets of a hundred thousand are made within milliseconds, but one right after the other they add up.
    ids = await aside(len(listed), partial(storage.contacts.ids_of, listed))
    guardians = await storage.contacts.guardianships(session, club.id, ids)
    missing = await aside(len(listed), lambda: set(chain.from_iterable(guardians.values())) - ids)
    others = await storage.contacts.listed(session, club.id, fields, [UUID(id) for id in missing])
    second = await _second(session, club, fields, kind)
    everybody = [*listed, *others, *([second] if second else [])]
    numbers = await aside(len(listed), partial(storage.contacts.numbers_of, everybody))
    return Gathered(
        club=club,
        names=names,
        label=label_of(club, groups),
        chosen=listed,
        guardians=guardians,
        others=others,
        records=await records_of(session, club.id, numbers, kind),
        second=second,
    )


async def _second(session: AsyncSession, club: Club, fields: Sequence[str], kind: Kind) -> Listed | None:
    """No minor gets advertising, so that nobody goes along with one then."""
    adult = second_adult_of(club) if kind is Kind.ALERT else None
    found = await storage.contacts.listed(session, club.id, fields, [adult]) if adult else []
    return found[0] if found else None


def second_adult_of(club: Club) -> UUID | None:
    """Whom the club has told what a minor is told, where it asks for that."""
    return club.second_adult_id if club.second_adult_under else None


def resolve(
    gathered: Gathered, *, kind: Kind, route: Route, country: Country, leaves_at: datetime
) -> Audience:
    """The audience of what was gathered, which is used up, as old as everybody is when the text leaves."""
    second = gathered.second
    person = person_of(gathered.club, gathered.names, gathered.label)
    chosen, others = gathered.use_up()
    return rules.resolve(
        chosen,
        gathered.guardians,
        others,
        kind=kind,
        records=gathered.records,
        country=country,
        route=route,
        joiner=JOINERS.get(gathered.club.language, JOINERS["en"]),
        generations=generations(ages_of(gathered.club), day_of(gathered.club, leaves_at)),
        second=person(second) if second else None,
    )


async def how_many_chosen(session: AsyncSession, club: Club, chosen: Chosen, at: datetime) -> int:
    """How many of the club's people this choice means then."""
    groups = await storage.parts.flat(session, club.id, chosen.group_ids)
    return await storage.contacts.how_many(session, club.id, picked_of(chosen, groups, day_of(club, at)))


def picked_of(chosen: Chosen, groups: Flat, today: date) -> Picked:
    """What the database is asked for, where the chosen groups come down to these."""
    return Picked(
        today,
        is_everyone=chosen.way is AudienceWay.EVERYONE,
        contact_ids=chosen.contact_ids if chosen.way is AudienceWay.CONTACTS else (),
        groups=groups,
    )


def day_of(club: Club, at: datetime) -> date:
    """The day it is for the club then."""
    return moments.day_of(at, club.zone)


async def records_of(
    session: AsyncSession, club_id: UUID, numbers: Collection[str], kind: Kind
) -> Mapping[Standing, Set[str]]:
    """Those of these numbers of which something is on record, by what it is; consent to marketing counts for it alone."""
    blocked = await storage.consent.opted_out(session, club_id, numbers)
    agreed: set[str] = set()
    if kind is Kind.MARKETING:
        agreed = await storage.consent.agreed_to_marketing(session, club_id, numbers)
    return await aside(len(numbers), partial(_by_record, blocked, agreed))


def _by_record(blocked: Mapping[str, OptOutScope], agreed: Set[str]) -> Mapping[Standing, Set[str]]:
    found: dict[Standing, set[str]] = {Standing(marketing_consent=True): set(agreed - blocked.keys())}
    for e164, scope in blocked.items():
        found.setdefault(Standing(scope, e164 in agreed), set()).add(e164)
    return found


async def known_fields(session: AsyncSession, club_id: UUID, body: str) -> tuple[str, ...]:
    """The names that may stand in braces in this text; its club's own ones only if it may have one of them."""
    if all(field.name in OWN_FIELDS for field in fields_in(body)):
        return OWN_FIELDS
    return await merge_fields(session, club_id)


async def merge_fields(session: AsyncSession, club_id: UUID) -> tuple[str, ...]:
    """The names that may stand in braces in this club's texts."""
    own = await storage.contacts.field_names(session, club_id)
    return OWN_FIELDS + tuple(name for name in own if name not in OWN_FIELDS)


def ages_of(club: Club) -> Ages:
    """From which age on the club's members are texted themselves, and alone."""
    return Ages(club.own_texts_from, club.alone_from, club.second_adult_under)


def in_words(fields: Fields, words: Words) -> str:
    """'Everyone', 'U13, U15' or 'Léa Martin and 2 others'."""
    if fields.audience is AudienceWay.EVERYONE:
        return words("Everyone")
    if fields.audience is not AudienceWay.CONTACTS:
        return words.all_of(group.label for group in fields.groups)
    first, *others = [contact.label for contact in fields.contacts] or [""]
    if not others:
        return first
    return words.plural("{first} and {count} other", "{first} and {count} others", len(others), first=first)


def wanted(body: str) -> tuple[str, ...]:
    """The merge fields of the text."""
    return tuple(dict.fromkeys(field.name for field in fields_in(body)))


def own_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the merge fields that are the club's own."""
    return tuple(name for name in names if name not in OWN_FIELDS)


def _each(person: Callable[[Listed], rules.Person], listed: list[Listed]) -> list[rules.Person]:
    """Everybody listed as the rules see them; the list is emptied, a little at a time, since nothing else runs meanwhile."""
    found: list[rules.Person] = []
    listed.reverse()
    while some := listed[-ROWS_AT_ONCE:]:
        del listed[-ROWS_AT_ONCE:]
        found += map(person, reversed(some))
    return found


def label_of(club: Club, groups: Iterable[Group]) -> str:
    """What stands for the merge field of the group."""
    return ", ".join(group.name for group in groups) or club.name


def person_of(club: Club, names: Sequence[str], label: str) -> Callable[[Listed], rules.Person]:
    """What gives somebody listed as the rules see them, with the values of these merge fields; the label is the group's."""
    every = {"group": label, "club": club.name}
    shared = {name: value for name, value in every.items() if name in names}
    fields, usual = own_fields(names), club.language

    def person(listed: Listed) -> rules.Person:
        id, first_name, last_name, e164, refusal, language, born, *own = listed
        values = {"first_name": first_name, "last_name": last_name}
        if shared:
            values |= shared
        if own:
            values |= {name: value for name, value in zip(fields, own, strict=True) if value is not None}
        reads = known_language(language) if language else ""
        known = (id, first_name, last_name, e164 or "", refusal, values, reads or usual, reads, born or "")
        return rules.Person._make(known)

    return person


def _ids(choices: Iterable[Choice]) -> tuple[UUID, ...]:
    return _uuids(choice.id for choice in choices)


def _uuids(texts: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(UUID(text) for text in texts)
