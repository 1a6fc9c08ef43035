"""A backup that is made while the bot sends: it is whole, of one moment, and what it forgot does not leave twice."""

import asyncio
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot.backup import NoBackup, NotAFile, back_up
from bot.delivery.follow import ask_after
from bot.playground.carrier import Latency
from storage import backups
from storage.db import Database
from storage.migrate import migrate
from storage.models import Campaign, Contact
from tests.club import Club
from tests.databases import PostgresDatabases
from tests.postgres import Postgres

BODY = "Training is off tonight."
SLOW = Latency(timedelta(seconds=0.4), timedelta(), timedelta(), timedelta())


@pytest.fixture
def file(planted: str) -> Path:
    """The club's SQLite file."""
    if not planted.startswith("sqlite"):
        pytest.skip("PostgreSQL is backed up by its own program")
    return Path(planted.split("///", 1)[1])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def everything(file: Path) -> bytes:
    """What SQLite keeps on the disk: the file, and what was written ahead of it."""
    ahead = Path(f"{file}-wal")
    return file.read_bytes() + (ahead.read_bytes() if ahead.exists() else b"")


def looked_at(copy: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(copy)) as connection:
        return connection.execute(question).fetchall()


async def copied(club: Club, target: Path) -> None:
    """`touchline backup`, as a process of its own beside the bot."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "backup", str(target)),
        env=os.environ | {"DATABASE_URL": club.settings.database_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert str(target) in said.decode()


def put_back(copy: Path, file: Path) -> None:
    """As the docs say: the old file goes with those beside it, which would spoil the new one."""
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        (file.parent / name).unlink(missing_ok=True)
    shutil.copy(copy, file)


async def test_it_is_whole_and_for_its_owner_alone(club: Club, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "touchline.backup"
    campaign = await club.send("U13", BODY)
    await club.reached(campaign, {"delivered": 7})
    await copied(club, target)
    assert looked_at(target, "PRAGMA integrity_check") == [("ok",)]
    assert looked_at(target, "SELECT count(*) FROM message WHERE state = 'delivered'") == [(7,)]
    assert target.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["touchline.backup"]


async def test_each_copy_of_a_bot_at_work_is_of_one_moment(club: Club, file: Path, tmp_path: Path) -> None:
    sending = asyncio.create_task(_several(club))
    copies: list[Path] = []
    while not sending.done() or len(copies) < 3:
        copies.append(tmp_path / f"{len(copies)}.backup")
        await back_up(club.settings.database_url, copies[-1])
    await sending
    for copy in copies:
        assert looked_at(copy, "PRAGMA integrity_check") == [("ok",)]
        assert not looked_at(copy, "PRAGMA foreign_key_check")
        # A campaign's messages are frozen in one transaction: all of them are there, or none.
        frozen = "SELECT count(*) FROM message WHERE campaign_id IS NOT NULL GROUP BY campaign_id"
        assert {counted for (counted,) in looked_at(copy, frozen)} <= {7}


async def _several(club: Club) -> None:
    for n in range(2):
        campaign = await club.send("U13", f"Training {n} is off.")
        await club.reached(campaign, {"delivered": 7})


async def test_put_back_it_sends_nothing_that_has_left_since(club: Club, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "touchline.backup"
    club.carrier.latency = SLOW
    campaign = await club.send("U13", BODY)
    await club.until(lambda: club.carrier.posts)
    await back_up(club.settings.database_url, target)
    waiting = "SELECT count(*) FROM message WHERE state IN ('queued', 'sending')"
    assert looked_at(target, waiting) != [(0,)]
    await club.reached(campaign, {"delivered": 7})
    await club.stop()
    put_back(target, file)
    await club.start()
    club.skip(timedelta(minutes=10))
    await club.until(lambda: _is_delivered(club, campaign))
    assert sorted(post.to for post in club.carrier.posts) == sorted({post.to for post in club.carrier.posts})


async def _is_delivered(club: Club, campaign: Campaign) -> bool:
    assert club.bot
    club.skip(timedelta(seconds=20))
    await asyncio.sleep(0.05)
    await ask_after(club.bot.rt)
    return await club.states(campaign) == {"delivered": 7}


async def test_what_was_erased_is_in_no_page_of_it(planted: str, file: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        # Debian's SQLite wipes what it frees; others do not.
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE kept (words TEXT)")
        connection.execute("INSERT INTO kept VALUES (?)", ("CANARY" * 2000,))
        connection.commit()
        connection.execute("DELETE FROM kept")
        connection.commit()
    await back_up(planted, tmp_path / "copy")
    assert b"CANARY" in everything(file)
    assert b"CANARY" not in everything(tmp_path / "copy")


async def test_a_file_that_is_there_is_never_written_over(planted: str, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("the only backup there is")
    with pytest.raises(NoBackup, match="is there already"):
        await back_up(planted, target)
    assert target.read_text() == "the only backup there is"


async def test_a_folder_that_is_not_there_is_told(planted: str, file: Path, tmp_path: Path) -> None:
    with pytest.raises(NoBackup, match="No such file or directory"):
        await back_up(planted, tmp_path / "nowhere" / "copy")


async def test_of_a_file_that_is_damaged_nothing_is_kept(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)
    with pytest.raises(NoBackup):
        await back_up(f"sqlite+aiosqlite:///{damaged}", tmp_path / "copy")
    assert names(tmp_path) == ["damaged.db"]


def test_killed_in_the_middle_it_leaves_no_half_backup(tmp_path: Path) -> None:
    source = tmp_path / "large.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE much (words BLOB)")
        connection.executemany("INSERT INTO much VALUES (randomblob(1000000))", [()] * 40)
        connection.commit()
    whole = source.stat().st_size
    target = tmp_path / "copy"
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "backup", str(target)],
        env=os.environ | {"DATABASE_URL": f"sqlite+aiosqlite:///{source}"},
        stdout=subprocess.PIPE,
    )
    try:
        while not any(part.stat().st_size for part in tmp_path.glob(".copy.*.part")):
            assert process.poll() is None
            time.sleep(0.001)
        process.kill()
    finally:
        process.communicate()
    assert not target.exists()
    backups.copy(source, target)
    assert target.stat().st_size >= whole * 0.99


async def test_for_postgresql_it_names_the_command_without_the_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://touchline:hidden@db.example.org/club"
    with pytest.raises(NotAFile) as caught:
        await back_up(url, tmp_path / "copy")
    told = str(caught.value)
    assert (
        f"pg_dump --format=custom --file={tmp_path}/copy postgresql://touchline@db.example.org/club" in told
    )
    assert "hidden" not in told


def test_that_very_command_makes_a_backup_that_postgresql_takes_back(
    postgres: Postgres, postgres_databases: PostgresDatabases, tmp_path: Path
) -> None:
    with postgres_databases.fresh("planted") as url:
        with pytest.raises(NotAFile) as caught:
            asyncio.run(back_up(url, tmp_path / "copy"))
        words = re.search(r"pg_dump .+", str(caught.value))
        assert words
        programs = {"PATH": f"{postgres.programs}:{os.environ['PATH']}"}
        subprocess.run(shlex.split(words[0]), env=os.environ | programs, check=True)
        postgres.run("CREATE DATABASE taken_back")
        taken_back = postgres.url("taken_back").replace("+psycopg", "")
        restore = ["pg_restore", "--no-owner", f"--dbname={taken_back}", tmp_path / "copy"]
        subprocess.run(restore, env=os.environ | programs, check=True)
        assert asyncio.run(_contacts(postgres.url("taken_back"))) == asyncio.run(_contacts(url)) > 30


async def _contacts(url: str) -> int:
    db = Database(url)
    try:
        await migrate(db)
        async with db.read() as session:
            return int((await session.exec(select(func.count()).select_from(Contact))).one())
    finally:
        await db.close()
