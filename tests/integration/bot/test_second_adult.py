"""Where a club asks for it, no minor is told anything without an adult who is told the same."""

from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from bot.campaigns.explained import Asked
from bot.playground import seed
from bot.playground.workspace import View
from storage.models import AudienceGuardian, AudienceLine, Audit, Contact, Guardianship, Message
from storage.models import Club as ClubRow
from storage.states import CampaignState
from tests import factories
from tests.club import ADMIN, Club, block_of, draft_of, text_of
from tests.integration.bot.test_erasing import erase
from tests.integration.bot.test_replies import on_top
from tests.integration.bot.test_why import asked, by_name

SIXTEEN = date(datetime.now(UTC).year - 16, 1, 1)
JULIE, LOIC, NOEL = (seed.number_of(key) for key in ("julie", "loic", "noel"))


async def pick(club: Club, view: View, typed: str) -> None:
    block_id = block_of(view, "second_adult")
    found = await club.workspace.options(ADMIN, view, block_id, "second_adult", typed)
    await club.workspace.set_value(view, block_id, "second_adult", str(found.flat[0]["value"]))


async def ask_for_it(club: Club, *, second: str = "Loïc", under: str = "18") -> View:
    """An admin sets it, for Julie who is sixteen and has no guardian; what is on top then."""
    await club.change(Contact, {"birth_date": SIXTEEN}, id=seed.key("julie"))
    await club.change(Contact, {"birth_date": date(1990, 1, 1), "language": "fr"}, id=seed.key("loic"))
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.fill(settings, second_adult_under=under)
    if second:
        await pick(club, settings, second)
    return await club.submit(settings)


async def texted(club: Club, name: str) -> set[str]:
    preview = await club.compose(audience="contacts", contacts=(name,), message="Hello {first_name}")
    campaign = await club.confirm(preview)
    await club.stands(campaign, CampaignState.DONE)
    return {message.e164 for message in await club.messages(campaign)}


async def test_a_minor_without_a_guardian_is_texted_with_the_second_adult_and_it_is_told_why(
    club: Club,
) -> None:
    await ask_for_it(club)
    preview = await club.compose(audience="contacts", contacts=("Julie",), message="Hello {first_name}")
    before = by_name(await asked(club, Asked(draft_id=draft_of(preview))))
    campaign = await club.confirm(preview)
    await club.stands(campaign, CampaignState.DONE)
    assert {message.e164: message.body for message in await club.messages(campaign)} == {
        JULIE: "Hello Julie",
        LOIC: "Hello Julie",
    }
    after = by_name(await asked(club, Asked(str(campaign.id))))
    for found in (before, after):
        adult = found["Loïc Moreau"]
        assert (adult.is_chosen, adult.wards, adult.along_with) == (False, (), ("Julie Mercier",))
        assert (found["Julie Mercier"].along_with, found["Julie Mercier"].guardians) == ((), ())
    lines = {line.contact_id: line.because for line in await club.rows(AudienceLine)}
    assert lines == {seed.key("julie"): "chosen", seed.key("loic"): "second_adult"}
    (pair,) = await club.rows(AudienceGuardian)
    assert (pair.child_id, pair.guardian_id, pair.is_second) == (seed.key("julie"), seed.key("loic"), True)


async def test_nobody_goes_along_unless_the_club_asks_for_it_or_where_a_guardian_does(club: Club) -> None:
    await club.change(Contact, {"birth_date": SIXTEEN}, id=seed.key("julie"))
    await club.change(Contact, {"birth_date": SIXTEEN}, id=seed.key("noel"))
    assert await texted(club, "Julie") == {JULIE}
    await ask_for_it(club)
    assert await texted(club, "Noël") == {NOEL, seed.number_of("francois")}
    assert not await club.rows(AudienceGuardian, is_second=True)


async def test_guardians_are_told_until_then_though_members_are_texted_alone_before(club: Club) -> None:
    await ask_for_it(club, second="")
    await club.change(ClubRow, {"alone_from": 16})
    await club.change(Contact, {"birth_date": SIXTEEN}, id=seed.key("noel"))
    assert await texted(club, "Noël") == {NOEL, seed.number_of("francois")}
    await club.change(ClubRow, {"second_adult_under": 0})
    assert await texted(club, "Noël") == {NOEL}


async def test_an_answer_to_a_minor_goes_to_the_second_adult_too_once_and_the_thread_shows_it(
    club: Club,
) -> None:
    await ask_for_it(club)
    await club.text("julie", "Is there training?")
    await club.click(await on_top(club, "Is there training?"), "answer")
    modal = await club.modal("answer")
    assert "Loïc Moreau gets a copy, as the second adult." in text_of(modal)
    await club.fill(modal, message="Yes, at six")
    await club.workspace.submit(modal)
    copy = "(Copie de la réponse à Julie Mercier) Yes, at six"
    await club.until(lambda: {JULIE, LOIC} <= {post.to for post in club.carrier.posts})
    bodies = Counter((post.to, post.body) for post in club.carrier.posts)
    assert bodies == {(JULIE, "Yes, at six"): 1, (LOIC, copy): 1}
    post = await on_top(club, "Is there training?")
    await club.until(lambda: copy in text_of(post))
    assert text_of(post).index("Yes, at six") < text_of(post).index(copy)


async def test_a_guardian_rather_than_the_named_adult_reads_an_answer_along(
    club: Club,
) -> None:
    await ask_for_it(club)
    guardian = {"child_id": seed.key("julie"), "guardian_id": seed.key("francois")}
    await club.keep(Guardianship(club_id=seed.key("club"), **guardian))
    await club.text("julie", "Hello")
    await club.click(await on_top(club, "Hello"), "answer")
    assert "François" in text_of(await club.modal("answer"))


@pytest.mark.parametrize(
    ("who", "said"), [("Noël", "Noël Petit cannot be the second adult"), ("Zoë", "Zoë Bernard")]
)
async def test_whoever_cannot_read_along_is_refused_under_the_field(club: Club, who: str, said: str) -> None:
    await club.change(Contact, {"birth_date": SIXTEEN}, id=seed.key("noel"))
    refused = await ask_for_it(club, second=who)
    assert said in refused.errors["second_adult"]
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    assert (row.second_adult_under, row.second_adult_id) == (0, None)


async def test_nobody_of_another_club_becomes_the_second_adult_and_who_is_named_can_be_taken_out(
    club: Club,
) -> None:
    other = factories.club()
    theirs = factories.contact(other, 7)
    await club.keep(other)
    await club.keep(theirs)
    await ask_for_it(club)
    settings = await club.open("/sms-settings", user=ADMIN)
    assert "Loïc Moreau" in str(settings.blocks)
    forged = settings.content | {}
    block_id = block_of(settings, "second_adult")
    chosen = {"text": {"type": "plain_text", "text": "X"}, "value": str(theirs.id)}
    block = next(one for one in forged["blocks"] if one["block_id"] == block_id)
    block["element"]["initial_option"] = chosen
    await club.workspace.set_value(settings, block_id, "second_adult", str(theirs.id))
    refused = await club.submit(settings)
    assert "no longer there" in refused.errors["second_adult"]
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    assert row.second_adult_id == seed.key("loic")


async def test_where_the_named_adult_left_the_club_the_text_still_leaves(club: Club) -> None:
    await ask_for_it(club)
    await club.change(Contact, {"archived_at": datetime.now(UTC)}, id=seed.key("loic"))
    assert await texted(club, "Julie") == {JULIE}
    assert not [one for one in await club.rows(Message) if one.e164 == LOIC]
    assert [line.detail["second_adult_id"] for line in await club.rows(Audit, action="settings")] == [
        str(UUID(seed.key("loic").hex))
    ]


async def test_what_an_adult_reads_goes_to_nobody_else(club: Club) -> None:
    await ask_for_it(club)
    await club.text("loic", "Good day")
    await club.click(await on_top(club, "Good day"), "answer")
    assert "gets a copy" not in text_of(await club.modal("answer"))


async def test_the_window_says_whom_the_second_adult_goes_along_with(club: Club) -> None:
    await ask_for_it(club)
    await club.click(await club.compose(audience="contacts", contacts=("Julie",), message="Hello"), "why")
    assert "second adult for Julie Mercier" in text_of(await club.modal("why"))


async def test_whoever_is_erased_is_the_second_adult_no_more(club: Club) -> None:
    await ask_for_it(club)
    await erase(club, "loic", "Loïc Moreau")
    await club.until(lambda: no_longer_there(club))
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    assert (row.second_adult_under, row.second_adult_id) == (18, None)
    assert await texted(club, "Julie") == {JULIE}


async def no_longer_there(club: Club) -> bool:
    return not await club.rows(Contact, id=seed.key("loic"))
