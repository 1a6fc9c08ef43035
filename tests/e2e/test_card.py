"""The real process dies while it shows a card: the next one shows it, and it stands once."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import WallClock
from bot.posts import BETWEEN_CARDS
from storage.models import Campaign
from tests.club import Club, open_club, text_of
from tests.e2e.process import bot_at_work

BODY = "The club is closed."
FOREVER = 3600.0

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def idle(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club, without a bot; its texts leave seconds after their card, so that none is under way at the kill."""
    async with open_club(
        tmp_path, planted=planted, clock=WallClock(), undo_seconds=5, is_started=False
    ) as club:
        yield club


def stands(club: Club) -> int:
    """How often the card stands in the channel."""
    return sum(BODY in text_of(post) for post in club.posts())


@pytest.mark.parametrize("posted", [True, False], ids=["which stands", "which Slack never got"])
async def test_a_process_killed_while_it_shows_a_card_makes_no_second_one(idle: Club, posted: bool) -> None:
    club = idle
    if not posted:
        club.workspace.faults.slow("chat.postMessage", FOREVER)
    async with bot_at_work(club) as process:
        if posted:
            club.workspace.faults.lose_answer("chat.postMessage", times=1)
        campaign = await club.send("U13", BODY)
        await club.until(lambda: club.workspace.calls("chat.postMessage"))
        await process.end(signal.SIGKILL)
    club.workspace.faults.clear()
    assert stands(club) == int(posted)
    # As if half a minute had passed, for which the dead process had taken the card.
    await club.change(Campaign, {"card_at": club.clock.now() - BETWEEN_CARDS}, id=campaign.id)
    async with bot_at_work(club):
        await club.card(campaign, "Sent to 7", "7 delivered", seconds=15)
    assert stands(club) == 1
