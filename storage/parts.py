"""Queries about groups of groups: which lists and rules a choice of groups comes down to, and who is in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.conditions import Rule, from_json
from storage.db import add_if_new
from storage.filters import condition_of
from storage.models import Contact, Group, GroupPart, Membership


@dataclass(frozen=True, slots=True)
class Flat:
    """What groups come down to with all that is in them: whoever is on one of the lists or found by one of the rules."""

    lists: tuple[UUID, ...] = ()
    """Fixed groups, each once."""
    rules: tuple[Rule, ...] = ()


async def flat(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> Flat:
    """What these groups of the club come down to together."""
    each = await flat_each(session, club_id, group_ids)
    lists = dict.fromkeys(id for one in each.values() for id in one.lists)
    return Flat(tuple(lists), tuple(dict.fromkeys(rule for one in each.values() for rule in one.rules)))


async def flat_each(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> Mapping[UUID, Flat]:
    """What each of these groups comes down to; one that the club does not have is not among them."""
    reached = _reached(club_id, group_ids)
    found = (
        sa.select(reached.c.root, col(Group.id), col(Group.rule))
        .join(reached, col(Group.id) == reached.c.id)
        .where(col(Group.club_id) == club_id)
        .order_by(col(Group.name), col(Group.id))
    )
    by_root: dict[UUID, list[tuple[UUID, Any]]] = {}
    for root, id, rule in (await (await session.connection()).execute(found)).all():
        by_root.setdefault(root, []).append((id, rule))
    return {root: _flat(groups) for root, groups in by_root.items()}


def belongs(session: AsyncSession, club_id: UUID, groups: Flat, today: date) -> Any:
    """What holds for the contacts who are in one of these groups on this day of the club."""
    listed = select(Membership.contact_id).where(
        Membership.club_id == club_id, col(Membership.group_id).in_(groups.lists)
    )
    on_list = [col(Contact.id).in_(listed)] if groups.lists else []
    return sa.or_(sa.false(), *on_list, *(condition_of(session, rule, today) for rule in groups.rules))


async def how_many_each(
    session: AsyncSession, club_id: UUID, groups: Sequence[Flat], today: date
) -> Sequence[int]:
    """How many of the club's people are in each of these, everybody once, asked at once."""
    if not groups:
        return []
    counts = [_counting(session, club_id, one, today).scalar_subquery() for one in groups]
    return (await (await session.connection()).execute(sa.select(*counts))).one()


async def parts_of(
    session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]
) -> dict[UUID, list[Group]]:
    """The groups that each of these has in it, without what is in those, by name."""
    return await _beside(session, club_id, col(GroupPart.group_id), col(GroupPart.part_id), group_ids)


async def wholes_of(session: AsyncSession, club_id: UUID, part_id: UUID) -> Sequence[Group]:
    """The groups that have this one in them, by name."""
    found = await _beside(session, club_id, col(GroupPart.part_id), col(GroupPart.group_id), [part_id])
    return found.get(part_id, [])


async def containing(
    session: AsyncSession, club_id: UUID, group_ids: Collection[UUID], group_id: UUID
) -> set[UUID]:
    """Those of the groups which are this one or have it in them, however deep: it cannot take them in."""
    reached = _reached(club_id, group_ids)
    found = sa.select(reached.c.root).where(reached.c.id == group_id).distinct()
    return set((await (await session.connection()).execute(found)).scalars())


async def link(session: AsyncSession, club_id: UUID, group_id: UUID, part_ids: Iterable[UUID]) -> None:
    """Has the group take these in."""
    for part_id in part_ids:
        await add_if_new(session, GroupPart(club_id=club_id, group_id=group_id, part_id=part_id))


async def unlink(session: AsyncSession, club_id: UUID, group_id: UUID, part_ids: Collection[UUID]) -> None:
    """Takes these out of the group again."""
    gone = sa.delete(GroupPart).where(
        col(GroupPart.club_id) == club_id,
        col(GroupPart.group_id) == group_id,
        col(GroupPart.part_id).in_(part_ids),
    )
    await session.exec(gone)


def _reached(club_id: UUID, group_ids: Collection[UUID]) -> Any:
    """Each of the groups (`root`) with itself and whatever is in it; a ring, which nothing should make, ends it too."""
    mine = (col(Group.club_id) == club_id, col(Group.id).in_(group_ids))
    roots: Any = sa.select(col(Group.id).label("root"), col(Group.id).label("id")).where(*mine)
    reached = roots.cte("reached", recursive=True)
    inside = (
        sa.select(reached.c.root, col(GroupPart.part_id))
        .join(reached, col(GroupPart.group_id) == reached.c.id)
        .where(col(GroupPart.club_id) == club_id)
    )
    return reached.union(inside)


def _counting(session: AsyncSession, club_id: UUID, groups: Flat, today: date) -> sa.Select[Any]:
    mine = sa.and_(col(Contact.club_id) == club_id, col(Contact.archived_at).is_(None))
    if groups.rules:
        everybody = sa.select(sa.func.count()).select_from(Contact)
        return everybody.where(mine, belongs(session, club_id, groups, today))
    # Beginning with the lists: whoever begins with the people looks at all that the club has for a list of twenty.
    listed = sa.select(sa.func.count(sa.distinct(col(Membership.contact_id)))).select_from(Membership)
    people = listed.join(Contact, sa.and_(col(Contact.id) == col(Membership.contact_id), mine))
    return people.where(col(Membership.club_id) == club_id, col(Membership.group_id).in_(groups.lists))


def _flat(groups: Iterable[tuple[UUID, Any]]) -> Flat:
    known = list(groups)
    rules = dict.fromkeys(from_json(rule) for _, rule in known if rule is not None)
    return Flat(tuple(id for id, rule in known if rule is None), tuple(rules))


async def _beside(
    session: AsyncSession, club_id: UUID, side: Any, other: Any, group_ids: Collection[UUID]
) -> dict[UUID, list[Group]]:
    query = (
        select(side, Group)
        .join(Group, col(Group.id) == other)
        .where(col(GroupPart.club_id) == club_id, col(Group.club_id) == club_id, side.in_(group_ids))
        .order_by(col(Group.name), col(Group.id))
    )
    found: dict[UUID, list[Group]] = {}
    for id, group in (await session.exec(query)).all():
        found.setdefault(id, []).append(group)
    return found
