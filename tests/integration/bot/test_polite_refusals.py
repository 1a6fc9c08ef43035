"""A refusal in a member's own words is shown to staff, who heed it by one click; only the member takes that back."""

from bot.playground.workspace import Message
from storage.models import Audit, Consent, OptOut
from storage.states import OptOutScope
from tests.club import COACH, Club, text_of

WISH = "Merci de ne plus m'envoyer de SMS"


async def posted(club: Club, words: str) -> Message:
    def found() -> Message | None:
        return next((post for post in club.posts() if words in text_of(post)), None)

    post: Message = await club.until(found)
    return post


async def test_it_is_no_opt_out_by_itself_but_is_pointed_out(club: Club) -> None:
    await club.text("loic", WISH)
    post = await posted(club, "This reads like a wish for no more SMS.")
    assert "No more SMS to them" in text_of(post)
    assert club.phone("loic").number not in {row.e164 for row in await club.rows(OptOut)}


async def test_one_click_heeds_it_and_keeps_who_did(club: Club) -> None:
    await club.text("loic", WISH)
    post = await posted(club, "This reads like a wish")
    await club.click(post, "opt_out")
    await club.click(post, "opt_out")
    number = club.phone("loic").number
    await posted(club, "This number gets no more SMS from the club.")
    (row,) = [row for row in await club.rows(OptOut) if row.e164 == number]
    assert row.scope is OptOutScope.ALL
    record = [line for line in await club.rows(Consent, e164=number) if not line.given]
    assert [(line.recorded_by, "read by staff" in line.evidence) for line in record] == [(COACH, True)] * 2
    assert [line.actor for line in await club.rows(Audit) if line.action == "opt_out"] == [COACH]


async def test_who_was_opted_out_so_gets_nothing_more_and_may_come_back(club: Club) -> None:
    await club.text("loic", WISH)
    await club.click(await posted(club, "This reads like a wish"), "opt_out")
    await posted(club, "This number gets no more SMS from the club.")
    await club.confirm(await club.compose(groups="U13", message="Match samedi"))
    await club.until(lambda: len(club.carrier.posts) == 6)
    assert club.phone("loic").number not in {post.to for post in club.carrier.posts}
    await club.text("loic", "START")
    assert club.phone("loic").number not in {row.e164 for row in await club.rows(OptOut)}


async def test_an_everyday_answer_is_not_pointed_out(club: Club) -> None:
    await club.text("loic", "ok merci, on sera là")
    assert "No more SMS to them" not in text_of(await posted(club, "on sera là"))
