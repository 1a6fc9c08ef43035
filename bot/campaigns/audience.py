"""Who gets a campaign: the club's people, their guardians and what is on record, put before the rules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from bot.rules.consent import LeftOut, Standing
from bot.rules.countries import Country
from storage.models import Club, Contact, Group
from storage.states import AudienceWay, Kind, Route

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
    people: Mapping[UUID, Contact]

    def name_of(self, contact_id: UUID) -> str:
        """First and last name."""
        contact = self.people[contact_id]
        return f"{contact.first_name} {contact.last_name}".strip()


async def resolve(
    session: AsyncSession, club: Club, chosen: Chosen, *, kind: Kind, route: Route, country: Country
) -> Resolved:
    """The audience of this choice at this moment."""
    groups = await storage.groups.these(session, club.id, chosen.group_ids)
    contacts = await _members(session, club.id, chosen, groups)
    guardians = await storage.contacts.guardians_of(session, club.id, [contact.id for contact in contacts])
    people = {contact.id: contact for contact in _all(contacts, guardians)}
    label = ", ".join(group.name for group in groups) or club.name
    as_person = {id: _person(contact, club, label) for id, contact in people.items()}
    audience = rules.resolve(
        [as_person[contact.id] for contact in contacts],
        {child: [as_person[guardian.id] for guardian in found] for child, found in guardians.items()},
        kind=kind,
        standing=await standing_of(session, club.id, {p.e164 for p in people.values() if p.e164}, kind),
        country=country,
        route=route,
        joiner=JOINERS.get(club.language, JOINERS["en"]),
        language=club.language,
    )
    return Resolved(audience, people)


def without(resolved: Resolved, reasons: Mapping[str, LeftOut]) -> Resolved:
    """The audience without these numbers, each left out for its reason."""
    if not reasons:
        return resolved
    audience = rules.Audience(
        tuple(each for each in resolved.audience.recipients if each.e164 not in reasons),
        tuple(
            replace(line, left_out=line.left_out or reasons.get(line.e164 or ""))
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
    return {number: Standing(blocked.get(number), number in agreed) for number in numbers}


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


async def _members(
    session: AsyncSession, club_id: UUID, chosen: Chosen, groups: Iterable[Group]
) -> Sequence[Contact]:
    if chosen.way is AudienceWay.EVERYONE:
        return await storage.contacts.everyone(session, club_id)
    if chosen.way is AudienceWay.CONTACTS:
        return await storage.contacts.these(session, club_id, chosen.contact_ids)
    listed = [group.id for group in groups if group.rule is None]
    members = list(await storage.contacts.on_list(session, club_id, listed)) if listed else []
    for rule in [group.rule for group in groups if group.rule is not None]:
        members += await storage.contacts.matching(session, club_id, rule["field"], rule["value"])
    return members


def _person(contact: Contact, club: Club, label: str) -> rules.Person:
    return rules.Person(
        id=contact.id,
        first_name=contact.first_name,
        last_name=contact.last_name,
        e164=contact.e164,
        refusal=contact.refusal,
        values={
            **contact.fields,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "group": label,
            "club": club.name,
        },
    )


def _all(contacts: Iterable[Contact], guardians: Mapping[UUID, Iterable[Contact]]) -> Iterable[Contact]:
    yield from contacts
    for found in guardians.values():
        yield from found


def _ids(choices: Iterable[Choice]) -> tuple[UUID, ...]:
    return _uuids(choice.id for choice in choices)


def _uuids(texts: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(UUID(text) for text in texts)
