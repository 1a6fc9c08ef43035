"""The window of a fixed group, with and without the report of a pasted list, and of who stands on its list."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from bot.campaigns.facts import GroupRow
from bot.campaigns.values import Choice
from bot.groups.sheets import FixedForm, FixedSheet, Kept, Report
from commands.views import fixed, forms, groups, members, pasted
from tests.unit.views import examples as ex
from tests.unit.views import fixed_groups

NEW = FixedSheet(str(UUID(int=9)), is_new=True)
LEA = Choice("c1", "Léa Martin", "U11")


def ids_of(view):
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def reported(report, form=None, round=1):
    form = form or FixedForm("U13", (LEA,), "Léa", {}, fixed_groups.fixed_sheet().parts, ("U0COACH",))
    return fixed.view(fixed_groups.fixed_sheet(), ex.ENGLISH, 3, form=form, report=report, round=round)


def test_what_is_shown_is_read_back_as_it_was():
    shown = fixed_groups.fixed_sheet()
    read, form = fixed.read(ex.filled(fixed.view(shown, ex.ENGLISH, 3)))
    assert (read.id, read.is_new, read.name, read.staff) == (shown.id, False, "U13", ("U0COACH",))
    assert [part.id for part in read.parts] == [part.id for part in shown.parts]
    assert form == FixedForm("U13", parts=shown.parts, staff=shown.staff)


def test_a_new_group_is_empty_and_keeps_its_id():
    view = fixed.view(NEW, ex.ENGLISH, 1)
    assert view["title"]["text"] == "New fixed group"
    assert fixed.read(ex.filled(view)) == (NEW, FixedForm())
    assert (fixed.page_of(view), fixed.round_of(view), fixed.id_of(view)) == (1, 0, NEW.id)


def test_what_is_typed_and_picked_is_read():
    typed = {"name": "U15", "pasted": "Léa\nTom", "coaches": ["U0ADMIN", "<x>"]}
    _, form = fixed.read(ex.filled(fixed.view(NEW, ex.ENGLISH, 1), typed))
    assert (form.name, form.pasted, form.staff) == ("U15", "Léa\nTom", ("U0ADMIN",))


def test_a_report_keeps_all_that_was_typed_in_fields_of_its_own():
    view = reported(fixed_groups.report())
    assert ids_of(view) == [
        "name",
        "pasted.1",
        "which.abc",
        "understood.1",
        "joiners",
        "subgroups",
        "coaches",
    ]
    shown, form = fixed.read(ex.filled(view, {"which": "c4"}))
    assert form.pasted == "06 12\nJean Dupond\nDurand\nLéa Martin\nHugo\nRoux"
    assert (form.people, form.picks, form.seen) == ((LEA,), {"abc": "c4"}, "m")
    assert (form.parts, form.staff) == (fixed_groups.fixed_sheet().parts, ("U0COACH",))
    assert (shown.name, fixed.round_of(view)) == ("U13", 1)


def test_a_report_says_who_is_found_and_why_the_others_are_not():
    said = ex.texts_of(reported(fixed_groups.report()))
    for sentence in (
        "Nothing of the list is stored yet.",
        "*To be added: 1 person*\nLéa Martin",
        "On the list already: 1\nHugo Fontaine",
        "*3 lines mean nobody*",
        "• “06 12”: not a mobile number",
        "• “Jean Dupond”: nobody of the club has this name or number",
        "• “Durand”: many people have this name, so write first and last name",
        "Who is “Roux”?",
        "All of them",
        "None of them",
    ):
        assert sentence in said


def test_a_report_of_nothing_to_correct_asks_for_nothing():
    view = reported(Report("m", found=(LEA,), understood="Léa"))
    assert ids_of(view) == ["name", "understood.1", "joiners", "subgroups", "coaches"]
    assert "*Nobody new is found.*" in ex.texts_of(reported(Report("m")))


def test_a_question_is_open_until_somebody_is_picked_and_keeps_its_answer():
    (asked,) = fixed_groups.report().asked
    (element,) = ex.elements_of(reported(fixed_groups.report()), "static_select")
    assert "initial_option" not in element
    assert pasted.picks(ex.filled(reported(fixed_groups.report()))) == {}
    answered = fixed_groups.report(asked=(replace(asked, picked="all"),))
    assert pasted.picks(ex.filled(reported(answered))) == {"abc": "all"}
    sure = fixed_groups.report(asked=(replace(asked, people=asked.people[:1]),))
    assert "Not this person" in ex.texts_of(reported(sure))
    assert "All of them" not in ex.texts_of(reported(sure))


@pytest.mark.parametrize(
    ("report", "is_settled"),
    [
        (Report("m", found=(LEA,)), True),
        (fixed_groups.report(), False),
        (fixed_groups.report(wrong=()), False),
        (Report("m", asked_later=1), False),
    ],
)
def test_a_report_is_settled_once_everybody_is_known(report, is_settled):
    assert report.is_settled is is_settled


def test_more_than_a_window_holds_is_counted():
    said = ex.texts_of(reported(fixed_groups.huge_report()))
    assert "… (+" in said
    assert "980 more" in said
    assert "900 lines may mean several people" in said
    one = ex.texts_of(reported(fixed_groups.report(asked_later=1)))
    assert "1 line may mean several people: you are asked about it next." in one


def test_nothing_of_a_name_is_read_as_markup():
    bad = Choice("c1", "<!here> *A*")
    said = ex.texts_of(reported(Report("m", found=(bad,), already=(bad,))))
    assert "<!here>" not in said


def test_what_slack_keeps_beside_the_window_is_short_enough():
    view = fixed.view(fixed_groups.huge_fixed_sheet(), ex.ENGLISH, 99)
    assert len(view["private_metadata"]) < 3000
    read, _ = fixed.read(ex.filled(view))
    assert len(read.parts) == fixed.PARTS_MAX
    assert len(json.loads(view["private_metadata"])["staff"].split()) == fixed.STAFF_MAX


SAID = [
    (Kept("U13"), "U13 is saved."),
    (Kept("U13", 1), "U13 is saved. 1 person was added."),
    (Kept("U13", 24, 2), "U13 is saved. 24 people were added. 2 were on the list already."),
    (Kept("U13", 0, 1), "U13 is saved. 0 people were added. 1 was on the list already."),
]


@pytest.mark.parametrize(("kept", "said"), SAID)
def test_what_was_saved_is_said(kept, said):
    assert fixed.saved(kept, ex.ENGLISH) == said


def test_a_line_of_the_list_says_what_is_in_a_group_and_whose_it_is():
    row = GroupRow("1", "All", 60, None, ("U11", "*U13*"), ("U0COACH", "U0ADMIN"))
    view = groups.view(ex.groups(row), ex.ENGLISH)
    said = ex.texts_of(view)
    assert "*All* · 60 people\na fixed list · with U11 and ∗U13∗ · <@U0COACH> and <@U0ADMIN>" in said
    many = GroupRow("1", "All", 60, None, tuple(f"G{n}" for n in range(9)))
    assert "with G0, G1, G2, G3, G4 and 4 more" in ex.texts_of(groups.view(ex.groups(many), ex.ENGLISH))
    (menu,) = ex.elements_of(view, "overflow")
    assert [one["value"] for one in menu["options"]] == ["change:1", "members:1", "remove:1"]
    assert ex.actions_of(view) == ["fixed_add", "rule_add"]


def test_a_group_with_a_menu_is_deleted_after_a_question():
    view = groups.removal(Choice("7", "U13 <x>"), 2, ex.ENGLISH)
    assert "U13 &lt;x&gt; is no longer offered." in ex.texts_of(view)
    assert (forms.about(view)["id"], groups.page_of(view)) == ("7", 2)


def test_the_list_of_a_group_is_shown_with_a_button_for_each():
    view = members.view(fixed_groups.members(ex.person(), parts=("U15",), people_in_all=30), ex.ENGLISH, 4)
    said = ex.texts_of(view)
    assert "*U13* · 14 people" in said
    assert "With the groups in it (U15): 30 people." in said
    assert ex.actions_of(view) == ["member_off"]
    assert members.list_page_of(view) == 4
    assert members.read(ex.filled(view, {"member_search": "lé"})) == (str(UUID(int=7)), "lé", 1)


def test_who_was_taken_off_can_be_put_back():
    view = members.view(fixed_groups.members(), ex.ENGLISH, 1, moved=("p1", "Léa *X*"), said="No.")
    assert view["blocks"][0]["text"]["text"] == "No."
    assert "Léa ∗X∗ is taken off U13." in ex.texts_of(view)
    (back,) = ex.elements_of(view, "button")
    assert (back["action_id"], back["value"]) == ("member_back", "p1")


def test_an_empty_list_says_so_and_pages_lead_on():
    assert "Nobody is on the list yet." in ex.texts_of(members.view(fixed_groups.members(), ex.ENGLISH, 1))
    looked = members.view(fixed_groups.members(typed="x", page=2), ex.ENGLISH, 1)
    assert "Nobody on the list is found by that." in ex.texts_of(looked)
    assert ex.actions_of(looked) == ["page.previous"]
    more = members.view(
        fixed_groups.members(ex.person(number="", refusal="landline"), is_more=True), ex.ENGLISH, 1
    )
    assert ex.actions_of(more) == ["member_off", "page"]
    assert "a landline, which gets no SMS" in ex.texts_of(more)


def test_who_has_no_name_is_still_a_line():
    assert "*without a name*" in ex.texts_of(
        members.view(fixed_groups.members(ex.person(name="")), ex.ENGLISH, 1)
    )


def test_a_list_that_grew_over_what_one_field_takes_stands_in_several_and_loses_no_line():
    lines = [f"Léa Martin {n:04}" for n in range(500)]
    grown = "\n".join(lines)
    assert len(grown) > 2 * forms.INPUT_MAX
    view = reported(Report("m", understood=grown, to_correct=grown))
    assert [one for one in ids_of(view) if one.startswith("understood")] == [
        "understood.1",
        "understood.1.2",
        "understood.1.3",
    ]
    _, form = fixed.read(ex.filled(view))
    assert form.pasted.splitlines() == lines * 2
