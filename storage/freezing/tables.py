"""The tables in which an audience is put together, and what is asked of them again and again."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Message

Expression = Any

INSTANT = sa.inspect(Message).columns["not_before"].type
_tables = sa.MetaData()


def _passing(name: str, *columns: Any) -> sa.Table:
    """A table that is gone with the transaction."""
    # SQLite keeps it by its key alone, and so writes and reads each row but once.
    return sa.Table(
        name,
        _tables,
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
        sqlite_with_rowid=False,
    )


PLACE = _passing(
    "freezing_place",
    sa.Column("begins", sa.String, primary_key=True),
    sa.Column("length", sa.Integer, primary_key=True),
    sa.Column("abroad", sa.String),
    sa.Column("never", sa.String),
    sa.Column("until", INSTANT),
)
READS = _passing(
    "freezing_reads", sa.Column("written", sa.String, primary_key=True), sa.Column("code", sa.String)
)
PERSON = _passing(
    "freezing_person",
    sa.Column("contact_id", sa.Uuid, primary_key=True),
    sa.Column("rank", sa.BigInteger),
    sa.Column("is_chosen", sa.Boolean),
    sa.Column("is_second", sa.Boolean),
    sa.Column("e164", sa.String),
    sa.Column("refusal", sa.String),
    sa.Column("born", sa.String),
    sa.Column("code", sa.String),
    sa.Column("reason", sa.String),
    sa.Column("underage", sa.String),
    sa.Column("until", INSTANT),
)
WARD = _passing(
    "freezing_ward",
    sa.Column("guardian_id", sa.Uuid, primary_key=True),
    sa.Column("child_id", sa.Uuid, primary_key=True),
    sa.Column("rank", sa.BigInteger),
    sa.Index("ix_freezing_ward", "child_id"),
)
RECIPIENT = _passing(
    "freezing_recipient",
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("e164", sa.String),
    sa.Column("code", sa.String),
    sa.Column("until", INSTANT),
)
CHUNK = _passing(
    "freezing_chunk",
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Uuid),
)


async def open_tables(session: AsyncSession) -> None:
    """Makes the tables, empty."""
    connection = await session.connection()
    for table in _tables.sorted_tables:
        # SQLite's stay with the connection.
        await connection.execute(DropTable(table, if_exists=True))
        await connection.execute(CreateTable(table))
        for index in table.indexes:
            await connection.execute(CreateIndex(index))


async def index_numbers(session: AsyncSession) -> None:
    """Lets a few recipients be looked up at a time; where all are at once, that would take longer than it saves."""
    connection = await session.connection()
    await connection.exec_driver_sql(f"CREATE INDEX ix_freezing_person ON {PERSON.name} (e164)")


def is_represented(*, young_after: str = "") -> Expression:
    """Whether the text reaches a guardian of this person; where it is not known yet who is too young, by birth dates."""
    guardian = PERSON.alias("guardian")
    is_old = guardian.c.born <= young_after if young_after else guardian.c.underage.is_(None)
    return (
        sa.select(WARD.c.guardian_id)
        .join(guardian, guardian.c.contact_id == WARD.c.guardian_id)
        .where(WARD.c.child_id == PERSON.c.contact_id)
        .where(guardian.c.e164.is_not(None), guardian.c.reason.is_(None), is_old)
        .correlate(PERSON)
        .exists()
    )


def is_reached() -> Expression:
    return sa.and_(PERSON.c.e164.is_not(None), PERSON.c.reason.is_(None), PERSON.c.underage.is_(None))


def recipients() -> Any:
    """What puts down each number once, in the order of those whose it is; in the language of the first who is known to read one."""
    first = sa.func.min(PERSON.c.rank)
    numbers = (
        sa.select(
            PERSON.c.e164,
            (sa.func.row_number().over(order_by=first) - 1).label("number"),
            sa.func.min(PERSON.c.until).label("until"),
        )
        .where(is_reached())
        .group_by(PERSON.c.e164)
        .subquery()
    )
    reads = _reading()
    code = sa.func.coalesce(reads.c.code, "", type_=sa.String)
    query = sa.select(numbers.c.number, numbers.c.e164, code, numbers.c.until)
    query = query.select_from(sa.outerjoin(numbers, reads, reads.c.e164 == numbers.c.e164))
    return sa.insert(RECIPIENT).from_select(["number", "e164", "code", "until"], query)


def _reading() -> Any:
    """The language of each number: of the first whose it is and whose own is known, else of the first for whom it is."""
    ward = PERSON.alias("reading_ward")
    own = sa.select(
        PERSON.c.e164,
        PERSON.c.code,
        sa.literal(0).label("after"),
        PERSON.c.rank.label("by"),
        sa.literal(0).label("then"),
    )
    own = own.where(is_reached(), PERSON.c.code != "")
    theirs = (
        sa.select(PERSON.c.e164, ward.c.code, sa.literal(1), PERSON.c.rank, WARD.c.rank)
        .join(WARD, WARD.c.guardian_id == PERSON.c.contact_id)
        .join(ward, ward.c.contact_id == WARD.c.child_id)
        .where(is_reached(), ward.c.code != "")
    )
    known = sa.union_all(own, theirs).subquery()
    order = (known.c.after, known.c.by, known.c.then)
    nth = sa.func.row_number().over(partition_by=known.c.e164, order_by=order).label("nth")
    ranked = sa.select(known.c.e164, known.c.code, nth).subquery()
    return sa.select(ranked.c.e164, ranked.c.code).where(ranked.c.nth == 1).subquery()
