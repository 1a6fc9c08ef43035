"""A dynamic group saved: checked, once, and nobody's change is lost."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.group_drafts
import storage.groups
from bot.errors import BotError
from bot.groups.building import Change, changed, draft_of, own_fields, shown, stamp_of
from bot.groups.facts import Building, SavedGroup, fields_of
from bot.groups.listed import GroupGone
from bot.rules.asking import made
from bot.rules.filters import Wrong, checked
from bot.rules.lines import Form
from bot.runtime import Runtime, Who
from storage.conditions import Rule, for_row, from_json
from storage.models import Audit, Group, GroupDraft
from storage.states import GroupKind


class GroupChangedMeanwhile(BotError):
    """Somebody else changed this group meanwhile, and nothing was saved. Open it again to see what they changed."""


class GroupNameMissing(BotError):
    """Give the group a name."""


class GroupNameTaken(BotError):
    """The club has a group “{name}” already. Choose another name."""


class NothingAsked(BotError):
    """Choose a field first: without a condition, everybody would belong."""


class ValueMissing(BotError):
    """Give a value, or remove this condition."""


class ValueTooLong(BotError):
    """This is too long."""


class NoNumber(BotError):
    """This is not a number."""


class NoDays(BotError):
    """Give a whole number of days, 3,660 at most."""


class NoAge(BotError):
    """Give a whole number of years, 150 at most."""


class NoDay(BotError):
    """This is not a day."""


class NoChoice(BotError):
    """The field has no such choice any more."""


class FieldGone(BotError):
    """The club has no such field any more. Choose another one, or remove this condition."""


class TooManyConditions(BotError):
    """These are more conditions or values than one group takes."""


class GroupNotSaved(BotError):
    """This was not saved.

    `troubles` says why: by the keys of lines, or "name".
    """

    def __init__(self, troubles: Mapping[str, BotError], building: Building) -> None:
        super().__init__()
        self.troubles, self.building = troubles, building


_TROUBLES: Mapping[Wrong, type[BotError]] = {
    Wrong.NOTHING: NothingAsked,
    Wrong.TOO_MANY: TooManyConditions,
    Wrong.TOO_DEEP: TooManyConditions,
    Wrong.FIELD: FieldGone,
    Wrong.OPERATOR: FieldGone,
    Wrong.MISSING: ValueMissing,
    Wrong.TOO_LONG: ValueTooLong,
    Wrong.NUMBER: NoNumber,
    Wrong.DAYS: NoDays,
    Wrong.AGE: NoAge,
    Wrong.DATE: NoDay,
    Wrong.CHOICE: NoChoice,
}


async def save(rt: Runtime, who: Who, draft_id: UUID, do: Change) -> SavedGroup:
    """Keeps the group as it stands after this change; once, however often it is asked for.

    Raises `GroupNotSaved`, `GroupChangedMeanwhile`, `GroupGone`, `SavedBefore` or `BuildingGone`; what was typed is kept.
    """
    async with rt.db.begin() as session:
        draft, own = await changed(rt, who, session, draft_id, do)
    troubles = await _stored(rt, who, draft_id)
    known = await shown(rt, who, draft, own)
    if troubles:
        raise GroupNotSaved(troubles, known)
    return SavedGroup(_name(known.form), known.belonging.people)


async def _stored(rt: Runtime, who: Who, draft_id: UUID) -> dict[str, BotError]:
    """Keeps the group unless something is wrong with it, which is given back."""
    async with rt.db.begin() as session:
        await storage.groups.alone(session, who.club.id)
        draft = await draft_of(who, session, draft_id)
        if draft.saved_at:
            return {}
        form, fields = Form.from_json(draft.form), fields_of(await own_fields(session, who))
        group = await _group(who, session, draft)
        found = made(form, fields)
        rule = checked(found.rule, fields)
        troubles = await _troubles(session, who, group, _name(form), found.wrong, rule)
        if troubles or isinstance(rule, Wrong):
            return troubles
        before = (group.name, group.rule and from_json(group.rule))
        group.name, group.rule = _name(form), for_row(rule)
        await storage.groups.store(session, group)
        await _note(rt, who, session, group, before, is_new=draft.group_id is None)
        draft.saved_at = rt.clock.now()
        await storage.group_drafts.keep(session, draft)
    return {}


async def _group(who: Who, session: AsyncSession, draft: GroupDraft) -> Group:
    """The group that is changed, still as it was shown; or a new one under the draft's id."""
    if draft.group_id is None:
        return Group(id=draft.id, club_id=who.club.id, name="", kind=GroupKind.DYNAMIC)
    group = await storage.groups.one(session, who.club.id, draft.group_id, lock=True)
    if group is None:
        raise GroupGone
    if stamp_of(group) != draft.stamp:
        raise GroupChangedMeanwhile
    return group


async def _troubles(
    session: AsyncSession, who: Who, group: Group, name: str, wrong: Mapping[str, Wrong], rule: Rule | Wrong
) -> dict[str, BotError]:
    troubles = {key: _TROUBLES[why]() for key, why in wrong.items()}
    if not troubles and isinstance(rule, Wrong):
        troubles["name"] = _TROUBLES[rule]()
    taken = await storage.groups.named(session, who.club.id, name)
    if not name:
        troubles["name"] = GroupNameMissing()
    elif taken and taken.id != group.id:
        troubles["name"] = GroupNameTaken(name=taken.name)
    return troubles


async def _note(
    rt: Runtime, who: Who, session: AsyncSession, group: Group, before: tuple[object, object], *, is_new: bool
) -> None:
    after = (group.name, from_json(group.rule or {}))
    what = [name for name, was, now in zip(("name", "rule"), before, after, strict=True) if was != now]
    line = Audit(
        club_id=who.club.id,
        at=rt.clock.now(),
        actor=who.slack_user_id,
        action="group_added" if is_new else "group_changed",
        subject=f"group {group.id}: {', '.join(what)}",
    )
    await storage.audit.note(session, line)


def _name(form: Form) -> str:
    return " ".join(form.name.split())
