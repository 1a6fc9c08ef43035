"""Who wants no more texts says so on the page of a text by a name: all, or advertising alone, and may come back."""

import asyncio

import pytest

from bot.playground.seed import NAME
from storage.models import Consent, Message, OptOut, Reply
from storage.states import MessageState, OptOutScope
from tests.club import Club, blocks_of, text_of

pytestmark = pytest.mark.turns


async def linked(club: Club) -> str:
    """The link on Loïc's phone."""
    campaign = await club.confirm(await club.compose(groups="U13", sender=NAME, message="Gym closed"))
    await club.reached(campaign, {"delivered": 7})
    return club.link("loic")


async def scope(club: Club) -> OptOutScope | None:
    number = club.phone("loic").number
    return next((row.scope for row in await club.rows(OptOut) if row.e164 == number), None)


@pytest.mark.both
async def test_one_tap_stops_everything_and_staff_see_who_did(club: Club) -> None:
    link = await linked(club)
    after = await club.press(link, "stop")
    assert "You get no more texts from AS Les Tilleuls." in after.text
    assert "Send" not in after.text
    assert await scope(club) is OptOutScope.ALL
    record = await club.rows(Consent, e164=club.phone("loic").number)
    refusals = [(line.purpose, line.evidence, line.recorded_by) for line in record if not line.given]
    evidence = "page: No more texts from AS Les Tilleuls"
    assert sorted(refusals) == [("alerts", evidence, "member"), ("marketing", evidence, "member")]
    card = await club.card(await club.campaign((await club.rows(Message))[0].campaign_id))
    post = await club.until(
        lambda: next((one for one in club.thread(card) if "chose on the page" in text_of(one)), None)
    )
    assert "This number gets no more SMS from the club." in text_of(post)
    assert '"answer"' not in blocks_of(post)
    preview = await club.compose(groups="U13", sender=NAME, message="Gym open")
    assert "6 recipients" in text_of(preview)


async def test_advertising_alone_is_stopped_while_alerts_go_on(club_by_day: Club) -> None:
    club = club_by_day
    link = await linked(club)
    after = await club.press(link, "stop_marketing")
    assert "You get no more advertising from AS Les Tilleuls." in after.text
    assert "Your answer" in after.text
    assert await scope(club) is OptOutScope.MARKETING
    assert "7 recipients" in text_of(await club.compose(groups="U13", sender=NAME, message="Gym open"))
    advertising = await club.compose(groups="U13", sender=NAME, message="Gala samedi", kind="marketing")
    assert "asked for no more advertising (1): Loïc Moreau" in text_of(advertising)


@pytest.mark.both
async def test_ten_taps_at_once_are_one(club: Club) -> None:
    link = await linked(club)
    once = (await club.visit(link)).once
    taps = [club.press(link, "stop", once=once, follow=False) for _ in range(10)]
    assert {tap.status for tap in await asyncio.gather(*taps)} == {303}
    assert await scope(club) is OptOutScope.ALL
    assert [reply.keyword for reply in await club.rows(Reply)] == ["stop"]


async def test_who_stopped_may_come_back_and_stop_again_by_a_page_that_the_browser_kept(club: Club) -> None:
    link = await linked(club)
    once = (await club.visit(link)).once
    await club.press(link, "stop", once=once)
    after = await club.press(link, "start")
    assert "You get texts from AS Les Tilleuls again." in after.text
    assert await scope(club) is None
    await club.press(link, "stop", once=once)
    assert await scope(club) is OptOutScope.ALL
    assert [reply.keyword for reply in await club.rows(Reply)] == ["stop", "start", "stop"]


async def test_all_is_never_narrowed_to_advertising(club: Club) -> None:
    link = await linked(club)
    await club.press(link, "stop")
    await club.press(link, "stop_marketing")
    assert await scope(club) is OptOutScope.ALL


async def test_what_was_queued_does_not_leave_any_more(club: Club) -> None:
    link = await linked(club)
    await club.limit(undo_seconds=3)
    campaign = await club.confirm(await club.compose(groups="U13", sender=NAME, message="Second text"))
    await club.press(link, "stop")
    await club.reached(campaign, {"delivered": 6})
    second = [post.to for post in club.carrier.posts if post.body.startswith("Second text")]
    assert club.phone("loic").number not in second


async def test_a_stop_word_in_the_box_is_pointed_out_to_staff_and_heeded_by_one_click(club: Club) -> None:
    link = await linked(club)
    await club.press(link, "answer", text="STOP")
    assert await scope(club) is None
    card = await club.card(await club.campaign((await club.rows(Message))[0].campaign_id))
    post = await club.until(lambda: next(iter(club.thread(card)), None))
    assert "This reads like a wish for no more SMS." in text_of(post)
    await club.click(post, "opt_out")
    await club.until(lambda: "This number gets no more SMS from the club." in text_of(post))
    assert await scope(club) is OptOutScope.ALL


async def test_advertising_by_a_name_ends_with_the_link_that_stops_it(club_by_day: Club) -> None:
    club = club_by_day
    preview = await club.compose(audience="everyone", kind="marketing", sender=NAME, message="Gala samedi")
    await club.confirm(preview)
    await club.until(lambda: club.carrier.posts)
    await club.quiet(lambda: len(club.carrier.posts))
    begins = f"Gala samedi Stop: {club.settings.public_url}/m/"
    assert {post.body[: len(begins)] for post in club.carrier.posts} == {begins}
    assert MessageState.HELD not in {row.state for row in await club.rows(Message)}
