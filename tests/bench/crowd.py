"""A club of a hundred thousand people, as a database holds it: families, numbers abroad, some who opted out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.playground.seed import COACH, MEMBERS
from storage.db import Database
from storage.folding import searchable
from storage.migrate import migrate
from storage.models import Club, Consent, Contact, Guardianship, OptOut
from storage.states import OptOutScope
from tests import factories

JOINED = datetime(2026, 9, 1, tzinfo=UTC)
FIRST_NAMES = tuple(dict.fromkeys(member.first_name for member in MEMBERS))
LAST_NAMES = tuple(dict.fromkeys(member.last_name for member in MEMBERS))
TEAMS = ("U9", "U11", "U13", "U15", "U17", "Seniors")
ABROAD = (
    "+262692{:06d}",
    "+590690{:06d}",
    "+447911{:06d}",
    "+1212555{:04d}",
    "+346112{:05d}",
    "+32470{:06d}",
)
"""La Réunion, Guadeloupe, London, New York, Madrid, Brussels: whoever lives there, one in twenty."""
ONE_ABROAD_IN, ONE_OPTED_OUT_IN, ONE_CHILD_IN = 20, 100, 5
AT_ONCE = 2000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The club, and how many get a text of any kind."""

    club: Club
    recipients: int


async def gather(db: Database, recipients: int) -> Crowd:
    """Makes the tables and fills them, so that a text to everyone on the world's route reaches so many numbers."""
    await migrate(db)
    club = factories.club(id=UUID(int=1), segments_a_day=2_000_000_000)
    await factories.keep(db, club, factories.sender(club), factories.staff(club, slack_user_id=COACH))
    # Of a hundred numbers, one is blocked and none of the others.
    grown = recipients + -(-recipients // (ONE_OPTED_OUT_IN - 1))
    await _store(db, Contact, (_grown(club, n) for n in range(grown)))
    children = range(grown // ONE_CHILD_IN)
    await _store(db, Contact, (_child(club, n) for n in children))
    await _store(db, Guardianship, (pair for n in children for pair in _guardians(club, n)))
    await _store(db, Consent, map(_agreed(club), range(grown)))
    blocked = range(0, grown, ONE_OPTED_OUT_IN)
    await _store(db, OptOut, (_opted_out(club, n) for n in blocked))
    return Crowd(club, grown - len(blocked))


async def _store(db: Database, table: type[SQLModel], rows: Iterator[Row]) -> None:
    """Past what SQLAlchemy does for each row, which would take a quarter of an hour for a million."""
    columns = sa.inspect(table).columns
    insert: Any = None
    async with db.begin() as session:
        connection = await session.connection()
        while some := list(islice(rows, AT_ONCE)):
            if insert is None:
                named = {name: sa.bindparam(name, type_=columns[name].type) for name in some[0]}
                insert = sa.insert(table).values(named).compile(dialect=connection.dialect)
            await connection.exec_driver_sql(str(insert), [_bound(insert, row) for row in some])


def _bound(insert: Any, row: Row) -> Any:
    convert = insert._bind_processors
    values = {name: convert[name](value) if name in convert else value for name, value in row.items()}
    return tuple(values[name] for name in insert.positiontup) if insert.positional else values


def number_of(n: int) -> str:
    """The n-th grown-up's number."""
    away, which = divmod(n, ONE_ABROAD_IN)
    if which:
        return f"+336{n:08d}"
    number, place = divmod(away, len(ABROAD))
    return ABROAD[place].format(number)


def _grown(club: Club, n: int) -> Row:
    return _contact(club, 1, n, mobile=number_of(n), e164=number_of(n), role="parent")


def _child(club: Club, n: int) -> Row:
    return _contact(club, 2, n, mobile="", e164=None, role="joueur")


def _contact(club: Club, kind: int, n: int, *, role: str, **columns: Any) -> Row:
    row = {
        "id": UUID(int=(kind << 64) + n),
        "club_id": club.id,
        "first_name": FIRST_NAMES[n % len(FIRST_NAMES)],
        "last_name": "-".join(_of(LAST_NAMES, n, n // len(LAST_NAMES))),
        "refusal": None,
        "fields": {"team": TEAMS[n % len(TEAMS)], "role": role, "licence": f"{n:07d}"},
        "birth_date": None,
        "language": "",
        "roles": [],
        "tags": [],
        "archived_at": None,
        "created_at": JOINED,
        **columns,
    }
    return row | {"search": searchable(row)}


def _of(names: Sequence[str], *places: int) -> Iterator[str]:
    return (names[place % len(names)] for place in places)


def _guardians(club: Club, n: int) -> Iterator[Row]:
    """One for most children, two for some; two children share each pair."""
    for guardian in (n // 2 * 5 + 1, n // 2 * 5 + 2)[: 1 + n % 2]:
        yield {
            "club_id": club.id,
            "child_id": UUID(int=(2 << 64) + n),
            "guardian_id": UUID(int=(1 << 64) + guardian),
        }


def _agreed(club: Club) -> Callable[[int], Row]:
    agreed = factories.agreed(club, at=JOINED)
    columns = {column: getattr(agreed, column) for column in sa.inspect(Consent).c.keys()}  # noqa: SIM118  it is no dict

    def row(n: int) -> Row:
        ids = {"id": UUID(int=(3 << 64) + n), "contact_id": UUID(int=(1 << 64) + n)}
        return columns | ids | {"e164": number_of(n)}

    return row


def _opted_out(club: Club, n: int) -> Row:
    return {"club_id": club.id, "e164": number_of(n), "scope": OptOutScope.ALL, "since_at": JOINED}
