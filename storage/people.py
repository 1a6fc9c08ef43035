"""Queries for those who keep the club's people: finding them, and how the club's list stands."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.conditions import Rule
from storage.db import add_if_new, one_at_a_time
from storage.folding import folded, searchable, words_of
from storage.models import Contact, ContactField, Group, Guardianship, Membership
from storage.parts import Flat, belongs, flat_each
from storage.states import GroupKind


async def search(
    session: AsyncSession,
    club_id: UUID,
    typed: str,
    *,
    limit: int,
    offset: int = 0,
    archived: bool = False,
    on_list: UUID | None = None,
    rules: Collection[Rule] = (),
    today: date = date.min,
) -> Sequence[Contact]:
    """The first people in whom each typed word is found, or in the name of whose fixed group, by name.

    Accents and case do not matter; a number is found as typed and in E.164. Only those on the list of the group given;
    and also those for whom one of the rules holds on this day.
    """
    found = select(Contact).where(Contact.club_id == club_id, _is_archived(archived))
    by_words = sa.and_(sa.true(), *await meant(session, club_id, typed))
    ruled = [col(Contact.id).in_(_ruled(session, club_id, rules, today))] if rules else []
    found = found.where(sa.or_(by_words, *ruled))
    if on_list:
        members = select(Membership.contact_id).where(
            Membership.club_id == club_id, Membership.group_id == on_list
        )
        found = found.where(col(Contact.id).in_(members))
    by_name = (col(Contact.search), col(Contact.id))
    return (await session.exec(found.order_by(*by_name).limit(limit).offset(offset))).all()


async def meant(session: AsyncSession, club_id: UUID, typed: str, *, number: Any = None) -> Sequence[Any]:
    """What holds for the contacts whom what was typed means; a `number` of another table may hold a word too."""
    words = words_of(typed)
    named = await _groups_named(session, club_id, words)
    columns = [col(Contact.search)] + ([] if number is None else [number])
    return [_has(word, named[word], columns) for word in words]


def _ruled(session: AsyncSession, club_id: UUID, rules: Collection[Rule], today: date) -> Any:
    """Asked for themselves, so that the rules are held against what an index has of everybody and not against whole rows."""
    mine = select(Contact.id).where(Contact.club_id == club_id, col(Contact.archived_at).is_(None))
    return mine.where(belongs(session, club_id, Flat(rules=tuple(rules)), today))


def _is_archived(archived: bool) -> Any:
    since = col(Contact.archived_at)
    return since.is_not(None) if archived else since.is_(None)


def _has(word: str, group_ids: Collection[UUID], columns: Sequence[Any]) -> Any:
    # An ESCAPE clause costs SQLite a third more time, and few words need it.
    is_plain = word.isalnum()
    found = [text.like(f"%{word}%") if is_plain else text.contains(word, autoescape=True) for text in columns]
    if not group_ids:
        return sa.or_(*found)
    members = select(Membership.contact_id).where(col(Membership.group_id).in_(group_ids))
    return sa.or_(*found, col(Contact.id).in_(members))


async def _groups_named(
    session: AsyncSession, club_id: UUID, words: Collection[str]
) -> dict[str, list[UUID]]:
    """The fixed groups in whose name each word is, with the lists that are in them."""
    if not words:
        return {}
    mine = select(Group.id, Group.name).where(Group.club_id == club_id, Group.kind == GroupKind.FIXED)
    groups = [(id, folded(name)) for id, name in (await session.exec(mine)).all()]
    named = {word: [id for id, name in groups if word in name] for word in words}
    flat = await flat_each(session, club_id, {id for ids in named.values() for id in ids})
    return {word: [each for id in ids for each in flat[id].lists] for word, ids in named.items()}


async def unreachable(session: AsyncSession, club_id: UUID) -> dict[str, int]:
    """How many of the club's people have no number that can be texted, by the reason; "empty" where none was typed."""
    reason = func.coalesce(func.nullif(Contact.refusal, ""), "empty")
    counted = select(reason, func.count()).where(
        Contact.club_id == club_id, col(Contact.e164).is_(None), _is_archived(False)
    )
    return dict((await session.exec(counted.group_by(reason))).all())


async def how_many(session: AsyncSession, club_id: UUID, *, archived: bool = False) -> int:
    """How many people the club has, or had."""
    counted = select(func.count()).select_from(Contact)
    return (await session.exec(counted.where(Contact.club_id == club_id, _is_archived(archived)))).one()


async def guardians_of(
    session: AsyncSession, club_id: UUID, child_ids: Collection[UUID]
) -> dict[UUID, list[Contact]]:
    """Who answers for each of these people, by name; those who are archived do not."""
    query = (
        select(Guardianship.child_id, Contact)
        .join(Contact, col(Contact.id) == col(Guardianship.guardian_id))
        .where(Guardianship.club_id == club_id, col(Guardianship.child_id).in_(child_ids))
        .where(Contact.club_id == club_id, _is_archived(False))
        .order_by(col(Contact.search), col(Contact.id))
    )
    found: dict[UUID, list[Contact]] = {}
    for child_id, guardian in (await session.exec(query)).all():
        found.setdefault(child_id, []).append(guardian)
    return found


async def one(
    session: AsyncSession, club_id: UUID, contact_id: UUID, *, lock: bool = False
) -> Contact | None:
    """The person of the club with this id, archived or not; under a `lock` nobody else changes them meanwhile."""
    mine = select(Contact).where(Contact.club_id == club_id, Contact.id == contact_id)
    return (await session.exec(mine.with_for_update() if lock else mine)).first()


async def holders(session: AsyncSession, club_id: UUID, e164: str) -> set[UUID]:
    """Whose number this is; not those who are archived."""
    mine = select(Contact.id).where(Contact.club_id == club_id, Contact.e164 == e164, _is_archived(False))
    return set((await session.exec(mine)).all())


async def archive(session: AsyncSession, club_id: UUID, contact_id: UUID, at: datetime | None) -> bool:
    """Archives this person as of then, or takes them back; whether that changed anything."""
    moved = (
        sa.update(Contact)
        .where(col(Contact.club_id) == club_id, col(Contact.id) == contact_id)
        .where(_is_archived(at is None))
        .values(archived_at=at)
    )
    return bool((await session.exec(moved)).rowcount)


async def wards_of(session: AsyncSession, club_id: UUID, guardian_id: UUID) -> Sequence[Contact]:
    """For whom this person answers, by name; not those who are archived."""
    mine = (
        select(Contact)
        .join(Guardianship, col(Contact.id) == col(Guardianship.child_id))
        .where(Guardianship.club_id == club_id, Guardianship.guardian_id == guardian_id)
        .where(Contact.club_id == club_id, _is_archived(False))
    )
    return (await session.exec(mine.order_by(col(Contact.search), col(Contact.id)))).all()


async def link(session: AsyncSession, club_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Has the second of each pair answer for the first."""
    for child_id, guardian_id in pairs:
        await add_if_new(session, Guardianship(club_id=club_id, child_id=child_id, guardian_id=guardian_id))


async def unlink(session: AsyncSession, club_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Has the second of each pair answer for the first no more."""
    for child_id, guardian_id in pairs:
        gone = sa.delete(Guardianship).where(
            col(Guardianship.club_id) == club_id,
            col(Guardianship.child_id) == child_id,
            col(Guardianship.guardian_id) == guardian_id,
        )
        await session.exec(gone)


async def alone(session: AsyncSession, club_id: UUID) -> None:
    """Waits until nobody else changes the club's people: what is looked at then still holds when it is stored."""
    await one_at_a_time(session, club_id.int >> 65)


async def owner_of(session: AsyncSession, club_id: UUID, reference: str) -> Contact | None:
    """Who has this key of the club's, archived or not."""
    mine = select(Contact).where(Contact.club_id == club_id, Contact.reference == reference)
    return (await session.exec(mine)).first()


async def store(session: AsyncSession, row: Contact) -> None:
    """Keeps somebody, new or changed, to be found by what they are now."""
    row.search = searchable(row.model_dump())
    session.add(row)
    await session.flush()


async def fields(session: AsyncSession, club_id: UUID) -> Sequence[ContactField]:
    """The club's own fields, in its order."""
    mine = select(ContactField).where(ContactField.club_id == club_id)
    return (await session.exec(mine.order_by(col(ContactField.position), col(ContactField.name)))).all()
