"""Who gets it and why: a line for each person that says by which rule, at which number, or what keeps it from them."""

import pytest

from bot.campaigns.explained import Asked, InGroup, Relative, Show
from bot.rules.audience import GUARDIANS_GET_IT, LeftOut
from bot.rules.phones import PhoneRefusal
from commands.views import forms, why
from storage.conditions import Compared, Condition, Operator, Rule
from storage.states import AudienceWay, MessageState
from tests.unit.views import examples as ex

JUNIORS = InGroup("*Juniors*", Rule(parts=(Condition("age", Compared.AGE, Operator.LESS, "18"),)))
ANNE = Relative("p2", "Anne Martin", LeftOut.BAD_NUMBER, PhoneRefusal.LANDLINE)
EVERYONE, CONTACTS, FIXED = AudienceWay.EVERYONE, AudienceWay.CONTACTS, AudienceWay.FIXED
BAD = {"number": "", "left_out": LeftOut.BAD_NUMBER}


def shown(*rows, words=ex.ENGLISH, said="", **changed):
    return why.view(ex.why(*rows, **changed), words, said=said)


def menders(view):
    """The buttons that open somebody."""
    return [one for one in ex.elements_of(view, "button") if one["action_id"].startswith("why_person")]


def line(row, **changed):
    return next(
        block
        for block in shown(row, **changed)["blocks"]
        if "Martin" in str(block) or "no longer" in str(block)
    )["text"]["text"].split("\n")


RULES = [
    ({}, FIXED, "in the group U13"),
    ({"group": JUNIORS}, AudienceWay.DYNAMIC, "in the group ∗Juniors∗ (age is less than 18)"),
    ({"group": None}, FIXED, "in one of the groups U13"),
    ({"group": None}, EVERYONE, "everyone was chosen"),
    (
        {"is_chosen": False, "group": None, "along_with": ("Tom Roux",)},
        FIXED,
        "second adult for Tom Roux",
    ),
    (
        {"is_chosen": False, "group": None, "wards": ("Léa Roux",), "along_with": ("Tom Roux",)},
        FIXED,
        "guardian of Léa Roux · second adult for Tom Roux",
    ),
    ({"group": None}, CONTACTS, "chosen by name"),
    ({"wards": ("Tom <b>",)}, FIXED, "in the group U13 · guardian of Tom &lt;b&gt;"),
    ({"is_chosen": False, "wards": ("Léa", "Tom")}, FIXED, "guardian of Léa and Tom"),
    ({"is_chosen": False}, FIXED, "guardian of somebody chosen"),
]


@pytest.mark.parametrize(("changed", "way", "said"), RULES, ids=[row[-1] for row in RULES])
def test_a_line_says_by_which_rule_it_is_about_somebody(changed, way, said):
    assert line(ex.explained(**changed), way=way)[1] == said


FATES = [
    ({}, "+33 •••• •• 01 · gets it", "before it leaves"),
    ({"state": MessageState.DELIVERED}, "+33 •••• •• 01 · delivered", "delivered"),
    (
        {"state": MessageState.FAILED, "trouble": "no such number"},
        "+33 •••• •• 01 · *no such number*",
        "failed",
    ),
    ({"number": "", "left_out": LeftOut.NO_NUMBER}, "*no mobile number*", "no number"),
    (BAD | {"detail": PhoneRefusal.LANDLINE}, "*a landline, which gets no SMS*", "a bad number"),
    (BAD, "*number cannot get SMS*", "a bad number of which nobody knows why"),
    ({"left_out": LeftOut.OPTED_OUT}, "+33 •••• •• 01 · *asked for no more SMS*", "opted out"),
]


@pytest.mark.parametrize(("changed", "said", "case"), FATES, ids=[row[-1] for row in FATES])
def test_a_line_says_what_became_of_somebodys_text(changed, said, case):
    assert line(ex.explained(**changed))[0] == f"*Léa Martin* · {said}"


def test_of_who_does_not_get_it_the_guardians_are_told():
    paul = Relative("p3", "", "", "")
    lines = line(ex.explained(left_out=LeftOut.NO_NUMBER, number="", guardians=(ANNE, paul)))
    assert lines[2:] == [
        "guardian Anne Martin: a landline, which gets no SMS",
        "guardian somebody who is no longer there: gets it",
    ]
    assert len(line(ex.explained(guardians=(ANNE,)))) == 2, "who gets it needs nobody else"


def test_a_family_out_of_reach_has_a_button_for_each_of_its_people():
    lea = ex.explained(left_out=LeftOut.NO_NUMBER, guardians=(ANNE, Relative("p3", "")))
    buttons = menders(shown(lea, asked=Asked("c1", show=Show.UNREACHED)))
    assert [(one["text"]["text"], one["action_id"], one["value"]) for one in buttons] == [
        ("Change Léa Martin", "why_person.0", "p1"),
        ("Change Anne Martin", "why_person.1", "p2"),
    ]


def test_whoever_is_gone_cannot_be_changed():
    assert line(ex.explained(name=""))[0].startswith("*somebody who is no longer there*")
    assert not menders(shown(ex.explained(name="")))
    assert [one["value"] for one in menders(shown(ex.explained()))] == ["p1"]


def test_what_may_be_shown_is_what_there_is_with_its_number():
    counts = {"all": 1200, "in": 1199, "out": 1, LeftOut.NO_NUMBER: 1}
    (menu,) = ex.elements_of(shown(counts=counts, asked=Asked("c1", show="abroad")), "static_select")
    assert [one["text"]["text"] for one in menu["options"]] == [
        "Everybody (1,200)",
        "Who gets it (1,199)",
        "Who does not (1)",
        "no mobile number (1)",
        "number from abroad (0)",
    ]
    assert menu["initial_option"]["value"] == "abroad"


def test_the_menu_is_another_one_to_slack_once_its_numbers_are():
    first, same, other = (shown(counts={"all": n})["blocks"][2]["block_id"] for n in (1, 1, 2))
    assert first == same != other


def test_what_is_asked_for_is_read_back():
    asked = Asked("c1", typed="léa", show=Show.OUT, page=3)
    view = why.view(ex.why(asked=asked, counts={"out": 1}), ex.ENGLISH, reader="p7", first="l")
    sent = ex.filled(view, {"why_search": "léa m"})
    assert why.read(sent) == Asked("c1", typed="léa m", show=Show.OUT, page=3)
    assert (why.first_of(sent), why.reader_of(forms.about(sent))) == ("l", "p7")
    assert why.asked_in(why.kept(asked)) == asked
    assert why.asked_in({"typed": "léa"}) is None


@pytest.mark.parametrize(("value", "asked"), [("campaign:c1", Asked("c1")), ("draft:d1", Asked("", "d1"))])
def test_the_button_says_what_it_opens(value, asked):
    assert why.asked_of(value) == asked


def test_pages_lead_to_their_neighbours():
    view = shown(ex.explained(), asked=Asked("c1", page=2), is_more=True)
    assert {"why:1", "why:3"} < {one["value"] for one in ex.elements_of(view, "button")}
    assert not [one for one in ex.elements_of(shown(), "button") if one["value"].startswith("why:")]


def test_nobody_is_said_in_words():
    assert "Nobody is found by that." in ex.texts_of(shown(asked=Asked("c1", typed="xyz")))
    assert "Nobody." in ex.texts_of(shown())


def test_what_was_done_stands_on_top_and_closing_leads_back_to_a_preview():
    assert shown(said="Done.")["blocks"][0]["text"]["text"] == "Done."
    assert shown()["close"]["text"] == "Close"
    assert shown(asked=Asked(draft_id="d1"), is_frozen=False)["close"]["text"] == "Back"
    assert "As things are now." in ex.texts_of(shown(is_frozen=False))


def test_guardians_who_get_it_in_a_childs_place_are_named():
    got = Relative("p2", "Anne", "")
    lines = line(ex.explained(left_out=LeftOut.TOO_YOUNG, detail=GUARDIANS_GET_IT, guardians=(got,) * 6))
    assert lines[2] == "guardian Anne: gets it"
    assert lines[-1] == "2 more"
