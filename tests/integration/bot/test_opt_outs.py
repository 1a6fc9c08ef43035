"""Who is opted out, since when and how is seen; staff note what they were told, and take back no word of a member's."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import storage.consent
from bot import optouts
from bot.carriers import Inbound
from bot.i18n import load_catalogues
from bot.playground import seed
from bot.playground.workspace import View
from bot.replies import receive
from bot.runtime import Who
from storage.models import Audit, Consent, OptOut, Reply
from storage.models import Club as ClubRow
from storage.states import OptOutScope, Purpose, Role
from tests import factories
from tests.club import ACCOUNT_SID, ADMIN, COACH, SHORT_CODE, Club, text_of
from tests.interleaving import around, nothing
from tests.unit.views import examples as ex

LONG_ENOUGH_SECONDS = 0.2
"""For another transaction to come as far as it can."""
LOIC = seed.number_of("loic")


async def note(club: Club, name: str = "Loïc", *, user: str = COACH, **fields: Any) -> View:
    """What staff note in the list's window: what is on top then."""
    listed = await club.open("/sms stops", user=user)
    await club.click(listed, "note_stop", user=user)
    view = await club.modal("note_stop", user=user)
    await club.fill(view, **{"contacts": name, "how": "by phone"} | fields)
    return await club.submit(view)


async def says(club: Club, view: View, words: str) -> None:
    await club.until(lambda: words in text_of(view))


async def scope_of(club: Club, e164: str = LOIC) -> OptOutScope | None:
    rows = await club.rows(OptOut, e164=e164)
    return rows[0].scope if rows else None


async def lines_of(club: Club, e164: str = LOIC) -> list[tuple[Purpose, bool, str, str]]:
    async with club.database() as db, db.read() as session:
        record = await storage.consent.history(session, seed.key("club"), e164)
    return [(line.purpose, line.given, line.evidence, line.recorded_by) for line in record]


async def coach(club: Club) -> Who:
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    return Who(row, COACH, Role.COACH, load_catalogues()["en"], row.zone)


async def noted_id(club: Club) -> UUID:
    """The note about Loïc that staff may take back."""
    assert club.bot
    listed = await optouts.stops(club.bot.rt, await coach(club))
    found = [row.told.note_id for row in listed.rows if row.names == ("Loïc Moreau",)]
    assert found[0]
    return found[0]


async def test_who_answered_stop_is_listed_with_the_day_and_the_word(club: Club) -> None:
    await club.text("loic", "Stop merci")
    view = await club.open("/sms stops")
    shown = text_of(view)
    assert "2 numbers are opted out." in shown
    assert shown.index("*Loïc Moreau*") < shown.index("*Chloé"), "the newest first"
    today = load_catalogues()["en"].date(club.clock.now(), "Europe/Paris")
    assert f"no SMS at all · since {today} · answered “Stop merci”" in shown
    assert LOIC not in shown
    assert "take_back" not in ex.actions_of(view.blocks)


async def test_who_chose_so_on_their_page_is_listed_with_what_they_chose(club: Club) -> None:
    campaign = await club.confirm(await club.compose(groups="U13", sender=seed.NAME, message="Gym closed"))
    await club.reached(campaign, {"delivered": 7})
    await club.press(club.link("loic"), "stop_marketing")
    listed = await note(club)
    await says(club, listed, "no SMS at all")
    row = next(block for block in listed.blocks if "Loïc" in str(block))
    assert "chose “" in row["text"]["text"]
    assert "” on their page" in row["text"]["text"]
    assert "take_back" not in ex.actions_of(listed.blocks)


async def test_the_home_leads_to_the_list(club: Club) -> None:
    await club.click(await club.home(), "open_stops")
    assert "1 number is opted out." in text_of(await club.modal("stops"))


@pytest.mark.parametrize("user", [COACH, ADMIN])
async def test_what_staff_were_told_is_kept_with_their_name_and_obeyed(club: Club, user: str) -> None:
    listed = await note(club, user=user)
    await says(club, listed, f"noted by <@{user}>: “by phone”")
    assert await scope_of(club) is OptOutScope.ALL
    assert {(line[0], *line[2:]) for line in await lines_of(club)} == {
        (purpose, "noted by staff: by phone", user) for purpose in Purpose
    }
    assert [line.actor for line in await club.rows(Audit, action="opt_out")] == [user]
    await club.confirm(await club.compose(groups="U13", message="Match samedi"))
    await club.until(lambda: len(club.carrier.posts) == 6)
    assert LOIC not in {post.to for post in club.carrier.posts}


async def test_an_opt_out_from_advertising_lets_alerts_through(club: Club) -> None:
    listed = await note(club, scope="marketing")
    await says(club, listed, "no advertising · since")
    assert [line[0] for line in await lines_of(club)] == [Purpose.MARKETING]
    await club.confirm(await club.compose(groups="U13", message="Match samedi"))
    await club.until(lambda: LOIC in {post.to for post in club.carrier.posts})


@pytest.mark.parametrize(
    ("name", "how", "field", "said"),
    [
        ("Luc", "by phone", "contacts", "Luc Perrin has no mobile number."),
        ("Chloé", "by phone", "contacts", "is opted out already."),
        ("Loïc", "  ", "how", "Say how they told you."),
    ],
)
async def test_what_cannot_be_noted_is_said_under_its_field(
    club: Club, name: str, how: str, field: str, said: str
) -> None:
    view = await note(club, name, how=how)
    assert said in view.errors[field]
    assert len(await club.rows(OptOut)) == 1


async def test_a_note_made_by_mistake_is_taken_back(club: Club) -> None:
    listed = await note(club)
    await says(club, listed, "noted by")
    await club.click(listed, "take_back")
    await club.until(lambda: "Loïc" not in text_of(listed))
    assert await scope_of(club) is None
    assert (Purpose.ALERTS, True, "taken back by staff", COACH) in await lines_of(club)
    assert len(await club.rows(Audit, action="opt_out_taken_back")) == 1
    await club.confirm(await club.compose(groups="U13", message="Match samedi"))
    await club.until(lambda: LOIC in {post.to for post in club.carrier.posts})


async def test_consent_that_stood_before_the_mistake_stands_again(club: Club) -> None:
    denise = seed.number_of("denise")
    assert club.bot

    async def agreed() -> bool:
        async with club.database() as db, db.read() as session:
            return denise in await storage.consent.agreed_to_marketing(session, seed.key("club"), [denise])

    assert await agreed()
    listed = await note(club, "Denise")
    await says(club, listed, "noted by")
    assert not await agreed()
    await club.click(listed, "take_back")
    await club.until(lambda: "Denise" not in text_of(listed))
    assert await agreed()
    evidence = "taken back by staff, as before: Paper form of the season, box ticked"
    assert (Purpose.MARKETING, True, evidence, COACH) in await lines_of(club, denise)


async def test_no_consent_comes_of_taking_back(club: Club) -> None:
    listed = await note(club)
    await says(club, listed, "noted by")
    await club.click(listed, "take_back")
    await club.until(lambda: "Loïc" not in text_of(listed))
    assert not [line for line in await lines_of(club) if line[:2] == (Purpose.MARKETING, True)]


@pytest.mark.parametrize("first", ["note", "stop"])
async def test_a_members_own_stop_is_taken_back_by_nobody_else(club: Club, first: str) -> None:
    if first == "stop":
        await club.text("loic", "STOP PUB")
    listed = await note(club)
    if first == "note":
        await says(club, listed, "noted by")
        await club.text("loic", "STOP")
        # The button is still there to see: the list is as it was.
        await club.click(listed, "take_back")
        await says(club, listed, "They said so themselves, or it is taken back already.")
    await says(club, listed, "answered “STOP")
    assert "take_back" not in ex.actions_of(listed.blocks)
    assert await scope_of(club) is OptOutScope.ALL


@pytest.mark.parametrize("act", ["stop", "stop_marketing"])
async def test_a_choice_on_a_page_opened_before_the_note_is_the_members_own_word(
    club: Club, act: str
) -> None:
    campaign = await club.confirm(await club.compose(groups="U13", sender=seed.NAME, message="Gym closed"))
    await club.reached(campaign, {"delivered": 7})
    link = club.link("loic")
    once = (await club.visit(link)).once
    listed = await note(club)
    await says(club, listed, "noted by")
    for _ in range(2):
        await club.press(link, act, once=once)
    await club.click(listed, "take_back")
    await says(club, listed, "They said so themselves, or it is taken back already.")
    assert await scope_of(club) is OptOutScope.ALL
    assert [reply.keyword for reply in await club.rows(Reply)] == [act]


@pytest.mark.parametrize("own", ["stop", "wish"])
async def test_no_forged_click_takes_back_a_members_own_word(club: Club, own: str) -> None:
    assert club.bot
    await club.text("loic", "STOP" if own == "stop" else "Merci de ne plus m'envoyer de SMS")
    if own == "wish":
        post = await club.until(lambda: next((one for one in club.posts() if "a wish" in text_of(one)), None))
        await club.click(post, "opt_out")
    for line in await club.until(lambda: club.rows(Consent, e164=LOIC, given=False)):
        with pytest.raises(optouts.NotYoursToTakeBack):
            await optouts.take_back(club.bot.rt, await coach(club), line.id)
    assert await scope_of(club) is OptOutScope.ALL


async def test_who_came_back_by_start_can_be_noted_and_taken_back(club: Club) -> None:
    await club.text("loic", "STOP")
    await club.text("loic", "START")
    listed = await note(club)
    await says(club, listed, "noted by")
    await club.click(listed, "take_back")
    await club.until(lambda: "Loïc" not in text_of(listed))
    assert await scope_of(club) is None


@pytest.mark.both
async def test_a_stop_that_comes_while_a_note_is_taken_back_counts(club: Club) -> None:
    assert club.bot
    await says(club, await note(club), "noted by")
    coming: list[asyncio.Task[object]] = []

    async def stop() -> None:
        coming.append(asyncio.create_task(club.text("loic", "STOP")))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)

    note_id, who = await noted_id(club), await coach(club)
    with around(club.bot.rt.db, "DELETE FROM opt_out", before=stop, after=nothing):
        await optouts.take_back(club.bot.rt, who, note_id)
    await coming[0]
    assert await scope_of(club) is OptOutScope.ALL
    (row,) = [row for row in (await optouts.stops(club.bot.rt, who)).rows if row.names == ("Loïc Moreau",)]
    assert row.told.words == "STOP"


@pytest.mark.both
async def test_a_note_is_not_taken_back_while_a_stop_is_being_stored(club: Club) -> None:
    assert club.bot
    await says(club, await note(club), "noted by")
    note_id, who = await noted_id(club), await coach(club)
    clicked: list[asyncio.Task[None]] = []

    async def click() -> None:
        assert club.bot
        clicked.append(asyncio.create_task(optouts.take_back(club.bot.rt, who, note_id)))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)

    # The STOP has met the opt-out, and the record does not tell of it yet.
    with around(club.bot.rt.db, "INSERT INTO consent", before=click, after=nothing):
        await club.text("loic", "STOP")
    with pytest.raises(optouts.NotYoursToTakeBack):
        await clicked[0]
    assert await scope_of(club) is OptOutScope.ALL


async def test_a_stop_that_is_found_late_counts_though_a_note_was_taken_back_since(club: Club) -> None:
    assert club.bot
    said_at = club.clock.now().replace(microsecond=0)
    club.skip(timedelta(minutes=1))
    await says(club, await note(club), "noted by")
    await optouts.take_back(club.bot.rt, await coach(club), await noted_id(club))
    late = Inbound("SM" + "7" * 32, LOIC, SHORT_CODE, "STOP", ACCOUNT_SID, 1, None, came_at=said_at)
    await receive(club.bot.rt, late)
    assert await scope_of(club) is OptOutScope.ALL
    listed = await club.open("/sms stops")
    assert "answered “STOP”" in text_of(listed)
    assert "take_back" not in ex.actions_of(listed.blocks)


async def test_another_clubs_opt_outs_are_neither_seen_nor_touched(club: Club) -> None:
    assert club.bot
    other = factories.club(name="AS Ailleurs")
    await club.keep(other)
    theirs = factories.agreed(other, evidence="noted by staff: by phone", given=False, recorded_by=COACH)
    person = factories.contact(other, 7, first_name="Zacharie")
    await club.keep(theirs, factories.opt_out(other), person)
    shown = text_of(await club.open("/sms stops"))
    assert "1 number is opted out." in shown
    assert shown.count("since ") == 1
    rt, who = club.bot.rt, await coach(club)
    with pytest.raises(optouts.NotYoursToTakeBack):
        await optouts.take_back(rt, who, theirs.id)
    with pytest.raises(optouts.NobodyNamed):
        await optouts.note(rt, who, person.id, OptOutScope.ALL, "by phone")
    assert len(await club.rows(OptOut, club_id=other.id)) == 1


async def test_a_long_list_is_turned_page_by_page(club: Club) -> None:
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    many = [factories.opt_out(row, n, since_at=club.clock.now() - timedelta(days=n)) for n in range(1, 13)]
    await club.keep(*many)
    view = await club.open("/sms stops")
    assert "Page 1 of 2" in text_of(view)
    await club.click(view, "page")
    await says(club, view, "Page 2 of 2")
    assert text_of(view).count("since ") == 3
    await club.click(view, "page.previous")
    await says(club, view, "Page 1 of 2")
