"""Trouble that befalls a database, and what a bot is seen to do meanwhile and after."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import sqlalchemy as sa

from bot.delivery.follow import ask_after
from bot.playground import seed
from bot.playground.carrier import Latency
from bot.playground.seed import SHORT_CODE
from storage.models import Campaign, Receipt, Reply, Sender
from storage.models import Club as ClubRow
from storage.states import MessageState
from tests import factories
from tests.club import ACCOUNT_SID, Club

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
    other = sqlite3.connect(file_of(club), isolation_level=None, check_same_thread=False)
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
            await _fill_up(club)
            yield
        finally:
            set_pages("1073741823")


async def _fill_up(club: Club) -> None:
    """Uses the room that the file has left within its pages: what is short would fit in there for a while."""
    (owner,) = [row for row in await club.rows(ClubRow) if row.slack_team_id == seed.TEAM_ID]
    for length in (2000, 200, 1):
        with contextlib.suppress(sa.exc.DBAPIError):
            while True:
                await club.keep(factories.message(owner, body="x" * length, state=MessageState.SKIPPED))


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


def file_of(club: Club) -> str:
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
    return Counter(post.to for post in club.carrier.posts if post.body.startswith(BODY))


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
    ledger = {(line.to, line.sid) for line in club.carrier.ledger if line.body.startswith(BODY)}
    assert {(message.e164, message.sid) for message in await club.messages(campaign)} == ledger
    assert len(ledger) == everyone


async def is_delivered(club: Club, campaign: Campaign) -> bool:
    """Lets some time pass, and has the carrier asked about what it has not reported."""
    assert club.bot
    club.skip(timedelta(seconds=20))
    await ask_after(club.bot.rt)
    return set(await club.states(campaign)) == {"delivered"}
