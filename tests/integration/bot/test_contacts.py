"""`/contacts`: people are found as one types, archived and taken back, each by staff of their own club alone."""

from typing import Any
from uuid import uuid4

import pytest

from bot.playground import seed
from bot.playground.workspace import View
from bot.rules.filters import matches
from storage.conditions import Compared, Condition, Operator, Rule, from_json, to_json
from storage.models import Audit, Contact, Group, GroupPart, Membership
from storage.states import GroupKind
from tests import factories
from tests.club import ADMIN, COACH, PARENT, Club, block_of, text_of


async def type_in(club: Club, view: View, typed: str, said: str) -> None:
    await club.fill(view, search=typed)
    await club.until(lambda: said in text_of(view) and "40 people" not in text_of(view))


async def choose(club: Club, view: View, verb: str, key: str, said: str) -> None:
    """An entry of this member's menu."""
    person = seed.key(key)
    await club.workspace.click(COACH, view, f"person.{person}", "person", f"{verb}:{person}")
    await club.until(lambda: said in text_of(view))


async def test_the_window_says_how_many_there_are_and_what_is_missing(club: Club) -> None:
    shown = text_of(await club.open("/contacts"))
    assert f"*{len(seed.MEMBERS)} people*" in shown
    assert "a landline, which gets no SMS (1)" in shown
    assert "two numbers in one (1)" in shown


async def test_people_are_found_as_one_types(club: Club) -> None:
    view = await club.open("/contacts")
    await type_in(club, view, "zoe", "*Zoë Bernard*")
    assert "*no number* · SMS go to Hélène Bernard and Karim Bernard" in text_of(view)
    assert text_of(view).count("Bernard*") == 1
    await type_in(club, view, "06 12 34 56 33", "*Chloé Faure*")
    assert "*asked for no more SMS*" in text_of(view)


async def test_a_name_may_be_typed_with_the_command_and_submitted(club: Club) -> None:
    view = await club.open("/contacts lefevre")
    assert text_of(view).count("Lefèvre*") == 2
    await club.fill(view, search="hugo")
    view = await club.submit(view)
    assert "*Hugo Fontaine*" in text_of(view)
    assert "Lefèvre" not in text_of(view)


async def test_who_is_in_a_dynamic_group_is_found_by_its_whole_name_and_a_part_of_it_says_so(
    club: Club,
) -> None:
    view = await club.open("/contacts benev")
    assert "Dynamic groups: *Bénévoles*. Type a whole name to see who is in it." in text_of(view)
    await club.fill(view, search="benevoles")
    await club.until(lambda: "Nobody is found" not in text_of(view) and "Type a whole" not in text_of(view))
    (group,) = await club.rows(Group, id=seed.key("Bénévoles"))
    rule, today = from_json(group.rule or {}), club.clock.now().date()
    people = [row for row in await club.rows(Contact) if matches(rule, row, today)]
    assert people
    for row in people:
        assert f"*{row.first_name} {row.last_name}*" in text_of(view)
    assert text_of(view).count("\nChange\n") + text_of(view).endswith("Change") == len(people)


async def test_who_is_in_a_group_of_a_group_is_found_by_the_name_of_the_whole(club: Club) -> None:
    whole = Group(club_id=seed.key("club"), name="Tournoi", kind=GroupKind.FIXED)
    await club.keep(whole)
    await club.keep(GroupPart(club_id=whole.club_id, group_id=whole.id, part_id=seed.key("U11")))
    view = await club.open("/contacts tournoi")
    listed = {line.contact_id for line in await club.rows(Membership, group_id=seed.key("U11"))}
    for row in await club.rows(Contact):
        assert (f"*{row.first_name} {row.last_name}*" in text_of(view)) == (row.id in listed)


async def test_another_clubs_dynamic_group_finds_nobody_and_is_not_named(club: Club) -> None:
    other = factories.club()
    rule = Rule(parts=(Condition("last_name", Compared.TEXT, Operator.FILLED),))
    await club.keep(other)
    await club.keep(Group(club_id=other.id, name="Theirs", kind=GroupKind.DYNAMIC, rule=to_json(rule)))
    assert "Nobody is found by that." in text_of(await club.open("/contacts theirs"))
    assert "Theirs" not in text_of(await club.open("/contacts their"))


async def test_pages_turn_and_keep_what_was_typed(club: Club) -> None:
    view = await club.open("/contacts")
    await type_in(club, view, "a", "Page 1")
    first = text_of(view)
    await club.click(view, "page")
    await club.until(lambda: "Page 2" in text_of(view))
    assert "*Zoë Bernard*" in first
    assert "*Zoë Bernard*" not in text_of(view)
    await club.click(view, "page.previous")
    await club.until(lambda: "Page 1" in text_of(view))


async def test_who_is_archived_gets_nothing_until_taken_back_and_it_is_known_who_did_it(club: Club) -> None:
    view = await club.open("/contacts loic")
    await choose(club, view, "archive", "loic", "Loïc Moreau is archived, and gets no SMS any more.")
    assert "Nobody is found by that." in text_of(view)
    preview = await club.compose(groups="U13", message="Hello")
    assert "6 recipients" in text_of(preview)
    view = await club.open("/contacts")
    assert "· 1 archived" in text_of(view)
    await club.click(view, "people_archived")
    await club.until(lambda: "*Loïc Moreau*" in text_of(view))
    await choose(club, view, "back", "loic", "Loïc Moreau is taken back.")
    preview = await club.compose(groups="U13", message="Hello")
    assert "7 recipients" in text_of(preview)
    lines = [(line.action, line.actor, line.subject) for line in await club.rows(Audit)]
    subject = f"contact {seed.key('loic')}"
    assert [line for line in lines if line[2] == subject] == [
        ("contact_archived", COACH, subject),
        ("contact_taken_back", COACH, subject),
    ]


async def test_who_is_archived_twice_is_told_of_once(club: Club) -> None:
    view = await club.open("/contacts loic")
    await choose(club, view, "archive", "loic", "is archived")
    payload = menu_payload(club, view, f"archive:{seed.key('loic')}")
    assert (await club.post_payload(payload))[0] == 200
    assert len(await club.rows(Audit, action="contact_archived")) == 1


async def test_the_home_leads_to_the_contacts(club: Club) -> None:
    await club.click(await club.home(user=ADMIN), "open_contacts", user=ADMIN)
    assert (await club.modal("people", user=ADMIN)).callback_id == "people"


async def test_nobody_but_staff_sees_the_contacts(club: Club) -> None:
    await club.command("/contacts", user=PARENT)
    assert not club.workspace.views(PARENT)


def menu_payload(club: Club, view: View, value: str, **changed: Any) -> dict[str, Any]:
    chosen = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    action = {"type": "overflow", "action_id": "person", "block_id": "person.x", "selected_option": chosen}
    submission = club.submission(view)
    return submission | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "actions": [action | {"action_ts": "9999999999.1"}],
        **changed,
    }


async def theirs(club: Club) -> Contact:
    """Somebody of another club."""
    other = factories.club(name="AS Ailleurs")
    person = factories.contact(other, 7, first_name="Zacharie", last_name="Ailleurs")
    await club.keep(other, person)
    return person


@pytest.mark.turns
async def test_another_club_s_people_are_neither_found_nor_archived(club: Club) -> None:
    person = await theirs(club)
    view = await club.open("/contacts ailleurs")
    assert "Nobody is found by that." in text_of(view)
    for contact_id in (person.id, uuid4()):
        await club.post_payload(menu_payload(club, view, f"archive:{contact_id}"))
        await club.until(lambda: "no longer there" in text_of(view))
    (row,) = await club.rows(Contact, id=person.id)
    assert row.archived_at is None
    assert block_of(view, "search")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "licence ends: 27 Mar 2027 · insured: yes · 1234.5"),
        ("fr", "licence ends\u00a0: 27/03/2027 · insured\u00a0: oui · points\u00a0: 1234,5"),
    ],
)
async def test_the_clubs_own_dates_and_yes_and_no_read_as_whoever_looks_writes_them(
    club: Club, language: str, said: str
) -> None:
    club.workspace.users[COACH].locale = "fr-FR" if language == "fr" else "en-GB"
    fields = {"licence ends": "2027-03-27", "paid": "", "insured": "yes", "points": "1234.5"}
    await club.change(Contact, {"fields": fields}, id=seed.key("loic"))
    assert said in text_of(await club.open("/contacts loic"))
