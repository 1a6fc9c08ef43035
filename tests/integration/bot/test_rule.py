"""A dynamic group built in Slack: counted as one builds it, nothing typed is lost, saved once, of this club alone."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.campaigns.audience import day_of
from bot.groups import building
from bot.groups.building import BuildingGone, begin, change, offered
from bot.groups.rule import save
from bot.playground import seed
from bot.playground.workspace import View
from bot.rules.lines import Form
from storage.conditions import Compared, Condition, Match, Operator, Rule, from_json, to_json
from storage.models import Audit, Contact, ContactField, Group, GroupDraft
from storage.states import FieldKind, GroupKind
from tests import factories
from tests.club import ADMIN, COACH, Club, text_of
from tests.integration.bot.test_groups import coach

TEAM, ENDS = f"own_{seed.key('field team').hex}", f"own_{seed.key('field ends').hex}"


async def open_new(club: Club, *, user: str = COACH) -> View:
    """The window of a new dynamic group."""
    listed = await club.open("/groups", user=user)
    await club.click(listed, "rule_add", user=user)
    return await club.modal("rule", user=user)


async def open_group(club: Club, name: str, *, user: str = COACH) -> View:
    """The window of a group that there is."""
    (group,) = await club.rows(Group, name=name)
    listed = await club.open("/groups", user=user)
    await club.workspace.click(user, listed, f"group.{group.id}", "group", f"change:{group.id}")
    return await club.modal("rule", user=user)


def block_with(view: View, action_id: str) -> str | None:
    """Where the view shows this element now."""
    for block in view.blocks:
        elements = [*block.get("elements", []), block.get("element", {}), block.get("accessory", {})]
        if any(element.get("action_id") == action_id for element in elements):
            return str(block["block_id"])
    return None


def shown_in(view: View, action_id: str, revision: str) -> str | None:
    """Where the view shows this element in this revision."""
    block_id = block_with(view, action_id)
    return block_id if block_id and block_id.endswith(revision) else None


async def put(club: Club, view: View, action_id: str, value: Any, *, revision: str = "") -> None:
    """Chooses or types this, once it can be (in this revision); several of a menu that asks the bot are a tuple."""
    block_id = await club.until(lambda: shown_in(view, action_id, revision))
    if isinstance(value, tuple):
        for one in value:
            await club.workspace.options(view.user, view, block_id, action_id, one)
        value = list(value)
    await club.workspace.set_value(view, block_id, action_id, value)


def fields_shown(view: View) -> set[str]:
    """The menus in which a line's field is chosen."""
    elements = [one for block in view.blocks for one in block.get("elements", [])]
    return {one["action_id"] for one in elements if one.get("action_id", "").startswith("field_")}


async def press(club: Club, view: View, action_id: str) -> None:
    """Presses a button."""
    await club.click(view, action_id, user=view.user)


async def say_when_licences_end(club: Club) -> None:
    """A field of the club's own: soon for two of three."""
    today = day_of((await coach(club)).club, club.clock.now())
    field = ContactField(
        id=seed.key("field ends"), club_id=seed.key("club"), name="licence ends", kind=FieldKind.DATE
    )
    await club.keep(field)
    for key, team, days in (
        ("hugo", "U13", 30),
        ("theo", "U15", 0),
        ("manon", "U15", 31),
        ("julie", "Seniors", 3),
    ):
        ends = (today + timedelta(days=days)).isoformat()
        await club.change(Contact, {"fields": {"team": team, "licence ends": ends}}, id=seed.key(key))


async def build_soon(club: Club) -> View:
    """U13 and U15 whose licence ends within 30 days."""
    await say_when_licences_end(club)
    view = await open_new(club)
    await club.fill(view, name="Licences to renew")
    await put(club, view, "field_1", TEAM)
    await put(club, view, "value_1", ("U13", "U15"))
    await press(club, view, "more_")
    await put(club, view, "field_2", ENDS)
    return view


SOON = Rule(
    parts=(
        Rule(
            Match.ANY,
            (
                Condition("fields.team", Compared.TEXT, Operator.IS, "U13"),
                Condition("fields.team", Compared.TEXT, Operator.IS, "U15"),
            ),
        ),
        Condition("fields.licence ends", Compared.DATE, Operator.NEXT_DAYS, "30"),
    )
)


@pytest.mark.both
async def test_a_group_is_built_in_nine_acts_and_texted_at_once(club: Club) -> None:
    view = await build_soon(club)
    await club.until(
        lambda: (
            "*2 people of 40 belong now*\nteam is U13 or U15, and licence ends within 30 days"
            in text_of(view)
        )
    )
    assert "Hugo Fontaine and Théo Lambert" in text_of(view)
    listed = await club.submit(view)
    await club.until(lambda: "Licences to renew is saved: 2 people now." in text_of(listed))
    (group,) = await club.rows(Group, name="Licences to renew")
    assert group.rule == {"field": "last_name", "value": "\n"} | to_json(SOON)
    (line,) = await club.rows(Audit, action="group_added")
    assert (line.actor, line.subject) == (COACH, f"group {group.id}: name, rule")
    preview = await club.compose(audience="dynamic", groups="Licences to renew", message="Please renew it.")
    assert "2 recipients" in text_of(preview)


async def test_each_act_keeps_what_the_others_did_however_fast_they_come(club: Club) -> None:
    view = await open_new(club)
    await club.fill(view, name="Fast")
    await put(club, view, "field_1", TEAM)
    await club.until(lambda: block_with(view, "value_1"))
    club.workspace.faults.slow("views.update", 0.3)
    await asyncio.gather(
        press(club, view, "more_"),
        press(club, view, "inner_"),
        put(club, view, "value_1", ("U13",)),
    )
    await club.until(lambda: len(fields_shown(view)) == 3)
    # Whichever of the two buttons came first got the lower number.
    _, added, _ = sorted(fields_shown(view))
    await put(club, view, added, "age")
    await put(club, view, added.replace("field", "value"), "12")
    await club.until(lambda: "team is U13, and" in text_of(view) and "age is at least 12" in text_of(view))
    assert len(fields_shown(view)) == 3
    assert view.form.value("name", "name") == "Fast"


async def test_a_block_holds_conditions_of_which_one_is_enough(club: Club) -> None:
    view = await open_new(club)
    await put(club, view, "field_1", "roles")
    await put(club, view, "value_1", ("joueur",))
    await press(club, view, "inner_")
    await put(club, view, "field_3", TEAM)
    await put(club, view, "value_3", ("U11",))
    await press(club, view, "more_2")
    await put(club, view, "field_4", "first_name")
    await put(club, view, "operator_4", "begins")
    await put(club, view, "value_4", "Hug", revision="3")
    await club.until(
        lambda: (
            "*7 people of 40 belong now*\nroles include joueur, and (team is U11, or first name begins with Hug)"
            in text_of(view)
        )
    )
    await put(club, view, "match_2", "all")
    await club.until(
        lambda: "*0 people of 40 belong now*\nroles include joueur, and (team is U11, and" in text_of(view)
    )
    await put(club, view, "match", "any")
    await club.until(lambda: "*28 people of 40" in text_of(view))
    for key in ("drop_3", "drop_4"):
        await press(club, view, key)
    await club.until(lambda: not block_with(view, "match_2"))


async def test_a_group_is_shown_as_it_is_and_changed_in_what_one_changes_alone(club: Club) -> None:
    view = await open_group(club, "Seniors")
    assert "*7 people of 40 belong now*\nteam is Seniors" in text_of(view)
    await put(club, view, "value_1", ("Seniors", "U15"))
    listed = await club.submit(view)
    await club.until(lambda: "Seniors is saved: 14 people now." in text_of(listed))
    (group,) = await club.rows(Group, id=seed.key("Seniors"))
    assert [one.value for one in from_json(group.rule or {}).conditions()] == ["Seniors", "U15"]
    (line,) = await club.rows(Audit, action="group_changed")
    assert line.subject == f"group {group.id}: rule"


async def test_a_rule_of_one_plain_condition_is_one_that_older_bots_read(club: Club) -> None:
    view = await open_new(club)
    await club.fill(view, name="Only U11")
    await put(club, view, "field_1", TEAM)
    await put(club, view, "value_1", ("U11",))
    await club.submit(view)
    (group,) = await club.rows(Group, name="Only U11")
    assert group.rule is not None
    assert group.rule.items() >= {"field": "team", "value": "U11"}.items()


async def test_a_name_that_another_group_has_is_refused_under_it_and_nothing_typed_is_lost(
    club: Club,
) -> None:
    view = await open_new(club)
    await club.fill(view, name=" benevoles ")
    await put(club, view, "field_1", TEAM)
    await put(club, view, "value_1", ("U11",))
    refused = await club.submit(view)
    assert refused is view
    assert view.errors["name"] == "The club has a group “Bénévoles” already. Choose another name."
    await club.fill(view, name="Helpers")
    listed = await club.submit(view)
    await club.until(lambda: "Helpers is saved: 6 people now." in text_of(listed))


async def test_without_a_condition_nothing_is_saved(club: Club) -> None:
    view = await open_new(club)
    await club.fill(view, name="Everybody")
    await club.submit(view)
    assert "without a condition, everybody would belong" in view.errors["name"]
    assert not await club.rows(Group, name="Everybody")


async def test_a_window_submitted_before_it_followed_shows_what_is_missing(club: Club) -> None:
    view = await open_new(club)
    await club.fill(view, name="Hasty")
    await put(club, view, "field_1", TEAM)
    await club.until(lambda: block_with(view, "value_1"))
    club.workspace.faults.slow("views.update", 5)
    await club.workspace.set_value(view, block_with(view, "field_1") or "", "field_1", "tags", wait=False)
    await put(club, view, "value_1", ("U11",))
    await club.submit(view)
    assert "Give a value, or remove this condition." in text_of(view)
    assert view.form.value("name", "name") == "Hasty"
    await put(club, view, "value_1", ("here",))
    await club.submit(view)
    (group,) = await club.rows(Group, name="Hasty")
    assert [one.field for one in from_json(group.rule or {}).conditions()] == ["tags"]


async def test_of_two_who_change_a_group_the_second_is_told(club: Club) -> None:
    mine, theirs = await open_group(club, "Seniors"), await open_group(club, "Seniors", user=ADMIN)
    await put(club, mine, "value_1", ("U11",))
    await club.submit(mine)
    await club.fill(theirs, name="Grown-ups")
    refused = await club.submit(theirs)
    assert "Somebody else changed this group meanwhile" in refused.errors["name"]
    assert theirs.form.value("name", "name") == "Grown-ups"
    (group,) = await club.rows(Group, id=seed.key("Seniors"))
    assert (group.name, len(await club.rows(Audit, action="group_changed"))) == ("Seniors", 1)


async def test_a_group_deleted_meanwhile_is_said_to_be_gone(club: Club) -> None:
    view = await open_group(club, "Seniors")
    async with club.database() as db, db.begin() as session:
        await session.delete(await session.get_one(Group, seed.key("Seniors")))
    await club.submit(view)
    assert view.errors["name"] == "This group is no longer there."
    listed = await club.open("/groups")
    assert "*Seniors*" not in text_of(listed)


@pytest.mark.both
async def test_two_who_give_one_name_at_once_make_one_group(club: Club) -> None:
    views = [await open_new(club), await open_new(club, user=ADMIN)]
    for view in views:
        await club.fill(view, name="Twins")
        await put(club, view, "field_1", TEAM)
        await put(club, view, "value_1", ("U11",))
    await asyncio.gather(*(club.workspace.submit(view) for view in views))
    assert len(await club.rows(Group, name="Twins")) == 1
    assert sorted("already" in str(view.errors) for view in views) == [False, True]


@pytest.mark.both
async def test_a_group_that_is_saved_twice_is_one(club: Club) -> None:
    view = await open_new(club)
    await club.fill(view, name="Once")
    await put(club, view, "field_1", TEAM)
    await put(club, view, "value_1", ("U11",))
    payload = club.submission(view)
    answers = await asyncio.gather(club.post_payload(payload), club.post_payload(payload))
    assert [*answers, await club.post_payload(payload)] == [(200, "")] * 3
    (group,) = await club.rows(Group, name="Once")
    assert len(await club.rows(Audit, action="group_added")) == 1
    again = await open_new(club)
    assert again.form.value("name", "name") in (None, "")
    who, rt = await coach(club), club.bot and club.bot.rt
    assert rt
    renamed = Form(name="Twice")
    with pytest.raises(building.SavedBefore):
        await save(rt, who, group.id, lambda form, own: renamed)


async def test_what_was_built_and_not_saved_is_offered_again(club: Club) -> None:
    view = await open_new(club)
    await put(club, view, "field_1", TEAM)
    await put(club, view, "value_1", ("U11",))
    await club.stop()
    await club.start()
    again = await open_new(club)
    assert "*6 people of 40 belong now*\nteam is U11" in text_of(again)


async def test_people_are_offered_the_values_that_there_are(club: Club) -> None:
    view = await open_new(club)
    await put(club, view, "field_1", TEAM)
    block_id = await club.until(lambda: block_with(view, "value_1"))

    async def values(typed: str) -> list[str]:
        found = await club.workspace.options(COACH, view, block_id, "value_1", typed)
        return [one["value"] for one in found.flat]

    assert await values("") == ["Seniors", "U11", "U13", "U15"]
    assert await values("u1") == ["u1", "U11", "U13", "U15"]
    assert await values("u13") == ["U13"]
    assert await values("100%") == ["100%"]
    await put(club, view, "field_1", "roles")
    block_id = await club.until(
        lambda: (block_with(view, "value_1") or "").endswith("3") and block_with(view, "value_1")
    )
    assert await values("BENE") == ["BENE", "bénévole"]


async def test_nothing_of_another_club_or_person_is_opened_read_or_saved(club: Club) -> None:
    other = factories.club()
    field = ContactField(id=uuid4(), club_id=other.id, name="theirs", kind=FieldKind.TEXT)
    theirs = Group(club_id=other.id, name="Theirs", kind=GroupKind.DYNAMIC, rule=to_json(SOON))
    form = Form().to_json()
    of_club = GroupDraft(club_id=other.id, slack_user_id=COACH, form=form, updated_at=club.clock.now())
    of_person = GroupDraft(
        club_id=seed.key("club"), slack_user_id=ADMIN, form=form, updated_at=club.clock.now()
    )
    person = factories.contact(other, 7, fields={"team": "Secret"})
    await club.keep(other)
    await club.keep(field, theirs, of_club, of_person, person)
    for verb in ("change", "remove"):
        listed = await club.open("/groups")
        await act_on(club, listed, "group", f"{verb}:{theirs.id}")
        await club.until(
            lambda: any("no longer there" in text_of(one) for one in club.workspace.views(COACH))
        )
    view = await open_new(club)
    await act_on(club, view, "field_1", f"own_{field.id.hex}")
    await club.workspace.settled()
    assert not block_with(view, "value_1")
    await put(club, view, "field_1", TEAM)
    block_id = await club.until(lambda: block_with(view, "value_1"))
    found = await club.workspace.options(COACH, view, block_id, "value_1", "secret")
    assert [one["value"] for one in found.flat] == ["secret"]
    for draft in (of_club, of_person):
        payload = club.submission(view)
        about = payload["view"]["private_metadata"]
        payload["view"]["private_metadata"] = re.sub(
            r'"draft_id": "[^"]+"', f'"draft_id": "{draft.id}"', about
        )
        _, answer = await club.post_payload(payload)
        assert "This window is too old." in answer
    assert club.bot
    who, rt = await coach(club), club.bot.rt
    for draft in (of_club, of_person):
        with pytest.raises(BuildingGone):
            await change(rt, who, draft.id, lambda form, own: form)
        with pytest.raises(BuildingGone):
            await save(rt, who, draft.id, lambda form, own: form)
        with pytest.raises(BuildingGone):
            await building.building(rt, who, draft.id)
        with pytest.raises(BuildingGone):
            await offered(rt, who, draft.id, "1", "", limit=9)
    assert (await club.rows(Group, id=theirs.id))[0].rule == to_json(SOON)


async def act_on(club: Club, view: View, action_id: str, value: str) -> None:
    """Sends what Slack would send, with a value that the view never offered."""
    chosen = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    action = {"type": "overflow", "action_id": action_id, "block_id": "x", "selected_option": chosen}
    payload = club.submission(view) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "actions": [action | {"action_ts": "1.1"}],
    }
    await club.post_payload(payload)


async def test_old_drafts_are_dropped(club: Club) -> None:
    view = await open_new(club)
    await put(club, view, "field_1", TEAM)
    assert club.bot
    club.skip(timedelta(hours=13))
    await begin(club.bot.rt, await coach(club), None)
    (draft,) = await club.rows(GroupDraft)
    assert Form.from_json(draft.form) == Form()
    assert UUID(str(draft.id))
