"""A fixed group made and changed: its name, people put on its list, the groups in it, and whose it is."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.contacts
import storage.groups
import storage.memberships
import storage.parts
from bot.campaigns.drafts import group_choice
from bot.campaigns.values import Choice
from bot.errors import BotError
from bot.groups import pasted
from bot.groups.listed import GroupGone
from bot.groups.sheets import NAME_MAX, FixedForm, FixedSheet, Kept, Report
from bot.people.sheet import LinkGone
from bot.runtime import Runtime, Who
from storage.models import Audit, Group
from storage.states import GroupKind


class GroupNameMissing(BotError):
    """Give the group a name."""


class GroupNameTaken(BotError):
    """There is a group “{name}” already."""


class RenamedMeanwhile(BotError):
    """Somebody else named this group “{name}” meanwhile. Type that, or another name."""


class PartGone(BotError):
    """A group chosen here is no longer there. Take it out and save again."""


class PartInCircle(BotError):
    """{groups} cannot be in it: this group is in there itself."""


class NotKept(BotError):
    """This group was not saved.

    `troubles` says why, by the fields of the window.
    """

    def __init__(self, troubles: Mapping[str, BotError]) -> None:
        super().__init__()
        self.troubles = troubles


def blank() -> FixedSheet:
    """A group that is to be."""
    return FixedSheet(str(uuid4()), is_new=True)


async def sheet(rt: Runtime, who: Who, group_id: UUID) -> FixedSheet:
    """What is known of this fixed group. Raises `GroupGone`."""
    async with rt.db.read() as session:
        row = await _one(session, who, group_id)
        parts = (await storage.parts.parts_of(session, who.club.id, [row.id])).get(row.id, [])
        staff = (await storage.groups.staff_of(session, who.club.id, [row.id])).get(row.id, [])
        people = (await storage.groups.sizes(session, who.club.id, [row.id])).get(row.id, 0)
    choices = tuple(group_choice(part, who.words) for part in parts)
    return FixedSheet(str(row.id), False, row.name, people, choices, tuple(staff))


async def save(rt: Runtime, who: Who, shown: FixedSheet, form: FixedForm) -> Kept | Report:
    """Keeps what was changed since it was shown; first the report where the pasted list is not settled, and nothing kept.

    Raises `NotKept` with what is wrong with each field, or `GroupGone`.
    """
    group_id = UUID(shown.id)
    report = None
    async with rt.db.read() as session:
        _refuse(await _troubles(session, who, shown, form))
        if form.pasted.strip():
            report = await pasted.read(session, who, group_id, form)
    if report and not (report.is_settled and report.mark == form.seen):
        return report
    async with rt.db.begin() as session:
        await storage.groups.alone(session, who.club.id)
        _refuse(await _troubles(session, who, shown, form))
        row = await _row(session, who, shown, form)
        people = {UUID(one.id) for one in form.people} | (pasted.ids_in(report) if report else set())
        added = await storage.memberships.put_on(session, who.club.id, row.id, people)
        changed = await _change(session, who, row, shown, form)
        what = ", ".join([*([f"{added} people added"] if added else []), *changed])
        await _note(session, rt, who, "group_added" if shown.is_new else "group_changed", f"{row.id}: {what}")
    return Kept(row.name, added, len(people) - added + (len(report.already) if report else 0))


async def offered(rt: Runtime, who: Who, group_id: UUID, typed: str, *, limit: int) -> list[Choice]:
    """The first groups that what was typed may mean and that this one may take in."""
    async with rt.db.read() as session:
        rows = await storage.groups.search(session, who.club.id, typed, limit=limit)
        ids = [row.id for row in rows]
        ring = await storage.parts.containing(session, who.club.id, ids, group_id)
    return [group_choice(row, who.words) for row in rows if row.id not in ring]


async def _one(session: AsyncSession, who: Who, group_id: UUID) -> Group:
    row = await storage.groups.one(session, who.club.id, group_id)
    if row is None or row.kind is not GroupKind.FIXED:
        raise GroupGone
    return row


async def _row(session: AsyncSession, who: Who, shown: FixedSheet, form: FixedForm) -> Group:
    """The group's row, new where it is to be; asked for again it is the one that was made before."""
    row = Group(id=UUID(shown.id), club_id=who.club.id, name=_spaced(form.name), kind=GroupKind.FIXED)
    if shown.is_new and await storage.groups.add(session, row):
        return row
    return await _one(session, who, row.id)


def _refuse(troubles: Mapping[str, BotError]) -> None:
    if troubles:
        raise NotKept(troubles)


async def _troubles(
    session: AsyncSession, who: Who, shown: FixedSheet, form: FixedForm
) -> dict[str, BotError]:
    """What is wrong, by field."""
    troubles: dict[str, BotError] = {}
    if trouble := await _trouble_with_name(session, who, shown, _spaced(form.name)):
        troubles["name"] = trouble
    people = {UUID(one.id) for one in form.people}
    if len(await storage.contacts.these(session, who.club.id, people)) < len(people):
        troubles["joiners"] = LinkGone()
    if trouble := await _trouble_with_parts(session, who, shown, form):
        troubles["subgroups"] = trouble
    return troubles


async def _trouble_with_name(
    session: AsyncSession, who: Who, shown: FixedSheet, name: str
) -> BotError | None:
    if not name:
        return GroupNameMissing()
    group_id = UUID(shown.id)
    same = await storage.groups.named(session, who.club.id, name)
    if same and same.id != group_id:
        return GroupNameTaken(name=same.name)
    row = await storage.groups.one(session, who.club.id, group_id)
    if row is None or shown.is_new or name in (shown.name, row.name):
        return None
    return RenamedMeanwhile(name=row.name) if row.name != shown.name else None


async def _trouble_with_parts(
    session: AsyncSession, who: Who, shown: FixedSheet, form: FixedForm
) -> BotError | None:
    known = {one.id for one in shown.parts}
    new = [UUID(one.id) for one in form.parts if one.id not in known]
    there = await storage.groups.these(session, who.club.id, new)
    if len(there) < len(new):
        return PartGone()
    ring = await storage.parts.containing(session, who.club.id, new, UUID(shown.id))
    if not ring:
        return None
    return PartInCircle(groups=who.words.all_of(row.name for row in there if row.id in ring))


async def _change(
    session: AsyncSession, who: Who, row: Group, shown: FixedSheet, form: FixedForm
) -> list[str]:
    """Changes what differs from what was shown, and nothing that somebody else changed meanwhile; what that was."""
    club_id, changed = who.club.id, []
    if not shown.is_new and _spaced(form.name) != shown.name:
        await storage.groups.rename(session, club_id, row.id, name=_spaced(form.name))
        changed.append("name")
    before, after = _ids(shown.parts), _ids(form.parts)
    if before != after:
        await storage.parts.link(session, club_id, row.id, after - before)
        await storage.parts.unlink(session, club_id, row.id, before - after)
        changed.append("groups in it")
    had, has = set(shown.staff), set(form.staff)
    if had != has:
        await storage.groups.entrust(session, club_id, row.id, has - had)
        await storage.groups.relieve(session, club_id, row.id, had - has)
        changed.append("staff")
    return changed


async def _note(session: AsyncSession, rt: Runtime, who: Who, action: str, what: str) -> None:
    line = Audit(
        club_id=who.club.id,
        at=rt.clock.now(),
        actor=who.slack_user_id,
        action=action,
        subject=f"group {what}",
    )
    await storage.audit.note(session, line)


def _ids(choices: Iterable[Choice]) -> set[UUID]:
    return {UUID(one.id) for one in choices}


def _spaced(name: str) -> str:
    return " ".join(name.split())[:NAME_MAX]
