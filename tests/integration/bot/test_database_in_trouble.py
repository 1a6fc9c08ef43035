"""A database that is locked, full, gone or busy: nothing more is sent, nothing is acknowledged, and it all goes on after."""

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.delivery.follow import ask_after
from bot.playground import seed
from bot.playground.carrier import Latency
from bot.playground.seed import SHORT_CODE
from storage.models import Campaign, OptOut, Receipt, Reply, Sender
from tests.club import ACCOUNT_SID, Club, open_club, text_of
from tests.databases import HANG_UP, PostgresDatabases, SqliteFiles
from tests.postgres import Postgres, running_postgres

BODY = "Training is off tonight."
SLOW = Latency(timedelta(seconds=0.3), timedelta(), timedelta(), timedelta())
ASKS_SOON = {"receipt_seconds": 40.0}
BACK_WITHIN_SECONDS = 5.0
MOST_CONNECTIONS = 20
"""Those that the pool keeps, and as many more."""

Trouble = Callable[[Club], Any]


@asynccontextmanager
async def locked(club: Club) -> AsyncIterator[None]:
    """Another process writes, and does not come to an end."""
    other = sqlite3.connect(_file_of(club), isolation_level=None, check_same_thread=False)
    # In a thread: the bot, whose loop this is, may be in the middle of a transaction.
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@asynccontextmanager
async def full(club: Club) -> AsyncIterator[None]:
    """The file may grow no more."""
    with pages_of(club) as set_pages:
        set_pages("1")
        try:
            yield
        finally:
            set_pages("1073741823")


@contextmanager
def pages_of(club: Club) -> Iterator[Callable[[str], None]]:
    """Sets how many pages each of the bot's connections may fill, before it begins to write."""
    assert club.bot
    most = ["1073741823"]

    def limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most[0]}")

    engine = club.bot.rt.db.engine.sync_engine
    sa.event.listen(engine, "begin", limit, insert=True)
    try:
        yield lambda pages: most.__setitem__(0, pages)
    finally:
        sa.event.remove(engine, "begin", limit)


@asynccontextmanager
async def exhausted(club: Club) -> AsyncIterator[None]:
    """Every connection of the pool is taken and held."""
    assert club.bot
    engine = club.bot.rt.db.engine
    async with AsyncExitStack() as held:
        for _ in range(MOST_CONNECTIONS):
            await held.enter_async_context(engine.connect())
        yield


def _file_of(club: Club) -> str:
    return club.settings.database_url.split("///", 1)[1].split("?")[0]


async def ready(club: Club) -> tuple[int, set[str]]:
    """What the health check answers: its status, and the parts in trouble."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{club.settings.public_url}/health/ready") as answer,
    ):
        return answer.status, set((await answer.json())["troubles"])


async def is_ready(club: Club) -> bool:
    return (await ready(club))[0] == 200


async def says_so(club: Club, parts: set[str]) -> bool:
    """Whether the health check says that these parts are in trouble; a monitor asks again and again."""
    status, said = await ready(club)
    return status == 503 and parts <= said


def asked(club: Club) -> Counter[str]:
    return Counter(post.to for post in club.carrier.posts if post.body == BODY)


async def reply(club: Club, sid: str) -> int:
    """A member's text as the carrier posts it; how that is answered."""
    fields = {
        "MessageSid": sid,
        "From": seed.number_of("loic"),
        "To": SHORT_CODE,
        "Body": "I cannot come",
        "AccountSid": ACCOUNT_SID,
        "NumMedia": "0",
    }
    return (await club.post_twilio("/twilio/inbound", fields))[0]


async def receipt(club: Club, word: str) -> int:
    """A receipt of this status as the carrier posts it, for a text it has; how that is answered."""
    post = next(post for post in club.carrier.posts if post.sid)
    fields = {
        "MessageSid": str(post.sid),
        "MessageStatus": word,
        "To": post.to,
        "From": SHORT_CODE,
        "AccountSid": ACCOUNT_SID,
    }
    path = post.status_url.removeprefix(club.settings.public_url)
    return (await club.post_twilio(path, fields))[0]


def _word(number: int) -> str:
    """Another status each time, as Twilio may think of new ones."""
    return "new_" + "".join("abcdefghij"[int(digit)] for digit in str(number))


async def in_the_middle_of_a_campaign(club: Club) -> Campaign:
    """Some texts have left, some are under way, and others wait."""
    preview = await club.compose(audience="everyone", message=BODY, sender=seed.NAME)
    await club.change(Sender, {"segments_per_second": 2.0}, value=seed.NAME)
    campaign = await club.confirm(preview)
    await club.until(lambda: club.carrier.posts)
    return campaign


@dataclass
class Said:
    """What the carrier said while the database was in trouble."""

    words: list[str]
    """Of the receipts that were acknowledged."""
    sids: list[str]
    """Of the replies; the last one was not acknowledged."""


async def stays_honest(club: Club, parts: set[str]) -> Said:
    """In trouble: nothing more leaves, the health check says so, and what does not fit in any more is not acknowledged."""
    said = Said([], [])
    while await receipt(club, word := _word(len(said.words))) < 500:
        said.words.append(word)
    while await reply(club, sid := f"SM{uuid4().hex}") < 500:
        said.sids.append(sid)
    said.sids.append(sid)
    await club.until(lambda: says_so(club, parts))
    await club.quiet(lambda: len(club.carrier.posts), seconds=1.0)
    return said


async def recovers(club: Club, campaign: Campaign, said: Said) -> None:
    """Out of trouble: it goes on by itself, each text left once, and what the carrier says again is taken."""
    before = len(club.carrier.posts)
    await club.until(lambda: is_ready(club), seconds=BACK_WITHIN_SECONDS)
    await club.until(lambda: len(club.carrier.posts) > before, seconds=BACK_WITHIN_SECONDS)
    await club.change(Sender, {"segments_per_second": 100.0}, value=seed.NAME)
    for _ in range(2):
        assert await reply(club, said.sids[-1]) == 200
    assert {row.sid for row in await club.rows(Reply)} == set(said.sids)
    assert set(said.words) <= {row.status for row in await club.rows(Receipt)}
    await club.until(lambda: is_delivered(club, campaign))
    everyone = campaign.previewed_recipients
    assert set(asked(club).values()) == {1}
    ledger = {(line.to, line.sid) for line in club.carrier.ledger if line.body == BODY}
    assert {(message.e164, message.sid) for message in await club.messages(campaign)} == ledger
    assert len(ledger) == everyone


async def is_delivered(club: Club, campaign: Campaign) -> bool:
    """Lets some time pass, and has the carrier asked about what it has not reported."""
    assert club.bot
    club.skip(timedelta(seconds=20))
    await ask_after(club.bot.rt)
    return set(await club.states(campaign)) == {"delivered"}


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    """Keeps the log to itself: on a console each trouble would be drawn with all that led to it, which takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
def file(sqlite_files: SqliteFiles) -> Iterator[str]:
    """A file with the club in it, whose bot waits half a second for somebody else's lock."""
    with sqlite_files.fresh("planted") as planted:
        yield f"{planted}?timeout=0.5"


@pytest.fixture
async def sqlite_club(tmp_path: Path, file: str) -> AsyncIterator[Club]:
    """The club on SQLite."""
    async with open_club(tmp_path, planted=file, latency=SLOW, settings=ASKS_SOON) as club:
        yield club


@pytest.mark.parametrize("trouble", [locked, full])
async def test_a_file_that_cannot_be_written_stops_the_sending_and_loses_nothing(
    sqlite_club: Club, trouble: Trouble
) -> None:
    club = sqlite_club
    campaign = await in_the_middle_of_a_campaign(club)
    async with trouble(club):
        said = await stays_honest(club, {"delivery", "database"})
        assert len(club.carrier.posts) < campaign.previewed_recipients
    await recovers(club, campaign, said)


async def has_looked(club: Club) -> None:
    """Comes back when the bot has asked the carrier's list, as it does at its start: it would not again for minutes."""
    await club.until(lambda: [one for one in club.carrier.log if "DateSent" in one.url])
    await club.quiet(lambda: len(club.carrier.log))


async def stop_unheard(club: Club) -> None:
    """Loïc texts STOP, which cannot be stored; the carrier does not come again."""
    texted = await club.carrier.text(from_=seed.number_of("loic"), to=SHORT_CODE, body="STOP")
    assert (texted.status, texted.replies) == (503, ())


async def stop_is_heard(club: Club) -> None:
    """Soon after, by itself; nobody had to restart anything, and nothing more is sent to him."""
    await club.until(lambda: club.rows(OptOut, e164=seed.number_of("loic")), seconds=BACK_WITHIN_SECONDS)
    await club.until(
        lambda: [post for post in club.posts() if "gets no more SMS" in text_of(post)],
        seconds=BACK_WITHIN_SECONDS,
    )
    campaign = await club.send("U13", BODY)
    await club.reached(campaign, {"delivered": 6})


async def test_a_stop_that_came_while_a_file_was_locked_is_heard_after(sqlite_club: Club) -> None:
    await has_looked(sqlite_club)
    async with locked(sqlite_club):
        await stop_unheard(sqlite_club)
    await stop_is_heard(sqlite_club)


async def test_a_text_confirmed_while_nothing_can_be_stored_is_not_called_sent(sqlite_club: Club) -> None:
    club = sqlite_club
    preview = await club.compose(audience="fixed", groups="U13", message=BODY)
    async with locked(club):
        assert "Something went wrong" in text_of(await club.submit(preview))
    assert not club.carrier.posts
    assert not await club.rows(Campaign)
    await club.send("U13", BODY)
    await club.until(lambda: len(asked(club)) == 7)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("Nothing can be mounted here: this test fills a disk of its own, and needs root for it.")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_disk_that_is_full_stops_the_sending_and_loses_nothing(
    tmp_path: Path, file: str, small_disk: Path
) -> None:
    shutil.copy(file.split("///", 1)[1].split("?")[0], small_disk / "touchline.db")
    url = f"sqlite+aiosqlite:///{small_disk / 'touchline.db'}"
    async with open_club(tmp_path, planted=url, latency=SLOW, settings=ASKS_SOON) as club:
        campaign = await in_the_middle_of_a_campaign(club)
        ballast = small_disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as rest:
            while rest.write(bytes(4096)):
                """Until nothing more fits."""
        said = await stays_honest(club, {"delivery", "database"})
        ballast.unlink()
        await recovers(club, campaign, said)


@pytest.fixture
def database(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A database of the server that all tests share."""
    with postgres_databases.fresh("planted") as planted:
        yield planted


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of this test alone, which keeps what it was told to keep."""
    with running_postgres(is_durable=True) as server:
        yield server


@pytest.fixture
def lasting(server: Postgres) -> Iterator[str]:
    """A database of that server."""
    with PostgresDatabases(server).fresh("planted") as planted:
        yield planted


async def test_a_server_that_crashes_in_the_middle_and_comes_back_doubles_and_loses_nothing(
    tmp_path: Path, server: Postgres, lasting: str
) -> None:
    async with open_club(tmp_path, planted=lasting, latency=SLOW, settings=ASKS_SOON) as club:
        campaign = await in_the_middle_of_a_campaign(club)
        server.stop(is_immediate=True)
        said = await stays_honest(club, {"chunks", "database"})
        server.start()
        await recovers(club, campaign, said)


async def test_a_stop_that_came_while_the_server_was_gone_is_heard_after(
    tmp_path: Path, server: Postgres, lasting: str
) -> None:
    async with open_club(tmp_path, planted=lasting) as club:
        await has_looked(club)
        server.stop(is_immediate=True)
        await stop_unheard(club)
        server.start()
        await stop_is_heard(club)


async def test_connections_that_are_cut_again_and_again_double_and_lose_nothing(
    tmp_path: Path, postgres: Postgres, database: str
) -> None:
    async with open_club(tmp_path, planted=database, latency=SLOW, settings=ASKS_SOON) as club:
        campaign = await in_the_middle_of_a_campaign(club)
        for _ in range(20):
            await asyncio.to_thread(postgres.run, HANG_UP, database="planted")
            await asyncio.sleep(0.05)
        sid = f"SM{uuid4().hex}"
        await club.until(lambda: is_taken(club, sid), seconds=BACK_WITHIN_SECONDS)
        await recovers(club, campaign, Said([], [sid]))


async def is_taken(club: Club, sid: str) -> bool:
    return await reply(club, sid) == 200


async def test_a_pool_without_a_free_connection_stops_the_sending_and_says_so(
    tmp_path: Path, database: str
) -> None:
    async with open_club(tmp_path, planted=database, latency=SLOW, settings=ASKS_SOON) as club:
        assert club.bot
        # Half a second is enough to see that none comes back.
        club.bot.rt.db.engine.sync_engine.pool._timeout = 0.5
        campaign = await in_the_middle_of_a_campaign(club)
        async with exhausted(club):
            said = await stays_honest(club, {"chunks", "database"})
        await recovers(club, campaign, said)
