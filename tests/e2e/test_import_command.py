"""`touchline import FILE`: what it shows, what it asks, and what a kill leaves."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot.playground.seed import MEMBERS
from storage.db import Database
from storage.models import Audit, Contact
from tests.databases import SqliteFiles
from tests.e2e.process import run, start

FILE = """\
N° licence;Prénom;Nom;Portable;Portable mère;Ville
L1;Zoé;Roy;06 45 00 00 01;06 45 00 00 02;Lyon
L2;Tom;Roy;01 42 00 00 00;;Lyon
"""
MANY = 10_000
KILLED_AFTER_SECONDS = (0.05, 0.4, 1.0)


@pytest.fixture
def planted_file(sqlite_files: SqliteFiles) -> Iterator[str]:
    """The URL of a file with the seeded club in it."""
    with sqlite_files.fresh("planted") as url:
        yield url


def with_database(url: str) -> dict[str, str]:
    return dict(os.environ) | {"DATABASE_URL": url}


def path_of(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


def people_in(url: str) -> int:
    with sqlite3.connect(path_of(url)) as connection:
        found = connection.execute("SELECT count(*) FROM contact").fetchone()[0]
    connection.close()
    return int(found)


def lines_in(url: str) -> int:
    with sqlite3.connect(path_of(url)) as connection:
        found = connection.execute("SELECT count(*) FROM audit WHERE action = 'import'").fetchone()[0]
    connection.close()
    return int(found)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="cp1252")
    return path


async def test_it_shows_what_it_would_do_asks_and_stores(planted_file: str, file: Path) -> None:
    env = with_database(planted_file)
    code, out, err = await run("import", str(file), typed=b"n\n", env=env)
    assert code == 0, err
    for said in (
        "mobile of mother",
        "left out: Ville",
        "1 new, 0 changed, 0 unchanged, 1 refused.",
        "Guardians added beside them: 1",
    ):
        assert said in out
    assert "1 landline" in out
    assert "Nothing was stored." in out
    assert people_in(planted_file) == len(MEMBERS)
    code, out, err = await run("import", str(file), typed=b"y\n", env=env)
    assert (code, out.split()[-1], people_in(planted_file)) == (0, "Stored.", len(MEMBERS) + 2), err
    assert "fixe" in file.with_name("people.refused.csv").read_text(encoding="utf-8-sig"), (
        "in the club's language"
    )


async def test_with_yes_it_asks_nothing_and_the_second_time_there_is_nothing_to_do(
    planted_file: str, file: Path
) -> None:
    for said in ("Stored.", "There is nothing to store."):
        code, out, err = await run("import", str(file), "--yes", env=with_database(planted_file))
        assert code == 0, err
        assert said in out
    assert (people_in(planted_file), lines_in(planted_file)) == (len(MEMBERS) + 2, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.csv",), "touchline: There is no file nowhere.csv that can be read."),
        (("nowhere.csv", "--club", "T0NOBODY"), "touchline: No club has the Slack team T0NOBODY."),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(
    planted_file: str, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = await run("import", *arguments, env=with_database(planted_file))
    assert (code, err.strip()) == (2, said)


async def test_of_several_clubs_one_must_be_named(planted_file: str, file: Path) -> None:
    with sqlite3.connect(path_of(planted_file)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(club)")]
        copied = ", ".join(
            {"id": f"'{'1' * 32}'", "slack_team_id": "'T0OTHER'"}.get(one, one) for one in columns
        )
        connection.execute(f"INSERT INTO club SELECT {copied} FROM club")
    connection.close()
    code, _, err = await run("import", str(file), "--yes", env=with_database(planted_file))
    assert code == 2
    assert "T0OTHER" in err
    code, out, err = await run(
        "import", str(file), "--yes", "--club", "T0OTHER", env=with_database(planted_file)
    )
    assert (code, out.split()[-1]) == (0, "Stored."), err


@pytest.mark.both
@pytest.mark.timeout(240)
async def test_a_killed_import_leaves_everything_or_nothing(planted: str, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = (f"L{n};Zoé;Roy {n};06{45_000_000 + n};2012-03-04" for n in range(MANY))
    path.write_text("\n".join(["N° licence;Prénom;Nom;Portable;Né le", *rows]) + "\n", encoding="utf-8")
    left = []
    for seconds in KILLED_AFTER_SECONDS:
        process = await start("import", str(path), "--yes", env=with_database(planted))
        await _until_it_reads(process, seconds)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.communicate()
        left.append(await left_in(planted))
        assert left[-1] in ((0, 0), (MANY, 1)), left
    assert left[0] == (0, 0), "the first kill came before anything was stored"
    code, _, err = await run("import", str(path), "--yes", env=with_database(planted))
    assert (code, await left_in(planted)) == (0, (MANY, 1)), err


async def left_in(url: str) -> tuple[int, int]:
    """How many people are new, and how many imports are noted."""
    db = Database(url)
    async with db.read() as session:
        people = (await session.exec(select(func.count()).select_from(Contact))).one()
        lines = select(func.count()).select_from(Audit).where(Audit.action == "import")
        noted = (await session.exec(lines)).one()
    await db.close()
    return people - len(MEMBERS), noted


async def _until_it_reads(process: asyncio.subprocess.Process, seconds: float) -> None:
    """Lets it go on for so long after its first word, which it says between looking and storing."""
    assert process.stdout
    await asyncio.wait_for(process.stdout.readline(), 60)
    with_time = asyncio.create_task(process.wait())
    await asyncio.wait([with_time], timeout=seconds)
