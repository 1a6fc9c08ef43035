"""A backup that is put back while the carrier has gone on: nothing leaves twice, and what has not left does."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import pytest

from bot.delivery.follow import ask_after
from bot.playground.carrier import Fault
from storage.models import Campaign
from tests.club import Club
from tests.postgres import Postgres

pytestmark = pytest.mark.turns

BODY = "Training is off tonight."
UNDO = timedelta(minutes=1)


class Backup:
    """A copy of the club's database, as an admin makes it while the bot is down."""

    def __init__(self, url: str, postgres: Callable[[], Postgres]) -> None:
        self._file = url.split("///", 1)[1] if url.startswith("sqlite") else ""
        self._postgres = postgres

    def make(self) -> None:
        """Copies the database."""
        self._copy("planted", "backup")

    def put_back(self) -> None:
        """Puts the copy in the place of the database."""
        self._copy("backup", "planted")

    def _copy(self, source: str, target: str) -> None:
        if self._file:
            names = {"planted": self._file, "backup": f"{self._file}.backup"}
            shutil.copy(names[source], names[target])
            return
        server = self._postgres()
        server.run(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        server.run(f"CREATE DATABASE {target} TEMPLATE {source}")


@pytest.fixture
def backup(planted: str, request: pytest.FixtureRequest) -> Backup:
    """Where the copy is kept."""
    return Backup(planted, lambda: request.getfixturevalue("postgres"))


def asked(club: Club, body: str = BODY) -> Counter[str]:
    """How often the carrier was asked for the text, by number."""
    return Counter(post.to for post in club.carrier.posts if post.body == body and post.sid)


async def sent_and_forgotten(club: Club, backup: Backup, *, left_out: str = "", times: int = 1) -> Campaign:
    """A campaign that the backup takes for one that waits, and the carrier has sent.

    One number may have been left out; or the same text was sent again, by campaigns that the backup does not know.
    """
    await club.carrier.stop()
    campaign = await club.send("U13", BODY)
    await club.until(lambda: is_tried(club, campaign))
    await club.stop()
    backup.make()
    await club.carrier.start()
    if left_out:
        club.carrier.fail(Fault.THROTTLED, times=None, to=left_out)
    await club.start()
    club.skip(timedelta(minutes=1))
    await club.until(lambda: len(asked(club)) == (6 if left_out else 7))
    for n in range(2, times + 1):
        await club.send("U13", BODY)
        await club.until(lambda n=n: asked(club).total() == 7 * n)
    await club.quiet(lambda: len(club.carrier.log))
    await club.stop()
    club.carrier.heal()
    backup.put_back()
    return campaign


async def is_tried(club: Club, campaign: Campaign) -> bool:
    messages = await club.messages(campaign)
    return len(messages) == 7 and any(message.attempt for message in messages)


async def ends_well(club: Club, campaign: Campaign) -> None:
    """All of the campaign is delivered, each text once, and the database has the carrier's ids."""
    await club.until(lambda: is_delivered(club, campaign))
    await club.card(campaign, "Sent to 7", "7 delivered")
    assert set(asked(club).values()) == {1}
    ledger = {(line.to, line.sid) for line in club.carrier.ledger}
    assert {(message.e164, message.sid) for message in await club.messages(campaign)} == ledger


async def is_delivered(club: Club, campaign: Campaign) -> bool:
    """Lets some time pass, and has the carrier asked about what it has not reported."""
    assert club.bot
    club.skip(timedelta(seconds=20))
    await asyncio.sleep(0.05)
    await ask_after(club.bot.rt)
    return await club.states(campaign) == {"delivered": 7}


async def test_what_had_left_since_the_backup_does_not_leave_again(club: Club, backup: Backup) -> None:
    campaign = await sent_and_forgotten(club, backup)
    await club.start()
    await ends_well(club, campaign)


async def test_what_had_not_left_when_the_backup_was_put_back_leaves_once(club: Club, backup: Backup) -> None:
    campaign = await sent_and_forgotten(club, backup, left_out=club.phone("loic").number)
    await club.start()
    await ends_well(club, campaign)


async def test_a_campaign_that_was_only_scheduled_in_the_backup_does_not_leave_again(
    club: Club, backup: Backup
) -> None:
    await club.limit(undo_seconds=UNDO.total_seconds())
    campaign = await club.send("U13", BODY)
    await club.stop()
    backup.make()
    club.skip(UNDO)
    await club.start()
    await club.until(lambda: len(asked(club)) == 7)
    await club.stop()
    backup.put_back()
    assert not await club.messages(campaign)
    await club.start()
    await ends_well(club, campaign)


async def test_nothing_leaves_after_a_restore_before_the_carrier_has_shown_its_list(
    club: Club, backup: Backup
) -> None:
    campaign = await sent_and_forgotten(club, backup, left_out=club.phone("loic").number)
    club.carrier.fail(Fault.ERROR_BEFORE, times=None, on="list")
    before = len(club.carrier.posts)
    await club.start()
    await club.until(lambda: says_that_delivery_waits(club))
    club.skip(timedelta(minutes=1))
    await club.quiet(lambda: len(club.carrier.posts), seconds=1.0)
    assert len(club.carrier.posts) == before
    club.carrier.heal()
    await ends_well(club, campaign)


async def says_that_delivery_waits(club: Club) -> bool:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{club.settings.public_url}/health/ready") as answer,
    ):
        return answer.status == 503 and "delivery" in (await answer.json())["troubles"]


async def test_the_same_text_sent_again_on_purpose_leaves_again(club: Club, backup: Backup) -> None:
    campaign = await sent_and_forgotten(club, backup, times=2)
    await club.start()
    await club.until(lambda: is_delivered(club, campaign))
    assert set(asked(club).values()) == {2}
    club.skip(timedelta(hours=1))
    again = await club.send("U13", BODY)
    await club.reached(again, {"delivered": 7})
    assert set(asked(club).values()) == {3}
