"""Fixed groups: made and changed, filled by search and from a pasted list, with groups in them and coaches of their own."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.campaigns.values import Choice
from bot.groups.fixed import NotKept, save, sheet
from bot.groups.sheets import FixedForm, FixedSheet, Kept
from bot.playground import seed
from bot.playground.workspace import View
from storage.models import Audit, Contact, Group, GroupPart, GroupStaff, Membership
from storage.models import Club as ClubRow
from storage.states import GroupKind
from tests import factories
from tests.club import ADMIN, COACH, Club, block_of, text_of
from tests.integration.bot.test_contacts import menu_payload, theirs
from tests.integration.bot.test_opt_outs import coach

PASTED = """\
Léa MARTIN
bernard zoe;noel petit
- 06 12 34 56 24
1. Roux
Jade\tLefèvre\tjade@example.org\t06.12.34.56.21
01 42 68 53 00
Jean Dupond
"""


async def new(club: Club, **fields: Any) -> View:
    """A new group, submitted: what is on top then."""
    listed = await club.open("/groups")
    await club.click(listed, "fixed_add")
    view = await club.modal("fixed_group")
    await club.fill(view, **fields)
    return await club.submit(view)


async def open_group(club: Club, name: str, verb: str = "change", *, user: str = COACH) -> View:
    """The window of this group; the list stays beneath."""
    (row,) = await club.rows(Group, name=name)
    listed = await club.open("/groups", user=user)
    await club.workspace.click(user, listed, f"group.{row.id}", "fixed", f"{verb}:{row.id}")
    names = {"change": "fixed_group", "members": "members", "remove": "group_removal"}
    return await club.modal(names[verb], user=user)


async def on_list(club: Club, group_id: UUID) -> set[str]:
    """Who stands on the list, by first name."""
    ids = {row.contact_id for row in await club.rows(Membership, group_id=group_id)}
    return {row.first_name for row in await club.rows(Contact) if row.id in ids}


async def group_of(club: Club, name: str) -> Group:
    (row,) = await club.rows(Group, name=name)
    return row


async def test_a_new_group_has_its_people_groups_and_coaches_and_is_texted(club: Club) -> None:
    listed = await new(
        club,
        name="  Tournoi   de Noël ",
        joiners=["Hugo", "Loïc"],
        subgroups=["U15", "Bénévoles"],
        coaches=[COACH, ADMIN],
    )
    assert not listed.errors, listed.errors
    said = "Tournoi de Noël is saved. 2 people were added."
    await club.until(lambda: said in text_of(listed))
    row = await group_of(club, "Tournoi de Noël")
    assert await on_list(club, row.id) == {"Hugo", "Loïc"}
    members = [one for one in seed.MEMBERS if one.team == "U15" or one.role == "bénévole"]
    shown = text_of(listed)
    assert f"*Tournoi de Noël* · {len(members) + 2} people\na fixed list · with Bénévoles and U15" in shown
    assert f"<@{COACH}>" in shown
    (line,) = await club.rows(Audit, action="group_added")
    assert line.subject == f"group {row.id}: 2 people added, groups in it, staff"
    preview = await club.compose(audience="fixed", groups="Tournoi de Noël", message="Hello")
    assert "9 recipients" in text_of(preview), (
        "of the thirteen one asked for none, one is abroad, two have no number"
    )


@pytest.mark.both
async def test_somebody_in_several_groups_of_a_group_gets_one_text(club: Club) -> None:
    await new(club, name="Both", joiners="Manon", subgroups=["U15", "U13"])
    await club.keep(
        Membership(club_id=seed.key("club"), group_id=seed.key("U13"), contact_id=seed.key("manon"))
    )
    campaign = await club.send("Both", "Hello")
    await club.stands(campaign, "done")
    numbers = [message.e164 for message in await club.messages(campaign)]
    assert len(numbers) == len(set(numbers))
    assert {seed.number_of(key) for key in ("manon", "theo", "hugo")} <= set(numbers)
    assert len(club.phone("manon").inbox) == 1


async def test_who_joins_a_group_within_a_group_before_the_text_leaves_gets_it(club: Club) -> None:
    await new(club, name="Outer", subgroups="U13")
    await new(club, name="Outermost", subgroups="Outer")
    preview = await club.compose(audience="fixed", groups="Outermost", message="Hello")
    await club.keep(
        Membership(club_id=seed.key("club"), group_id=seed.key("U13"), contact_id=seed.key("antoine"))
    )
    campaign = await club.confirm(preview)
    await club.stands(campaign, "done")
    assert club.phone("antoine").inbox


async def test_nothing_of_a_pasted_list_is_stored_before_its_report_was_seen(club: Club) -> None:
    view = await new(club, name="Pasted", pasted=PASTED)
    assert view.callback_id == "fixed_group"
    shown = text_of(view)
    assert (
        "*To be added: 5 people*\nLéa Martin, Zoë Bernard, Noël Petit, Hugo Fontaine, Jade Lefèvre" in shown
    )
    assert "*2 lines mean nobody*" in shown
    assert "“01 42 68 53 00”: nobody of the club has this name or number" not in shown
    assert "“Jean Dupond”: nobody of the club has this name or number" in shown
    assert view.form.value(block_of(view, "pasted"), "pasted") == "01 42 68 53 00\nJean Dupond"
    assert not await club.rows(Group, name="Pasted")
    assert "“1. Roux”" in str(view.blocks)
    roux = block_of(view, "which")
    await club.workspace.set_value(view, roux, "which", "all")
    await club.fill(view, pasted="Julie Mercier")
    again = await club.submit(view)
    assert "*To be added: 6 people*" in text_of(again)
    listed = await club.submit(again)
    await club.until(lambda: "Pasted is saved. 9 people were added." in text_of(listed))
    row = await group_of(club, "Pasted")
    found = {"Léa", "Zoë", "Noël", "Hugo", "Jade", "Julie", "Inès", "Sacha", "Gaëlle"}
    assert await on_list(club, row.id) == found


async def test_who_is_on_the_list_already_is_told_and_not_added_twice(club: Club) -> None:
    view = await open_group(club, "U13")
    await club.fill(view, pasted="Hugo Fontaine\nManon Dubois")
    view = await club.submit(view)
    assert "On the list already: 1\nHugo Fontaine" in text_of(view)
    listed = await club.submit(view)
    await club.until(
        lambda: "U13 is saved. 1 person was added. 1 was on the list already." in text_of(listed)
    )


async def test_a_bad_number_says_why_and_a_name_of_many_asks_for_more(club: Club) -> None:
    people = [
        factories.contact(await club_row(club), n, first_name=f"A{n}", last_name="Durand") for n in range(25)
    ]
    await club.keep(*people)
    view = await new(club, name="Bad", pasted="06 12\nDurand\n0899 12 34 56\n06 12 34 56 24 poste 12")
    shown = text_of(view)
    assert "“06 12”: not a mobile number" in shown
    assert "“Durand”: many people have this name, so write first and last name" in shown
    assert "“0899 12 34 56”: a special-rate number, which gets no SMS" in shown
    assert "poste 12”: an extension, which no SMS reaches" in shown
    assert "*Nobody new is found.*" in shown
    await club.fill(view, pasted="")
    listed = await club.submit(view)
    assert listed.callback_id == "groups"
    assert await club.rows(Group, name="Bad")


async def club_row(club: Club) -> ClubRow:
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    return row


async def test_a_name_with_another_ones_number_is_asked_about(club: Club) -> None:
    view = await new(club, name="Asked", pasted="Hugo Fontaine 06 12 34 56 31\nJean Dupond : 0612345624")
    both, one = [block for block in view.blocks if block["block_id"].startswith("which.")]
    labels = [option["text"]["text"] for option in both["element"]["options"]]
    assert labels == ["Manon Dubois", "Hugo Fontaine", "All of them", "None of them"]
    assert [option["text"]["text"] for option in one["element"]["options"]] == [
        "Hugo Fontaine",
        "Not this person",
    ]
    await club.workspace.set_value(view, both["block_id"], "which", str(seed.key("manon")))
    await club.workspace.set_value(view, one["block_id"], "which", "nobody")
    listed = await club.submit(view)
    await club.until(lambda: "Asked is saved. 1 person was added." in text_of(listed))
    assert await on_list(club, (await group_of(club, "Asked")).id) == {"Manon"}


async def test_what_is_wrong_is_said_under_its_field_and_nothing_typed_is_lost(club: Club) -> None:
    view = await new(club, name="u13", pasted="Hugo", joiners="Loïc")
    assert view.errors[block_of(view, "name")] == "There is a group “U13” already."
    assert view.form.value("pasted", "pasted") == "Hugo"
    await club.fill(view, name="   ")
    view = await club.submit(view)
    assert view.errors[block_of(view, "name")] == "Give the group a name."


async def test_a_group_cannot_be_in_itself_however_deep(club: Club) -> None:
    await new(club, name="Outer", subgroups="U13")
    await new(club, name="Outermost", subgroups="Outer")
    view = await open_group(club, "U13")
    found = await club.workspace.options(COACH, view, block_of(view, "subgroups"), "subgroups", "")
    offered = [option["text"]["text"] for option in found.flat]
    assert "U15" in offered
    assert not {"U13", "Outer", "Outermost"} & set(offered)
    payload = club.submission(view)
    option = {
        "text": {"type": "plain_text", "text": "x"},
        "value": str((await group_of(club, "Outermost")).id),
    }
    payload["view"]["state"]["values"]["subgroups"]["subgroups"]["selected_options"] = [option]
    _, answer = await club.post_payload(payload)
    assert "Outermost cannot be in it: this group is in there itself." in answer
    assert not await club.rows(GroupPart, group_id=seed.key("U13"))


@pytest.mark.both
async def test_two_groups_that_take_each_other_in_at_once_make_no_ring(club: Club) -> None:
    assert club.bot
    rt, who = club.bot.rt, await coach(club)
    one, other = await sheet(rt, who, seed.key("U11")), await sheet(rt, who, seed.key("U13"))
    tries = [
        save(rt, who, into, FixedForm(into.name, parts=(Choice(part.id, part.name),)))
        for into, part in ((one, other), (other, one))
    ]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Kept", "NotKept"]
    assert len(await club.rows(GroupPart)) == 1


async def test_a_group_that_is_part_of_another_is_not_deleted_and_says_so(club: Club) -> None:
    await new(club, name="Outer", subgroups="U13")
    view = await open_group(club, "U13", "remove")
    listed = await club.submit(view)
    await club.until(lambda: "U13 is part of Outer: take it out there first." in text_of(listed))
    assert await club.rows(Group, name="U13")
    view = await open_group(club, "Outer", "remove")
    listed = await club.submit(view)
    await club.until(lambda: "*Outer*" not in text_of(listed))
    assert not await club.rows(GroupPart)
    view = await open_group(club, "U13", "remove")
    listed = await club.submit(view)
    await club.until(lambda: "*U13*" not in text_of(listed))


async def test_what_others_add_meanwhile_stays(club: Club) -> None:
    first, second = await open_group(club, "U13"), await open_group(club, "U13", user=ADMIN)
    await club.fill(first, joiners="Manon", subgroups="U11", coaches=[COACH])
    await club.submit(first)
    await club.fill(second, joiners="Théo", subgroups="U15", coaches=[ADMIN], name="U13 mixed")
    await club.submit(second)
    group = await group_of(club, "U13 mixed")
    assert {"Manon", "Théo", "Hugo"} <= await on_list(club, group.id)
    assert {row.part_id for row in await club.rows(GroupPart)} == {seed.key("U11"), seed.key("U15")}
    assert {row.slack_user_id for row in await club.rows(GroupStaff)} == {COACH, ADMIN}
    third = await open_group(club, "U13 mixed")
    await club.change(Group, {"name": "U13 boys"}, id=group.id)
    await club.fill(third, name="U13 girls")
    third = await club.submit(third)
    assert "Somebody else named this group “U13 boys” meanwhile." in third.errors[block_of(third, "name")]


async def test_parts_and_coaches_are_taken_out_again(club: Club) -> None:
    await new(club, name="Outer", subgroups=["U13", "U15"], coaches=[COACH, ADMIN])
    view = await open_group(club, "Outer")
    await club.fill(view, subgroups="U15", coaches=[ADMIN])
    listed = await club.submit(view)
    await club.until(lambda: "Outer is saved." in text_of(listed))
    assert [row.part_id for row in await club.rows(GroupPart)] == [seed.key("U15")]
    assert [row.slack_user_id for row in await club.rows(GroupStaff)] == [ADMIN]
    (line,) = await club.rows(Audit, action="group_changed")
    assert line.subject.endswith(": groups in it, staff")


@pytest.mark.both
async def test_a_new_group_whose_answer_was_lost_is_made_once(club: Club) -> None:
    assert club.bot
    rt, who = club.bot.rt, await coach(club)
    blank = FixedSheet(str(uuid4()), is_new=True)
    tries = [save(rt, who, blank, FixedForm("Once")) for _ in range(5)]
    done = await asyncio.gather(*tries)
    assert all(isinstance(each, Kept) for each in done)
    assert len(await club.rows(Group, name="Once")) == 1
    tries = [save(rt, who, FixedSheet(str(uuid4()), is_new=True), FixedForm("Alike")) for _ in range(3)]
    refused = [
        each for each in await asyncio.gather(*tries, return_exceptions=True) if isinstance(each, NotKept)
    ]
    assert len(refused) == 2


async def test_a_coachs_own_groups_are_offered_first(club: Club) -> None:
    view = await open_group(club, "U15")
    await club.fill(view, coaches=[COACH])
    await club.submit(view)
    own, others = (await picker(club, COACH))["option_groups"]
    assert own["label"]["text"] == "Your groups"
    assert [one["text"]["text"] for one in own["options"]] == ["U15"]
    assert [one["text"]["text"] for one in others["options"]] == ["U11", "U13"]
    assert "option_groups" not in await picker(club, ADMIN)


async def picker(club: Club, user: str) -> dict[str, Any]:
    view = await club.open("/sms", user=user)
    block = next(block for block in view.blocks if block["block_id"] == "groups.fixed")
    return dict(block["element"])


async def test_people_are_found_on_the_list_taken_off_and_put_back(club: Club) -> None:
    view = await open_group(club, "U13", "members")
    assert "*U13* · 8 people" in text_of(view)
    await club.fill(view, member_search="hugo")
    await club.until(lambda: "Loïc Moreau" not in text_of(view))
    member = f"member.{seed.key('hugo')}"
    await club.workspace.click(COACH, view, member, "member_off")
    await club.until(lambda: "Hugo Fontaine is taken off U13." in text_of(view))
    assert "Hugo" not in await on_list(club, seed.key("U13"))
    beneath = club.workspace.views(COACH)[0]
    await club.until(lambda: "*U13* · 7 people" in text_of(beneath))
    await club.click(view, "member_back")
    await club.until(lambda: "is taken off" not in text_of(view))
    assert "Hugo" in await on_list(club, seed.key("U13"))
    assert [line.action for line in await club.rows(Audit)][-2:] == [
        "group_member_removed",
        "group_member_added",
    ]


async def test_a_long_list_is_shown_page_by_page_with_what_is_in_it(club: Club) -> None:
    row = await club_row(club)
    people = [factories.contact(row, n, first_name="Zed", last_name=f"Zz{n:03}") for n in range(12)]
    await club.keep(*people)
    await club.keep(
        *(Membership(club_id=row.id, group_id=seed.key("U11"), contact_id=one.id) for one in people)
    )
    view = await open_group(club, "U11")
    await club.fill(view, subgroups="U13")
    await club.submit(view)
    view = await open_group(club, "U11", "members")
    assert "*U11* · 18 people" in text_of(view)
    assert "With the groups in it (U13): 26 people." in text_of(view)
    assert "Zz011" not in text_of(view)
    await club.click(view, "page")
    await club.until(lambda: "Zz011" in text_of(view))
    await club.fill(view, member_search="nobody like this")
    await club.until(lambda: "Nobody on the list is found by that." in text_of(view))


async def other_group(club: Club) -> tuple[Group, Contact]:
    """Another club's group, with somebody on its list."""
    person = await theirs(club)
    group = Group(club_id=person.club_id, name="Theirs", kind=GroupKind.FIXED)
    await club.keep(group)
    await club.keep(Membership(club_id=person.club_id, group_id=group.id, contact_id=person.id))
    return group, person


@pytest.mark.turns
async def test_no_id_of_another_club_is_shown_changed_or_put_in(club: Club) -> None:
    group, person = await other_group(club)
    view = await open_group(club, "U13")
    mine = f"change:{seed.key('U13')}"
    listed = club.workspace.views(COACH)[0]
    for verb in ("change", "members", "remove"):
        for id in (group.id, uuid4()):
            club.workspace.set_stack(COACH, [listed])
            payload = menu_payload(club, listed, mine)
            payload["actions"][0] |= {"action_id": "fixed"}
            payload["actions"][0]["selected_option"]["value"] = f"{verb}:{id}"
            await club.post_payload(payload)
            top = await club.modal("told")
            assert "This group is no longer there." in text_of(top)
            assert "Theirs" not in str(top.blocks)
    club.workspace.set_stack(COACH, [listed, view])
    for name, id, said in (
        ("joiners", person.id, "Somebody chosen here is no longer there."),
        ("subgroups", group.id, "A group chosen here is no longer there."),
    ):
        payload = club.submission(view)
        option = {"text": {"type": "plain_text", "text": "x"}, "value": str(id)}
        payload["view"]["state"]["values"][name][name]["selected_options"] = [option]
        _, answer = await club.post_payload(payload)
        assert said in answer
    for is_new in ("", "yes"):
        payload = club.submission(view)
        about = payload["view"]["private_metadata"]
        about = about.replace(str(seed.key("U13")), str(group.id)).replace('"new": ""', f'"new": "{is_new}"')
        payload["view"]["private_metadata"] = about
        payload["view"]["state"]["values"]["name"]["name"]["value"] = "Ours now"
        _, answer = await club.post_payload(payload)
        assert "This group is no longer there." in answer
    found = await club.workspace.options(COACH, view, block_of(view, "subgroups"), "subgroups", "theirs")
    assert not found.flat
    assert (await group_of(club, "Theirs")).club_id == person.club_id
    assert len(await club.rows(Membership, group_id=group.id)) == 1
    assert not await club.rows(GroupPart)


@pytest.mark.turns
async def test_nobody_is_put_on_or_taken_off_another_clubs_list(club: Club) -> None:
    group, person = await other_group(club)
    view = await open_group(club, "U13", "members")
    for button in ("member_off", "member_back"):
        action = {
            "type": "button",
            "block_id": f"member.{person.id}",
            "action_id": button,
            "value": str(person.id),
            "action_ts": "9999999999.1",
        }
        payload = menu_payload(club, view, "x") | {"actions": [action]}
        await club.post_payload(payload)
        await club.until(lambda: "This person is no longer there." in text_of(view))
        payload["actions"][0]["value"] = str(seed.key("hugo"))
        about = payload["view"]["private_metadata"]
        payload["view"]["private_metadata"] = about.replace(str(seed.key("U13")), str(group.id))
        await club.post_payload(payload)
    await club.until(lambda: "This group is no longer there." in text_of(view))
    assert [row.contact_id for row in await club.rows(Membership, group_id=group.id)] == [person.id]
