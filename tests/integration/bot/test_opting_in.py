"""Opting in by the club's keyword: asked once, agreed to by a yes within a day, and recorded once with both texts."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.carriers import Inbound
from bot.playground import seed
from bot.replies import receive
from storage.models import Consent, Contact, Message, OptInQuestion, OptOut, Reply
from storage.states import OptOutScope, Purpose
from tests import factories
from tests.club import ACCOUNT_SID, ADMIN, SHORT_CODE, Club, block_of, text_of
from tests.integration.bot.test_consents import open_person
from tests.integration.bot.test_inbox import shown, unheard

HUGO = seed.number_of("hugo")
STRANGER = factories.number(77)
ASKED = "AS Les Tilleuls: I agree to get news and offers of AS Les Tilleuls by SMS. I can stop them at any time by answering STOP ADS. To agree, answer YES within 24 hours."
THANKED = "AS Les Tilleuls: thank you, you will get our news and offers by SMS."


@pytest.fixture
async def club(club: Club) -> Club:
    await club.limit(optin_keyword="PEPS")
    return club


def inbox(club: Club, number: str = HUGO) -> list[str]:
    return [text.body for text in club.carrier.phone(number).inbox]


async def write(club: Club, body: str, number: str = HUGO, **how: Any) -> str:
    texted = await club.carrier.text(from_=number, to=SHORT_CODE, body=body, **how)
    assert texted.status == 200, texted
    assert texted.replies == ()
    return texted.sid


async def ask(club: Club, number: str = HUGO) -> str:
    """The keyword is texted, and the question has come."""
    before = len(inbox(club, number))
    sid = await write(club, "peps !", number)
    await club.until(lambda: len(inbox(club, number)) == before + 1)
    return sid


async def given(club: Club, number: str = HUGO) -> list[Consent]:
    return [line for line in await club.rows(Consent, e164=number, purpose=Purpose.MARKETING) if line.given]


@pytest.mark.both
async def test_whoever_texts_the_keyword_and_says_yes_agrees_with_both_texts_as_proof(club: Club) -> None:
    first = await ask(club)
    assert inbox(club) == [ASKED]
    assert await given(club) == []
    second = await write(club, "Yes", copies=3)
    await club.until(lambda: len(inbox(club)) == 2)
    assert inbox(club)[1].startswith(THANKED)
    (line,) = await given(club)
    assert line.evidence == f"SMS {first}, {second}: peps ! / Yes"
    assert (line.recorded_by, line.how, line.contact_id, line.words_version) == ("member", "sms", None, 0)
    assert line.words
    assert line.words in ASKED
    await club.until(lambda: shown(club, "They agreed to advertising."))
    (post,) = shown(club, "were asked whether they agree")
    await club.until(lambda: "Answered by Touchline · delivered" in text_of(post))
    assert "Who is it?" not in text_of(post)
    person = await open_person(club, "hugo")
    assert "*Advertising*: yes, agreed on" in text_of(person)
    assert "“peps ! / Yes”" in text_of(person)


async def test_a_stranger_is_asked_too_and_staff_are_asked_who_it_is(club: Club) -> None:
    await ask(club, STRANGER)
    await write(club, "OUI", STRANGER)
    assert len(await given(club, STRANGER)) == 1
    (post,) = await club.until(lambda: shown(club, "They agreed to advertising."))
    assert "Somebody not in the contacts" in text_of(post)
    assert "Who is it? Add them in `/contacts`" in text_of(post)


async def test_a_member_is_asked_in_their_language_in_the_words_of_the_club(club: Club) -> None:
    await club.change(Contact, {"language": "fr-CH"}, id=seed.key("hugo"))
    await ask(club)
    assert inbox(club)[0].endswith("Pour accepter, répondez OUI sous 24 heures.")


ELSE = ["OK", "yes but not on Saturdays", "yes?", "PEPS YES", "thanks"]


@pytest.mark.parametrize("body", ELSE)
async def test_anything_else_agrees_to_nothing_and_is_a_text_for_staff(club: Club, body: str) -> None:
    await ask(club)
    await write(club, body)
    await club.until(lambda: shown(club, body))
    assert await given(club) == []
    (reply,) = [row for row in await club.rows(Reply) if row.body == body]
    assert reply.keyword == "none"


async def test_a_yes_without_a_question_or_after_a_day_agrees_to_nothing(club: Club) -> None:
    await write(club, "YES")
    await ask(club)
    club.skip(timedelta(hours=24, seconds=1))
    await write(club, "YES")
    assert await given(club) == []
    await ask(club)
    await write(club, "YES")
    assert len(await given(club)) == 1


async def test_a_second_yes_and_a_second_keyword_change_nothing(club: Club) -> None:
    await ask(club)
    await write(club, "PEPS")
    await club.quiet(lambda: len(inbox(club)))
    assert inbox(club) == [ASKED]
    await write(club, "YES")
    await write(club, "YES")
    await club.until(lambda: len(inbox(club)) == 2)
    await club.quiet(lambda: len(inbox(club)))
    assert len(await given(club)) == 1


@pytest.mark.both
async def test_of_many_at_the_same_moment_one_is_asked_and_one_line_is_kept(club: Club) -> None:
    assert club.bot
    rt = club.bot.rt

    def inbound(body: str) -> Inbound:
        return Inbound(f"SM{uuid4().hex}", HUGO, SHORT_CODE, body, ACCOUNT_SID, 1, None)

    for body in ("PEPS", "YES"):
        same = inbound(body)
        texts = [same, same, *(inbound(body) for _ in range(4))]
        await asyncio.gather(*(receive(rt, one) for one in texts))
        assert len([row for row in await club.rows(Reply) if row.body == body]) == 5
    assert len(await given(club)) == 1
    sent = [row.body for row in await club.rows(Message, e164=HUGO)]
    assert sorted(body.startswith(THANKED) for body in sent) == [False, True]


async def test_what_came_while_the_bot_was_down_is_asked_and_agreed_to_late(club: Club) -> None:
    await club.stop()
    await unheard(club, "PEPS")
    await club.start()
    loic = club.phone("loic").number
    await club.until(lambda: len(inbox(club, loic)) == 1)
    await club.stop()
    await unheard(club, "YES")
    await club.start()
    await club.until(lambda: len(inbox(club, loic)) == 2)
    assert len(await given(club, loic)) == 1


@pytest.mark.parametrize("word", ["STOP", "STOP PUB"])
async def test_a_stop_comes_before_the_question_and_ends_it(club: Club, word: str) -> None:
    await ask(club)
    await club.text("hugo", word)
    await write(club, "YES")
    assert await given(club) == []
    assert len(await club.rows(OptOut, e164=HUGO)) == 1
    assert await club.rows(OptInQuestion) == []


async def test_who_had_stopped_advertising_gets_it_again_by_themselves(club: Club) -> None:
    await club.text("hugo", "STOP PUB")
    await ask(club)
    club.skip(timedelta(seconds=1))
    await write(club, "OUI")
    assert await club.rows(OptOut, e164=HUGO) == []
    assert "*Advertising*: yes" in text_of(await open_person(club, "hugo"))


async def test_who_had_stopped_everything_is_not_asked_before_they_say_start(club: Club) -> None:
    await club.text("hugo", "STOP")
    before = len(inbox(club))
    await write(club, "PEPS")
    await write(club, "YES")
    await club.until(lambda: shown(club, "PEPS"))
    assert (len(inbox(club)), await given(club)) == (before, [])
    (blocked,) = await club.rows(OptOut, e164=HUGO)
    assert blocked.scope is OptOutScope.ALL
    await club.text("hugo", "START")
    club.skip(timedelta(seconds=1))
    await ask(club)
    await write(club, "YES")
    assert len(await given(club)) == 1


async def test_without_a_keyword_of_the_club_nobody_is_asked(club: Club) -> None:
    await club.limit(optin_keyword="")
    await write(club, "PEPS")
    await write(club, "YES")
    await club.until(lambda: shown(club, "PEPS"))
    assert await club.rows(OptInQuestion) == []
    assert inbox(club) == []


async def test_what_was_asked_of_another_club_is_answered_there(club: Club) -> None:
    other = factories.club(name="AS Ailleurs")
    now = club.clock.now()
    question = OptInQuestion(
        club_id=other.id,
        e164=HUGO,
        asked_by="SM1: AILLEURS",
        words="Theirs",
        words_version=1,
        asked_at=now,
        until_at=now + timedelta(hours=24),
    )
    await club.keep(other, question)
    await write(club, "YES")
    assert await club.rows(Consent, e164=HUGO) == []


@pytest.mark.parametrize(
    ("word", "said"), [("AB", "one word of 3 to 20"), ("stop", "means something"), ("pep s", "one word")]
)
async def test_a_keyword_that_cannot_be_one_is_refused_under_its_field(
    club: Club, word: str, said: str
) -> None:
    view = await club.open("/sms-settings", user=ADMIN)
    assert view.form.value("optin_keyword", "optin_keyword") == "PEPS"
    await club.fill(view, optin_keyword=word)
    view = await club.submit(view)
    assert said in view.errors[block_of(view, "optin_keyword")]
    await club.fill(view, optin_keyword="tilleuls")
    await club.submit(view)
    await write(club, "Tilleuls")
    await club.until(lambda: len(inbox(club)) == 1)
