"""The club's people: a line each that says why somebody cannot be texted, and how the whole list stands."""

import pytest

from bot.people.facts import Looked
from bot.rules.phones import PhoneRefusal
from commands.views import contacts, numbers
from storage.states import OptOutScope
from tests.unit.views import examples as ex


def shown(*rows, words=ex.ENGLISH, **changed):
    return contacts.view(ex.found(*rows, **changed), words)


LINES = [
    (ex.person(), "*Léa Martin*\n+33 6 39 98 00 01 · U13", "usual"),
    (ex.person(name=""), "*without a name*\n", "no name"),
    (ex.person(opted_out=OptOutScope.ALL), "00 01 · *asked for no more SMS* · U13", "opted out"),
    (ex.person(opted_out=OptOutScope.MARKETING), "00 01 · *no advertising* · U13", "no advertising"),
    (
        ex.person(number="01 42", refusal="landline"),
        "01 42 · *a landline, which gets no SMS* · U13",
        "landline",
    ),
    (
        ex.person(number="", refusal="empty", guardians=("Sophie", "Paul")),
        "*no number* · SMS go to Sophie and Paul",
        "a child",
    ),
    (ex.person(refusal="new", number=""), "*new*", "a reason nobody knows here"),
    (ex.person(name="<!channel> *x*"), "*&lt;!channel&gt; ∗x∗*", "defused"),
]


@pytest.mark.parametrize(("row", "said", "why"), LINES, ids=[case[-1] for case in LINES])
def test_a_line_says_who_it_is_and_what_reaches_them(row, said, why):
    assert said in ex.texts_of(shown(row))


def test_every_refusal_of_a_number_has_its_words():
    said = [numbers.why(refusal, ex.ENGLISH) for refusal in PhoneRefusal]
    assert len(set(said)) == len(PhoneRefusal)
    assert not set(said) & set(PhoneRefusal)


def test_how_the_list_stands_is_said_where_nothing_is_typed():
    without = (("empty", 1200), ("landline", 2))
    said = ex.texts_of(shown(ex.person(), total=4000, unreachable=without, archived=3))
    assert "*4,000 people* · 3 archived" in said
    assert "Without a number of their own: 1,202 people.\nno number (1,200) · a landline" in said
    assert "Without" not in ex.texts_of(shown(ex.person()))
    assert "*1 person*\n" in ex.texts_of(shown(ex.person()))


NOBODY = [
    (Looked(), "There is nobody yet.", "a new club"),
    (Looked("zzz"), "Nobody is found by that.", "nobody found"),
    (Looked(is_archived=True), "Archived: they get no SMS", "the archived"),
]


@pytest.mark.parametrize(("looked", "said", "why"), NOBODY, ids=[case[-1] for case in NOBODY])
def test_an_empty_list_says_why_it_is_empty(looked, said, why):
    assert said in ex.texts_of(shown(looked=looked))


def test_a_search_that_finds_says_nothing_of_the_whole():
    assert "1 person" not in ex.texts_of(shown(ex.person(), looked=Looked("lea")))


def verbs(view):
    return [one["value"] for menu in ex.elements_of(view, "overflow") for one in menu["options"]]


def test_the_archived_can_be_taken_back_alone():
    assert "archive:p1" in verbs(shown(ex.person()))
    assert verbs(shown(ex.person(is_archived=True), looked=Looked(is_archived=True))) == ["back:p1"]


@pytest.mark.parametrize(
    ("page", "is_more", "values"),
    [
        (1, False, []),
        (1, True, ["people:2"]),
        (2, False, ["people:1"]),
        (2, True, ["people:1", "people:3"]),
    ],
)
def test_a_page_knows_its_neighbours(page, is_more, values):
    view = shown(ex.person(), looked=Looked("lea", page=page), is_more=is_more)
    assert [one["value"] for one in ex.elements_of(view, "button") if "people:" in one["value"]] == values


def test_what_is_looked_for_is_read_back():
    looked = Looked("martin", page=3, is_archived=True)
    view = contacts.view(ex.found(looked=looked), ex.ENGLISH, first="mar")
    assert contacts.read(ex.filled(view, {"search": "dupont"})) == (Looked("dupont", 3, True), "mar")
    assert contacts.looked_in(contacts.kept(looked)) == looked
    assert contacts.looked_in({}) == Looked()


def test_the_field_stays_as_it_was_opened_whatever_is_typed():
    first, then = (contacts.view(ex.found(looked=Looked(typed)), ex.ENGLISH, first="m") for typed in "mx")
    assert ex.elements_of(first, "plain_text_input") == ex.elements_of(then, "plain_text_input")


def test_what_was_done_is_said():
    assert contacts.moved("archive", "Léa", ex.ENGLISH) == "Léa is archived, and gets no SMS any more."
    assert contacts.moved("back", "Léa", ex.ENGLISH) == "Léa is taken back."
