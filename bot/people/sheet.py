"""What is known of one person, shown to be changed, and kept: checked, all of it or nothing, and nobody's change is lost."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.consent
import storage.contacts
import storage.people
from bot.consents.record import agreed_of
from bot.errors import BotError
from bot.people.archive import PersonGone
from bot.people.erase import put_back
from bot.people.facts import Form, May, OwnField, Saved, Sheet
from bot.people.find import choice, name_of
from bot.people.numbers import refusal
from bot.rules import fields, phones
from bot.rules.figures import LANGUAGES, code_of
from bot.rules.phones import Phone, PhoneRefusal
from bot.runtime import Runtime, Who
from storage.models import Audit, Contact
from storage.states import OptOutScope

LINKS_SHOWN = 100
"""Slack takes so many options at once; further ones stay as they are."""
PLAIN = ("first_name", "last_name", "mobile", "birth_date", "language", "roles", "tags", "reference")


class NameMissing(BotError):
    """Give a first name or a last name."""


class ReferenceTaken(BotError):
    """{name} has this reference already. Each person needs their own."""


class NoSuchValue(BotError):
    """This is not a value of this field."""


class NotADate(BotError):
    """This is not a day."""


class OwnGuardian(BotError):
    """Nobody is their own guardian."""


class BothWays(BotError):
    """{name} cannot be both a guardian and a child of the same person."""


class LinkGone(BotError):
    """Somebody chosen here is no longer there. Take them out and save again."""


class ChangedMeanwhile(BotError):
    """Somebody else changed this person meanwhile, and nothing was saved. Open it again to see what they changed."""


class NotSaved(BotError):
    """This was not saved.

    `troubles` says why, by the fields of the window.
    """

    def __init__(self, troubles: Mapping[str, BotError]) -> None:
        super().__init__()
        self.troubles = troubles


async def sheet(rt: Runtime, who: Who, contact_id: UUID | None) -> Sheet:
    """What is known of this person, or an empty sheet for a new one. Raises `PersonGone`."""
    async with rt.db.read() as session:
        known = await _own_fields(session, who)
        if contact_id is None:
            return Sheet("", "", Form(), known)
        row = await _one(session, who, contact_id)
        agreed = await agreed_of(session, rt, who, row)
        return replace(await _sheet(session, who, row, known), agreed=agreed)


async def save(rt: Runtime, who: Who, contact_id: UUID | None, stamp: str, form: Form) -> Saved:
    """Keeps what was typed of a new person, or of one who is still as they were shown.

    Raises `NotSaved` with what is wrong with each field, `ChangedMeanwhile` or `PersonGone`.
    """
    async with rt.db.begin() as session:
        await storage.people.alone(session, who.club.id)
        known = await _own_fields(session, who)
        row = await _one(session, who, contact_id, lock=True) if contact_id else _new(rt, who)
        shown = await _sheet(session, who, row, known) if contact_id else Sheet("", "", Form(), known)
        if shown.stamp != stamp:
            raise ChangedMeanwhile
        before = row.model_dump()
        _refuse(await _troubles(session, who, row, shown, form))
        _change(who, row, shown, form)
        await storage.people.store(session, row)
        is_relinked = await _relink(session, who, row.id, shown.form, form)
        changed = [name for name in (*PLAIN, "fields") if before[name] != getattr(row, name)]
        action = "contact_changed" if contact_id else "contact_added"
        what = ", ".join(changed + (["guardians"] if is_relinked else []))
        await _audit(session, rt, who, action, f"contact {row.id}: {what}")
        is_new_number = row.e164 is not None and row.e164 != before["e164"]
        if is_new_number:
            await put_back(session, rt.settings, who.club.id, row.e164 or "", rt.clock.now())
        may = await _may(session, who, row.e164 or "") if is_new_number else None
    return Saved(name_of(row), may)


def _new(rt: Runtime, who: Who) -> Contact:
    return Contact(
        id=uuid4(),
        club_id=who.club.id,
        first_name="",
        last_name="",
        refusal=PhoneRefusal.EMPTY.value,
        created_at=rt.clock.now(),
    )


async def _one(session: AsyncSession, who: Who, contact_id: UUID, *, lock: bool = False) -> Contact:
    row = await storage.people.one(session, who.club.id, contact_id, lock=lock)
    if row is None:
        raise PersonGone
    return row


async def _own_fields(session: AsyncSession, who: Who) -> tuple[OwnField, ...]:
    rows = await storage.people.fields(session, who.club.id)
    return tuple(OwnField(row.id.hex, row.name, row.kind, tuple(row.choices)) for row in rows)


async def _sheet(session: AsyncSession, who: Who, row: Contact, known: tuple[OwnField, ...]) -> Sheet:
    guardians = (await storage.people.guardians_of(session, who.club.id, [row.id])).get(row.id, [])
    wards = await storage.people.wards_of(session, who.club.id, row.id)
    form = Form(
        row.first_name,
        row.last_name,
        row.mobile,
        row.birth_date.isoformat() if row.birth_date else "",
        code_of(row.language),
        ", ".join(row.roles),
        ", ".join(row.tags),
        row.reference or "",
        {field.id: row.fields.get(field.name, "") for field in known},
        tuple(choice(one, who.words) for one in guardians[:LINKS_SHOWN]),
        tuple(choice(one, who.words) for one in wards[:LINKS_SHOWN]),
    )
    return Sheet(str(row.id), _stamp(row, [*guardians, row, *wards]), form, known)


def _stamp(row: Contact, links: Iterable[Contact]) -> str:
    """Another one for every other state of the person and of whom they are linked to."""
    state = row.model_dump(mode="json", exclude={"search"}) | {"links": [str(one.id) for one in links]}
    return sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:32]


def _refuse(troubles: Mapping[str, BotError]) -> None:
    if troubles:
        raise NotSaved(troubles)


async def _troubles(
    session: AsyncSession, who: Who, row: Contact, shown: Sheet, form: Form
) -> dict[str, BotError]:
    """What is wrong, by field."""
    troubles: dict[str, BotError] = {}
    if not form.first_name.strip() and not form.last_name.strip():
        troubles["last_name"] = NameMissing()
    parsed = phones.parse(form.mobile, who.club.country)
    if form.mobile != row.mobile and isinstance(parsed, PhoneRefusal) and parsed is not PhoneRefusal.EMPTY:
        troubles["mobile"] = refusal(parsed)
    if form.birth_date and not fields.is_date(form.birth_date):
        troubles["birth_date"] = NotADate()
    for field in shown.fields:
        if fields.written(field.kind, form.own.get(field.id, ""), field.choices) is None:
            troubles[f"own_{field.id}"] = NoSuchValue()
    reference = form.reference.strip()
    owner = await storage.people.owner_of(session, who.club.id, reference) if reference else None
    if owner and owner.id != row.id:
        troubles["reference"] = ReferenceTaken(name=name_of(owner))
    return troubles | await _wrong_links(session, who, row.id, form)


async def _wrong_links(session: AsyncSession, who: Who, own_id: UUID, form: Form) -> dict[str, BotError]:
    troubles: dict[str, BotError] = {}
    for name, picked in (("guardians", form.guardians), ("wards", form.wards)):
        ids = {UUID(one.id) for one in picked}
        there = {row.id for row in await storage.contacts.these(session, who.club.id, ids)}
        if own_id in ids:
            troubles[name] = OwnGuardian()
        elif ids != there:
            troubles[name] = LinkGone()
    guardians = {one.id for one in form.guardians}
    both = next((ward for ward in form.wards if ward.id in guardians), None)
    return troubles | ({"wards": BothWays(name=both.label)} if both else {})


def _change(who: Who, row: Contact, shown: Sheet, form: Form) -> None:
    if form.mobile != row.mobile:
        parsed = phones.parse(form.mobile, who.club.country)
        row.mobile = form.mobile
        row.e164, row.refusal = (parsed.e164, None) if isinstance(parsed, Phone) else (None, parsed.value)
    row.first_name, row.last_name = (" ".join(name.split()) for name in (form.first_name, form.last_name))
    row.birth_date = date.fromisoformat(form.birth_date) if form.birth_date else None
    if form.language != code_of(row.language):
        row.language = form.language if form.language in LANGUAGES else ""
    row.roles, row.tags = fields.listed(form.roles), fields.listed(form.tags)
    row.reference = form.reference.strip() or None
    row.fields = row.fields | _values(row, shown.fields, form)
    row.fields = {name: value for name, value in row.fields.items() if value}


def _values(row: Contact, known: Sequence[OwnField], form: Form) -> dict[str, str]:
    """What was typed, by the fields' names; a value that its window could not show stays."""
    values: dict[str, str] = {}
    for field in known:
        if field.id in form.own:
            typed = fields.written(field.kind, form.own[field.id], field.choices) or ""
            old = row.fields.get(field.name, "")
            is_hidden = not typed and not fields.fits(field.kind, old, field.choices)
            values[field.name] = old if is_hidden else typed
    return values


async def _relink(session: AsyncSession, who: Who, own_id: UUID, before: Form, form: Form) -> bool:
    """Links and unlinks what differs from what was shown; whether anything does."""
    shown, wanted = _pairs(own_id, before), _pairs(own_id, form)
    await storage.people.link(session, who.club.id, wanted - shown)
    await storage.people.unlink(session, who.club.id, shown - wanted)
    return shown != wanted


def _pairs(own_id: UUID, form: Form) -> set[tuple[UUID, UUID]]:
    """Child and guardian."""
    guardians = {(own_id, UUID(one.id)) for one in form.guardians}
    return guardians | {(UUID(one.id), own_id) for one in form.wards}


async def _may(session: AsyncSession, who: Who, e164: str) -> May:
    """What the record says of the number, which knows nothing of whose it was or is."""
    blocked = (await storage.consent.opted_out(session, who.club.id, [e164])).get(e164)
    if blocked is OptOutScope.ALL:
        return May.NOTHING
    agreed = e164 in await storage.consent.agreed_to_marketing(session, who.club.id, [e164])
    return May.ALL if agreed and blocked is None else May.ALERTS


async def _audit(session: AsyncSession, rt: Runtime, who: Who, action: str, subject: str) -> None:
    columns: dict[str, Any] = {"action": action, "subject": subject}
    line = Audit(club_id=who.club.id, at=rt.clock.now(), actor=who.slack_user_id, **columns)
    await storage.audit.note(session, line)
