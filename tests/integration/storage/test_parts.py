"""Groups of groups come down to the same lists and rules, and to the same people, on both databases."""

from collections.abc import AsyncIterator
from datetime import date
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest

from storage import contacts, memberships, parts
from storage.conditions import Compared, Condition, Operator, Rule, to_json
from storage.db import Database
from storage.models import Club, Contact, Group, GroupPart, Membership
from storage.parts import Flat
from storage.states import GroupKind
from tests import factories as f

TODAY = date(2026, 11, 27)


def rule(team: str) -> Rule:
    return Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, team),))


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    db = Database(migrated)
    yield db
    await db.close()


@pytest.fixture
async def club(db: Database) -> Club:
    club = f.club()
    await f.keep(db, club)
    return club


async def group(db: Database, club: Club, name: str, *, team: str = "") -> Group:
    kind = GroupKind.DYNAMIC if team else GroupKind.FIXED
    row = Group(club_id=club.id, name=name, kind=kind, rule=to_json(rule(team)) if team else None)
    await f.keep(db, row)
    return row


async def puts(db: Database, whole: Group, *inside: Group) -> None:
    await f.keep(
        db, *(GroupPart(club_id=whole.club_id, group_id=whole.id, part_id=part.id) for part in inside)
    )


async def people(db: Database, club: Club, *, teams: list[str]) -> list[Contact]:
    rows = [f.contact(club, n, fields={"team": team}) for n, team in enumerate(teams)]
    await f.keep(db, *rows)
    return rows


async def listed(db: Database, group: Group, *rows: Contact) -> None:
    await f.keep(
        db,
        *(Membership(club_id=group.club_id, group_id=group.id, contact_id=row.id) for row in rows),
    )


async def found(db: Database, club: Club, groups: Flat) -> list[str]:
    async with db.snapshot() as session:
        return [
            row[0]
            for row in await contacts.those_picked(
                session, club.id, (), contacts.Picked(TODAY, groups=groups)
            )
        ]


async def flat(db: Database, club: Club, *groups: Group) -> Flat:
    async with db.read() as session:
        return await parts.flat(session, club.id, [one.id for one in groups])


async def test_a_group_comes_down_to_its_list_and_all_that_is_in_it(db: Database, club: Club) -> None:
    whole, middle = await group(db, club, "whole"), await group(db, club, "middle")
    u11, girls = await group(db, club, "u11"), await group(db, club, "girls", team="girls")
    await puts(db, whole, middle)
    await puts(db, middle, u11, girls)
    ana, bea, cleo, dora, _ = await people(db, club, teams=["girls", "", "girls", "", ""])
    await listed(db, u11, ana, bea)
    await listed(db, whole, bea, dora)
    groups = await flat(db, club, whole)
    assert set(groups.lists) == {whole.id, middle.id, u11.id}
    assert groups.rules == (rule("girls"),)
    assert sorted(await found(db, club, groups)) == sorted(one.id.hex for one in (ana, bea, cleo, dora))
    async with db.read() as session:
        several = [groups, await parts.flat(session, club.id, [u11.id]), Flat()]
        assert list(await parts.how_many_each(session, club.id, several, TODAY)) == [4, 2, 0]
        assert await parts.how_many_each(session, club.id, [], TODAY) == []
    assert await found(db, club, Flat()) == []


async def test_groups_chosen_together_give_each_list_and_rule_once(db: Database, club: Club) -> None:
    one, other = await group(db, club, "one"), await group(db, club, "other")
    shared, again = await group(db, club, "a", team="u9"), await group(db, club, "b", team="u9")
    await puts(db, one, shared)
    await puts(db, other, shared, again)
    groups = await flat(db, club, one, other)
    assert (len(groups.lists), groups.rules) == (2, (rule("u9"),))


async def test_a_ring_that_nothing_should_make_ends(db: Database, club: Club) -> None:
    one, other = await group(db, club, "one"), await group(db, club, "other")
    await puts(db, one, other)
    await puts(db, other, one)
    assert set((await flat(db, club, one)).lists) == {one.id, other.id}


async def test_who_would_be_in_itself_is_found_however_deep(db: Database, club: Club) -> None:
    rows = [await group(db, club, str(n)) for n in range(4)]
    beside = await group(db, club, "beside")
    for whole, part in pairwise(rows):
        await puts(db, whole, part)
    ids = [row.id for row in (*rows, beside)]
    async with db.read() as session:
        assert await parts.containing(session, club.id, ids, rows[2].id) == {row.id for row in rows[:3]}
        assert [row.name for row in await parts.wholes_of(session, club.id, rows[1].id)] == ["0"]
        inside = await parts.parts_of(session, club.id, ids)
    assert {id: [row.name for row in found] for id, found in inside.items()} == {
        row.id: [str(n + 1)] for n, row in enumerate(rows[:3])
    }


async def test_random_groups_come_down_to_what_a_walk_finds(db: Database, club: Club) -> None:
    chance = Random(5)
    rows = [await group(db, club, str(n), team=f"t{n}" if n % 5 == 0 else "") for n in range(20)]
    inside = {
        row.id: [later for later in rows[n + 1 :] if chance.random() < 0.2] for n, row in enumerate(rows)
    }
    for row in rows:
        if row.rule is None:
            await puts(db, row, *inside[row.id])

    def walk(row: Group) -> dict[UUID, Group]:
        """Whatever is in it, itself included."""
        deeper = [walk(part) for part in inside[row.id]] if row.rule is None else []
        return {row.id: row} | {id: one for found in deeper for id, one in found.items()}

    async with db.read() as session:
        each = await parts.flat_each(session, club.id, [row.id for row in rows])
    for row in rows:
        reached = walk(row).values()
        assert set(each[row.id].lists) == {one.id for one in reached if one.rule is None}
        assert set(each[row.id].rules) == {rule(f"t{one.name}") for one in reached if one.rule is not None}


async def test_another_clubs_groups_and_people_are_none_of_it(db: Database, club: Club) -> None:
    other = f.club()
    await f.keep(db, other)
    ours, theirs = await group(db, club, "ours"), await group(db, other, "theirs")
    (person,) = await people(db, other, teams=[""])
    await listed(db, theirs, person)
    # As a fault elsewhere might leave it.
    await f.keep(db, GroupPart(club_id=club.id, group_id=ours.id, part_id=theirs.id))
    groups = await flat(db, club, ours, theirs)
    assert groups.lists == (ours.id,)
    assert await found(db, club, Flat((ours.id, theirs.id))) == []
    async with db.begin() as session:
        assert await memberships.put_on(session, club.id, ours.id, [person.id]) == 0
        assert not await memberships.take_off(session, club.id, theirs.id, person.id)


async def test_people_are_put_on_a_list_once_and_taken_off_once(db: Database, club: Club) -> None:
    row = await group(db, club, "list")
    rows = await people(db, club, teams=[""] * 3)
    gone = f.contact(club, 9, archived_at=f.NOW)
    await f.keep(db, gone)
    ids = [one.id for one in rows]
    async with db.begin() as session:
        assert await memberships.put_on(session, club.id, row.id, [ids[0]]) == 1
        assert await memberships.put_on(session, club.id, row.id, [*ids, gone.id]) == 2
        assert await memberships.standing(session, club.id, row.id, [ids[0], gone.id]) == {ids[0]}
        assert await memberships.take_off(session, club.id, row.id, ids[0])
        assert not await memberships.take_off(session, club.id, row.id, ids[0])
