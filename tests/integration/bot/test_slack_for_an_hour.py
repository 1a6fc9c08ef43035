"""Slack away for long, or an answer of it lost: texts leave all the same, and what is shown is shown once."""

import asyncio
from datetime import timedelta

import pytest

from bot.playground.seed import CHANNEL, COACH
from bot.playground.workspace import Message
from storage.models import Campaign
from tests.club import Club, text_of

BODY, OTHER = "Training is off tonight.", "The bus leaves at nine."
HOUR = timedelta(hours=1)
STEPS = 20


def shown(club: Club, words: str) -> list[Message]:
    """Every post with these words, threads included, wherever it stands."""
    channels = club.workspace.channels.values()
    return [post for channel in channels for post in channel.seen_by(COACH) if words in text_of(post)]


async def let_an_hour_pass(club: Club) -> None:
    for _ in range(STEPS):
        club.skip(HOUR / STEPS)
        await asyncio.sleep(0.02)


@pytest.mark.turns
async def test_while_slack_is_down_for_an_hour_texts_leave_and_each_card_comes_once_and_up_to_date(
    club: Club,
) -> None:
    preview = await club.compose(audience="fixed", groups="U15", message=OTHER)
    known = await club.send("U13", BODY)
    await club.card(known)
    # Confirmed at the last moment: this one has no card yet.
    club.workspace.faults.fail("chat.postMessage", status=503, times=1000)
    unknown = await club.confirm(preview)
    club.workspace.faults.down()
    await club.reached(known, {"delivered": 7})
    await let_an_hour_pass(club)
    await club.until(lambda: _all_delivered(club, unknown))
    assert not shown(club, OTHER)
    club.workspace.faults.clear()
    for campaign, words in ((known, BODY), (unknown, OTHER)):
        await club.card(campaign, "Sent to", "delivered")
        assert len(shown(club, words)) == 1
    await club.quiet(lambda: len(club.workspace.calls("chat.postMessage")))
    assert (len(shown(club, BODY)), len(shown(club, OTHER))) == (1, 1)


async def _all_delivered(club: Club, campaign: Campaign) -> bool:
    return set(await club.states(campaign)) == {"delivered"}


async def test_a_card_whose_first_answer_was_lost_stands_once_and_follows_its_campaign(club: Club) -> None:
    club.workspace.faults.lose_answer("chat.postMessage", times=2)
    campaign = await club.send("U13", BODY)
    await club.card(campaign, "Sent to 7", "7 delivered")
    assert len(shown(club, BODY)) == 1
    assert len(club.workspace.calls("chat.postMessage")) == 3


async def test_a_reply_whose_answer_was_lost_stands_once_in_its_thread(club: Club) -> None:
    campaign = await club.send("U13", BODY)
    card = await club.card(campaign, "Sent to 7")
    club.workspace.faults.lose_answer("chat.postMessage")
    await club.text("loic", "I cannot come")
    await club.until(lambda: shown(club, "I cannot come"))
    asked = len(club.workspace.calls("chat.postMessage"))
    await club.until(lambda: _asked_again(club, asked))
    await club.quiet(lambda: len(club.workspace.calls("chat.postMessage")))
    assert [text_of(post).count("I cannot come") for post in club.thread(card)] == [1]


def _asked_again(club: Club, asked: int) -> bool:
    club.skip(timedelta(seconds=1))
    return len(club.workspace.calls("chat.postMessage")) > asked


async def test_a_card_that_was_deleted_before_its_answer_could_be_had_is_posted_anew(club: Club) -> None:
    club.workspace.faults.fail("chat.postMessage", "duplicate_message_not_found")
    card = await club.card(await club.send("U13", BODY), "Sent to 7")
    assert card.channel == CHANNEL
    assert len(shown(club, BODY)) == 1
