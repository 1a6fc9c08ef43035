"""The window in which a group is built: each condition as it suits, read back as it was shown, and who belongs."""

from dataclasses import replace

import pytest

from bot.groups.facts import Belonging, SavedGroup
from bot.people.own import FIELDS_MAX
from bot.rules.lines import Block, Form, Line, with_block, with_line
from commands.views import rule
from storage.conditions import Compared, Condition, Match, Operator, Rule
from tests.unit.views import examples as ex

U13 = Line("1", "fields.team", Operator.IS, ("U13",))
ENDS = Line("2", "fields.licence ends", Operator.NEXT_DAYS, ("30",))
RULE = Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, "U13"),))


def shown(*lines, words=ex.ENGLISH, seen=(), **changed):
    return rule.view(ex.building(*lines, **changed), words, seen=seen)


def labels(view):
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


def menu(view, action_id):
    return next(one for one in ex.elements_of(view, "static_select") if one["action_id"] == action_id)


def read(view, form, typed=None):
    return rule.read(ex.filled(view, typed), form, ex.OWN)


@pytest.mark.parametrize("line", ex.EACH_WIDGET, ids=lambda line: f"{line.field} {line.operator}")
def test_what_is_shown_is_read_back(line):
    form = ex.building(line, name="Ours").form
    assert read(shown(line, name="Ours"), form) == form


def test_what_is_typed_and_chosen_is_read():
    two = with_line(Form("Ours", lines=(U13,)))
    block = Block("3", Match.ANY, (replace(ENDS, key="4"),))
    form = replace(two, lines=(U13, ENDS), blocks=(block,), used=4)
    typed = {"name": "Mine", "value_2": "7", "match": "any", "match_3": "all", "value_4": None}
    found = read(shown(U13, ENDS, blocks=(block,)), form, typed)
    assert (found.name, found.match, found.lines[1].values) == ("Mine", Match.ANY, ("7",))
    assert (found.blocks[0].match, found.blocks[0].lines[0].values) == (Match.ALL, ())


def test_an_operator_that_was_chosen_is_read_where_nothing_told_of_it():
    form = ex.building(U13).form
    assert read(shown(U13), form, {"operator_1": "is_not"}).lines[0].operator is Operator.IS_NOT


def test_what_a_window_of_before_holds_of_a_line_changes_nothing():
    form = ex.building(replace(U13, revision=2)).form
    old = shown(U13)
    assert (
        read(old, form, {"value_1": [{"text": {"type": "plain_text", "text": "U9"}, "value": "U9"}]}) == form
    )
    assert rule.is_outdated(ex.filled(old), ex.building(replace(U13, revision=2)), ex.ENGLISH)
    assert not rule.is_outdated(ex.filled(old), ex.building(U13), ex.ENGLISH)


def act(action_id, form, value=None):
    chosen = {} if value is None else {"selected_option": {"value": value}}
    return rule.act({"action_id": action_id} | chosen, form, ex.OWN)


def test_each_button_and_menu_does_what_it_says():
    form = Form()
    assert act("field_1", form, "own_a1").lines[0].field == "fields.team"
    assert act("field_1", form, "age").lines[0].field == "age"
    assert act("operator_1", Form(lines=(U13,)), "empty").lines[0].operator is Operator.EMPTY
    assert act("more_", form) == with_line(form)
    assert act("inner_", form) == with_block(form)
    assert act("more_2", with_block(form)) == with_line(with_block(form), "2")
    assert act("drop_1", with_line(form)).lines == (Line("2"),)


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("field_1", "own_of another club"),
        ("field_1", rule.GONE),
        ("field_9", "age"),
        ("operator_1", "like"),
        ("operator_1", "next_days"),
        ("field_1", None),
        ("value_1", None),
    ],
)
def test_what_was_never_offered_changes_nothing(action_id, value):
    form = Form(lines=(U13,))
    assert act(action_id, form, value) == form


def test_who_it_is_about_is_read_back():
    view = ex.filled(rule.view(ex.building(), ex.ENGLISH, page=3))
    assert (rule.draft_id_of(view), rule.page_of(view)) == ("d1", 3)
    assert (rule.input_of("name"), rule.input_of("4")) == ("name", "value_4")


def test_a_new_group_shows_one_field_to_choose_and_little_else():
    view = shown()
    assert view["title"]["text"] == "New dynamic group"
    assert labels(view) == ["Name of the group"]
    assert "initial_option" not in menu(view, "field_1")
    assert "Choose a field: who belongs is counted right here." in ex.texts_of(view)
    assert "Remove" not in ex.texts_of(view)
    assert "Of these conditions" not in ex.texts_of(view)
    assert "Change the group" in ex.texts_of(shown(is_new=False)["title"])


def test_a_condition_reads_as_what_is_asked():
    view = shown(U13, ENDS, Line("3", "age", Operator.AT_LEAST, ("12",), "2026-12-31"))
    assert labels(view)[1:] == [
        "team is …",
        "licence ends within … days",
        "age is at least …",
        "Age on which day?",
    ]
    assert [one["action_id"] for one in ex.elements_of(view, "button")] == [
        "drop_1",
        "drop_2",
        "drop_3",
        "more_",
        "inner_",
    ]


def test_the_clubs_own_fields_come_first_and_one_that_is_gone_is_still_shown():
    offered = menu(shown(Line("1", "fields.old")), "field_1")
    names = [one["text"]["text"] for one in offered["options"]]
    assert names[:3] == ["old", "team", "licence ends"]
    assert "First name" in names
    assert offered["initial_option"]["value"] == rule.GONE
    many = shown(Line("1", "tags"), own=ex.HUGE_OWN)
    assert menu(many, "field_1")["initial_option"]["value"] == "tags"
    assert len(menu(many, "field_1")["options"]) == rule.FIELDS_SHOWN


def test_a_club_with_as_many_fields_as_it_may_have_can_still_ask_for_what_every_club_has():
    most = tuple(replace(ex.OWN[0], id=f"{n}", name=f"field {n}") for n in range(FIELDS_MAX))
    offered = menu(shown(Line("1"), own=most), "field_1")["options"]
    assert {"age", "tags", "birth_date"} <= {one["value"] for one in offered}


def test_what_was_typed_where_it_was_seen_is_left_to_slack():
    line = Line("1", "fields.team", Operator.BEGINS, ("U",))
    (box,) = [
        one
        for one in ex.elements_of(shown(line, name="Ours", seen=["name"]), "plain_text_input")
        if one["action_id"] == "value_1"
    ]
    assert box["initial_value"] == "U"
    again = shown(line, name="Ours", seen=["name", "value_1.1"])
    assert not [one for one in ex.elements_of(again, "plain_text_input") if "initial_value" in one]


def test_a_choice_that_is_gone_is_shown_to_be_taken_out_and_a_language_by_its_name():
    (box,) = ex.elements_of(shown(Line("1", "fields.size", Operator.IS, ("M", "XL"))), "multi_static_select")
    assert [one["value"] for one in box["options"]] == ["S", "M", "XL"]
    (box,) = ex.elements_of(shown(Line("1", "language", Operator.IS, ("fr",))), "multi_static_select")
    assert "French" in [one["text"]["text"] for one in box["options"]]


def test_who_belongs_is_said_with_the_rule_and_a_few_names():
    known = Belonging(RULE, 7, 40, ("Ada Lys", "*Bea* Lys"))
    said = ex.texts_of(shown(U13, belonging=known))
    assert "*7 people of 40 belong now*\nteam is U13" in said
    assert "Ada Lys, ∗Bea∗ Lys and 5 others" in said
    assert "does not count yet" not in said
    one = ex.texts_of(shown(U13, belonging=Belonging(RULE, 1, 40, ("Ada Lys",), is_partial=True)))
    assert "*1 person of 40 belongs now*" in one
    assert "A condition without a value does not count yet." in one
    nobody = ex.texts_of(shown(U13, belonging=Belonging(RULE, 0, 40)))
    assert "*0 people of 40 belong now*" in nobody
    unfinished = ex.texts_of(shown(U13, belonging=Belonging(is_partial=True)))
    assert "does not count yet" in unfinished
    assert "Choose a field:" not in unfinished


def test_more_conditions_than_a_group_takes_are_not_offered():
    lines = [replace(U13, key=str(n)) for n in range(11)]
    block = Block("20", Match.ANY, (replace(U13, key="21"),))
    said = ex.texts_of(shown(*lines, blocks=(block,)))
    assert "This is as many conditions as a group takes." in said
    assert "+ Condition in this block" not in said
    three = tuple(Block(f"2{n}", Match.ANY, (replace(U13, key=f"3{n}"),)) for n in range(3))
    assert "+ Block" not in ex.texts_of(shown(U13, blocks=three))


def test_what_could_not_be_done_stands_on_top_and_what_was_done_is_said():
    assert rule.view(ex.building(), ex.ENGLISH, trouble="No.")["blocks"][0]["text"]["text"] == "No."
    assert rule.saved(SavedGroup("Ours", 1), ex.ENGLISH) == "Ours is saved: 1 person now."
