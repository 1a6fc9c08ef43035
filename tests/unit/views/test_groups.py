"""The list of groups: one line each, and nothing of a name is read."""

from bot.campaigns.facts import GroupRow
from bot.campaigns.values import Choice
from commands.views import forms, groups
from storage.conditions import Compared, Condition, Operator, Rule
from tests.unit.views import examples as ex

RULE = Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, "<!here> *A*"),))


def shown(*rows, words=ex.ENGLISH, **changed):
    return groups.view(ex.groups(*rows, **changed), words)


def test_a_line_says_how_many_and_by_which_rule():
    view = shown(GroupRow("1", "U13", 12), GroupRow("2", "*Ours*", 1, RULE))
    assert "*U13* · 12 people\na fixed list" in ex.texts_of(view)
    assert "*∗Ours∗* · 1 person\nteam is &lt;!here&gt; ∗A∗" in ex.texts_of(view)
    assert "The club has 2 groups." in ex.texts_of(view)


def test_whoever_has_none_is_told_so():
    assert "There are no groups yet." in ex.texts_of(shown())


def test_what_could_not_be_done_stands_on_top():
    assert groups.view(ex.groups(), ex.ENGLISH, said="No.")["blocks"][0]["text"]["text"] == "No."


def test_the_page_is_read_back():
    assert groups.page_of(shown(GroupRow("7", "U13", 12), page=2, pages=3)) == 2


def test_a_group_with_a_rule_has_a_menu_and_is_asked_about_before_it_goes():
    (menu,) = ex.elements_of(shown(GroupRow("7", "Ours", 12, RULE)), "overflow")
    assert [one["value"] for one in menu["options"]] == ["change:7", "remove:7"]
    question = groups.removal(Choice("7", "*Ours*"), 2, ex.ENGLISH)
    assert "∗Ours∗ is no longer offered." in ex.texts_of(question)
    assert (groups.page_of(question), forms.about(question)["id"]) == (2, "7")
