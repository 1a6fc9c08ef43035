"""What members write while nobody hears them: it is found on the carrier's list, once, and counts as of its time."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.playground.carrier import Fault
from bot.playground.workspace import Message as Post
from bot.posts.replies import AGAIN_AFTER
from storage.models import Conversation, OptOut, Reply
from tests.club import ACCOUNT_SID, SHORT_CODE, Club, text_of
from tests.databases import POSTGRESQL, SQLITE

pytestmark = pytest.mark.both

BODY = "Training is off tonight."
MINUTE = timedelta(minutes=1)
PATH = "/twilio/inbound"


async def unheard(club: Club, body: str) -> str:
    """A text that comes while the bot is down, its id; the club waits for the next whole second."""
    texted = await club.carrier.text(from_=club.phone("loic").number, to=SHORT_CODE, body=body)
    assert texted.status is None
    await asyncio.sleep(1.0)
    return texted.sid


def lists(club: Club) -> int:
    """How often the carrier was asked for what came in."""
    return sum(exchange.method == "GET" and "DateSent" in exchange.url for exchange in club.carrier.log)


async def is_opted_out(club: Club) -> bool:
    return bool(await club.rows(OptOut, e164=club.phone("loic").number))


def shown(club: Club, words: str) -> list[Post]:
    """The posts with these words, on top or in a thread."""
    return [
        post
        for top in club.posts()
        for post in [top, *(one for one in club.thread(top) if one.ts != top.ts)]
        if words in text_of(post)
    ]


async def test_who_said_stop_while_the_bot_was_down_gets_nothing_more(club: Club) -> None:
    await club.limit(undo_seconds=60)
    await club.send("U13", BODY)
    await club.stop()
    await unheard(club, "STOP")
    club.skip(30 * MINUTE)
    # What is due could leave before the list has come.
    club.carrier.fail(Fault.SLOW, to=SHORT_CODE, on="list", delay=timedelta(seconds=0.5))
    await club.start()
    await club.until(lambda: len(club.carrier.posts) == 6)
    await club.until(lambda: shown(club, "gets no more SMS"))
    await club.quiet(lambda: len(club.carrier.posts))
    assert await is_opted_out(club)
    assert club.phone("loic").number not in {post.to for post in club.carrier.posts}


async def test_a_text_found_a_day_late_says_when_it_was_written_and_is_not_confirmed(club: Club) -> None:
    await club.text("loic", "On time")
    await club.until(lambda: shown(club, "On time"))
    await club.stop()
    await unheard(club, "Stop")
    club.skip(timedelta(days=1))
    await club.start()
    (post,) = await club.until(lambda: shown(club, "gets no more SMS"))
    assert "shown late" in text_of(post)
    assert len(shown(club, "shown late")) == 1
    assert not club.carrier.replies
    (row,) = await club.rows(Reply, body="Stop")
    assert timedelta(hours=23) < club.clock.now() - row.received_at < timedelta(hours=25)


SINCE = [
    ("STOP", "START", False, "the member came back since"),
    ("START", "STOP", True, "the member left again since"),
    ("STOP PUB", "START", False, "the member came back to alerts"),
    ("STOP", "Are you there?", True, "nothing against it was said"),
    ("STOP", "HELP", True, "a question is no wish to come back"),
]


@pytest.mark.parametrize(
    ("lost", "heard", "is_out", "reason"), SINCE, ids=[" then ".join(row[:2]) for row in SINCE]
)
async def test_a_word_found_late_changes_nothing_that_was_said_since(
    club: Club, lost: str, heard: str, is_out: bool, reason: str
) -> None:
    await club.stop()
    await unheard(club, lost)
    club.carrier.fail(Fault.ERROR_BEFORE, times=None, to=SHORT_CODE, on="list")
    await club.start()
    await club.text("loic", heard)
    club.carrier.heal()
    club.skip(MINUTE)
    await club.until(lambda: len(shown(club, lost)) + len(shown(club, heard)) == 2)
    assert await is_opted_out(club) == is_out, reason
    assert bool(shown(club, "gets no more")) == is_out, reason


async def test_a_webhook_is_the_newest_word_although_the_clock_was_set_back(club: Club) -> None:
    club.skip(timedelta(hours=1))
    await club.text("loic", "START")
    club.skip(timedelta(hours=-1))
    await club.text("loic", "STOP")
    assert await is_opted_out(club)


async def test_a_text_found_late_stands_in_the_thread_of_what_it_answered(club: Club) -> None:
    first = await club.send("U13", BODY)
    await club.reached(first, {"delivered": 7})
    card = await club.card(first)
    # The list tells times in whole seconds, within which nobody answers.
    await asyncio.sleep(1.0)
    await club.stop()
    await unheard(club, "I cannot come")
    club.carrier.fail(Fault.ERROR_BEFORE, times=None, to=SHORT_CODE, on="list")
    await club.start()
    second = await club.send("U13", "And no match.")
    await club.reached(second, {"delivered": 7})
    club.carrier.heal()
    club.skip(MINUTE)
    await club.until(lambda: [post for post in club.thread(card) if "I cannot come" in text_of(post)])


async def test_a_text_that_comes_by_list_and_by_webhook_is_one_row_and_one_post(club: Club) -> None:
    await club.stop()
    sids = [await unheard(club, f"Text {n}") for n in range(2)]
    async with AsyncExitStack() as stack:
        await asyncio.gather(club.start(), stack.enter_async_context(club.another_process()))
        await asyncio.gather(*(replay(club, sid, f"Text {n}") for n, sid in enumerate(sids * 2)))
        await club.until(lambda: len(shown(club, "Text ")) == 2)
        await club.quiet(lambda: len(shown(club, "Text ")))
    assert sorted(row.sid for row in await club.rows(Reply)) == sorted(sids)


async def test_webhooks_of_one_text_at_once_leave_no_empty_conversation(club: Club) -> None:
    await asyncio.gather(*(replay(club, "SM" + "1" * 32, "Hello") for _ in range(4)))
    assert len(await club.rows(Reply)) == len(await club.rows(Conversation)) == 1


async def test_a_stop_that_was_said_twice_holds_in_both_posts(club: Club) -> None:
    club.workspace.faults.down()
    await club.text("loic", "STOP")
    await club.text("loic", "Stop")

    async def are_put_off() -> bool:
        now, rows = club.clock.now(), await club.rows(Reply)
        return [now < (row.post_after or now) <= now + AGAIN_AFTER for row in rows] == [True] * 2

    await club.until(are_put_off)
    club.workspace.faults.clear()
    club.skip(AGAIN_AFTER)
    await club.until(lambda: len(shown(club, "gets no more SMS")) == 2)


REFUSES = {
    SQLITE: "CREATE TRIGGER refuse BEFORE INSERT ON reply WHEN NEW.body = 'Poison' BEGIN SELECT RAISE(ABORT, 'no'); END",
    POSTGRESQL: "ALTER TABLE reply ADD CONSTRAINT refuse CHECK (body <> 'Poison')",
}


async def test_a_text_that_cannot_be_kept_holds_up_no_other(club: Club) -> None:
    await club.stop()
    async with club.database() as db, db.begin() as session:
        await session.exec(sa.text(REFUSES[SQLITE if db.is_sqlite else POSTGRESQL]))
    for body in ("Before", "Poison", "After"):
        await unheard(club, body)
    before = lists(club)
    await club.start()
    await club.until(lambda: shown(club, "Before") and shown(club, "After"))
    await club.quiet(lambda: lists(club), seconds=1.5)
    assert lists(club) == before + 1
    assert sorted(row.body for row in await club.rows(Reply)) == ["After", "Before"]


async def replay(club: Club, sid: str, body: str) -> None:
    """The carrier posts a text of Loïc."""
    fields = {
        "MessageSid": sid,
        "From": club.phone("loic").number,
        "To": SHORT_CODE,
        "Body": body,
        "AccountSid": ACCOUNT_SID,
    }
    assert (await club.post_twilio(PATH, fields))[0] == 200


async def test_a_list_that_fails_is_asked_for_again_and_one_that_came_only_after_minutes(club: Club) -> None:
    await club.stop()
    await unheard(club, "I am ill")
    club.carrier.fail(Fault.ERROR_BEFORE, times=None, to=SHORT_CODE, on="list")
    before = lists(club)
    await club.start()
    await club.until(lambda: lists(club) == before + 1)
    await club.quiet(lambda: lists(club), seconds=1.5)
    assert lists(club) == before + 1
    assert not await club.rows(Reply)
    club.carrier.heal()
    club.skip(MINUTE)
    await club.until(lambda: shown(club, "I am ill"))
    await club.quiet(lambda: lists(club), seconds=1.5)
    assert lists(club) == before + 2
    club.skip(5 * MINUTE)
    await club.until(lambda: lists(club) == before + 3)
