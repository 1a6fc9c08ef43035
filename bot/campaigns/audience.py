"""Who gets a campaign: the club's people, their guardians and what is on record, put before the rules."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.clubs
import storage.consent
import storage.contacts
import storage.groups
from bot.campaigns.values import Choice, Fields
from bot.i18n import Words
from bot.rules import audience as rules
from bot.rules.audience import LANGUAGE
from bot.rules.consent import LeftOut, Standing
from bot.rules.countries import Country
from bot.rules.template import fields_in
from storage.contacts import Listed
from storage.models import Club, Group
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
class Resolved:
    """An audience as it is now, with the people behind its ids."""

    audience: rules.Audience
    people: Mapping[UUID, rules.Person]

    def name_of(self, contact_id: UUID) -> str:
        """First and last name."""
        person = self.people[contact_id]
        return f"{person.first_name} {person.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the database says of a choice at one moment: enough to resolve it, which asks nobody any more."""

    club: Club
    names: Sequence[str]
    """The merge fields whose values are wanted."""
    label: str
    chosen: Sequence[Listed]
    guardians: Mapping[UUID, Sequence[UUID]]
    others: Sequence[Listed]
    """The guardians who are not chosen themselves."""
    standing: Mapping[str, Standing]

    @property
    def size(self) -> int:
        """How many people it is about."""
        return len(self.chosen) + len(self.others)


async def gather(session: AsyncSession, club: Club, chosen: Chosen, *, kind: Kind, body: str) -> Gathered:
    """What must be known of the people of this choice to write them this text. In a transaction, which `read` is none."""
    names = _wanted(body)
    fields = _own_fields(names)
    groups = await storage.groups.these(session, club.id, chosen.group_ids)
    listed = await _members(session, club.id, chosen, groups, fields)
    ids = {person.id for person in listed}
    guardians = await storage.contacts.guardianships(session, club.id, ids)
    missing = {id for found in guardians.values() for id in found} - ids
    others = await storage.contacts.listed(session, club.id, fields, missing)
    numbers = {person.e164 for people in (listed, others) for person in people if person.e164}
    return Gathered(
        club=club,
        names=names,
        label=", ".join(group.name for group in groups) or club.name,
        chosen=listed,
        guardians=guardians,
        others=others,
        standing=await standing_of(session, club.id, numbers, kind),
    )


def resolve(gathered: Gathered, *, kind: Kind, route: Route, country: Country) -> Resolved:
    """The audience of what was gathered."""
    person = _persons(gathered)
    chosen = [person(one) for one in gathered.chosen]
    people = {one.id: one for one in (*chosen, *map(person, gathered.others))}
    # Those who have left the club answer for nobody.
    guardians = {
        child: [people[id] for id in found if id in people] for child, found in gathered.guardians.items()
    }
    audience = rules.resolve(
        chosen,
        guardians,
        kind=kind,
        standing=gathered.standing,
        country=country,
        route=route,
        joiner=JOINERS.get(gathered.club.language, JOINERS["en"]),
        language=gathered.club.language,
    )
    return Resolved(audience, people)


def without(resolved: Resolved, reasons: Mapping[str, LeftOut]) -> Resolved:
    """The audience without these numbers, each left out for its reason."""
    if not reasons:
        return resolved
    audience = rules.Audience(
        tuple(each for each in resolved.audience.recipients if each.e164 not in reasons),
        tuple(
            line._replace(left_out=line.left_out or reasons.get(line.e164 or ""))
            for line in resolved.audience.lines
        ),
    )
    return replace(resolved, audience=audience)


async def standing_of(
    session: AsyncSession, club_id: UUID, numbers: Collection[str], kind: Kind
) -> dict[str, Standing]:
    """What is on record for these numbers; consent to marketing is looked up for marketing alone."""
    blocked = await storage.consent.opted_out(session, club_id, numbers)
    agreed: set[str] = set()
    if kind is Kind.MARKETING:
        agreed = await storage.consent.agreed_to_marketing(session, club_id, numbers)
    # There are a handful of them, however many the numbers.
    every = {(scope, has): Standing(scope, has) for scope in (None, *OptOutScope) for has in (True, False)}
    return {number: every[blocked.get(number), number in agreed] for number in numbers}


async def merge_fields(session: AsyncSession, club_id: UUID) -> tuple[str, ...]:
    """The names that may stand in braces in this club's texts."""
    own = await storage.contacts.field_names(session, club_id)
    return OWN_FIELDS + tuple(name for name in own if name not in OWN_FIELDS)


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


def _wanted(body: str) -> tuple[str, ...]:
    """The merge fields of the text, and the reader's language."""
    return tuple(dict.fromkeys([*(field.name for field in fields_in(body)), LANGUAGE]))


def _own_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the merge fields that are the club's own."""
    return tuple(name for name in names if name not in OWN_FIELDS)


async def _members(
    session: AsyncSession, club_id: UUID, chosen: Chosen, groups: Iterable[Group], fields: Sequence[str]
) -> list[Listed]:
    if chosen.way is AudienceWay.EVERYONE:
        return await storage.contacts.everyone(session, club_id, fields)
    if chosen.way is AudienceWay.CONTACTS:
        return await storage.contacts.listed(session, club_id, fields, chosen.contact_ids)
    lists = [group.id for group in groups if group.rule is None]
    members = await storage.contacts.on_list(session, club_id, fields, lists) if lists else []
    for rule in [group.rule for group in groups if group.rule is not None]:
        members += await storage.contacts.matching(session, club_id, fields, rule["field"], rule["value"])
    return members


def _persons(gathered: Gathered) -> Callable[[Listed], rules.Person]:
    every = {"group": gathered.label, "club": gathered.club.name}
    shared = {name: value for name, value in every.items() if name in gathered.names}

    fields = _own_fields(gathered.names)

    def person(listed: Listed) -> rules.Person:
        id, first_name, last_name, e164, refusal, own = listed
        values = {"first_name": first_name, "last_name": last_name, **shared}
        for name, value in zip(fields, own, strict=True):
            if value is not None:
                values[name] = value
        return rules.Person(id, first_name, last_name, e164, refusal, values)

    return person


def _ids(choices: Iterable[Choice]) -> tuple[UUID, ...]:
    return _uuids(choice.id for choice in choices)


def _uuids(texts: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(UUID(text) for text in texts)
