"""A database that is locked, full, gone or busy: nothing more is sent, nothing is acknowledged, and it all goes on after."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from bot.playground import seed
from bot.playground.seed import SHORT_CODE
from storage.models import Campaign, OptOut, Reply
from tests.club import Club, open_club, text_of
from tests.databases import HANG_UP, PostgresDatabases
from tests.integration.bot.trouble import (
    ASKS_SOON,
    BACK_WITHIN_SECONDS,
    BODY,
    SLOW,
    Said,
    Trouble,
    asked,
    exhausted,
    full,
    in_the_middle_of_a_campaign,
    is_ready,
    locked,
    recovers,
    reply,
    says_so,
    stays_honest,
)
from tests.postgres import Postgres, running_postgres


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    """Keeps the log to itself: on a console each trouble would be drawn with all that led to it, which takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
async def sqlite_club(tmp_path: Path, impatient: str) -> AsyncIterator[Club]:
    """The club on SQLite."""
    async with open_club(tmp_path, planted=impatient, latency=SLOW, settings=ASKS_SOON) as club:
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


async def test_an_answer_on_a_members_page_that_cannot_be_stored_stays_in_its_box(sqlite_club: Club) -> None:
    club = sqlite_club
    await in_the_middle_of_a_campaign(club)
    await club.until(lambda: club.phone("loic").inbox)
    link = club.link("loic")
    page = await club.visit(link)
    async with locked(club):
        refused = await club.press(link, "answer", once=page.once, text="I cannot <come>")
        assert refused.status == 503
        assert "Please send it again in a minute." in refused.text
        assert "I cannot &lt;come&gt;</textarea>" in refused.html
        assert refused.once == page.once
        await club.until(lambda: says_so(club, {"replies"}))
    assert (await club.press(link, "answer", once=refused.once, text="I cannot <come>")).status == 200
    assert [reply.body for reply in await club.rows(Reply)] == ["I cannot <come>"]
    await club.until(lambda: is_ready(club), seconds=BACK_WITHIN_SECONDS)


async def test_a_choice_on_a_members_page_that_cannot_be_stored_is_one_tap_again(sqlite_club: Club) -> None:
    club = sqlite_club
    await in_the_middle_of_a_campaign(club)
    await club.until(lambda: club.phone("loic").inbox)
    link = club.link("loic")
    page = await club.visit(link)
    async with locked(club):
        refused = await club.press(link, "stop", once=page.once)
        assert refused.status == 503
        assert 'value="stop"' in refused.html
    assert (await club.press(link, "stop", once=refused.once)).status == 200
    assert club.phone("loic").number in {row.e164 for row in await club.rows(OptOut)}


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
    tmp_path: Path, impatient: str, small_disk: Path
) -> None:
    shutil.copy(impatient.split("///", 1)[1].split("?")[0], small_disk / "touchline.db")
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
