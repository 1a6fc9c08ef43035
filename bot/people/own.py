"""The club's own fields: added, renamed with all that speaks of them, their choices changed, and taken away."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.campaigns
import storage.group_drafts
import storage.groups
import storage.own_fields
import storage.people
from bot.campaigns.audience import OWN_FIELDS
from bot.clubs import AdminsOnly
from bot.errors import BotError
from bot.groups.building import stamp_of
from bot.people.facts import OwnField
from bot.rules.fields import LONGEST_CHOICE
from bot.rules.filters import EVERYBODYS
from bot.rules.lines import Form, changed
from bot.rules.template import fields_in, is_name
from bot.runtime import Runtime, Who
from storage.conditions import OWN, for_row, from_json, renamed
from storage.folding import folded
from storage.models import Audit, ContactField, Group
from storage.states import FieldKind, Role

FIELDS_MAX, CHOICES_MAX, NAME_MAX = 60, 100, 40
TAKEN = frozenset(map(folded, (*EVERYBODYS, *OWN_FIELDS, "mobile", "reference", "guardians")))
"""Names that mean something else in texts, rules and files."""


class OwnFieldGone(BotError):
    """This field is no longer there."""


class FieldNameOdd(BotError):
    """Begin the name with a letter, and use letters, digits, spaces and hyphens: 40 characters at most."""


class FieldNameTaken(BotError):
    """There is a field of this name already. Choose another one."""


class ChoicesMissing(BotError):
    """Give one choice at least."""


class TooManyChoices(BotError):
    """Give 100 choices at most, of 75 characters at most."""


class TooManyFields(BotError):
    """A club has 60 fields of its own at most."""


class ChoiceAskedFor(BotError):
    """The group “{group}” asks for “{choice}”. Change that group first."""


class FieldAskedFor(BotError):
    """The group “{group}” asks for this field. Change that group first."""


class FieldInText(BotError):
    """The scheduled SMS “{title}” fills it in. Cancel that SMS first, or let it leave."""


class FieldNotSaved(BotError):
    """This was not saved.

    `troubles` says why, by the fields of the window.
    """

    def __init__(self, troubles: Mapping[str, BotError]) -> None:
        super().__init__()
        self.troubles = troubles


async def own(rt: Runtime, who: Who) -> tuple[OwnField, ...]:
    """The club's own fields, in its order. Raises `AdminsOnly`."""
    _refuse_others(who)
    async with rt.db.read() as session:
        return tuple(map(_shown, await storage.people.fields(session, who.club.id)))


async def one(rt: Runtime, who: Who, field_id: UUID) -> tuple[OwnField, int]:
    """The field, and how many people have a value in it. Raises `OwnFieldGone` or `AdminsOnly`."""
    _refuse_others(who)
    async with rt.db.read() as session:
        row = await _one(session, who, field_id)
        return _shown(row), await storage.own_fields.how_many_have(session, who.club.id, row.name)


async def save(
    rt: Runtime, who: Who, field_id: UUID | None, *, name: str, kind: FieldKind, choices: Sequence[str]
) -> None:
    """Adds a field, or renames one and changes its choices; values, rules and groups being built move along.

    A known field keeps its kind. Raises `FieldNotSaved`, `OwnFieldGone` or `AdminsOnly`.
    """
    _refuse_others(who)
    name = " ".join(name.split())
    choices = list(dict.fromkeys(filter(None, (" ".join(one.split()) for one in choices))))
    async with rt.db.begin() as session:
        row = await _alone_with(session, who, field_id, kind)
        kept = choices if row.kind is FieldKind.CHOICE else []
        if troubles := await _troubles(session, who, row, name, kept):
            raise FieldNotSaved(troubles)
        before, is_new = row.model_copy(), not row.name
        row.name, row.choices = name, kept
        await storage.own_fields.store(session, row)
        if not is_new and before.name != name:
            await _rename(session, who, before.name, name)
        if is_new or (before.name, before.choices) != (name, kept):
            await _note(rt, who, session, "field_added" if is_new else "field_changed", row.id)


async def remove(rt: Runtime, who: Who, field_id: UUID) -> None:
    """Takes the values away, a few hundred at a time, and then the field: whoever is cut off in between begins again.

    Raises `FieldAskedFor` or `FieldInText` while somebody needs it, `OwnFieldGone` or `AdminsOnly`.
    """
    _refuse_others(who)
    async with rt.db.begin() as session:
        name = (await _needless(session, who, field_id)).name
    last: UUID | None = None
    while True:
        async with rt.db.begin() as session:
            await storage.people.alone(session, who.club.id)
            last = await storage.own_fields.forget_some(session, who.club.id, name, last)
        if last is None:
            break
    async with rt.db.begin() as session:
        row = await _needless(session, who, field_id)
        while await storage.own_fields.forget_some(session, who.club.id, row.name):
            pass
        await storage.own_fields.remove(session, row)
        await _note(rt, who, session, "field_removed", field_id)


async def _needless(session: AsyncSession, who: Who, field_id: UUID) -> ContactField:
    """The field, while nobody else changes people or groups. Raises `FieldAskedFor` or `FieldInText`."""
    row = await _alone_with(session, who, field_id, FieldKind.TEXT)
    if asking := await _asking(session, who, row.name):
        raise FieldAskedFor(group=asking[0].name)
    if title := await _text_with(session, who, row.name):
        raise FieldInText(title=title)
    return row


def _refuse_others(who: Who) -> None:
    if who.role is not Role.ADMIN:
        raise AdminsOnly


def _shown(row: ContactField) -> OwnField:
    return OwnField(row.id.hex, row.name, row.kind, tuple(row.choices))


async def _one(session: AsyncSession, who: Who, field_id: UUID) -> ContactField:
    row = await storage.own_fields.one(session, who.club.id, field_id)
    if row is None:
        raise OwnFieldGone
    return row


async def _alone_with(
    session: AsyncSession, who: Who, field_id: UUID | None, kind: FieldKind
) -> ContactField:
    """The field while nobody else changes the club's people or its groups; a new one comes last."""
    await storage.people.alone(session, who.club.id)
    await storage.groups.alone(session, who.club.id)
    if field_id is not None:
        return await _one(session, who, field_id)
    last = max((row.position for row in await storage.people.fields(session, who.club.id)), default=0)
    return ContactField(id=uuid4(), club_id=who.club.id, name="", kind=kind, position=last + 1)


async def _troubles(
    session: AsyncSession, who: Who, row: ContactField, name: str, choices: Sequence[str]
) -> dict[str, BotError]:
    others = [one for one in await storage.people.fields(session, who.club.id) if one.id != row.id]
    troubles: dict[str, BotError] = {}
    if not is_name(name) or len(name) > NAME_MAX:
        troubles["name"] = FieldNameOdd()
    elif folded(name) in {*TAKEN, *(folded(one.name) for one in others)}:
        troubles["name"] = FieldNameTaken()
    elif not row.name and len(others) >= FIELDS_MAX:
        troubles["name"] = TooManyFields()
    elif row.name not in ("", name) and (title := await _text_with(session, who, row.name)):
        troubles["name"] = FieldInText(title=title)
    return troubles | await _wrong_choices(session, who, row, choices)


async def _wrong_choices(
    session: AsyncSession, who: Who, row: ContactField, choices: Sequence[str]
) -> dict[str, BotError]:
    if row.kind is not FieldKind.CHOICE:
        return {}
    if not choices:
        return {"choices": ChoicesMissing()}
    if len(choices) > CHOICES_MAX or max(map(len, choices)) > LONGEST_CHOICE:
        return {"choices": TooManyChoices()}
    gone = set(row.choices) - set(choices)
    for group in await _asking(session, who, row.name):
        asked = {one.value for one in from_json(group.rule or {}).conditions() if one.field == OWN + row.name}
        if lost := sorted(asked & gone):
            return {"choices": ChoiceAskedFor(group=group.name, choice=lost[0])}
    return {}


async def _asking(session: AsyncSession, who: Who, name: str) -> list[Group]:
    """The groups whose rule asks for the field of this name."""
    groups = await storage.groups.every_group(session, who.club.id)
    return [
        group
        for group in groups
        if group.rule and any(one.field == OWN + name for one in from_json(group.rule).conditions())
    ]


async def _text_with(session: AsyncSession, who: Who, name: str) -> str:
    """The title of an SMS that waits and fills in the field of this name."""
    waiting = await storage.campaigns.to_be_resolved(session, who.club.id)
    filled = (one.title for one in waiting if any(field.name == name for field in fields_in(one.body)))
    return next(filled, "")


async def _rename(session: AsyncSession, who: Who, old: str, new: str) -> None:
    await storage.own_fields.rename_values(session, who.club.id, old, new)
    stamps: dict[str, str] = {}
    for group in await _asking(session, who, old):
        before = stamp_of(group)
        group.rule = for_row(renamed(from_json(group.rule or {}), OWN + old, OWN + new))
        await storage.groups.store(session, group)
        stamps[before] = stamp_of(group)
    for draft in await storage.group_drafts.of_club(session, who.club.id):
        form = changed(Form.from_json(draft.form), lambda line: line.called(OWN + old, OWN + new))
        # Whoever changes one of these groups has seen it as it was, and it says the same.
        draft.form, draft.stamp = form.to_json(), stamps.get(draft.stamp, draft.stamp)
        await storage.group_drafts.keep(session, draft)


async def _note(rt: Runtime, who: Who, session: AsyncSession, action: str, field_id: UUID) -> None:
    line = Audit(
        club_id=who.club.id,
        at=rt.clock.now(),
        actor=who.slack_user_id,
        action=action,
        subject=f"field {field_id}",
    )
    await storage.audit.note(session, line)
