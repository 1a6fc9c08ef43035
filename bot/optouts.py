"""Who wants no more texts: as the club sees it, and as staff may note it. Only members take back their own word."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.consent
import storage.contacts
from bot.campaigns.facts import Stopped, Stops
from bot.errors import BotError
from bot.record import lines, record_of
from bot.replies import reply_of
from bot.rules import phones
from bot.rules.consent import PURPOSES
from bot.rules.refusals import NOTED, TAKEN_BACK, Line, consent_before, told
from bot.runtime import Runtime, Who
from storage.models import Audit, Consent, Contact, OptOut, Reply
from storage.states import ConsentHow, OptOutScope, Purpose

PAGE = 10


class NobodyNamed(BotError):
    """Choose who wants no more SMS."""

    field: ClassVar[str | None] = "contacts"


class NoNumber(BotError):
    """{name} has no mobile number. Choose the person whose phone it is."""

    field: ClassVar[str | None] = "contacts"


class OutAlready(BotError):
    """{name} is opted out already."""

    field: ClassVar[str | None] = "contacts"


class HowMissing(BotError):
    """Say how they told you."""

    field: ClassVar[str | None] = "how"


class NotYoursToTakeBack(BotError):
    """They said so themselves, or it is taken back already. Only they can ask for SMS again, by START."""


async def stops(rt: Runtime, who: Who, *, page: int = 1) -> Stops:
    """A page of the club's opt-outs; the last one when there are fewer."""
    async with rt.db.read() as session:
        total = await storage.consent.how_many(session, who.club.id)
        pages = max(1, -(-total // PAGE))
        page = min(page, pages)
        rows = await storage.consent.listed(session, who.club.id, limit=PAGE, offset=(page - 1) * PAGE)
        numbers = [row.e164 for row in rows]
        people = await storage.contacts.with_numbers(session, who.club.id, numbers)
        records = await storage.consent.records(session, who.club.id, numbers)
    shown = (_stopped(row, people.get(row.e164, ()), records.get(row.e164, ())) for row in rows)
    return Stops(tuple(shown), total, page, pages, who.club.zone)


async def opt_out(rt: Runtime, who: Who, reply_id: UUID) -> Reply:
    """Blocks the number of the reply for this club and keeps who noted it; nothing when it is blocked already.

    Raises `ReplyGone`.
    """
    now = rt.clock.now()
    async with rt.db.begin() as session:
        reply = await reply_of(session, who, reply_id)
        known = await storage.consent.opted_out(session, who.club.id, [reply.e164])
        if known.get(reply.e164) is OptOutScope.ALL:
            return reply
        evidence = f"SMS {reply.sid}, read by staff"
        await _block(session, who, reply.e164, OptOutScope.ALL, evidence=evidence, now=now)
        await _audit(session, who, "opt_out", f"conversation {reply.conversation_id}", now)
    return reply


async def note(rt: Runtime, who: Who, contact_id: UUID | None, scope: OptOutScope, how: str) -> None:
    """Blocks this person's number, as they told staff, and keeps who noted it and how they said it.

    Raises `NobodyNamed`, `NoNumber`, `OutAlready` or `HowMissing`.
    """
    if not how.strip():
        raise HowMissing
    now = rt.clock.now()
    async with rt.db.begin() as session:
        person = await _person(session, who, contact_id)
        name = _name(person)
        if person.e164 is None:
            raise NoNumber(name=name)
        known = await storage.consent.opted_out(session, who.club.id, [person.e164])
        if known.get(person.e164) in (OptOutScope.ALL, scope):
            raise OutAlready(name=name)
        evidence = NOTED + how.strip()
        await _block(session, who, person.e164, scope, evidence=evidence, now=now, contact_id=person.id)
        await _audit(session, who, "opt_out", f"contact {person.id}", now)


async def take_back(rt: Runtime, who: Who, note_id: UUID) -> None:
    """Unblocks a number that staff alone had blocked, by the note they made; consent that stood before it stands again.

    Raises `NotYoursToTakeBack` where the member, or the carrier, has said so too, however late that came.
    """
    now = rt.clock.now()
    async with rt.db.begin() as session:
        noted = await storage.consent.line(session, who.club.id, note_id)
        if noted is None or await storage.consent.locked(session, who.club.id, noted.e164) is None:
            raise NotYoursToTakeBack
        # Read after the lock: a STOP that came meanwhile is in it, and one that comes now waits.
        record = await record_of(session, who.club.id, noted.e164)
        if told(record).note_id != note_id:
            raise NotYoursToTakeBack
        await storage.consent.opt_in(session, who.club.id, noted.e164)
        for line in _restored(who, noted, record, now):
            await storage.consent.record(session, line)
        await _audit(session, who, "opt_out_taken_back", f"consent {note_id}", now)


async def _person(session: AsyncSession, who: Who, contact_id: UUID | None) -> Contact:
    found = await storage.contacts.these(session, who.club.id, [contact_id] if contact_id else [])
    if not found:
        raise NobodyNamed
    return found[0]


async def _block(
    session: AsyncSession,
    who: Who,
    e164: str,
    scope: OptOutScope,
    *,
    evidence: str,
    now: datetime,
    contact_id: UUID | None = None,
) -> None:
    await storage.consent.opt_out(session, who.club.id, e164, scope, now)
    for purpose in PURPOSES[scope]:
        refusal = Consent(
            club_id=who.club.id,
            e164=e164,
            contact_id=contact_id,
            purpose=purpose,
            given=False,
            evidence=evidence,
            recorded_by=who.slack_user_id,
            at=now,
            recorded_at=now,
            how=ConsentHow.STAFF,
        )
        await storage.consent.record(session, refusal)


async def _audit(session: AsyncSession, who: Who, action: str, subject: str, now: datetime) -> None:
    line = Audit(club_id=who.club.id, at=now, actor=who.slack_user_id, action=action, subject=subject)
    await storage.audit.note(session, line)


def _restored(who: Who, noted: Consent, record: Sequence[Line], now: datetime) -> Iterable[Consent]:
    """What is added to the record: that texts may come again, and the consent to marketing that stood before the note."""
    note = next(line for line in record if line.id == noted.id)
    consent = consent_before(record, note)
    alerts: dict[str, Any] = {
        "contact_id": noted.contact_id,
        "purpose": Purpose.ALERTS,
        "evidence": TAKEN_BACK,
    }
    marketing: dict[str, Any] = {}
    if consent:
        marketing = {
            "contact_id": consent.contact_id,
            "purpose": Purpose.MARKETING,
            "evidence": f"{TAKEN_BACK}, as before: {consent.evidence}",
            "words": consent.words,
            "words_version": consent.words_version,
        }
    for columns in filter(None, (alerts, marketing)):
        yield Consent(
            club_id=who.club.id,
            e164=noted.e164,
            given=True,
            recorded_by=who.slack_user_id,
            at=now,
            recorded_at=now,
            how=ConsentHow.STAFF,
            **columns,
        )


def _stopped(row: OptOut, people: Sequence[Contact], record: Sequence[Consent]) -> Stopped:
    names = tuple(_name(person) for person in people)
    return Stopped(names, phones.mask(row.e164), row.scope, row.since_at, told(lines(record)))


def _name(contact: Contact) -> str:
    return f"{contact.first_name} {contact.last_name}".strip()
