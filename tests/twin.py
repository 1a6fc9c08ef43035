"""A second club on the same database, row for row the twin of the first; only its words and its ids are other ones."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.playground import seed
from storage.conditions import OWN
from storage.models import Club

SECRET = "Qzx"
"""Ends whatever people read of the twin's: wherever it shows, something of the twin's does."""

CLUB_ID = seed.key("club")
TEAM_ID = "T0TWIN"
SPOKEN = {
    "club": ("name",),
    "contact": ("first_name", "last_name"),
    "contact_group": ("name",),
    "campaign": ("title", "body", "audience_words"),
    "message": ("body",),
    "reply": ("body",),
    "audience_group": ("name",),
    "consent": ("evidence", "words"),
    "contact_field": ("name",),
    "import_file": ("name",),
}
"""The columns of words that a club's people would know for their own."""
APART = "9"
"""Ends what no two clubs may have the same of."""
VALUED = {"contact": ("fields",)}
"""The columns whose values are such words, by names that are not."""
OUR_PHONES, PHONES = "+336", "+337"
"""How the numbers of the club's people begin, and the twin's, which end alike."""
TYPED = {"draft": ("fields", "previewed"), "group_draft": ("form",)}
"""The columns of forms, some of whose fields are such words."""
TYPED_WORDS = ("title", "message", "name")

_NAMESPACE = UUID(int=0x5EED)
_IDS = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f])")

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def twin_of(id: UUID) -> UUID:
    """The id of the twin's row."""
    return uuid5(_NAMESPACE, id.hex)


TWIN_ID = twin_of(CLUB_ID)


def ids_in(text: str) -> list[str]:
    """The ids that stand in a text, as they stand there, each once."""
    return list(dict.fromkeys(_IDS.findall(text)))


def swapped(text: str, ids: Iterable[str]) -> str:
    """The text with these ids turned into the twin's."""
    for id in ids:
        text = text.replace(id, _like(id, twin_of(UUID(id))))
    return text


async def plant(session: AsyncSession, rows: Rows) -> None:
    """Stores the twin of the club that had these rows."""
    called = _called(rows)
    for table in SQLModel.metadata.sorted_tables:
        if mine := rows.get(table.name):
            await session.exec(table.insert().values([_twin(table, row, called) for row in mine]))


async def rows_of(session: AsyncSession, club_id: UUID) -> Rows:
    """All that a club has."""
    return {
        table.name: await _rows(session, table, owner == club_id)
        for table in SQLModel.metadata.sorted_tables
        if (owner := _owner(table)) is not None
    }


async def trade_teams(session: AsyncSession) -> None:
    """From now on Slack's workspace belongs to the twin."""
    for club_id, team in ((CLUB_ID, "T0NONE"), (TWIN_ID, seed.TEAM_ID)):
        await session.exec(sa.update(Club).where(Club.id == club_id).values(slack_team_id=team))


def keys_in(rows: Rows) -> Iterator[UUID | str]:
    """Every id in a column of ids, and every number that only the twin's people have."""
    for table in rows.values():
        for row in table:
            yield from (value for value in row.values() if _tells_apart(value))


def _tells_apart(value: Any) -> bool:
    return isinstance(value, UUID) or (isinstance(value, str) and value.startswith(PHONES))


def _owner(table: sa.Table) -> Any:
    return table.c.id if table.name == Club.__tablename__ else table.c.get("club_id")


async def _rows(session: AsyncSession, table: sa.Table, condition: Any) -> list[Row]:
    ordered = sa.select(table).where(condition).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await session.exec(ordered)).mappings().all()]


def _called(rows: Rows) -> Mapping[str, str]:
    """What other rows refer to by its name, and what it is called over there."""
    fields = [row["name"] for row in rows["contact_field"]]
    senders = {row["value"]: f"{row['value']}{APART}" for row in rows["sender"]}
    return senders | {f"{begin}{name}": f"{begin}{name} {SECRET}" for name in fields for begin in ("", OWN)}


def _twin(table: sa.Table, row: Row, called: Mapping[str, str]) -> Row:
    other = {name: _translated(value, called) for name, value in row.items()}
    for name in SPOKEN.get(table.name, ()):
        other[name] = other[name] and f"{row[name]} {SECRET}"
    for name in VALUED.get(table.name, ()):
        other[name] = {field: f"{value} {SECRET}" for field, value in other[name].items()}
    for name in TYPED.get(table.name, ()):
        typed = other[name] or {}
        typed |= {field: f"{typed[field]} {SECRET}" for field in TYPED_WORDS if typed.get(field)}
    for name in _told_apart_by(table):
        if isinstance(row[name], str):
            other[name] = f"{row[name]}{APART}"
    if table.name == Club.__tablename__:
        other["slack_team_id"] = TEAM_ID
    return other


def _translated(value: Any, called: Mapping[str, str]) -> Any:
    if isinstance(value, UUID):
        return twin_of(value)
    if isinstance(value, str):
        return called.get(value, swapped(value, ids_in(value)).replace(OUR_PHONES, PHONES))
    if isinstance(value, list):
        return [_translated(each, called) for each in value]
    if isinstance(value, dict):
        return {_translated(name, called): _translated(each, called) for name, each in value.items()}
    return value


def _told_apart_by(table: sa.Table) -> set[str]:
    """The columns whose values no two clubs have the same of: what is unique, and has no id of ours to make it so."""
    sets = [list(index.columns) for index in table.indexes if index.unique]
    sets += [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return {columns[0].name for columns in sets if not any(isinstance(one.type, sa.Uuid) for one in columns)}


def _like(id: str, other: UUID) -> str:
    return str(other) if "-" in id else other.hex
