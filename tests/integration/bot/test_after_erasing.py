"""What others may do once somebody is erased, and what of their refusals holds."""

import pytest

from bot.answers import answer
from bot.optouts import opt_out
from bot.replies import ReplyGone
from storage.models import Consent, ErasedNumber, Message, OptOut, Reply
from storage.states import OptOutScope
from tests.club import Club
from tests.integration.bot.test_consents import tell
from tests.integration.bot.test_erasing import DIGITS, HUGO, admin, erase
from tests.integration.bot.test_person import add, person_of


@pytest.mark.both
async def test_an_answer_whose_writer_was_erased_is_nobody_s_to_answer_or_to_opt_out(club: Club) -> None:
    await club.text("hugo", "hello")
    (reply,) = await club.until(lambda: club.rows(Reply))
    await erase(club, "hugo", "Hugo Fontaine")
    assert club.bot
    who, before = await admin(club), len(await club.rows(OptOut))
    with pytest.raises(ReplyGone):
        await opt_out(club.bot.rt, who, reply.id)
    with pytest.raises(ReplyGone):
        await answer(club.bot.rt, who, reply.id, "hello you", submission_id="x")
    assert len(await club.rows(OptOut)) == before
    assert await club.rows(Message, reply_id=reply.id) == []


async def test_who_withdrew_a_consent_gets_no_advertising_when_added_again(club: Club) -> None:
    await tell(club)
    await tell(club, given="withdrawn")
    await erase(club, "hugo", "Hugo Fontaine")
    assert [mark.scope for mark in await club.rows(ErasedNumber)] == [OptOutScope.MARKETING]
    await add(club, first_name="Ugo", mobile="06" + DIGITS[1:])
    assert [row.scope for row in await club.rows(OptOut, e164=HUGO)] == [OptOutScope.MARKETING]


@pytest.mark.both
async def test_what_one_of_two_withdrew_at_their_number_stays_withdrawn(club: Club) -> None:
    hugo, jade = await person_of(club, "hugo"), await person_of(club, "jade")
    hugo.e164 = jade.e164
    await club.keep(hugo)
    await tell(club, "jade")
    await tell(club, given="withdrawn")
    await erase(club, "hugo", "Hugo Fontaine")
    lines = sorted(await club.rows(Consent, e164=jade.e164), key=lambda line: line.at)
    assert [(line.contact_id, line.given) for line in lines] == [(jade.id, True), (None, False)]
