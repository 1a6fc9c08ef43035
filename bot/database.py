"""The database as the bot opens it: what is wrong with it is said in one line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError

from bot.settings import BadSetting
from storage.db import Database
from storage.migrate import migrate


def open_database(url: str) -> Database:
    """The database that the URL names. Raises `BadSetting` for a URL or a driver that is none of ours."""
    try:
        return Database(url)
    except (ArgumentError, InvalidRequestError, ImportError) as error:
        raise _bad(error) from error


async def bring_up_to_date(db: Database) -> None:
    """Brings the database to today's tables. Raises `BadSetting` for one that cannot be used."""
    try:
        await migrate(db)
    except DBAPIError as error:
        # The driver's thread has a last word for this loop, which must still be there to hear it.
        await asyncio.sleep(0.1)
        raise _bad(error.orig or error) from error
    except (CommandError, OSError) as error:
        raise _bad(error) from error


@asynccontextmanager
async def looked_into(url: str) -> AsyncIterator[Database]:
    """A database that is there already, for somebody who only reads. Raises `BadSetting` when it cannot be used."""
    db = open_database(url)
    _refuse_missing_file(db)
    try:
        yield db
    except (DBAPIError, OSError) as error:
        raise _bad(getattr(error, "orig", None) or error) from error
    finally:
        await db.close()


def _refuse_missing_file(db: Database) -> None:
    # To open it would make it, and then say that it has no tables.
    path = db.engine.url.database
    if db.is_sqlite and path and path != ":memory:" and not Path(path).exists():
        raise BadSetting(name="DATABASE_URL", trouble=f"there is no file {path}")


def _bad(error: BaseException) -> BadSetting:
    first_line = str(error).strip().split("\n", 1)[0]
    return BadSetting(name="DATABASE_URL", trouble=first_line)
