"""Who gets a text and why: before it leaves and after, searched, filtered and mended; never of another club."""

import csv
import io
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.campaigns.drafts import DraftGone
from bot.campaigns.explained import Asked, Explained, InGroup, Relative, Show, Why
from bot.campaigns.why import why
from bot.playground import seed
from bot.playground.workspace import View
from bot.reports import NoSuchCampaign
from bot.rules import phones
from storage.models import AudienceGuardian, AudienceLine, Campaign, Contact, Group, Guardianship
from storage.states import CampaignState
from tests import factories
from tests.club import COACH, Club, draft_of, has_field, text_of
from tests.integration.bot.test_opt_outs import coach
from tests.integration.bot.test_two_clubs import pressed

pytestmark = pytest.mark.turns

BODY = "Gymnase fermé ce soir"


async def previewed(club: Club, **chosen: Any) -> View:
    usual = {} if "audience" in chosen else {"groups": "U13"}
    return await club.compose(**usual | {"message": BODY} | chosen)


async def opened(club: Club, **chosen: Any) -> View:
    """The window of what was just previewed."""
    await club.click(await previewed(club, **chosen), "why")
    return await club.modal("why")


async def sent(club: Club, **chosen: Any) -> Campaign:
    """A campaign that is over."""
    campaign = await club.confirm(await previewed(club, **chosen))
    await club.stands(campaign, CampaignState.DONE)
    return campaign


async def asked(club: Club, asked: Asked) -> Why:
    return await why(club.bot.rt, await coach(club), asked)


def by_name(found: Why) -> dict[str, Explained]:
    return {row.name: row for row in found.rows}


async def show(club: Club, view: View, which: str) -> None:
    """Chooses whom the list shows."""
    block = next(each for each in view.blocks if each["block_id"].startswith("why_show"))
    await club.workspace.click(COACH, view, block["block_id"], "why_show", which)


async def search(club: Club, view: View, typed: str) -> None:
    await club.workspace.set_value(view, "why_search", "why_search", typed)


async def test_the_preview_says_of_each_person_why_and_of_each_left_out_the_reason(club: Club) -> None:
    preview = await previewed(club)
    found = await asked(club, Asked(draft_id=draft_of(preview)))
    rows = by_name(found)
    maelys = rows["Maëlys Garcia"]
    number = phones.mask(seed.number_of("maelys"))
    assert (maelys.group, maelys.left_out, maelys.number) == (InGroup("U13"), "", number)
    carla = rows["Carla Garcia"]
    assert (carla.is_chosen, carla.wards, carla.left_out) == (False, ("Maëlys Garcia",), "")
    sacha = rows["Sacha Roux"]
    assert (sacha.left_out, sacha.detail, sacha.number) == ("no_number", "guardians", "")
    assert sacha.guardians == (Relative(str(seed.key("gaelle")), "Gaëlle Roux"),)
    reached = int(text_of(preview).split(" recipients")[0].split()[-1])
    assert found.counts["in"] == reached
    assert found.counts["all"] == sum(found.counts[kind] for kind in ("in", "guardians", "out"))


async def test_what_is_frozen_is_told_as_the_preview_told_it_and_what_became_of_each_text(club: Club) -> None:
    landline = {"e164": None, "mobile": "01 42 68 53 00", "refusal": "landline"}
    await club.change(Contact, landline, id=seed.key("maelys"))
    preview = await previewed(club, audience="everyone")
    draft = Asked(draft_id=draft_of(preview))
    before = {which: await every(club, draft, which) for which in Show}
    campaign = await club.confirm(preview)
    await club.stands(campaign, CampaignState.DONE)
    frozen = Asked(str(campaign.id))
    after = {which: await every(club, frozen, which) for which in Show}
    assert {which: plain(rows) for which, rows in before.items()} == {
        which: plain(rows) for which, rows in after.items()
    } | {Show.LOST: {}}
    assert after[Show.IN]
    out, unreached = ({row.name for row in after[which].values()} for which in (Show.OUT, Show.UNREACHED))
    assert "Maëlys Garcia" in out - unreached, "her mother gets it"
    assert {"Paul Marchand", "Chloé Faure"} <= unreached
    assert {str(row.state) for row in after[Show.IN].values()} == {"delivered"}
    counts = [(await asked(club, each)).counts for each in (draft, frozen)]
    assert counts[0] == {name: count for name, count in counts[1].items() if count}


async def every(club: Club, of: Asked, which: str) -> dict[str, Explained]:
    """Everybody of this kind, page by page, by id."""
    rows: dict[str, Explained] = {}
    for page in range(1, 20):
        found = await asked(club, Asked(of.campaign_id, of.draft_id, show=which, page=page))
        rows |= {row.id: row for row in found.rows}
        if not found.is_more:
            return rows
    raise AssertionError("too many pages")


def plain(rows: dict[str, Explained]) -> dict[str, tuple[Any, ...]]:
    """What must be alike before and after; of relatives their order is none."""
    return {
        id: (
            row.name,
            row.number,
            row.is_chosen,
            row.group,
            set(row.wards),
            row.left_out,
            row.detail,
            set(row.guardians),
        )
        for id, row in rows.items()
    }


async def test_the_answer_stays_true_when_groups_and_guardians_change(club: Club) -> None:
    campaign = await sent(club, audience="dynamic", groups=("Seniors", "Parents"))
    child = await sent(club)
    rule = (await asked(club, Asked(str(campaign.id)))).rows[0].group
    for pair in await club.rows(Guardianship, child_id=seed.key("maelys")):
        async with club.database() as db, db.begin() as session:
            await session.delete(pair)
    await club.change(Group, {"name": "Anciens", "rule": {"match": "any", "parts": []}}, name="Seniors")
    rows = await every(club, Asked(str(campaign.id)), Show.ALL)
    assert {row.group.name for row in rows.values() if row.group} == {"Seniors", "Parents"}
    assert rule in {row.group for row in rows.values()}
    assert by_name(await asked(club, Asked(str(child.id))))["Carla Garcia"].wards == ("Maëlys Garcia",)


async def test_somebody_in_two_groups_counts_for_the_first_by_name(club: Club) -> None:
    await club.change(Contact, {"roles": ["parent"]}, id=seed.key("julie"))
    preview = await previewed(club, audience="dynamic", groups=("Seniors", "Parents"))
    before = await every(club, Asked(draft_id=draft_of(preview)), Show.ALL)
    campaign = await club.confirm(preview)
    await club.stands(campaign, CampaignState.DONE)
    after = await every(club, Asked(str(campaign.id)), Show.ALL)
    julie = str(seed.key("julie"))
    assert before[julie].group == after[julie].group
    assert after[julie].group is not None
    assert after[julie].group.name == "Parents"


async def test_one_searches_by_name_and_last_digits_and_by_reason(club: Club) -> None:
    view = await opened(club)
    await search(club, view, "maelys")
    await club.until(lambda: "Maëlys" in text_of(view) and "Hugo" not in text_of(view))
    await search(club, view, "56 24")
    await club.until(lambda: "Hugo" in text_of(view) and "Maëlys" not in text_of(view))
    await search(club, view, "")
    await show(club, view, "bad_number")
    await club.until(lambda: "Yanis" in text_of(view) and "Hugo" not in text_of(view))
    assert "a landline, which gets no SMS" in text_of(view)
    await search(club, view, "nobody of this name")
    await club.until(lambda: "Nobody is found by that." in text_of(view))


async def test_a_campaign_is_searched_by_the_number_it_went_to(club: Club) -> None:
    campaign = await sent(club)
    await club.change(Contact, {"e164": "+33612340000", "search": "fontaine hugo"}, id=seed.key("hugo"))
    found = await asked(club, Asked(str(campaign.id), typed="5624"))
    assert [row.name for row in found.rows] == ["Hugo Fontaine"]
    assert found.rows[0].number.endswith("24")


async def test_what_was_lost_says_why(club: Club) -> None:
    campaign = await club.confirm(await previewed(club))
    await club.stands(campaign, CampaignState.DONE)
    message = next(m for m in await club.messages(campaign) if m.e164 == seed.number_of("hugo"))
    await club.change(type(message), {"state": "undelivered", "error_code": 30003}, id=message.id)
    async with club.database() as db:
        await factories.count(db, campaign)
    found = await asked(club, Asked(str(campaign.id), show=Show.LOST))
    assert [row.name for row in found.rows] == ["Hugo Fontaine"]
    assert found.rows[0].trouble
    assert found.counts["lost"] == 1


async def test_a_family_nobody_reaches_says_what_is_missing_and_is_mended_from_there(club: Club) -> None:
    gaelle = {"e164": None, "mobile": "01 42 68 53 00", "refusal": "landline"}
    await club.change(Contact, gaelle, id=seed.key("gaelle"))
    preview = await previewed(club)
    before = text_of(preview)
    await club.click(preview, "why")
    view = await club.modal("why")
    await show(club, view, Show.UNREACHED)
    await club.until(lambda: "Change Sacha Roux" in text_of(view))
    assert "guardian Gaëlle Roux: a landline, which gets no SMS" in text_of(view)
    assert "Paul Marchand" in text_of(view)
    block = f"mend.{seed.key('sacha')}"
    await club.workspace.click(COACH, view, block, "why_person.1", str(seed.key("gaelle")))
    await club.until(lambda: has_field(view, "mobile"))
    assert len(club.workspace.views(COACH)) == 3, "Slack takes no fourth view"
    await club.fill(view, mobile="06 12 34 56 55")
    await club.submit(view)
    await club.until(lambda: "Gaëlle Roux is saved." in text_of(view))
    assert "Sacha Roux" not in text_of(view)
    assert "Paul Marchand" in text_of(view)
    assert preview is club.workspace.views(COACH)[1]
    await club.until(lambda: text_of(preview) != before)
    assert "no mobile number (2)" in before
    assert "no mobile number (1)" in text_of(preview)


async def test_one_goes_back_from_a_person_without_changing_them(club: Club) -> None:
    view = await opened(club)
    await search(club, view, "paul")
    await club.until(lambda: "Paul Marchand" in text_of(view) and "Hugo" not in text_of(view))
    await club.click(view, "why_person", str(seed.key("paul")))
    await club.until(lambda: has_field(view, "first_name"))
    await club.click(view, "why_back")
    await club.until(lambda: has_field(view, "why_search"))
    assert "Hugo" not in text_of(view)


async def test_what_is_typed_wrong_about_a_person_stays_and_is_told(club: Club) -> None:
    view = await opened(club)
    await club.click(view, "why_person", str(seed.key("carla")))
    await club.until(lambda: has_field(view, "mobile"))
    await club.fill(view, mobile="01 42 68 53 00")
    await club.submit(view)
    assert "landline" in view.errors["mobile"]
    assert view.form.value("mobile", "mobile") == "01 42 68 53 00"


async def test_the_card_opens_it_once_the_campaign_has_left(club: Club) -> None:
    campaign = await sent(club)
    card = await club.card(campaign, "Sent to")
    await club.click(card, "why")
    view = await club.modal("why")
    assert "As it was when it left." in text_of(view)
    assert "delivered" in text_of(view)
    await club.click(view, "page")
    await club.until(lambda: "Page 2" in text_of(view))
    await club.submit(view)
    await club.until(lambda: "Page 1" in text_of(view))


async def test_what_waits_for_its_time_is_told_as_things_are_now(club: Club) -> None:
    day = club.clock.now().date().replace(year=club.clock.now().year + 1).isoformat()
    campaign = await club.confirm(await previewed(club, when="later", at_date=day, at_time="10:00"))
    found = await asked(club, Asked(str(campaign.id)))
    assert not found.is_frozen
    assert found.counts["in"] == campaign.previewed_recipients
    await club.command("/sms scheduled")
    listed = club.whispers()[-1]
    row = f"row.{campaign.id}"
    await club.workspace.click(COACH, listed, row, "row", f"why:{campaign.id}")
    assert "As things are now." in text_of(await club.modal("why"))


async def table(club: Club) -> list[list[str]]:
    """The rows of the file that came last."""
    direct = club.workspace.direct(COACH)
    message = await club.until(lambda: next((one for one in direct.messages(COACH) if one.files), None))
    content = club.workspace.files.get(message.files[0]).content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_a_draft_s_people_come_as_a_file_to_who_asks(club: Club) -> None:
    view = await opened(club)
    await search(club, view, "hugo")
    await club.click(view, "why_file")
    await club.until(lambda: "The file is in your messages with Touchline." in text_of(view))
    heading, *rows = await table(club)
    assert heading[0] == "Name"
    assert len(rows) == (await asked(club, Asked(draft_id=draft_of(view)))).counts["all"]
    sacha = next(row for row in rows if row[0] == "Sacha Roux")
    assert sacha[2:5] == [
        "through guardians",
        "no mobile number · in the group U13",
        "guardian Gaëlle Roux: gets it",
    ]


async def test_a_campaign_s_file_says_what_its_window_says(club: Club) -> None:
    campaign = await sent(club, audience="everyone")
    card = await club.card(campaign, "Sent to")
    await club.click(card, "why")
    view = await club.modal("why")
    await club.click(view, "why_file")
    rows = (await table(club))[1:]
    window = await every(club, Asked(str(campaign.id)), Show.ALL)
    assert [row[0] for row in rows] == [row.name for row in window.values()]
    assert {row[2] for row in rows} == {"yes", "no", "through guardians"}
    assert {row[5] for row in rows if row[2] == "yes"} == {"delivered"}


async def test_where_the_bot_may_send_no_files_the_window_says_what_is_to_be_done(club: Club) -> None:
    club.workspace.app = replace(club.workspace.app, scopes=frozenset({"chat:write", "users:read"}))
    view = await opened(club)
    await club.click(view, "why_file")
    await club.until(lambda: "files:write" in text_of(view))


@pytest.fixture
async def theirs(club: Club) -> Campaign:
    """Another club's campaign that is over, with one person in it."""
    other = factories.club(name="AS Ailleurs")
    person = factories.contact(other, 7, first_name="Zacharie", last_name="Ailleurs")
    campaign = factories.campaign(
        other, state=CampaignState.DONE, title="Not yours", released_at=factories.NOW
    )
    for row in (other, person, campaign):
        await club.keep(row)
    line = AudienceLine(
        club_id=other.id, campaign_id=campaign.id, contact_id=person.id, because="chosen", e164=person.e164
    )
    await club.keep(line)
    return campaign


async def test_another_club_s_campaign_is_not_told(club: Club, theirs: Campaign) -> None:
    with pytest.raises(NoSuchCampaign):
        await asked(club, Asked(str(theirs.id)))
    with pytest.raises(DraftGone):
        await asked(club, Asked(draft_id=str(uuid4())))
    action = {"action_id": "why", "value": f"campaign:{theirs.id}"}
    await club.post_payload(pressed(club, action))
    await club.until(lambda: any("no longer there" in text_of(post) for post in club.whispers()))
    assert not club.workspace.views(COACH)


async def test_a_window_whose_ids_are_swapped_shows_nothing_of_another_club(
    club: Club, theirs: Campaign
) -> None:
    view = await opened(club)
    mine = view.content["private_metadata"]
    view.content["private_metadata"] = mine.replace('"campaign_id": ""', f'"campaign_id": "{theirs.id}"')
    await search(club, view, "zacharie")
    await club.until(lambda: "This campaign is no longer there." in text_of(view))
    assert "Zacharie" not in text_of(view)


async def test_another_club_s_person_is_not_opened(club: Club, theirs: Campaign) -> None:
    (line,) = await club.rows(AudienceLine, campaign_id=theirs.id)
    view = await opened(club)
    payload = pressed(club, {"action_id": "why_person", "value": str(line.contact_id)})
    payload["view"] = club.submission(view)["view"]
    payload["container"] = {"type": "view", "view_id": view.id}
    await club.post_payload(payload)
    await club.until(lambda: "This person is no longer there." in text_of(view))
    assert "Zacharie" not in text_of(view)


async def test_another_coach_s_draft_is_not_told(club: Club) -> None:
    preview = await previewed(club)
    admin = await club.open("/sms", user=seed.ADMIN)
    payload = pressed(club, {"action_id": "why", "value": f"draft:{draft_of(preview)}"})
    payload["user"]["id"] = seed.ADMIN
    payload["trigger_id"] = club.workspace.triggers.issue(seed.ADMIN, admin.id)
    await club.post_payload(payload)
    await club.until(lambda: any("no longer there" in text_of(p) for p in club.whispers(user=seed.ADMIN)))


async def test_a_guardian_of_an_adult_is_not_told_to_get_it_for_them(club: Club) -> None:
    await club.change(
        Contact, {"birth_date": club.clock.now().date().replace(year=1990)}, id=seed.key("maelys")
    )
    campaign = await sent(club)
    pairs = {(pair.child_id, pair.guardian_id) for pair in await club.rows(AudienceGuardian)}
    assert seed.key("maelys") not in {child for child, _ in pairs}
    assert (seed.key("sacha"), seed.key("gaelle")) in pairs
    assert UUID(Asked(str(campaign.id)).campaign_id) == campaign.id
