"""The member's page: a text by a name is read and answered there, and staff's answer comes by SMS."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, update

from bot.members.guard import MISSES
from bot.playground.seed import NAME
from bot.playground.workspace import Message as Post
from bot.rules.page import ANSWER_MAX, ANSWERS_AN_HOUR, READABLE_FOR, UNSEEN
from storage.models import Contact, Conversation, Message, OptOut, Reply
from tests import factories
from tests.club import Club, blocks_of, text_of

pytestmark = pytest.mark.turns


async def sent_by_name(club: Club, message: str = "Training is off tonight.") -> Post:
    """The campaign's card, once everybody has the text."""
    campaign = await club.confirm(await club.compose(groups="U13", sender=NAME, message=message))
    await club.reached(campaign, {"delivered": 7})
    return await club.card(campaign)


async def in_thread(club: Club, card: Post, words: str) -> Post:
    post: Post = await club.until(
        lambda: next((one for one in club.thread(card) if words in text_of(one)), None)
    )
    return post


async def test_each_text_by_a_name_ends_with_a_link_of_its_readers_own(club: Club) -> None:
    await sent_by_name(club)
    bodies = {post.body for post in club.carrier.posts}
    begins = f"Training is off tonight. Reply: {club.settings.public_url}/m/"
    assert len(bodies) == 7
    assert {body[: len(begins)] for body in bodies} == {begins}
    assert {body.rsplit("/", 1)[1] for body in bodies} == {row.page_token for row in await club.rows(Message)}


async def test_the_link_is_counted_and_shown_before_it_is_sent(club: Club) -> None:
    preview = await club.compose(groups="U13", sender=NAME, message="Training is off tonight.")
    link = f"{club.settings.public_url}/m/{UNSEEN}"
    assert f"Training is off tonight. Reply: {link}" in text_of(preview)
    view = await club.open("/sms")
    await club.fill(view, groups="U13", sender=NAME, message="Training is off tonight.")
    await club.until(lambda: f"{len('Training is off tonight. Reply: ' + link)} characters" in text_of(view))
    assert f"{NAME} · a name, with a link to answer: {len(' Reply: ' + link)} characters" in text_of(view)


async def test_the_page_shows_the_text_in_full_and_nothing_of_it_is_code(club: Club) -> None:
    await sent_by_name(club, "Bring <b>water</b> & fruit.\nSee https://club.example/?a=1&b=2 !")
    shown = await club.visit(club.link("loic"))
    assert shown.status == 200
    assert "Bring <b>water</b> & fruit. See https://club.example/?a=1&b=2 !" in shown.text
    assert "Message from AS Les Tilleuls" in shown.text
    assert "<b>" not in shown.html
    assert 'href="https://club.example/?a=1&amp;b=2"' in shown.html
    assert "<script" not in shown.html
    assert club.link("loic") not in shown.html
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]


@pytest.mark.both
async def test_an_answer_stands_in_the_thread_and_staffs_answer_comes_by_sms_with_a_link_to_answer_again(
    club: Club,
) -> None:
    card = await sent_by_name(club)
    link = club.link("loic")
    after = await club.press(link, "answer", text="May I come later?")
    assert after.address == f"{link}?done=answer"
    assert "Your answer has reached AS Les Tilleuls." in after.text
    assert "You wrote" in after.text
    assert "May I come later?" in after.text
    post = await in_thread(club, card, "May I come later?")
    assert "Loïc Moreau" in text_of(post)
    assert "wrote on the page of the text" in text_of(post)
    await club.card(await club.campaign((await club.rows(Message))[0].campaign_id), "1 reply")

    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message="Of course.")
    await club.until(lambda: "is added at the end, and counted" in text_of(modal))
    await club.submit(modal)
    await club.until(lambda: club.phone("loic").inbox[-1].body.startswith("Of course. Reply: http"))
    assert club.phone("loic").inbox[-1].sender == NAME
    await club.until(lambda: "delivered" in text_of(post))
    assert "Of course." in text_of(post)
    newer = club.link("loic")
    assert newer != link
    assert newer.rsplit("/", 1)[1] not in blocks_of(post) + post.text

    shown = await club.visit(newer)
    assert "Of course." in shown.text
    await club.press(newer, "answer", text="Thanks!")
    await in_thread(club, card, "Thanks!")
    assert len(await club.rows(Conversation)) == 1


async def test_an_sms_answers_what_came_from_its_number_whatever_was_written_on_a_page_since(
    club: Club,
) -> None:
    by_name = await sent_by_name(club)
    link = club.link("loic")
    by_number = await club.send("U13", "Who drives on Saturday?")
    await club.reached(by_number, {"delivered": 7})
    await club.press(link, "answer", text="Too bad!")
    await in_thread(club, by_name, "Too bad!")
    await club.text("loic", "I can drive")
    await in_thread(club, await club.card(by_number), "I can drive")


@pytest.mark.both
async def test_the_same_answer_sent_by_ten_taps_at_once_stands_there_once(club: Club) -> None:
    card = await sent_by_name(club)
    link = club.link("loic")
    once = (await club.visit(link)).once
    answers = [club.press(link, "answer", once=once, follow=False, text="ok merci") for _ in range(10)]
    assert {answer.status for answer in await asyncio.gather(*answers)} == {303}
    await in_thread(club, card, "ok merci")
    assert len(await club.rows(Reply)) == 1
    assert len(await club.rows(Conversation)) == 1


async def test_another_answer_on_a_page_that_the_browser_kept_is_not_lost(club: Club) -> None:
    card = await sent_by_name(club)
    link = club.link("loic")
    once = (await club.visit(link)).once
    await club.press(link, "answer", once=once, text="Yes")
    await club.press(link, "answer", once=once, text="No, sorry")
    await in_thread(club, card, "No, sorry")
    assert [reply.body for reply in await club.rows(Reply)] == ["Yes", "No, sorry"]


async def test_opening_it_changes_nothing_however_often_a_scanner_does(club: Club) -> None:
    await sent_by_name(club)
    link = club.link("loic")
    for address in (link, f"{link}?done=stop", f"{link}?act=stop", f"{link}?done=answer"):
        shown = await club.visit(address)
        assert "no more texts from" not in shown.text
        assert "has reached" not in shown.text
    assert await club.rows(Reply) == []
    assert club.phone("loic").number not in {row.e164 for row in await club.rows(OptOut)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n ", "Write your answer first."),
        ("é" * (ANSWER_MAX + 1), f"at most {ANSWER_MAX}"),
    ],
    ids=["empty", "too long"],
)
async def test_an_answer_that_cannot_be_taken_stays_in_its_box(club: Club, text: str, said: str) -> None:
    await sent_by_name(club)
    refused = await club.press(club.link("loic"), "answer", text=text)
    assert refused.status == 422
    assert said.replace("at most", "").strip() in refused.text
    assert f">{text}</textarea>" in refused.html or f">\n{text}</textarea>" in refused.html
    assert 'role="alert"' in refused.html
    assert await club.rows(Reply) == []


async def test_a_flood_of_answers_is_stopped_for_an_hour_and_the_last_one_stays_in_its_box(
    club: Club,
) -> None:
    await sent_by_name(club)
    link = club.link("loic")
    for number in range(ANSWERS_AN_HOUR):
        assert (await club.press(link, "answer", text=f"Answer {number}")).status == 200
    refused = await club.press(link, "answer", text="One more")
    assert refused.status == 422
    assert "Please wait a while." in refused.text
    assert ">One more</textarea>" in refused.html
    assert len(await club.rows(Reply)) == ANSWERS_AN_HOUR
    club.skip(timedelta(hours=1))
    assert (await club.press(link, "answer", text="One more")).status == 200


async def test_a_form_as_large_as_a_book_is_refused(club: Club) -> None:
    await sent_by_name(club)
    refused = await club.press(club.link("loic"), "answer", text="a" * 40_000)
    assert refused.status == 413
    assert f"This answer is too long: {ANSWER_MAX} characters at most." in refused.text
    assert await club.rows(Reply) == []


@pytest.mark.parametrize(
    "token", ["aB3aB3aB3a", "a", "../health", "aB3aB3aB3aaaaaaaaaaaaaaaaaaaaaaaaaa", "%00", ""]
)
async def test_where_no_page_is_that_is_said(club: Club, token: str) -> None:
    shown = await club.visit(f"{club.settings.public_url}/m/{token.replace('/', '%2F')}")
    assert shown.status == 404
    assert "There is no such page" in shown.text


async def test_who_tries_addresses_is_refused_and_nobody_else(club: Club) -> None:
    await sent_by_name(club)
    link = club.link("loic")
    pages = f"{club.settings.public_url}/m/"
    from_one, from_another = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}
    for _ in range(MISSES):
        assert (await club.visit(pages + "aB3aB3aB3a", **from_one)).status == 404
    refused = await club.visit(link, **from_one)
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "60"
    assert "Training" not in refused.text
    assert (await club.visit(link, **from_another)).status == 200
    club.skip(timedelta(minutes=MISSES))
    assert (await club.visit(link, **from_one)).status == 200


async def test_after_three_months_it_shows_nothing_takes_no_answer_but_still_stops_the_texts(
    club: Club,
) -> None:
    await sent_by_name(club)
    link = club.link("loic")
    await club.press(link, "answer", text="See you")
    club.skip(READABLE_FOR)
    shown = await club.visit(link)
    assert "older than three months" in shown.text
    assert "Training" not in shown.text
    assert "See you" not in shown.text
    refused = await club.press(link, "answer", text="Hello?")
    assert refused.status == 422
    assert len(await club.rows(Reply)) == 1
    after = await club.press(link, "stop")
    assert "You get no more texts from AS Les Tilleuls." in after.text
    assert club.phone("loic").number in {row.e164 for row in await club.rows(OptOut)}


async def test_a_text_that_was_held_for_days_has_the_day_on_which_it_left(club: Club) -> None:
    other = factories.club(name="AS Ailleurs")
    made_at = club.clock.now() - READABLE_FOR
    held = factories.message(
        other, page_token="aB3aB3aB3a", created_at=made_at, requested_at=made_at + timedelta(days=2)
    )
    await club.keep(other)
    await club.keep(held)
    shown = await club.visit(f"{club.settings.public_url}/m/aB3aB3aB3a")
    assert held.body in shown.text
    assert f'datetime="{held.requested_at.isoformat()}"' in shown.html


async def test_it_speaks_the_members_language_else_the_browsers_else_the_clubs(club: Club) -> None:
    await sent_by_name(club)
    link = club.link("loic")
    assert 'lang="en"' in (await club.visit(link)).html
    assert "Votre réponse" in (await club.visit(link, **{"Accept-Language": "fr-CA,fr;q=0.8"})).text
    assert 'lang="en"' in (await club.visit(link, **{"Accept-Language": "xx, zh;q=0.5"})).html
    async with club.database() as db, db.begin() as session:
        german = update(Contact).where(col(Contact.e164) == club.phone("loic").number)
        await session.exec(german.values(language="de-CH"))
    shown = await club.visit(link, **{"Accept-Language": "fr"})
    assert "Ihre Antwort" in shown.text
    assert 'lang="de"' in shown.html


async def test_a_test_on_ones_own_phone_has_a_page_too(club: Club) -> None:
    preview = await club.compose(groups="U13", sender=NAME, message="Match samedi")
    await club.click(preview, "my_phone")
    asked = await club.modal("my_phone")
    await club.fill(asked, my_phone="06 12 34 56 78")
    await club.submit(asked)
    await club.until(lambda: "Send it to my phone first" in text_of(preview))
    await club.click(preview, "test")
    (body,) = await club.until(lambda: [post.body for post in club.carrier.posts])
    link = body.rsplit(" ", 1)[1]
    assert "Match samedi" in (await club.visit(link)).text
    await club.press(link, "answer", text="It works")
    await club.until(lambda: any("It works" in text_of(post) for post in club.posts()))


async def test_a_page_is_its_own_clubs(club: Club) -> None:
    other = factories.club(name="AS Ailleurs", language="fr")
    theirs = factories.message(
        other, e164=club.phone("loic").number, sender="AILLEURS", page_token="aB3aB3aB3a"
    )
    await club.keep(other)
    await club.keep(factories.sender(other, value="AILLEURS"))
    await club.keep(theirs)
    link = f"{club.settings.public_url}/m/aB3aB3aB3a"
    shown = await club.visit(link)
    assert "AS Ailleurs" in shown.text
    await club.press(link, "stop")
    await club.press(link, "answer", text="Hello over there")
    (blocked,) = [row for row in await club.rows(OptOut) if row.e164 == club.phone("loic").number]
    assert blocked.club_id == other.id
    assert {reply.club_id for reply in await club.rows(Reply)} == {other.id}
    assert not any("Hello over there" in text_of(post) for post in club.posts())


async def test_nobody_is_sent_the_link_to_somebody_elses_page(club: Club) -> None:
    card = await sent_by_name(club)
    theirs = club.link("loic")
    refused = await club.compose(groups="U13", sender=NAME, message=f"Gala samedi Stop: {theirs}")
    assert "leads to one person's page" in str(refused.errors)
    await club.press(theirs, "answer", text="Which bus?")
    post = await in_thread(club, card, "Which bus?")
    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message=f"See {theirs}")
    await club.submit(modal)
    assert "leads to one person's page" in str(modal.errors)
