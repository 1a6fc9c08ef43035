"""The second adult: who is told what a minor is told, where the club asks for that."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.consent
import storage.contacts
import storage.people
from bot.campaigns.audience import ages_of, day_of
from bot.errors import BotError
from bot.people.find import name_of
from bot.rules.families import Generations, generations
from bot.runtime import Runtime, Who
from storage.models import Club, Contact
from storage.states import OptOutScope


class NoSecondAdult(BotError):
    """{name} cannot be the second adult, who needs a mobile number and is of age. Choose somebody else."""

    field: ClassVar[str | None] = "second_adult"


class SecondAdultGone(BotError):
    """This person is no longer there. Choose somebody else."""

    field: ClassVar[str | None] = "second_adult"


async def of_club(session: AsyncSession, club: Club) -> Contact | None:
    """Whom the club named, as long as they are there."""
    found = await storage.contacts.these(
        session, club.id, [club.second_adult_id] if club.second_adult_id else []
    )
    return found[0] if found else None


async def with_it(
    rt: Runtime, session: AsyncSession, who: Who, changes: Mapping[str, object]
) -> Mapping[str, object]:
    """The changes of a club, with who is to be its second adult for the one who was picked.

    Raises `SecondAdultGone` or `NoSecondAdult`.
    """
    if "second_adult" not in changes:
        return changes
    rest = {name: value for name, value in changes.items() if name != "second_adult"}
    return {**rest, "second_adult_id": await _named(rt, session, who, str(changes["second_adult"]))}


async def _named(rt: Runtime, session: AsyncSession, who: Who, contact_id: str) -> UUID | None:
    if not contact_id:
        return None
    found = await storage.contacts.these(session, who.club.id, [UUID(contact_id)])
    if not found:
        raise SecondAdultGone
    ages = generations(ages_of(who.club), day_of(who.club, rt.clock.now()))
    if found[0].e164 is None or ages.is_minor(_born(found[0])):
        raise NoSecondAdult(name=name_of(found[0]))
    return found[0].id


async def of_number(session: AsyncSession, club: Club, e164: str, today: date) -> tuple[Contact, str] | None:
    """Who is told what is answered to this number, and the minor's name; None where an adult reads it anyway.

    A guardian of the minor, else whom the club named; None too where none of them can be told.
    """
    if not club.second_adult_under:
        return None
    ages = generations(ages_of(club), today)
    owners = await storage.contacts.with_number(session, club.id, e164)
    if not owners or not all(ages.is_accompanied(_born(one)) for one in owners):
        return None
    adult = await _told(session, club, e164, owners, ages)
    return (adult, name_of(owners[0])) if adult else None


async def _told(
    session: AsyncSession, club: Club, e164: str, owners: Sequence[Contact], ages: Generations
) -> Contact | None:
    guardians = await storage.people.guardians_of(session, club.id, [one.id for one in owners])
    second = await of_club(session, club)
    adults = [*(one for some in guardians.values() for one in some), *([second] if second else [])]
    numbers = {one.e164 for one in adults if one.e164 and one.e164 != e164}
    blocked = await storage.consent.opted_out(session, club.id, numbers)
    may = {number for number in numbers if blocked.get(number) is not OptOutScope.ALL}
    return next((one for one in adults if one.e164 in may and not ages.is_minor(_born(one))), None)


def _born(person: Contact) -> str:
    return person.birth_date.isoformat() if person.birth_date else ""
