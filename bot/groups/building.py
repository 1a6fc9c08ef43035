"""A dynamic group while somebody builds it: kept on our side as one types, so that no refusal loses a word, and counted."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.filters
import storage.group_drafts
import storage.groups
import storage.people
from bot.campaigns.audience import day_of
from bot.campaigns.values import Choice
from bot.errors import BotError
from bot.groups.facts import Belonging, Building, fields_of
from bot.groups.listed import GroupGone
from bot.people.facts import OwnField
from bot.rules.asking import Made, Widget, form_of, made, widget
from bot.rules.fields import LONGEST_CHOICE
from bot.rules.lines import Form
from bot.runtime import Runtime, Who
from storage.conditions import Compared, from_json
from storage.letters import folded
from storage.models import Group, GroupDraft

UNFINISHED_FOR = timedelta(hours=12)
"""How long a new group that was not saved is offered again."""
NAMES_SHOWN = 5

Change = Callable[[Form, tuple[OwnField, ...]], Form]
"""What was done to the form, given what the club has of fields."""


class BuildingGone(BotError):
    """This window is too old. Close it and open it again from /groups."""


class SavedBefore(BotError):
    """This group was saved already. Open it from /groups to change it."""


async def begin(rt: Runtime, who: Who, group_id: UUID | None = None) -> Building:
    """The group as it is, or a new one, which goes on where this person left it. Raises `GroupGone`."""
    now = rt.clock.now()
    async with rt.db.begin() as session:
        await storage.group_drafts.forget(session, who.club.id, who.slack_user_id, now - UNFINISHED_FOR)
        if group_id is None:
            draft = await _new(rt, who, session)
        else:
            draft = await _of_group(rt, who, session, group_id)
        await storage.group_drafts.keep(session, draft)
        own = await own_fields(session, who)
    return await shown(rt, who, draft, own)


async def change(rt: Runtime, who: Who, draft_id: UUID, do: Change) -> None:
    """Keeps what was done to the form. Raises `BuildingGone`."""
    async with rt.db.begin() as session:
        await changed(rt, who, session, draft_id, do)


async def building(rt: Runtime, who: Who, draft_id: UUID) -> Building:
    """The group as it was kept last, and who belongs to it now. Raises `BuildingGone`."""
    async with rt.db.begin() as session:
        draft, own = await draft_of(who, session, draft_id), await own_fields(session, who)
    return await shown(rt, who, draft, own)


async def offered(rt: Runtime, who: Who, draft_id: UUID, key: str, typed: str, *, limit: int) -> list[Choice]:
    """What the line with this key may be asked for: values that people have, and what was typed. Raises `BuildingGone`."""
    async with rt.db.begin() as session:
        draft, own = await draft_of(who, session, draft_id), await own_fields(session, who)
        line = next((one for one in Form.from_json(draft.form).each() if one.key == key), None)
        if line is None or widget(line, fields_of(own)) is not Widget.KNOWN:
            return []
        asked = fields_of(own)[line.field]
        if asked.compared is Compared.CHOICE:
            return _matching(asked.choices, typed)[:limit]
        known = await storage.filters.values(
            session, who.club.id, line.field, typed, longest=LONGEST_CHOICE, limit=limit
        )
    wanted = " ".join(typed.split())[:LONGEST_CHOICE]
    return [Choice(each, each) for each in _with_typed(known, wanted)[:limit]]


def _matching(choices: Sequence[str], typed: str) -> list[Choice]:
    found = [each for each in choices if folded(typed.strip()) in folded(each)]
    return [Choice(each, each) for each in found if len(each) <= LONGEST_CHOICE]


async def own_fields(session: AsyncSession, who: Who) -> tuple[OwnField, ...]:
    """The club's own fields, in its order."""
    rows = await storage.people.fields(session, who.club.id)
    return tuple(OwnField(row.id.hex, row.name, row.kind, tuple(row.choices)) for row in rows)


def _with_typed(known: Sequence[str], wanted: str) -> list[str]:
    """Also what nobody has yet can be asked for."""
    is_known = any(each.casefold() == wanted.casefold() for each in known)
    return [*known] if not wanted or is_known else [wanted, *known]


async def _new(rt: Runtime, who: Who, session: AsyncSession) -> GroupDraft:
    since = rt.clock.now() - UNFINISHED_FOR
    known = await storage.group_drafts.unfinished(session, who.club.id, who.slack_user_id, since)
    return known or _begun(rt, who, Form())


async def _of_group(rt: Runtime, who: Who, session: AsyncSession, group_id: UUID) -> GroupDraft:
    group = await storage.groups.one(session, who.club.id, group_id)
    if group is None or group.rule is None:
        raise GroupGone
    draft = _begun(rt, who, form_of(group.name, from_json(group.rule)))
    draft.group_id, draft.stamp = group.id, stamp_of(group)
    return draft


def _begun(rt: Runtime, who: Who, form: Form) -> GroupDraft:
    return GroupDraft(
        id=uuid4(),
        club_id=who.club.id,
        slack_user_id=who.slack_user_id,
        form=form.to_json(),
        updated_at=rt.clock.now(),
    )


async def draft_of(who: Who, session: AsyncSession, draft_id: UUID) -> GroupDraft:
    """This person's draft, which nobody else changes until the transaction ends. Raises `BuildingGone`."""
    draft = await storage.group_drafts.one(session, who.club.id, who.slack_user_id, draft_id)
    if draft is None:
        raise BuildingGone
    return draft


async def changed(
    rt: Runtime, who: Who, session: AsyncSession, draft_id: UUID, do: Change
) -> tuple[GroupDraft, tuple[OwnField, ...]]:
    """The draft as it is kept once this was done to its form, and the club's own fields.

    Raises `BuildingGone`, and `SavedBefore` where that changes a group which was saved.
    """
    draft, own = await draft_of(who, session, draft_id), await own_fields(session, who)
    known = Form.from_json(draft.form)
    form = do(known, own)
    if form != known:
        if draft.saved_at:
            raise SavedBefore
        draft.form, draft.updated_at = form.to_json(), rt.clock.now()
        await storage.group_drafts.keep(session, draft)
    return draft, own


async def shown(rt: Runtime, who: Who, draft: GroupDraft, own: tuple[OwnField, ...]) -> Building:
    """The group as its draft has it, and who belongs to it now."""
    form = Form.from_json(draft.form)
    found = made(form, fields_of(own))
    belonging = await _belonging(rt, who, found)
    return Building(str(draft.id), form, own, belonging, is_new=draft.group_id is None)


async def _belonging(rt: Runtime, who: Who, found: Made) -> Belonging:
    today, rule = day_of(who.club, rt.clock.now()), found.rule
    async with rt.db.read() as session:
        total = await storage.people.how_many(session, who.club.id)
        known = Belonging(rule, 0, total, is_partial=bool(found.wrong))
        if not rule.parts:
            return known
        people = await storage.filters.how_many(session, who.club.id, rule, today)
        some = await storage.filters.first_names(session, who.club.id, rule, today, limit=NAMES_SHOWN)
    names = tuple(f"{first} {last}".strip() for first, last in some)
    return replace(known, people=people, names=names)


def stamp_of(group: Group) -> str:
    """Another one for every other state of the group."""
    state = json.dumps([group.name, group.rule], sort_keys=True)
    return sha256(state.encode()).hexdigest()[:32]
