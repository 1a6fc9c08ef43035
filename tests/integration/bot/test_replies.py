"""What members answer: where it is shown, what it changes, and how staff answer back."""

import pytest

from bot.playground.workspace import Message as Post
from storage.models import Campaign, Conversation, Message, OptOut, Reply
from tests.club import COACH, Club, blocks_of, text_of

pytestmark = pytest.mark.turns


async def sent(club: Club) -> tuple[Campaign, Post]:
    campaign = await club.send("U13", "Training is off tonight.")
    # Nobody answers a text that has not arrived.
    await club.reached(campaign, {"delivered": 7})
    return campaign, await club.card(campaign)


async def in_thread(club: Club, card: Post, words: str) -> Post:
    post: Post = await club.until(
        lambda: next((one for one in club.thread(card) if words in text_of(one)), None)
    )
    return post


async def on_top(club: Club, words: str) -> Post:
    post: Post = await club.until(lambda: next((one for one in club.posts() if words in text_of(one)), None))
    return post


async def test_a_reply_stands_in_the_thread_of_the_campaign_it_answers_and_the_card_counts_it(
    club: Club,
) -> None:
    campaign, card = await sent(club)
    await club.text("loic", "OK thanks coach")
    post = await in_thread(club, card, "OK thanks coach")
    assert "Loïc Moreau" in text_of(post)
    assert club.phone("loic").number not in blocks_of(post) + post.text
    await club.card(campaign, "1 reply")


async def test_a_second_reply_goes_on_in_the_same_thread(club: Club) -> None:
    _, card = await sent(club)
    await club.text("loic", "First")
    await in_thread(club, card, "First")
    await club.text("loic", "Second")
    await in_thread(club, card, "Second")
    assert len(await club.rows(Conversation)) == 1


async def test_a_reply_without_any_campaign_opens_a_post_of_its_own_and_the_next_one_follows_it(
    club: Club,
) -> None:
    await club.text("sophie", "Is there training?")
    post = await on_top(club, "Is there training?")
    await club.text("sophie", "Hello?")
    await in_thread(club, post, "Hello?")


async def test_a_stranger_s_text_is_shown_as_one_with_the_number_masked(club: Club) -> None:
    texted = await club.carrier.text(from_="+33699887766", to="36123", body="Who are you?")
    assert texted.status == 200
    post = await on_top(club, "Who are you?")
    assert "not in the contacts" in text_of(post)
    assert "66" in text_of(post)
    assert "699887766" not in blocks_of(post) + post.text


async def test_staff_answer_with_the_button_and_the_thread_says_who_did_and_that_it_arrived(
    club: Club,
) -> None:
    _, card = await sent(club)
    await club.text("loic", "May I come later?")
    post = await in_thread(club, card, "May I come later?")
    await club.click(post, "answer")
    modal = await club.modal("answer")
    assert "May I come later?" in text_of(modal)
    await club.fill(modal, message="Of course.")
    await club.submit(modal)
    assert not club.workspace.views(COACH)
    await club.until(lambda: "Of course." in [text.body for text in club.phone("loic").inbox])
    await club.until(lambda: "delivered" in text_of(post))
    assert f"<@{COACH}>" in text_of(post)
    assert "Of course." in text_of(post)


async def test_an_empty_answer_is_refused_under_its_field_and_nothing_is_lost(club: Club) -> None:
    await club.text("loic", "Hello")
    await club.click(await on_top(club, "Hello"), "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message=" \u200b ")
    await club.submit(modal)
    assert modal.errors == {"message": "Write the answer first."}


async def test_an_answer_that_is_too_long_is_refused_and_stays_in_the_window(club: Club) -> None:
    await club.text("loic", "Hello")
    await club.click(await on_top(club, "Hello"), "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message="a" * 460)
    await club.submit(modal)
    assert "takes 4 SMS" in modal.errors["message"]
    assert modal.form.value("message", "message") == "a" * 460
    assert not await club.rows(Message)


async def test_stop_opts_out_at_once_and_says_so_to_the_member_and_to_staff(club: Club) -> None:
    _, card = await sent(club)
    (confirmation,) = await club.text("loic", "STOP")
    assert "no more texts" in confirmation
    post = await in_thread(club, card, "gets no more SMS")
    assert '"answer"' not in blocks_of(post)
    preview = await club.compose(audience="fixed", groups="U13", message="Next one")
    assert "6 recipients" in text_of(preview)
    assert "Loïc Moreau" in text_of(preview)
    assert "asked for no more SMS" in text_of(preview)


@pytest.mark.both
async def test_a_stop_with_a_nul_in_it_which_no_database_takes_opts_out_like_any_other(club: Club) -> None:
    (confirmation,) = await club.text("loic", "STOP\0")
    assert "no more texts" in confirmation
    assert await club.rows(OptOut, e164=club.phone("loic").number)
    assert [row.body for row in await club.rows(Reply)] == ["STOP"]


async def test_start_brings_a_member_back(club: Club) -> None:
    await club.text("loic", "stop")
    assert await club.rows(OptOut, e164=club.phone("loic").number)
    (confirmation,) = await club.text("loic", "Start")
    assert "welcome back" in confirmation
    assert not await club.rows(OptOut, e164=club.phone("loic").number)
    await club.send("U13", "Training is off tonight.")
    await club.until(lambda: "Training is off tonight." in [text.body for text in club.phone("loic").inbox])


async def test_stop_pub_keeps_the_alerts_and_ends_the_advertising(club: Club) -> None:
    (confirmation,) = await club.text("julie", "STOP PUB")
    assert "no more advertising" in confirmation
    marketing = await club.compose(
        audience="dynamic", groups="Seniors", kind="marketing", message="Club shop! STOP au 36123"
    )
    assert "asked for no more advertising" in text_of(marketing)
    assert "1 recipient" in text_of(marketing)
    club.workspace.set_stack(COACH, [])
    alert = await club.compose(audience="dynamic", groups="Seniors", message="Match at 3.")
    assert "6 recipients" in text_of(alert)


async def test_nobody_can_answer_a_number_that_opted_out(club: Club) -> None:
    await club.text("loic", "A question")
    post = await on_top(club, "A question")
    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.text("loic", "STOP")
    await club.fill(modal, message="Our answer")
    await club.submit(modal)
    assert "asked for no more texts" in modal.errors["message"]
    assert modal.form.value("message", "message") == "Our answer"
    assert not await club.rows(Message)


async def test_a_queued_text_to_who_says_stop_is_not_sent(club: Club) -> None:
    # The carrier takes nothing for a while, so that the texts wait.
    club.carrier.fail("throttled", times=7)
    campaign = await club.send("U13", "Training is off tonight.")
    await club.until(lambda: len(club.carrier.posts) == 7)
    await club.text("loic", "STOP")
    await club.reached(campaign, {"delivered": 6, "skipped": 1})
    accepted = [post for post in club.carrier.posts if post.sid and post.to == club.phone("loic").number]
    assert not accepted
    assert not [text for text in club.phone("loic").inbox if text.body == "Training is off tonight."]
    card = await club.card(campaign, "Sent to", "1 not sent")
    await club.click(card, "details")
    assert "asked for no more SMS before it left" in text_of(await club.modal("details"))


async def test_mentions_and_links_in_a_reply_stay_inert(club: Club) -> None:
    await club.text(
        "loic", "<!channel> <@U0ALEX> see https://evil.example & *bold* <https://x.example|click>"
    )
    post = await on_top(club, "channel")
    for live in ("<!channel>", "<@U0ALEX>", "<https://x.example|click>"):
        assert live not in post.text
    for block in post.blocks:
        assert block["type"] != "section" or "<!channel>" not in str(block.get("text"))
    call = club.workspace.calls("chat.postMessage")[-1].payload
    assert str(call["unfurl_links"]).lower() in ("false", "0")


async def test_a_reply_of_four_thousand_characters_is_kept_whole_and_shown(club: Club) -> None:
    body = "abcdefghi " * 400
    await club.text("loic", body)
    await on_top(club, "abcdefghi")
    (reply,) = await club.rows(Reply)
    assert reply.body == body
