"""Groups: who is in them when a text leaves, the list of them, and one taken away."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import storage.groups
from bot.groups import listed as groups
from bot.i18n import load_catalogues
from bot.playground import seed
from bot.playground.workspace import View
from bot.runtime import Who
from storage.conditions import Compared, Condition, Operator, Rule, to_json
from storage.models import Audit, Campaign, Contact, Draft, Group, Membership
from storage.models import Club as ClubRow
from storage.states import CampaignState, GroupKind, Role
from tests import factories
from tests.club import COACH, Club, SetClock, open_club, text_of

BIRTHDAY = Rule(parts=(Condition("birth_date", Compared.DATE, Operator.ANNIVERSARY),))
SATURDAY_NIGHT = datetime(2040, 1, 7, 23, 30, tzinfo=UTC)
"""Already the 8th in Paris."""


async def coach(club: Club) -> Who:
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    return Who(row, COACH, Role.COACH, load_catalogues()["en"], row.zone)


async def remove(club: Club, view: View, group: str) -> None:
    """Chooses it in the menu beside this group, and says yes."""
    block_id = f"group.{seed.key(group)}"
    row = next(block for block in view.blocks if block["block_id"] == block_id)
    menu = row["accessory"]["action_id"]
    await club.workspace.click(COACH, view, block_id, menu, f"remove:{seed.key(group)}")
    await club.submit(await club.modal("group_removal"))


async def test_today_is_the_clubs_day_and_not_that_of_the_clock(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, clock=SetClock(SATURDAY_NIGHT)) as club:
        mine = {"club_id": seed.key("club"), "created_at": SATURDAY_NIGHT}
        await club.keep(
            Contact(
                first_name="Ada", last_name="Lys", e164="+33678123401", birth_date=date(1990, 1, 7), **mine
            ),
            Contact(
                first_name="Bea", last_name="Lys", e164="+33678123402", birth_date=date(1990, 1, 8), **mine
            ),
            Group(club_id=seed.key("club"), name="Birthday", kind=GroupKind.DYNAMIC, rule=to_json(BIRTHDAY)),
        )
        preview = await club.compose(audience="dynamic", groups="Birthday", message="Dear {first_name}")
        assert "1 recipient" in text_of(preview)
        assert "Dear Bea" in text_of(preview)


async def test_the_list_says_how_many_people_each_group_has_and_by_which_rule(club: Club) -> None:
    await club.change(Contact, {"archived_at": SATURDAY_NIGHT}, id=seed.key("manon"))
    listed = text_of(await club.open("/groups"))
    assert "*U15* · 6 people\na fixed list" in listed
    assert "*Seniors* · 7 people\nteam is Seniors" in listed
    assert "*Bénévoles* · 4 people\nroles include bénévole" in listed


async def test_a_deleted_group_is_gone_and_its_people_stay(club: Club) -> None:
    before = len(await club.rows(Contact))
    view = await club.open("/groups")
    await remove(club, view, "U11")
    await club.until(lambda: "U11" not in text_of(view))
    assert not await club.rows(Membership, group_id=seed.key("U11"))
    assert await club.rows(Membership, group_id=seed.key("U13"))
    assert len(await club.rows(Contact)) == before
    assert [line.action for line in await club.rows(Audit, action="group_removed")]


async def test_a_group_that_a_scheduled_text_needs_stays_until_that_is_called_off(club: Club) -> None:
    preview = await club.compose(
        audience="dynamic",
        groups="Seniors",
        title="Match",
        message="Hello",
        when="later",
        at_date=(club.clock.now() + timedelta(days=2)).date().isoformat(),
        at_time="12:00",
    )
    await club.confirm(preview)
    view = await club.open("/groups")
    await remove(club, view, "Seniors")
    await club.until(lambda: "“Match” is scheduled for Seniors" in text_of(view))
    assert await club.rows(Group, id=seed.key("Seniors"))
    await club.change(Campaign, {"state": CampaignState.CANCELLED})
    await remove(club, view, "Seniors")
    await club.until(lambda: "*Seniors*" not in text_of(view))


async def test_a_text_is_refused_whose_group_was_deleted_after_its_preview_and_nothing_typed_is_lost(
    club: Club,
) -> None:
    preview = await club.compose(groups=("U11", "U13"), message="Hello")
    await groups.remove(club.bot.rt, await coach(club), seed.key("U11"))
    refused = await club.submit(preview)
    assert "The group U11 was deleted meanwhile" in text_of(refused)
    assert not await club.rows(Campaign)
    (compose,) = [view for view in club.workspace.views(COACH) if view.callback_id == "compose"]
    await club.submit(compose)
    assert "The group U11 was deleted meanwhile" in str(compose.errors)
    (draft,) = await club.rows(Draft)
    assert draft.fields["message"] == "Hello"


async def test_a_text_that_is_confirmed_while_its_group_is_deleted_waits_and_is_refused(club: Club) -> None:
    preview = await club.compose(groups=("U11", "U13"), message="Hello")
    who, rt = await coach(club), club.bot.rt
    async with rt.db.begin() as session:
        await storage.groups.alone(session, who.club.id)
        confirmed = asyncio.create_task(club.submit(preview))
        await asyncio.sleep(0.3)
        await storage.groups.remove(session, who.club.id, seed.key("U11"))
    assert "The group U11 was deleted meanwhile" in text_of(await confirmed)
    assert not await club.rows(Campaign)


async def test_a_text_is_refused_when_somebody_picked_by_name_left_the_club_after_its_preview(
    club: Club,
) -> None:
    preview = await club.compose(audience="contacts", contacts=("Noël", "Julie"), message="Hello")
    await club.change(Contact, {"archived_at": SATURDAY_NIGHT}, first_name="Noël")
    refused = await club.submit(preview)
    assert "Noël Petit is no longer among the club's people" in text_of(refused)
    assert not await club.rows(Campaign)


async def test_nobody_deletes_another_clubs_group(club: Club) -> None:
    other = factories.club()
    theirs = Group(club_id=other.id, name="Theirs", kind=GroupKind.FIXED)
    person = factories.contact(other, 7)
    for row in (other, theirs, person):
        await club.keep(row)
    await club.keep(Membership(club_id=other.id, group_id=theirs.id, contact_id=person.id))
    view = await club.open("/groups")
    assert "Theirs" not in text_of(view)
    assert club.bot
    with pytest.raises(groups.GroupGone):
        await groups.remove(club.bot.rt, await coach(club), theirs.id)
    assert await club.rows(Group, id=theirs.id)
    assert await club.rows(Membership, group_id=theirs.id)
