"""A card or a reply that was taken when the database went away: it is shown all the same, and stands once."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.app import build
from bot.posts import BETWEEN_CARDS, REPLY_CLAIM, Cards, Posts
from bot.runtime import Runtime
from storage import models
from tests import factories as f
from tests.club import Club, SetClock, open_club, text_of

TITLE = "Small hall"
WRITTEN = "Who has my bag?"


@pytest.fixture
async def club(tmp_path: Path, impatient: str) -> AsyncIterator[Club]:
    """The club with one campaign whose card is due; no bot works."""
    async with open_club(tmp_path, planted=impatient, is_started=False) as club:
        (seeded,) = await club.rows(models.Club)
        await club.keep(f.campaign(seeded, title=TITLE, card_due=True))
        yield club


@pytest.fixture
async def rt(club: Club) -> AsyncIterator[Runtime]:
    rt = build(club.settings, club.clock)
    yield rt
    for part in (rt.db, rt.carrier, rt.slack):
        await part.close()


@contextmanager
def locked_after_the_next_commit(rt: Runtime) -> Iterator[None]:
    """From then on somebody else has the write lock."""
    path = rt.settings.database_url.split("///", 1)[1].split("?")[0]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        rt.db.tell_commits(lambda: other.execute("BEGIN IMMEDIATE"))
        yield
        rt.db.tell_commits(lambda: None)


def _posted(club: Club, words: str = TITLE) -> int:
    return sum(words in text_of(post) for post in club.posts())


def _later(club: Club, by: timedelta = BETWEEN_CARDS) -> None:
    assert isinstance(club.clock, SetClock)
    club.clock.skip(by)


async def test_what_slack_has_and_nobody_could_store_is_stored_later(club: Club, rt: Runtime) -> None:
    cards = Cards()
    with locked_after_the_next_commit(rt), pytest.raises(OperationalError):
        await cards.show(rt)
    assert _posted(club) == 1
    for _ in range(2):
        _later(club)
        await cards.show(rt)
    (stored,) = await club.rows(models.Campaign)
    assert (_posted(club), bool(stored.card_ts), stored.card_due) == (1, True, False)


async def test_what_slack_refused_and_nobody_could_put_off_is_shown_later(club: Club, rt: Runtime) -> None:
    cards = Cards()
    club.workspace.faults.rate_limit("chat.postMessage", retry_after=1, times=1)
    with locked_after_the_next_commit(rt), pytest.raises(OperationalError):
        await cards.show(rt)
    assert _posted(club) == 0
    _later(club)
    await cards.show(rt)
    (stored,) = await club.rows(models.Campaign)
    assert (_posted(club), bool(stored.card_ts), stored.card_due) == (1, True, False)


async def test_a_reply_that_slack_has_and_nobody_could_note_is_noted_later(club: Club, rt: Runtime) -> None:
    (seeded,) = await club.rows(models.Club)
    conversation, reply = f.reply(seeded, WRITTEN, club.clock.now())
    await club.keep(conversation, reply)
    posts = Posts()
    with locked_after_the_next_commit(rt), pytest.raises(OperationalError):
        await posts.show(rt)
    assert _posted(club, WRITTEN) == 1
    for _ in range(2):
        _later(club, 2 * REPLY_CLAIM)
        await posts.show(rt)
    (stored,) = await club.rows(models.Reply)
    assert (bool(stored.posted_ts), stored.post_after) == (True, None)
    assert len(club.workspace.calls("chat.postMessage")) == 1
