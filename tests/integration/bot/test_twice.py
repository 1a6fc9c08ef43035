"""What is delivered, clicked or received twice happens once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.models import Campaign, Message, OptOut, Reply
from storage.states import OptOutScope
from tests.club import SHORT_CODE, Club, SetClock, open_club, text_of

pytestmark = pytest.mark.turns


async def test_one_confirmation_delivered_three_times_at_once_makes_one_campaign_and_texts_nobody_twice(
    club: Club,
) -> None:
    await club.grow_to(40)
    preview = await club.compose(audience="everyone", message="The club is closed.")
    payload = club.submission(preview)
    answers = await asyncio.gather(*(club.post_payload(payload) for _ in range(3)))
    assert {status for status, _ in answers} == {200}
    (campaign,) = await club.rows(Campaign)
    await club.stands(campaign, "done")
    messages = await club.messages(campaign)
    assert len(messages) == campaign.previewed_recipients == len(club.carrier.posts) == 40
    assert Counter(post.to for post in club.carrier.posts) == Counter(m.e164 for m in messages)
    await club.card(campaign, "Sent to")
    assert len([post for post in club.posts() if "The club is closed." in text_of(post)]) == 1


async def test_a_replayed_confirmation_after_the_end_says_that_it_was_sent_already(club: Club) -> None:
    preview = await club.compose(audience="fixed", groups="U15", message="No match.")
    payload = club.submission(preview)
    await club.post_payload(payload)
    (campaign,) = await club.rows(Campaign)
    await club.stands(campaign, "done")
    status, answer = await club.post_payload(payload)
    assert status == 200
    assert "already sent this draft" in answer
    assert len(club.carrier.posts) == campaign.previewed_recipients


async def test_two_previews_of_one_draft_make_one_campaign(club: Club) -> None:
    compose = await club.open("/sms")
    await club.fill(compose, groups="U15", message="No match.")
    first = await club.submit(compose)
    await club.confirm(first)
    again = club.submission(compose)
    status, _ = await club.post_payload(again)
    assert status == 200
    second = club.submission(first) | {"trigger_id": "1"}
    await club.post_payload(second)
    assert len(await club.rows(Campaign)) == 1


async def test_three_presses_of_each_button_at_once_make_one_campaign(club: Club) -> None:
    await club.forget_drafts()
    compose = await club.open("/sms")
    await club.fill(compose, groups="U15", message="No match.")
    for _ in range(2):
        top = club.workspace.views(compose.user)[-1]
        await asyncio.gather(*(club.workspace.submit(top, even_if_busy=True) for _ in range(3)))
    assert len(await club.rows(Campaign)) == 1


async def test_five_clicks_on_undo_at_once_cancel_once_and_nobody_gets_it(
    tmp_path: Path, planted: str
) -> None:
    clock = SetClock(datetime.now(UTC))
    async with open_club(tmp_path, planted=planted, undo_seconds=10, clock=clock) as club:
        campaign = await club.send("U13", "Training is off tonight.")
        card = await club.card(campaign, "time to undo")
        await asyncio.gather(*(club.click(card, "undo") for _ in range(5)))
        await club.stands(campaign, "cancelled")
        club.skip(campaign.release_at - clock.now())
        await club.card(campaign, "Cancelled: nothing was sent")
        assert not club.carrier.posts
        assert len([post for post in club.posts() if post.ts == card.ts]) == 1
        whispers = await club.until(lambda: len(club.whispers()) == 5 and club.whispers())
        said = [text_of(post) for post in whispers]
        assert sum("is cancelled" in one for one in said) == 1
        assert sum("Too late" in one or "Nothing to do" in one for one in said) == 4


async def test_one_answer_delivered_three_times_at_once_is_one_sms(club: Club) -> None:
    await club.text("loic", "Can I come later?")
    post = await club.until(lambda: next((p for p in club.posts() if "Can I come" in text_of(p)), None))
    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message="Yes, at seven.")
    payload = club.submission(modal)
    answers = await asyncio.gather(*(club.post_payload(payload) for _ in range(3)))
    assert {status for status, _ in answers} == {200}
    await club.until(lambda: club.phone("loic").inbox)
    assert len(await club.rows(Message)) == 1
    assert [text.body for text in club.phone("loic").inbox] == ["Yes, at seven."]
    assert len(club.carrier.posts) == 1


async def test_a_reply_that_the_carrier_delivers_five_times_is_shown_once(club: Club) -> None:
    await club.text("loic", "I am ill", copies=5)
    await club.text("hugo", "Me too")
    await club.until(lambda: any("Me too" in text_of(post) for post in club.posts()))
    assert len([post for post in club.posts() if "I am ill" in text_of(post)]) == 1


@pytest.mark.both
async def test_stops_that_come_at_once_from_a_number_without_a_thread_are_all_kept(club: Club) -> None:
    said = ("STOP", "Stop!", "STOP PUB", "arret sms")
    phone = club.phone("loic").number
    texts = [club.carrier.text(from_=phone, to=SHORT_CODE, body=body) for body in said]
    assert {text.status for text in await asyncio.gather(*texts)} == {200}
    assert sorted(row.body for row in await club.rows(Reply)) == sorted(said)
    assert [row.scope for row in await club.rows(OptOut, e164=phone)] == [OptOutScope.ALL]
