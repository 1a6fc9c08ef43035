"""The club's groups: how many people each has now, and one taken away."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.campaigns
import storage.groups
import storage.parts
from bot.campaigns.audience import Chosen, day_of
from bot.campaigns.facts import GroupRow, Groups
from bot.campaigns.values import Choice
from bot.errors import BotError
from bot.runtime import Runtime, Who
from storage.conditions import from_json
from storage.models import Audit, Campaign, Group

PAGE = 10


class GroupGone(BotError):
    """This group is no longer there."""


class GroupInGroup(BotError):
    """{group} is part of {others}: take it out there first."""


class GroupInUse(BotError):
    """The SMS “{title}” is scheduled for {group}: cancel it first, or let it leave."""


async def groups(rt: Runtime, who: Who, *, page: int = 1) -> Groups:
    """A page of the club's groups; the last one when there are fewer."""
    today = day_of(who.club, rt.clock.now())
    async with rt.db.read() as session:
        total = await storage.groups.how_many(session, who.club.id)
        pages = max(1, -(-total // PAGE))
        page = min(page, pages)
        rows = await storage.groups.listed(session, who.club.id, limit=PAGE, offset=(page - 1) * PAGE)
        shown = await _counted(session, who, rows, today)
    return Groups(tuple(shown), total, page, pages)


async def one(rt: Runtime, who: Who, group_id: UUID) -> Choice:
    """The group by its name. Raises `GroupGone`."""
    async with rt.db.read() as session:
        found = await storage.groups.these(session, who.club.id, [group_id])
    if not found:
        raise GroupGone
    return Choice(str(found[0].id), found[0].name)


async def remove(rt: Runtime, who: Who, group_id: UUID) -> None:
    """Takes the group away; its people stay in the club.

    Raises `GroupGone`, `GroupInGroup` while another group consists of it, and `GroupInUse` while a campaign waits whose
    people it is to say.
    """
    async with rt.db.begin() as session:
        await storage.groups.alone(session, who.club.id)
        found = await storage.groups.these(session, who.club.id, [group_id])
        if not found:
            raise GroupGone
        if wholes := await storage.parts.wholes_of(session, who.club.id, group_id):
            raise GroupInGroup(group=found[0].name, others=who.words.all_of(whole.name for whole in wholes))
        waiting = await storage.campaigns.to_be_resolved(session, who.club.id)
        if asked := [campaign for campaign in waiting if _asks(campaign, group_id)]:
            raise GroupInUse(title=asked[0].title, group=found[0].name)
        await storage.groups.remove(session, who.club.id, group_id)
        line = Audit(
            club_id=who.club.id,
            at=rt.clock.now(),
            actor=who.slack_user_id,
            action="group_removed",
            subject=f"group {group_id}",
        )
        await storage.audit.note(session, line)


def _asks(campaign: Campaign, group_id: UUID) -> bool:
    return group_id in Chosen.of_json(campaign.audience).group_ids


async def _counted(session: AsyncSession, who: Who, rows: Sequence[Group], today: date) -> list[GroupRow]:
    club_id, ids = who.club.id, [row.id for row in rows]
    flat = await storage.parts.flat_each(session, club_id, ids)
    # One that goes between two questions has nobody.
    asked = [flat.get(id, storage.parts.Flat()) for id in ids]
    counts = await storage.parts.how_many_each(session, club_id, asked, today)
    parts = await storage.parts.parts_of(session, club_id, ids)
    staff = await storage.groups.staff_of(session, club_id, ids)
    return [
        GroupRow(
            str(row.id),
            row.name,
            people,
            from_json(row.rule) if row.rule is not None else None,
            tuple(part.name for part in parts.get(row.id, ())),
            tuple(staff.get(row.id, ())),
        )
        for row, people in zip(rows, counts, strict=True)
    ]
