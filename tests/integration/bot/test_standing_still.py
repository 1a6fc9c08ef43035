"""A process that stands still between taking what is to be shown and showing it: another one shows it, and it stands once."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import build
from bot.posts import AGAIN_AFTER, REPLY_CLAIM, Cards, Posts
from bot.runtime import Runtime
from storage import conversations
from storage import models as m
from tests import factories as f
from tests.club import Club, open_club, text_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STOOD_STILL = timedelta(minutes=10)
WRITTEN = "Who has my bag?"

Process = Callable[["Clocks"], Runtime]


@dataclass
class Clocks:
    """What a process reads off its clocks: of one that stops after its first look, minutes later at the second."""

    wall: datetime = NOW
    stops: bool = False
    _looks: int = 0

    def now(self) -> datetime:
        """An instant."""
        return self.wall

    def steady(self) -> float:
        """Seconds."""
        self._looks += 1
        return STOOD_STILL.total_seconds() if self.stops and self._looks > 1 else 0.0


@pytest.fixture
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    async with open_club(tmp_path, planted=planted, clock=Clocks(), is_started=False) as club:
        yield club


@pytest.fixture
async def process(club: Club) -> AsyncIterator[Process]:
    """Makes processes on the club's database that do only what they are told."""
    async with AsyncExitStack() as stack:

        def made(clocks: Clocks) -> Runtime:
            rt = build(club.settings, clocks)
            for part in (rt.db, rt.carrier, rt.slack):
                stack.push_async_callback(part.close)
            return rt

        yield made


@pytest.fixture
async def reply(club: Club) -> m.Reply:
    """One that Slack is to be shown."""
    (seeded,) = await club.rows(m.Club)
    conversation, reply = f.reply(seeded, WRITTEN, NOW)
    await club.keep(conversation, reply)
    return reply


def _shown(club: Club, words: str) -> int:
    return sum(words in text_of(post) for post in club.posts())


async def test_a_reply_is_left_to_the_others_by_who_stood_still(
    club: Club, process: Process, reply: m.Reply
) -> None:
    await Posts().show_replies(process(Clocks(stops=True)))
    assert _shown(club, WRITTEN) == 0, "another one may be posting it right now"
    await Posts().show_replies(process(Clocks(NOW + STOOD_STILL)))
    assert _shown(club, WRITTEN) == 1


async def test_a_card_is_left_to_the_others_by_who_stood_still(club: Club, process: Process) -> None:
    (seeded,) = await club.rows(m.Club)
    await club.keep(f.campaign(seeded, title="Small hall", card_due=True))
    await Cards().show(process(Clocks(stops=True)))
    assert _shown(club, "Small hall") == 0, "another one may be posting it right now"
    await Cards().show(process(Clocks(NOW + STOOD_STILL)))
    assert _shown(club, "Small hall") == 1


async def test_who_comes_back_late_puts_off_nothing_that_another_has_taken_or_shown(
    club: Club, process: Process, reply: m.Reply
) -> None:
    late_one, other = process(Clocks()), process(Clocks(NOW + STOOD_STILL))
    async with late_one.db.begin() as session:
        assert await conversations.claim_reply(session, reply, NOW + REPLY_CLAIM)
    await Posts().show_replies(other)
    async with late_one.db.begin() as session:
        await conversations.show_later(session, reply.id, NOW + REPLY_CLAIM, at=NOW + AGAIN_AFTER)
    (kept,) = await club.rows(m.Reply)
    assert (kept.post_after, _shown(club, WRITTEN)) == (None, 1)
