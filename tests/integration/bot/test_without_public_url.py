"""A bot that nobody can reach from outside asks the carrier for receipts and replies, and promises no link it cannot keep."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.playground import seed
from bot.playground.carrier import Fault
from bot.playground.launcher import ON_SOCKET
from bot.settings import ASK_EVERY, BadSetting
from storage import models
from storage.models import OptOut, Reply
from storage.states import Kind
from tests import factories
from tests.club import SHORT_CODE, Club, block_of, open_club, text_of

pytestmark = pytest.mark.both

BODY = "Training is off tonight."
LATER = ASK_EVERY + timedelta(seconds=1)
CONFIRMED = "you will get no more texts from us"


@pytest.fixture
async def unreached(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The seeded club, whose bot hears Slack over a socket and has no public address."""
    async with open_club(tmp_path, planted=planted, app=ON_SOCKET, settings={"public_url": ""}) as club:
        yield club


def confirmations(club: Club) -> list[str]:
    return [post.to for post in club.carrier.posts if CONFIRMED in post.body]


async def answered(club: Club, body: str) -> None:
    """A member's text waits on the carrier's list until it is asked for."""
    # The list tells times in whole seconds, within which nobody answers.
    await asyncio.sleep(1.0)
    texted = await club.carrier.text(from_=club.phone("loic").number, to=SHORT_CODE, body=body)
    assert texted.status is None
    club.skip(LATER)


async def test_a_text_is_told_as_delivered_although_no_receipt_can_come(unreached: Club) -> None:
    campaign = await unreached.send("U13", BODY)
    await unreached.reached(campaign, {"accepted": 7})
    assert {post.status_url for post in unreached.carrier.posts} == {""}
    unreached.skip(LATER)
    await unreached.reached(campaign, {"delivered": 7})
    assert "7 delivered" in text_of(await unreached.card(campaign, "7 delivered"))


async def test_a_reply_comes_into_the_thread_within_seconds(unreached: Club) -> None:
    campaign = await unreached.send("U13", BODY)
    card = await unreached.card(campaign)
    await answered(unreached, "ok merci")
    await unreached.until(lambda: [post for post in unreached.thread(card) if "ok merci" in text_of(post)])


async def test_a_stop_is_heeded_and_confirmed_once_by_a_text_of_its_own(unreached: Club) -> None:
    await answered(unreached, "STOP")
    await unreached.until(lambda: confirmations(unreached))
    for _ in range(3):
        unreached.skip(LATER)
        await unreached.quiet(lambda: len(unreached.carrier.posts))
    loic = unreached.phone("loic").number
    assert confirmations(unreached) == [loic]
    assert await unreached.rows(OptOut, e164=loic)
    campaign = await unreached.send("U13", BODY)
    await unreached.reached(campaign, {"accepted": 6})
    assert not [post for post in unreached.carrier.posts if post.to == loic and post.body == BODY]


async def test_what_cannot_be_confirmed_is_heeded_all_the_same(unreached: Club) -> None:
    unreached.carrier.fail(Fault.ERROR_BEFORE, times=None, to=unreached.phone("loic").number)
    await answered(unreached, "STOP")
    await unreached.until(lambda: [post for post in unreached.posts() if "gets no more SMS" in text_of(post)])
    assert await unreached.rows(OptOut, e164=unreached.phone("loic").number)
    assert len(await unreached.rows(Reply)) == 1


async def test_a_stop_that_is_found_a_day_late_is_not_confirmed(unreached: Club) -> None:
    await unreached.stop()
    await answered(unreached, "STOP")
    unreached.skip(timedelta(days=1))
    await unreached.start()
    await unreached.until(lambda: [post for post in unreached.posts() if "gets no more SMS" in text_of(post)])
    assert not confirmations(unreached)


async def test_an_alert_by_a_name_goes_without_a_link_and_the_composer_says_so(unreached: Club) -> None:
    preview = await unreached.compose(groups="U13", sender=seed.NAME, message=BODY)
    assert f"{seed.NAME} · a name, nobody can answer it" in text_of(preview)
    campaign = await unreached.confirm(preview)
    await unreached.reached(campaign, {"accepted": 7})
    assert {post.body for post in unreached.carrier.posts} == {BODY}


async def test_advertising_by_a_name_is_refused_and_the_text_stays(unreached: Club) -> None:
    view = await unreached.open("/sms")
    await unreached.fill(view, groups="U13", sender=seed.NAME, kind="marketing", message=BODY)
    await unreached.submit(view)
    assert "Nobody could stop advertising sent by a name" in view.errors["sender"]
    assert view.form.value(block_of(view, "message"), "message") == BODY


async def test_a_bot_with_such_advertising_under_way_does_not_start_without_its_address(
    club_by_day: Club,
) -> None:
    (row,) = await club_by_day.rows(models.Club)
    await club_by_day.stop()
    later = club_by_day.clock.now() + timedelta(days=1)
    await club_by_day.keep(factories.campaign(row, sender=seed.NAME, kind=Kind.MARKETING, release_at=later))
    alone = {"public_url": "", "slack_app_token": SecretStr("xapp-1")}
    club_by_day.settings = club_by_day.settings.model_copy(update=alone)
    with pytest.raises(BadSetting, match="PUBLIC_URL"):
        await club_by_day.start()
