"""Erases a person: all that is known of them, in one transaction; who wanted no texts goes on getting none.

Where others share the number, what was written to and from it is theirs too, and stays: of the texts those alone go that
nobody else was to get. The same holds of what guardians got for a child: their number stays, and no word that names the child.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import ClassVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.consent
import storage.erasing
import storage.people
from bot.clubs import AdminsOnly
from bot.errors import BotError
from bot.people.archive import PersonGone
from bot.people.find import name_of
from bot.record import record_of
from bot.rules.consent import PURPOSES, agreement
from bot.rules.erasure import digest_of, digests_of
from bot.rules.refusals import MEMBER
from bot.runtime import Runtime, Who
from bot.settings import Settings
from bot.tasks import MUCH, aside
from storage.db import Database
from storage.models import Audit, Consent, Contact
from storage.states import ConsentHow, MessageState, OptOutScope, Purpose, Role


class NameDiffers(BotError):
    """Type the name as it stands above: {name}"""

    field: ClassVar[str | None] = "name"


class LeavingNow(BotError):
    """An SMS to this number is leaving at this moment. Try again in a minute; nothing was erased."""

    field: ClassVar[str | None] = "name"


class NoSecretKey(BotError):
    """This number wants no SMS, and must stay known as such. Whoever runs the bot has to set SECRET_KEY first; nothing was erased."""

    field: ClassVar[str | None] = "name"


async def named(rt: Runtime, who: Who, contact_id: UUID) -> str:
    """The name of the person that is to be erased. Raises `AdminsOnly` or `PersonGone`."""
    _refuse_coaches(who)
    async with rt.db.read() as session:
        return name_of(await _person(session, who.club.id, contact_id))


async def erase_by_admin(rt: Runtime, who: Who, contact_id: UUID, typed: str) -> str:
    """Erases the person whose name was typed; the name. Raises `AdminsOnly`, `PersonGone`, `NameDiffers` or what `erase` does."""
    _refuse_coaches(who)
    async with rt.db.begin() as session:
        await storage.people.alone(session, who.club.id)
        person = await _person(session, who.club.id, contact_id)
        name = name_of(person)
        if " ".join(typed.split()).casefold() != " ".join(name.split()).casefold():
            raise NameDiffers(name=name)
        now, by = rt.clock.now(), who.slack_user_id
        line = Audit(
            club_id=who.club.id, at=now, actor=by, action="contact_erased", subject=f"contact {person.id}"
        )
        await erase(session, rt.settings, person, person.e164, line)
    rt.due.set()
    return name


async def erase(
    session: AsyncSession, settings: Settings, person: Contact | None, e164: str | None, line: Audit
) -> None:
    """Erases this person, and their number where it is nobody else's, and keeps the line, which names nobody.

    What waits to leave to them does not leave. If we die in here nothing is erased. Raises `LeavingNow` or `NoSecretKey`.
    """
    club_id, id_ = line.club_id, person.id if person else None
    if id_:
        await _erase_from_guardians_texts(session, line, id_)
    if e164:
        others = [one for one in await storage.erasing.with_number(session, club_id, e164) if one.id != id_]
        await _erase_texts(session, line, e164, alone=id_ if others else None)
        if not others:
            await _erase_number(session, settings, club_id, e164, {id_} if id_ else set())
        e164 = None if others else e164
    if e164 or id_:
        await storage.erasing.forget_record(session, club_id, e164=e164, contact_id=id_)
    if person and id_:
        await storage.erasing.forget_mentions(session, club_id, id_)
        await storage.erasing.forget_building(session, club_id, _told_by(person))
        await storage.erasing.forget_person(session, club_id, id_)
    await storage.audit.note(session, line)


async def put_back(
    session: AsyncSession, settings: Settings, club_id: UUID, number: str, now: datetime
) -> None:
    """Has the number want no texts again if it did so when it was erased: it is known to the club again.

    The record says so too, so that no consent from before then counts, not even once they say START.
    """
    if secret := settings.secret_key.get_secret_value():
        await put_back_marked(session, club_id, dict(digests_of(secret, club_id, [number])), now)


async def marked_among(
    db: Database, settings: Settings, club_id: UUID, numbers: Iterable[str]
) -> dict[str, str]:
    """Those of very many numbers, by their hashes, that `put_back` would put back."""
    secret = settings.secret_key.get_secret_value()
    async with db.read() as session:
        kept = await storage.erasing.kept(session, club_id) if secret else set()
    if not kept:
        return {}
    return await aside(
        MUCH, lambda: {one: e164 for one, e164 in digests_of(secret, club_id, numbers) if one in kept}
    )


async def put_back_marked(
    session: AsyncSession, club_id: UUID, hashed: Mapping[str, str], now: datetime
) -> None:
    """Does it for these, where the club still has the marks."""
    for mark in await storage.erasing.take_marks(session, club_id, hashed):
        e164 = hashed[mark.digest]
        await storage.consent.opt_out(session, club_id, e164, mark.scope, mark.since_at)
        for purpose in PURPOSES[mark.scope]:
            line = Consent(
                club_id=club_id,
                e164=e164,
                purpose=purpose,
                given=False,
                evidence="",
                recorded_by=MEMBER,
                at=mark.since_at,
                recorded_at=now,
                how=ConsentHow.STAFF,
            )
            await storage.consent.record(session, line)


def _refuse_coaches(who: Who) -> None:
    if who.role is not Role.ADMIN:
        raise AdminsOnly


async def _person(session: AsyncSession, club_id: UUID, contact_id: UUID) -> Contact:
    person = await storage.people.one(session, club_id, contact_id)
    if person is None:
        raise PersonGone
    return person


async def _erase_texts(session: AsyncSession, line: Audit, e164: str, *, alone: UUID | None) -> None:
    texts = await storage.erasing.texts_to(session, line.club_id, e164, alone=alone)
    if any(one.state is MessageState.SENDING for one in texts):
        raise LeavingNow
    await storage.erasing.call_off(session, texts, line.at)
    await storage.erasing.redact_messages(session, [one.id for one in texts])


async def _erase_from_guardians_texts(session: AsyncSession, line: Audit, child_id: UUID) -> None:
    """A text that somebody gets for this child alone does not leave, and none names the child any more."""
    about = partial(storage.erasing.texts_about, session, line.club_id, child_id)
    alone, shared = await about(alone=True), await about(alone=False)
    if any(one.state is MessageState.SENDING for one in (*alone, *shared)):
        raise LeavingNow
    await storage.erasing.call_off(session, alone, line.at)
    await storage.erasing.forget_words(session, [*alone, *shared])


def _told_by(person: Contact) -> list[str]:
    """The words that tell this person and, but for a name, nobody else."""
    told = (person.first_name, person.last_name, person.mobile, person.e164, person.reference)
    return [word.strip() for word in told if word and word.strip()]


async def _erase_number(
    session: AsyncSession, settings: Settings, club_id: UUID, e164: str, holders: set[UUID]
) -> None:
    await storage.erasing.redact_conversations(session, club_id, e164)
    if refusal := await _refusal(session, club_id, e164, holders):
        secret = settings.secret_key.get_secret_value()
        if not secret:
            raise NoSecretKey
        await storage.erasing.keep_hash(session, club_id, e164, digest_of(secret, club_id, e164), *refusal)


async def _refusal(
    session: AsyncSession, club_id: UUID, e164: str, holders: set[UUID]
) -> tuple[OptOutScope, datetime] | None:
    """What the number wants none of, and since when; a consent that was withdrawn is a refusal of advertising."""
    if row := await storage.consent.locked(session, club_id, e164):
        return row.scope, row.since_at
    record = await record_of(session, club_id, e164)
    if agreement(record, Purpose.MARKETING, holders):
        return None
    refused = [line.at for line in record if line.purpose is Purpose.MARKETING and not line.given]
    return (OptOutScope.MARKETING, max(refused)) if refused else None
