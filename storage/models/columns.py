"""What the tables have in common: how constraints are named, keys, words and partial indexes."""

from enum import StrEnum
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
ONLY = "only"
"""Where an index says which database alone has it."""


def one_of(words: type[StrEnum]) -> Any:
    """A column that stores the word itself, where SQLAlchemy by itself would store the member's name."""
    return sa.Enum(
        words, native_enum=False, length=20, values_callable=lambda members: [m.value for m in members]
    )


def partly(name: str, *columns: str, where: str) -> sa.Index:
    """An index over the rows of interest, which are few however many there are."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def on_sqlite(name: str, *columns: str) -> sa.Index:
    """An index that SQLite alone has: it reads a row by way of another index far more slowly than one that holds all.

    PostgreSQL reads the table as fast, and refuses a row whose part in an index takes more than 2,700 bytes.
    """
    return sa.Index(name, *columns, info={ONLY: "sqlite"})


def key() -> Any:
    """A key that is made in Python."""
    return Field(default_factory=uuid4, primary_key=True)


def club() -> Any:
    """The club that the row belongs to."""
    return Field(foreign_key="club.id", index=True)
