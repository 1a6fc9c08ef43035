"""The club of the simulation: made once, copied for each seed."""

import asyncio
import os
import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import SQLModel

from storage.db import Database
from storage.models import Club, Group, Membership
from storage.states import GroupKind, Role
from tests import factories as f

MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
"""Where files are memory; elsewhere the usual folder for what is temporary has to do."""
COACH, ADMIN = "U0COACH", "U0ADMIN"
TEAM = UUID(int=7)
PEOPLE = 14
GROUPS = {"U11": range(1, 5), "U13": range(4, 9), "Seniors": range(8, PEOPLE + 1), "Two": (3, 4)}
LANDLINES = frozenset({f.number(PEOPLE)})
OPTED_OUT = PEOPLE - 1


def key(name: str) -> UUID:
    """The same id in every simulation."""
    return uuid5(TEAM, name)


def club() -> Club:
    """The club's row."""
    return f.club(id=key("club"), slack_team_id="T0SIM", undo_seconds=10, segments_a_day=2000)


@cache
def planted() -> bytes:
    """A database with the club in it."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "club.db"
        asyncio.run(_plant(path))
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return path.read_bytes()


async def _plant(path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{path}")
    async with db.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await f.keep(db, *_rows())
    await db.close()


def _rows() -> list[SQLModel]:
    ours = club()
    staff: list[SQLModel] = [
        _keyed(f.staff(ours, slack_user_id=COACH, e164=f.number(99)), "coach"),
        _keyed(f.staff(ours, slack_user_id=ADMIN, role=Role.ADMIN), "admin"),
    ]
    contacts = [_keyed(f.contact(ours, n), f"contact {n}") for n in range(1, PEOPLE + 1)]
    # Two siblings with their mother's number, and one whose number does not parse.
    contacts += [_keyed(f.contact(ours, 1, first_name="Sibling"), "contact 98")]
    contacts += [_keyed(f.contact(ours, 97, mobile="06 12", e164=None, refusal="too_short"), "contact 97")]
    groups = [Group(id=key(name), club_id=ours.id, name=name, kind=GroupKind.FIXED) for name in GROUPS]
    lists = [
        Membership(club_id=ours.id, group_id=key(name), contact_id=key(f"contact {n}"))
        for name, members in GROUPS.items()
        for n in members
    ]
    return [
        ours,
        _keyed(f.sender(ours), "sender"),
        *staff,
        *contacts,
        *groups,
        *lists,
        f.opt_out(ours, OPTED_OUT),
    ]


def _keyed(row: Any, name: str) -> Any:
    row.id = key(name)
    return row
