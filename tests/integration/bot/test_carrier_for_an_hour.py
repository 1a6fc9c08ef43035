"""A carrier that is down, slow or overflowing for long: what can leave leaves, the rest follows at once, nothing twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.visits import held_key
from bot.playground import seed
from bot.playground.carrier import Fault
from bot.rules import pacing
from storage.models import Campaign, Pace, Sender
from tests.club import SHORT_CODE, Club, open_club, text_of

BODY, OTHER = "Training is off tonight.", "The bus leaves at nine."
HOUR = timedelta(hours=1)
STEPS = 20


def arrived(club: Club, body: str = BODY) -> Counter[str]:
    """How often each number got the text."""
    return Counter(
        phone.number for phone in club.carrier.phones for text in phone.inbox if text.body.startswith(body)
    )


def asked(club: Club, body: str = BODY) -> Counter[str]:
    """How often the carrier was asked for the text, by number."""
    return Counter(post.to for post in club.carrier.posts if post.body.startswith(body))


async def let_an_hour_pass(club: Club) -> None:
    for _ in range(STEPS):
        club.skip(HOUR / STEPS)
        await asyncio.sleep(0.02)


@pytest.mark.both
async def test_after_an_hour_without_a_carrier_everything_leaves_within_seconds_and_once(club: Club) -> None:
    await club.carrier.stop()
    campaign = await club.send("U13", BODY)
    await club.until(lambda: club.bot and _was_tried(club, campaign))
    later = await club.send("U15", OTHER)
    await let_an_hour_pass(club)
    # What waited longer than its lease is called unknown, until its owner, who never asked, gives it back.
    assert set(await club.states(campaign)) <= {"queued", "sending", "unknown"}
    await club.carrier.start()
    club.skip(timedelta(seconds=16))
    await club.reached(campaign, {"delivered": 7})
    await club.card(later, "Sent to")
    for body in (BODY, OTHER):
        assert set(arrived(club, body).values()) == set(asked(club, body).values()) == {1}


async def is_held_back(club: Club) -> bool:
    rows = await club.rows(Pace, key=held_key(seed.key("club"), SHORT_CODE))
    return any(pacing.is_held(row.free_at, club.clock.now()) for row in rows)


async def _was_tried(club: Club, campaign: Campaign) -> bool:
    messages = await club.messages(campaign)
    return bool(messages) and any(message.attempt for message in messages)


@pytest.fixture
async def impatient(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club, whose bot waits no longer than an instant for an answer."""
    settings = {"answer_seconds": 0.3, "lease_seconds": 4.0, "grace_seconds": 2.0}
    async with open_club(tmp_path, planted=planted, settings=settings) as club:
        yield club


async def test_a_carrier_that_answers_too_late_for_an_hour_gets_each_text_once(impatient: Club) -> None:
    club = impatient
    club.carrier.fail(Fault.SLOW, times=None, delay=timedelta(seconds=0.6))
    campaign = await club.send("U13", BODY)
    await club.until(lambda: len(asked(club)) == 7)
    await let_an_hour_pass(club)
    await club.reached(campaign, {"delivered": 7})
    assert set(asked(club).values()) == {1}
    club.carrier.heal()
    later = await club.send("U15", OTHER)
    await club.card(later, "Sent to")
    assert set(asked(club, OTHER).values()) == {1}


async def test_numbers_that_the_carrier_keeps_silent_about_for_an_hour_hold_up_no_other_campaign(
    club: Club,
) -> None:
    club.carrier.fail(Fault.SILENT_BEFORE, times=None, to=club.phone("loic").number)
    campaign = await club.send("U13", BODY)
    await club.reached(campaign, {"delivered": 6, "sending": 1})
    other = await club.send("U15", OTHER)
    await club.card(other, "Sent to")
    assert set(arrived(club, OTHER).values()) == {1}
    await let_an_hour_pass(club)
    club.carrier.heal()

    for state in ("sending", "unknown"):
        await club.until(lambda state=state: _has_left(club, campaign, state))
    await club.reached(campaign, {"delivered": 7})
    club.carrier.hang_up()
    await club.quiet(lambda: len(club.carrier.posts))
    assert set(arrived(club).values()) == {1}
    assert await club.states(campaign) == {"delivered": 7}


async def _has_left(club: Club, campaign: Campaign, state: str) -> bool:
    """Lets time pass until no message stands in this state."""
    club.skip(timedelta(minutes=1))
    await asyncio.sleep(0.05)
    return state not in await club.states(campaign)


async def test_texts_dropped_from_a_full_queue_hold_the_sender_back_and_the_rest_is_not_lost(
    club: Club,
) -> None:
    await club.change(Sender, {"segments_per_second": 1.0}, value=SHORT_CODE)
    club.carrier.scenario(outcome="failed", error=30001, times=2)
    campaign = await club.send("U13", BODY)

    await club.until(lambda: is_held_back(club))
    await club.quiet(lambda: len(club.carrier.posts), seconds=1.2)
    states = await club.states(campaign)
    assert states["failed"] == 2
    assert states["queued"] >= 3, states
    club.skip(pacing.HELD_FOR)

    async def is_sent() -> bool:
        club.skip(timedelta(seconds=3))
        await asyncio.sleep(0.1)
        return await club.states(campaign) == {"failed": 2, "delivered": 5}

    await club.until(is_sent)
    assert set(asked(club).values()) == {1}
    card = await club.card(campaign, "5 delivered", "2 not delivered")
    assert "had too many texts waiting and dropped this one" in text_of(card)


async def test_a_full_queue_holds_back_no_other_sender(club: Club) -> None:
    club.carrier.scenario(outcome="failed", error=30001, times=1)
    campaign = await club.send("U13", BODY)
    await club.reached(campaign, {"failed": 1, "delivered": 6})
    await club.until(lambda: is_held_back(club))
    preview = await club.compose(audience="fixed", groups="U15", message=OTHER, sender=seed.NAME)
    other = await club.confirm(preview)
    await club.card(other, "Sent to")
    assert set(arrived(club, OTHER).values()) == {1}
