"""What the command line does for one person: gives out everything that is known of them, or erases it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.dossier
import storage.erasing
import storage.people
from bot.errors import BotError
from bot.people.erase import erase
from bot.people.find import name_of
from bot.rules import phones
from bot.rules.phones import Phone
from bot.settings import Settings
from storage.db import Database
from storage.models import Audit, Club, Contact

ACTOR = "command line"


class NobodyThere(BotError):
    """Nothing is known of {person}. Give a number such as +33612345678, or the id of a contact."""


class SeveralThere(BotError):
    """Several people have this number. Give the id of the one you mean: {ids}"""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was asked for: a person, or a number that is nobody's."""

    person: Contact | None
    e164: str | None

    @property
    def name(self) -> str:
        """What they are called in a question."""
        return name_of(self.person) if self.person else self.e164 or ""


async def find(db: Database, club: Club, asked: str) -> Found:
    """Whom the number or id means. Raises `NobodyThere` or `SeveralThere`."""
    async with db.read() as session:
        return await _found(session, club, asked)


async def export(db: Database, club: Club, found: Found) -> str:
    """Everything that is known of them, as JSON."""
    async with db.snapshot() as session:
        known: dict[str, Any] = {"club": club.name, "contact": found.person and _plain(found.person)}
        if found.person:
            rows = await storage.dossier.of_person(session, club.id, found.person.id, found.e164)
            known |= {name: list(map(_plain, some)) for name, some in rows.items()}
            known |= {side: list(map(_named, rows[side])) for side in ("guardians", "guardian_of")}
        if found.e164:
            contact_id = found.person.id if found.person else None
            rows = await storage.dossier.of_number(session, club.id, found.e164, contact_id)
            known |= {name: list(map(_plain, some)) for name, some in rows.items()}
    return json.dumps(known, ensure_ascii=False, indent=2)


async def erase_at_once(db: Database, settings: Settings, club: Club, asked: str, now: datetime) -> None:
    """Erases whom the number or id means. Raises `NobodyThere`, `SeveralThere` or what `erase` does."""
    async with db.begin() as session:
        await storage.people.alone(session, club.id)
        found = await _found(session, club, asked)
        subject = f"contact {found.person.id}" if found.person else "a number"
        line = Audit(club_id=club.id, at=now, actor=ACTOR, action="contact_erased", subject=subject)
        await erase(session, settings, found.person, found.e164, line)


async def _found(session: AsyncSession, club: Club, asked: str) -> Found:
    try:
        person = await storage.people.one(session, club.id, UUID(asked))
    except ValueError:
        parsed = phones.parse(asked, club.country)
        if isinstance(parsed, Phone):
            return await _with_number(session, club, parsed.e164)
        person = None
    if person is None:
        raise NobodyThere(person=asked)
    return Found(person, person.e164)


async def _with_number(session: AsyncSession, club: Club, e164: str) -> Found:
    people = await storage.erasing.with_number(session, club.id, e164)
    if len(people) > 1:
        raise SeveralThere(ids=", ".join(str(one.id) for one in people))
    if not people and not any((await storage.dossier.of_number(session, club.id, e164)).values()):
        raise NobodyThere(person=e164)
    return Found(people[0] if people else None, e164)


def _named(row: SQLModel) -> dict[str, Any]:
    return row.model_dump(mode="json", include={"id", "first_name", "last_name"})


def _plain(row: SQLModel) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"club_id", "search", "page_token"})
