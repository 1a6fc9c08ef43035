"""The record of consent and the opt-outs, when two write at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.suppression import suppress
from bot.record import record_of
from bot.rules.refusals import How, told
from storage import contacts
from storage.consent import agreed_to_marketing, opt_out, opted_out
from storage.db import PARAMETERS_AT_ONCE, ROWS_AT_ONCE, Database
from storage.models import Club, Guardianship
from storage.states import OptOutScope, Purpose
from tests import factories as f

Write = Callable[[AsyncSession, Club], Awaitable[None]]

LONG_ENOUGH_SECONDS = 0.2
"""For another transaction to come as far as it can."""


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    db = Database(migrated)
    yield db
    await db.close()


async def stop(session: AsyncSession, club: Club) -> None:
    await opt_out(session, club.id, f.number(1), OptOutScope.ALL, f.NOW)


async def stop_pub(session: AsyncSession, club: Club) -> None:
    await opt_out(session, club.id, f.number(1), OptOutScope.MARKETING, f.NOW)


async def refusal(session: AsyncSession, club: Club) -> None:
    await suppress(session, [(club.id, f.number(1))], f.NOW)


AT_ONCE = [
    (stop, stop, OptOutScope.ALL, "sent twice"),
    (stop, refusal, OptOutScope.ALL, "the carrier knows it too"),
    (refusal, stop, OptOutScope.ALL, "the carrier knew it first"),
    (stop_pub, stop, OptOutScope.ALL, "everything is wider"),
    (stop, stop_pub, OptOutScope.ALL, "never narrowed"),
    (stop_pub, stop_pub, OptOutScope.MARKETING, "advertising alone"),
]


@pytest.mark.parametrize(("first", "second", "scope", "reason"), AT_ONCE, ids=[row[3] for row in AT_ONCE])
async def test_of_two_opt_outs_at_once_both_are_stored_and_the_wider_one_stands(
    db: Database, first: Write, second: Write, scope: OptOutScope, reason: str
) -> None:
    club = f.club()
    await f.keep(db, club)

    async def writes(write: Write) -> None:
        async with db.begin() as session:
            await write(session, club)

    async with db.begin() as session:
        await first(session, club)
        other = asyncio.create_task(writes(second))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)
    await other
    async with db.read() as session:
        assert await opted_out(session, club.id, [f.number(1)]) == {f.number(1): scope}, reason


@pytest.mark.parametrize(
    ("evidence", "recorded_by", "how"),
    [
        ("noted by staff: by phone", "U0COACH", How.CARRIER),
        ("SMS SM1: STOP", "member", How.ANSWERED),
        ("SMS SM1, read by staff", "U0COACH", How.READ),
    ],
    ids=["staff may take back their note", "the member's word stands", "in their own words"],
)
async def test_the_carriers_word_is_kept_beside_what_staff_may_take_back(
    db: Database, evidence: str, recorded_by: str, how: How
) -> None:
    club = f.club()
    said = f.agreed(club, given=False, purpose=Purpose.ALERTS, evidence=evidence, recorded_by=recorded_by)
    await f.keep(db, club, f.opt_out(club), said)
    async with db.begin() as session:
        await refusal(session, club)
    async with db.read() as session:
        found = told(await record_of(session, club.id, f.number(1)))
    assert (found.how, found.note_id) == (how, None)


@pytest.mark.parametrize(
    ("others", "times"),
    [(0, 1), (PARAMETERS_AT_ONCE, 1), (PARAMETERS_AT_ONCE, ROWS_AT_ONCE)],
    ids=["few", "many", "a record longer than a portion"],
)
async def test_the_newest_word_counts_however_many_are_asked_about(
    db: Database, others: int, times: int
) -> None:
    club, stranger = f.club(), f.club()
    said = {1: (True,), 2: (True,) * times + (False,), 3: (False,) * times + (True,), 4: (False,)}
    lines = [
        f.agreed(club, n, given=given, at=f.NOW + timedelta(seconds=second))
        for n, words in said.items()
        for second, given in enumerate(words)
    ]
    crowd = range(10, 10 + others)
    await f.keep(db, club, stranger, *lines, *(f.agreed(club, n) for n in crowd), f.agreed(stranger, 5))
    asked = [f.number(n) for n in (*range(1, 6), *crowd)]
    async with db.read() as session:
        agreed = await agreed_to_marketing(session, club.id, asked)
    assert agreed == {f.number(n) for n in (1, 3, *crowd)}


EVERYONE = contacts.Picked(f.NOW.date(), is_everyone=True)


@pytest.mark.parametrize("others", [0, PARAMETERS_AT_ONCE], ids=["few", "many"])
async def test_guardians_go_by_the_same_ids_as_contacts_however_many(db: Database, others: int) -> None:
    club = f.club()
    child, mother, *rest = (f.contact(club, n) for n in range(1, others + 3))
    tie = Guardianship(club_id=club.id, child_id=child.id, guardian_id=mother.id)
    await f.keep(db, club, child, mother, *rest, tie)
    async with db.read() as session:
        listed = await contacts.those_picked(session, club.id, ["team"], EVERYONE)
        ids = contacts.ids_of(listed)
        assert ids == {one.id.hex for one in (child, mother, *rest)}
        assert await contacts.guardianships(session, club.id, ids) == {child.id.hex: [mother.id.hex]}
        assert await contacts.listed(session, club.id, ["team"], [mother.id]) == [
            one for one in listed if one[0] == mother.id.hex
        ]
