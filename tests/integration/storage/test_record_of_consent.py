"""The record of consent: only added to, and read by the database as the rules read it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from bot.record import record_of
from bot.rules.consent import agreement
from storage.consent import agreed_to_marketing
from storage.db import PARAMETERS_AT_ONCE, Database
from storage.models import Club, Consent, Contact, Erasure
from storage.states import Purpose
from tests import factories as f

PEOPLE = 30


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    db = Database(migrated)
    yield db
    await db.close()


@pytest.mark.parametrize("changed", ["UPDATE consent SET given = true", "DELETE FROM consent"])
async def test_the_database_refuses_to_change_the_record(db: Database, changed: str) -> None:
    club = f.club()
    await f.keep(db, club, f.agreed(club, given=False))
    with pytest.raises(IntegrityError):
        async with db.begin() as session:
            await (await session.connection()).execute(sa.text(changed))
    async with db.read() as session:
        assert [line.given for line in (await session.exec(select(Consent))).all()] == [False]


async def test_the_record_of_one_number_goes_where_it_is_erased(db: Database) -> None:
    club, other = f.club(), f.club()
    await f.keep(db, club, other, *(f.agreed(one, n) for one in (club, other) for n in (1, 2)))
    async with db.begin() as session:
        session.add(Erasure(club_id=club.id, e164=f.number(1)))
        await session.flush()
        await (await session.connection()).execute(
            sa.delete(Consent).where(Consent.club_id == club.id, Consent.e164 == f.number(1))  # type: ignore[arg-type]  # a condition
        )
    async with db.read() as session:
        left = (await session.exec(select(Consent))).all()
    assert {(line.club_id, line.e164) for line in left} == {
        (club.id, f.number(2)),
        (other.id, f.number(1)),
        (other.id, f.number(2)),
    }


async def test_an_older_bots_line_needs_none_of_the_new_columns(db: Database) -> None:
    club = f.club()
    await f.keep(db, club)
    line = f.agreed(club).model_dump(exclude={"how", "words", "words_version", "recorded_at"})
    async with db.begin() as session:
        await (await session.connection()).execute(sa.insert(Consent).values(**line))
    async with db.read() as session:
        assert await agreed_to_marketing(session, club.id, [f.number(1)]) == {f.number(1)}


def crowd(club: Club, chance: Random) -> tuple[list[Contact], list[Consent]]:
    """People who share and change numbers and are archived, and what was said for any of them at a few moments."""
    people = [
        f.contact(
            club, n, e164=f.number(chance.randint(1, PEOPLE)), archived_at=chance.choice([None, None, f.NOW])
        )
        for n in range(1, PEOPLE + 1)
    ]
    lines = [
        f.agreed(
            club,
            chance.randint(1, PEOPLE),
            contact_id=chance.choice([None, chance.choice(people).id]),
            purpose=chance.choice(list(Purpose)),
            given=chance.random() < 0.7,
            at=f.NOW + timedelta(days=chance.randint(0, 3)),
        )
        for _ in range(PEOPLE * 3)
    ]
    return people, lines


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("others", [0, PARAMETERS_AT_ONCE], ids=["few", "many"])
async def test_the_database_and_the_rules_agree_on_who_agreed(db: Database, seed: int, others: int) -> None:
    club, stranger = f.club(), f.club()
    people, lines = crowd(club, Random(seed))
    theirs = f.contact(stranger)
    await f.keep(db, club, stranger, theirs, *people, *lines, f.agreed(club, 1, contact_id=theirs.id))
    numbers = [f.number(n) for n in range(1, PEOPLE + others + 1)]
    async with db.read() as session:
        found = await agreed_to_marketing(session, club.id, numbers)
        expected = set()
        for number in numbers[:PEOPLE]:
            holders = {one.id for one in people if one.e164 == number and one.archived_at is None}
            if agreement(await record_of(session, club.id, number), Purpose.MARKETING, holders):
                expected.add(number)
    assert found == expected
