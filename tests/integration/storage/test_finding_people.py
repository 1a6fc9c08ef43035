"""People are found alike on both databases: whatever the accents and the case, by name, number, group and any field."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from storage import people
from storage.db import Database
from storage.folding import LONGEST, folded, searchable
from storage.models import Club, Contact, Group, Guardianship, Membership
from storage.states import GroupKind
from tests import factories as f


@pytest.fixture
async def db(migrated: str) -> AsyncIterator[Database]:
    db = Database(migrated)
    yield db
    await db.close()


@pytest.fixture
async def club(db: Database) -> Club:
    """A club with a few people, and another one with somebody of the same name."""
    club, other = f.club(), f.club()
    await f.keep(db, club, other)
    zoe = f.contact(
        club,
        1,
        first_name="Zoë",
        last_name="Lefèvre",
        mobile="06 39 98 00 01",
        reference="LIC-77",
        fields={"team": "U13", "École": "Élémentaire 50%"},
        tags=["Arbitre"],
        roles=["Joueur"],
    )
    soeur = f.contact(club, 2, first_name="Ana", last_name="Lesœur", mobile="", e164=None, refusal="empty")
    gone = f.contact(club, 3, first_name="Zoé", last_name="Partie", archived_at=f.NOW)
    theirs = f.contact(other, 1, first_name="Zoë", last_name="Lefèvre")
    group = Group(club_id=club.id, name="Équipe de fête", kind=GroupKind.FIXED)
    await f.keep(db, zoe, soeur, gone, theirs, group)
    await f.keep(db, Membership(club_id=club.id, group_id=group.id, contact_id=soeur.id))
    return club


async def found(db: Database, club: Club, typed: str, **how: object) -> list[str]:
    async with db.read() as session:
        rows = await people.search(session, club.id, typed, **{"limit": 10} | how)  # type: ignore[arg-type]
    return [f"{row.first_name} {row.last_name}" for row in rows]


FINDS = [
    ("zoe", ["Zoë Lefèvre"], "without its accent"),
    ("LEFEVRE  zoë", ["Zoë Lefèvre"], "in any case and order"),
    ("zoe\u0308", ["Zoë Lefèvre"], "an accent of its own"),
    ("lesoeur", ["Ana Lesœur"], "a ligature"),
    ("le", ["Zoë Lefèvre", "Ana Lesœur"], "several, by last name"),
    ("06 39 98 00", ["Zoë Lefèvre"], "a number's beginning, with spaces"),
    ("0639980001", ["Zoë Lefèvre"], "a number without them"),
    ("+33 6 39 98 00 01", ["Zoë Lefèvre"], "a number in E.164"),
    ("0033639980001", ["Zoë Lefèvre"], "a number as dialled abroad"),
    ("u13", ["Zoë Lefèvre"], "a field of the club's own"),
    ("elementaire", ["Zoë Lefèvre"], "a field with accents"),
    ("ecole", [], "the field's name is no value"),
    ("lic-77", ["Zoë Lefèvre"], "the club's key"),
    ("arbitre", ["Zoë Lefèvre"], "a tag"),
    ("joueur", ["Zoë Lefèvre"], "a role"),
    ("equipe fete", ["Ana Lesœur"], "the name of a group"),
    ("fete lesoeur", ["Ana Lesœur"], "a group and a name"),
    ("50%", ["Zoë Lefèvre"], "a sign that LIKE reads otherwise"),
    ("50_", [], "another one"),
    ("partie", [], "who is archived"),
    ("", ["Zoë Lefèvre", "Ana Lesœur"], "everybody"),
]


@pytest.mark.parametrize(("typed", "names", "why"), FINDS, ids=[case[-1] for case in FINDS])
async def test_people_are_found_by(db: Database, club: Club, typed: str, names: list[str], why: str) -> None:
    assert await found(db, club, typed) == names


async def test_the_archived_are_found_among_themselves_and_pages_go_on(db: Database, club: Club) -> None:
    assert await found(db, club, "zoe", archived=True) == ["Zoé Partie"]
    assert await found(db, club, "", limit=1) == ["Zoë Lefèvre"]
    assert await found(db, club, "", limit=1, offset=1) == ["Ana Lesœur"]


async def test_whoever_is_stored_by_a_bare_insert_is_found_too(db: Database, club: Club) -> None:
    rows = [
        f.contact(club, n, first_name="Inès", last_name=f"Stored{n}").model_dump(exclude={"search"})
        for n in (7, 8)
    ]
    async with db.begin() as session:
        await session.exec(sa.insert(Contact), params=rows)
    assert await found(db, club, "ines stored8") == ["Inès Stored8"]


async def test_it_is_told_how_many_have_no_number_and_why(db: Database, club: Club) -> None:
    await f.keep(db, f.contact(club, 9, e164=None, refusal="landline"), f.contact(club, 10, e164=None))
    async with db.read() as session:
        assert await people.unreachable(session, club.id) == {"empty": 2, "landline": 1}
        assert await people.how_many(session, club.id) == 4
        assert await people.how_many(session, club.id, archived=True) == 1


async def test_guardians_are_the_club_s_own_who_are_not_archived(db: Database, club: Club) -> None:
    async with db.read() as session:
        zoe, ana = await people.search(session, club.id, "", limit=10)
        (gone,) = await people.search(session, club.id, "", limit=10, archived=True)
    pairs = [Guardianship(club_id=club.id, child_id=ana.id, guardian_id=each.id) for each in (zoe, gone)]
    await f.keep(db, *pairs)
    async with db.read() as session:
        assert await people.guardians_of(session, club.id, [ana.id]) == {ana.id: [zoe]}
        assert await people.guardians_of(session, f.club().id, [ana.id]) == {}


def test_what_is_looked_through_fits_an_index_whatever_the_letters() -> None:
    long = searchable({"last_name": "あ" * 5000})
    assert len(long) == LONGEST
    assert len(long.encode()) < 2700
    assert folded("  Łódź \n STRASSE straße ") == "lodz strasse strasse"
