"""What somebody agreed to or withdrew, as staff record it: with its day, its words and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.consent
import storage.people
import storage.wordings
from bot.campaigns.audience import ages_of, day_of
from bot.consents.facts import Agreed, Asked, Told
from bot.consents.wording import wordings_of
from bot.errors import BotError
from bot.people.archive import PersonGone
from bot.people.find import name_of
from bot.record import record_of
from bot.rules import fields, moments
from bot.rules.consent import PURPOSES, State, Why, agreement, kept_from_agreeing, state_of
from bot.rules.families import generations
from bot.rules.refusals import NOTED, Line, told
from bot.runtime import Runtime, Who
from storage.db import add_if_new
from storage.models import Audit, Club, Consent, Contact
from storage.states import OptOutScope, Purpose

LINES_SHOWN = 3
WORDINGS_SHOWN = 20
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
FIRST_DAY = "1990-01-01"
"""Nobody agreed to an SMS before there were any."""


class NoNumberOfTheirs(BotError):
    """{name} has no mobile number that consent could be for."""

    field: ClassVar[str | None] = "purpose"


class MinorsGetNone(BotError):
    """{name} is a minor. No minor gets advertising, whatever anybody agrees to."""

    field: ClassVar[str | None] = "purpose"


class TheirsToTakeBack(BotError):
    """They asked for this to stop themselves. Only they can ask for it again: by the word START."""

    field: ClassVar[str | None] = "given"


class NotedBefore(BotError):
    """Staff noted that this number is opted out. If that was a mistake, take it back in the list of opt-outs first."""

    field: ClassVar[str | None] = "given"


class WithdrawnSince(BotError):
    """This was withdrawn on {date}. Only what was agreed to on a later day counts."""

    field: ClassVar[str | None] = "on"


class NoDay(BotError):
    """Say on which day that was."""

    field: ClassVar[str | None] = "on"


class DayToCome(BotError):
    """This day is still to come."""

    field: ClassVar[str | None] = "on"


class NoSuchWording(BotError):
    """Choose the words they agreed to."""

    field: ClassVar[str | None] = "wording"


class EvidenceMissing(BotError):
    """Say what shows it: where the paper is, which form, or who heard it."""

    field: ClassVar[str | None] = "evidence"


@dataclass(frozen=True, slots=True)
class _Known:
    """Whose number it is, and what is on record for it."""

    person: Contact
    e164: str
    record: Sequence[Line]
    opted_out: OptOutScope | None
    is_minor: bool


async def agreed_of(session: AsyncSession, rt: Runtime, who: Who, person: Contact) -> Agreed:
    """How this person's number stands."""
    if person.e164 is None:
        return Agreed()
    known = await _known(session, rt, who, person, person.e164)
    holders = await storage.people.holders(session, who.club.id, person.e164)
    newest = known.record[::-1]
    return Agreed(
        tuple(_state(known, purpose, holders) for purpose in Purpose),
        tuple(newest[:LINES_SHOWN]),
        len(newest[LINES_SHOWN:]),
        who.club.zone,
    )


async def asked(rt: Runtime, who: Who, contact_id: UUID) -> Asked:
    """What whoever records a consent of this person is asked. Raises `PersonGone`."""
    async with rt.db.read() as session:
        person = await _person(session, who, contact_id)
        wordings = await wordings_of(session, who.club, rt.catalogues, limit=WORDINGS_SHOWN)
        agreed = await agreed_of(session, rt, who, person)
    today = day_of(who.club, rt.clock.now())
    return Asked(str(person.id), name_of(person), agreed, tuple(wordings), today)


async def record(rt: Runtime, who: Who, contact_id: UUID, said: Told, *, submission_id: str) -> str:
    """Adds what was said to the record, once however often it is submitted; the person's name.

    Who withdraws alerts gets nothing any more. Raises `PersonGone`, or what is wrong with what was said.
    """
    async with rt.db.begin() as session:
        person = await _person(session, who, contact_id)
        if person.e164 is None:
            raise NoNumberOfTheirs(name=name_of(person))
        # A STOP that comes meanwhile waits, and counts.
        await storage.consent.locked(session, who.club.id, person.e164)
        known = await _known(session, rt, who, person, person.e164)
        at = _moment(said, who.club, rt.clock.now())
        if said.given:
            _refuse(known, said, at, who)
        line = await _line(session, rt, who, known, said, at)
        line.id = uuid5(contact_id, submission_id)
        if await add_if_new(session, line):
            await _follow(session, rt, who, known, line)
    rt.due.set()
    return name_of(person)


async def _person(session: AsyncSession, who: Who, contact_id: UUID) -> Contact:
    person = await storage.people.one(session, who.club.id, contact_id)
    if person is None:
        raise PersonGone
    return person


async def _known(session: AsyncSession, rt: Runtime, who: Who, person: Contact, e164: str) -> _Known:
    blocked = await storage.consent.opted_out(session, who.club.id, [e164])
    record = await record_of(session, who.club.id, e164)
    ages = generations(ages_of(who.club), day_of(who.club, rt.clock.now()))
    born = person.birth_date.isoformat() if person.birth_date else ""
    return _Known(person, e164, record, blocked.get(e164), ages.is_minor(born))


def _state(known: _Known, purpose: Purpose, holders: set[UUID]) -> State:
    return state_of(
        purpose, known.record, holders=holders, opted_out=known.opted_out, is_minor=known.is_minor
    )


def _moment(said: Told, club: Club, now: datetime) -> datetime:
    """When it counts from: nobody knows the hour, so an agreement is as old and a refusal as new as the day allows."""
    if not fields.is_date(said.on) or said.on < FIRST_DAY:
        raise NoDay
    day = date.fromisoformat(said.on)
    if day > day_of(club, now):
        raise DayToCome
    if said.given:
        return moments.began(day, club.zone)
    return min(now, moments.began(day + A_DAY, club.zone) - A_SECOND)


def _refuse(known: _Known, said: Told, at: datetime, who: Who) -> None:
    if not said.evidence.strip():
        raise EvidenceMissing
    why = kept_from_agreeing(
        said.purpose, known.record, at, opted_out=known.opted_out, is_minor=known.is_minor
    )
    match why:
        case Why.MINOR:
            raise MinorsGetNone(name=name_of(known.person))
        case Why.WITHDRAWN:
            refusals = (line.at for line in known.record if line.purpose is said.purpose and not line.given)
            raise WithdrawnSince(date=who.words.date(max(refusals), who.club.zone))
        case Why.OPTED_OUT | Why.OPTED_OUT_MARKETING:
            raise NotedBefore if told(known.record).note_id else TheirsToTakeBack


async def _line(
    session: AsyncSession, rt: Runtime, who: Who, known: _Known, said: Told, at: datetime
) -> Consent:
    words = await _words(session, rt, who, said)
    evidence = said.evidence.strip()
    return Consent(
        club_id=who.club.id,
        e164=known.e164,
        contact_id=known.person.id,
        purpose=said.purpose,
        given=said.given,
        evidence=evidence if said.given else NOTED + (evidence or said.how.value),
        recorded_by=who.slack_user_id,
        at=at,
        recorded_at=rt.clock.now(),
        how=said.how,
        words=words,
        words_version=said.version if words else None,
    )


async def _words(session: AsyncSession, rt: Runtime, who: Who, said: Told) -> str | None:
    """The sentence that was agreed to. Raises `NoSuchWording` for a version that the club never had."""
    if not said.given or said.version is None or said.purpose is Purpose.ALERTS:
        return None
    if said.version == 0:
        return (await wordings_of(session, who.club, rt.catalogues, limit=0))[-1].body
    row = await storage.wordings.version(session, who.club.id, said.version)
    if row is None:
        raise NoSuchWording
    return row.body


async def _follow(session: AsyncSession, rt: Runtime, who: Who, known: _Known, line: Consent) -> None:
    """What a line of the record brings with it: who wants no alerts gets nothing, unless they agreed since."""
    now = rt.clock.now()
    if not line.given and line.purpose is Purpose.ALERTS:
        record = await record_of(session, who.club.id, known.e164)
        if agreement(record, Purpose.ALERTS, {known.person.id}) is None:
            await storage.consent.opt_out(session, who.club.id, known.e164, OptOutScope.ALL, now)
            for purpose in set(PURPOSES[OptOutScope.ALL]) - {line.purpose}:
                columns = line.model_dump() | {"id": uuid5(line.id, purpose), "purpose": purpose}
                await storage.consent.record(session, Consent(**columns))
    said = "given" if line.given else "withdrawn"
    audit = Audit(
        club_id=who.club.id,
        at=now,
        actor=who.slack_user_id,
        action="consent",
        subject=f"contact {known.person.id}: {line.purpose} {said}",
        detail={"how": str(line.how), "at": line.at.isoformat(), "version": line.words_version},
    )
    await storage.audit.note(session, audit)
