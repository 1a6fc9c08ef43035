"""Queries about groups."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import add_if_new, one_at_a_time
from storage.folding import folded
from storage.models import Contact, Group, GroupPart, GroupStaff, Membership

NAMING = 1 << 62
"""Tells the lock of who names groups from others of the club."""


async def every_group(session: AsyncSession, club_id: UUID) -> Sequence[Group]:
    """The club's groups, by name."""
    return (await session.exec(select(Group).where(Group.club_id == club_id).order_by(col(Group.name)))).all()


async def these(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> Sequence[Group]:
    """The groups with these ids that the club has, by name."""
    mine = select(Group).where(Group.club_id == club_id, col(Group.id).in_(group_ids))
    return (await session.exec(mine.order_by(col(Group.name)))).all()


async def how_many(session: AsyncSession, club_id: UUID) -> int:
    """How many groups the club has."""
    return (await session.exec(select(func.count()).where(Group.club_id == club_id))).one()


async def listed(session: AsyncSession, club_id: UUID, *, limit: int, offset: int) -> Sequence[Group]:
    """A page of the club's groups, by name."""
    mine = select(Group).where(Group.club_id == club_id).order_by(col(Group.name), col(Group.id))
    return (await session.exec(mine.limit(limit).offset(offset))).all()


async def search(session: AsyncSession, club_id: UUID, typed: str, *, limit: int) -> Sequence[Group]:
    """The first groups in whose name each typed word is found, whatever the case and the accents, by name."""
    wanted = folded(typed).split()
    found = [group for group in await every_group(session, club_id) if _has_all(group.name, wanted)]
    return found[:limit]


async def one(session: AsyncSession, club_id: UUID, group_id: UUID, *, lock: bool = False) -> Group | None:
    """The club's group with this id; under a `lock` nobody else changes it meanwhile."""
    mine = select(Group).where(Group.club_id == club_id, Group.id == group_id)
    return (await session.exec(mine.with_for_update() if lock else mine)).first()


async def alone(session: AsyncSession, club_id: UUID) -> None:
    """Waits until nobody else names a group of the club: a name that is free then still is when it is stored."""
    await one_at_a_time(session, NAMING | club_id.int >> 66)


async def named(session: AsyncSession, club_id: UUID, name: str) -> Group | None:
    """The club's group of this name, accents and case aside."""
    mine = await every_group(session, club_id)
    return next((group for group in mine if folded(group.name) == folded(name)), None)


async def add(session: AsyncSession, row: Group) -> bool:
    """Keeps a new group unless its id or its name is taken; whether it was kept."""
    return await add_if_new(session, row)


async def store(session: AsyncSession, row: Group) -> None:
    """Keeps the group, new or changed."""
    session.add(row)
    await session.flush()


async def rename(session: AsyncSession, club_id: UUID, group_id: UUID, *, name: str) -> None:
    """Gives the group another name."""
    mine = sa.update(Group).where(col(Group.club_id) == club_id, col(Group.id) == group_id)
    await session.exec(mine.values(name=name))


async def sizes(session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many of the club's people stand on each of these fixed groups' lists; an empty list is not among them."""
    stands = sa.and_(col(Contact.id) == Membership.contact_id, col(Contact.archived_at).is_(None))
    mine = sa.and_(col(Membership.club_id) == club_id, col(Membership.group_id).in_(group_ids))
    counts = select(Membership.group_id, func.count()).join(Contact, stands).where(mine)
    return dict((await session.exec(counts.group_by(col(Membership.group_id)))).all())


async def staff_of(
    session: AsyncSession, club_id: UUID, group_ids: Collection[UUID]
) -> dict[UUID, list[str]]:
    """The Slack users whose group each of these is; a group without any is not among them."""
    mine = select(GroupStaff).where(GroupStaff.club_id == club_id, col(GroupStaff.group_id).in_(group_ids))
    found: dict[UUID, list[str]] = {}
    for row in (await session.exec(mine.order_by(col(GroupStaff.slack_user_id)))).all():
        found.setdefault(row.group_id, []).append(row.slack_user_id)
    return found


async def groups_of(session: AsyncSession, club_id: UUID, slack_user_id: str) -> set[UUID]:
    """The groups that are this Slack user's."""
    mine = select(GroupStaff.group_id).where(
        GroupStaff.club_id == club_id, GroupStaff.slack_user_id == slack_user_id
    )
    return set((await session.exec(mine)).all())


async def entrust(session: AsyncSession, club_id: UUID, group_id: UUID, users: Iterable[str]) -> None:
    """Makes the group these Slack users' too."""
    for user in users:
        await add_if_new(session, GroupStaff(club_id=club_id, group_id=group_id, slack_user_id=user))


async def relieve(session: AsyncSession, club_id: UUID, group_id: UUID, users: Collection[str]) -> None:
    """Makes the group these Slack users' no more."""
    gone = delete(GroupStaff).where(
        col(GroupStaff.club_id) == club_id,
        col(GroupStaff.group_id) == group_id,
        col(GroupStaff.slack_user_id).in_(users),
    )
    await session.exec(gone)


async def remove(session: AsyncSession, club_id: UUID, group_id: UUID) -> bool:
    """Takes the group away, with its list; whether the club had it. Its people stay, and the groups in it."""
    for table in (Membership, GroupStaff, GroupPart):
        await session.exec(
            delete(table).where(col(table.club_id) == club_id, col(table.group_id) == group_id)
        )
    gone = await session.exec(delete(Group).where(col(Group.club_id) == club_id, col(Group.id) == group_id))
    return bool(gone.rowcount == 1)


def _has_all(name: str, wanted: Sequence[str]) -> bool:
    found = folded(name)
    return all(word in found for word in wanted)
