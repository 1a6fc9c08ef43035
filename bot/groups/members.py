"""Who stands on a fixed group's list: a page of them, somebody taken off, and put back."""

from dataclasses import replace
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.groups
import storage.memberships
import storage.parts
import storage.people
from bot.campaigns.audience import day_of
from bot.groups.listed import GroupGone
from bot.groups.sheets import Members
from bot.people.archive import PersonGone
from bot.people.find import PAGE, name_of, person
from bot.runtime import Runtime, Who
from storage.models import Audit, Contact
from storage.states import GroupKind


async def members(rt: Runtime, who: Who, group_id: UUID, typed: str = "", page: int = 1) -> Members:
    """A page of those on the list in whom each typed word is found; the one before where there is none any more.

    Raises `GroupGone`.
    """
    today = day_of(who.club, rt.clock.now())
    async with rt.db.read() as session:
        row = await storage.groups.one(session, who.club.id, group_id)
        if row is None or row.kind is not GroupKind.FIXED:
            raise GroupGone
        shown = Members(str(row.id), row.name, 0, typed=typed, page=page)
        rows = await _page(session, who, shown)
        if not rows and page > 1:
            shown = replace(shown, page=page - 1)
            rows = await _page(session, who, shown)
        own = (await storage.groups.sizes(session, who.club.id, [row.id])).get(row.id, 0)
        parts = (await storage.parts.parts_of(session, who.club.id, [row.id])).get(row.id, [])
        flat = await storage.parts.flat(session, who.club.id, [row.id])
        (in_all,) = (
            await storage.parts.how_many_each(session, who.club.id, [flat], today) if parts else (own,)
        )
    return replace(
        shown,
        people=own,
        rows=tuple(person(row, who.words) for row in rows[:PAGE]),
        is_more=len(rows) > PAGE,
        parts=tuple(part.name for part in parts),
        people_in_all=in_all,
    )


async def take_off(rt: Runtime, who: Who, group_id: UUID, contact_id: UUID) -> str:
    """Takes somebody off the list; their name. Raises `GroupGone` or `PersonGone` for what the club does not have."""
    return await _move(rt, who, group_id, contact_id, is_on=False)


async def put_back(rt: Runtime, who: Who, group_id: UUID, contact_id: UUID) -> str:
    """Puts somebody on the list; their name. Raises `GroupGone` or `PersonGone` for what the club does not have."""
    return await _move(rt, who, group_id, contact_id, is_on=True)


async def _move(rt: Runtime, who: Who, group_id: UUID, contact_id: UUID, *, is_on: bool) -> str:
    club_id = who.club.id
    async with rt.db.begin() as session:
        # Nobody deletes the group between this look and the change.
        group = await storage.groups.one(session, club_id, group_id, lock=True)
        if group is None or group.kind is not GroupKind.FIXED:
            raise GroupGone
        row = await storage.people.one(session, club_id, contact_id)
        if row is None:
            raise PersonGone
        if is_on:
            is_moved = bool(await storage.memberships.put_on(session, club_id, group_id, [contact_id]))
        else:
            is_moved = await storage.memberships.take_off(session, club_id, group_id, contact_id)
        if is_moved:
            await _note(session, rt, who, group_id, row, is_on=is_on)
    return name_of(row)


async def _page(session: AsyncSession, who: Who, shown: Members) -> list[Contact]:
    """One more than a page holds, to know whether another follows."""
    rows = await storage.people.search(
        session,
        who.club.id,
        shown.typed,
        limit=PAGE + 1,
        offset=(shown.page - 1) * PAGE,
        on_list=UUID(shown.id),
    )
    return list(rows)


async def _note(
    session: AsyncSession, rt: Runtime, who: Who, group_id: UUID, row: Contact, *, is_on: bool
) -> None:
    line = Audit(
        club_id=who.club.id,
        at=rt.clock.now(),
        actor=who.slack_user_id,
        action="group_member_added" if is_on else "group_member_removed",
        subject=f"group {group_id}: contact {row.id}",
    )
    await storage.audit.note(session, line)
