"""Who wants no more SMS: one line each, nothing of what they wrote is read, and only notes can be taken back."""

from uuid import UUID

import pytest

from bot.rules.refusals import How, Told
from commands.views import optouts
from storage.states import OptOutScope
from tests.unit.views import examples as ex

NOTE = UUID(int=7)


def shown(*rows, words=ex.ENGLISH, **changed):
    return optouts.view(ex.stops(*rows, **changed), words)


SAID = [
    (ex.stopped(), "*Claire Martin and Paul Martin* (+33 •••• 78)\nno SMS at all · since 22 November 2026 · ", "usual"),
    (ex.stopped(scope=OptOutScope.MARKETING), "no advertising · since", "advertising alone"),
    (ex.stopped(names=()), "*Somebody not in the contacts* (+33 •••• 78)", "nobody we know"),
    (ex.stopped(names=tuple("ABCDEF")), "*A, B, C, D and 2 more* (", "a large family"),
    (ex.stopped(told=Told(How.ANSWERED, "Stop\n  merci")), "answered “Stop merci”", "an SMS, in one line"),
    (ex.stopped(told=Told(How.ANSWERED, "<!channel> *x*")), "answered “&lt;!channel&gt; ∗x∗”", "defused"),
    (ex.stopped(told=Told(How.ANSWERED, "x" * 500)), "answered “" + "x" * 99 + "…”", "a short quote"),
    (ex.stopped(told=Told(How.PAGE, "Plus aucun SMS")), "chose “Plus aucun SMS” on their page", "the member's page"),
    (ex.stopped(told=Told(How.READ, by="U1")), "wrote so, read by <@U1>", "a polite refusal"),
    (ex.stopped(told=Told(How.NOTED, "by phone", "U1", NOTE)), "noted by <@U1>: “by phone”", "a note"),
    (ex.stopped(told=Told(How.CARRIER)), "said by the carrier (21610)", "the carrier"),
    (ex.stopped(told=Told(How.OTHER, "<b>")), "on record: “&lt;b&gt;”", "anything else"),
    (ex.stopped(told=Told(How.UNKNOWN)), "the record does not say how", "nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "said", "why"), SAID, ids=[case[-1] for case in SAID])
def test_a_line_says_who_how_far_since_when_and_how(row, said, why):
    assert said in ex.texts_of(shown(row))


def test_only_a_note_of_staff_can_be_taken_back():
    own = [ex.stopped(told=Told(how)) for how in How]
    assert "take_back" not in ex.actions_of(shown(*own))
    (noted,) = [
        element
        for element in ex.elements_of(shown(ex.stopped(told=Told(How.NOTED, note_id=NOTE))), "button")
        if element["action_id"] == "take_back"
    ]
    assert noted["value"] == str(NOTE)
    assert noted["confirm"]["text"]["text"].startswith("Claire Martin gets the club's SMS again.")


def test_a_note_about_nobody_we_know_is_asked_about_by_its_number():
    view = shown(ex.stopped(names=(), told=Told(How.NOTED, note_id=NOTE)))
    assert "+33 •••• 78 gets the club's SMS again." in ex.texts_of(view)


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (0, "Nobody has opted out."),
        (1, "1 number is opted out."),
        (1200, "1,200 numbers are opted out."),
    ],
)
def test_the_list_says_how_many_they_are(total, said):
    assert said in ex.texts_of(shown(total=total))


def test_what_could_not_be_done_stands_on_top():
    assert optouts.view(ex.stops(), ex.ENGLISH, said="No.")["blocks"][0]["text"]["text"] == "No."


def test_the_list_knows_its_page_and_the_way_to_the_next():
    view = shown(page=2, pages=3)
    assert optouts.page_of(view) == 2
    values = [button["value"] for button in ex.elements_of(view, "button")]
    assert values == ["new", "stops:1", "stops:3"]


def test_a_note_is_read_back():
    person = str(UUID(int=3))
    picked = {"contacts": [{"text": {"type": "plain_text", "text": "Léa"}, "value": person}]}
    view = ex.filled(optouts.note_view(ex.ENGLISH), {"scope": "marketing", "how": "by phone"})
    view["state"]["values"]["contacts"]["contacts"]["selected_options"] = picked["contacts"]
    assert optouts.read_note(view) == (UUID(person), OptOutScope.MARKETING, "by phone")


def test_a_note_is_about_everything_unless_one_says_otherwise():
    view = ex.filled(optouts.note_view(ex.ENGLISH))
    assert optouts.read_note(view) == (None, OptOutScope.ALL, "")


def test_it_is_all_said_in_french():
    row = ex.stopped(told=Told(How.ANSWERED, "STOP"))
    assert "plus aucun SMS · depuis le 22 novembre 2026 · a répondu « STOP »" in ex.texts_of(
        shown(row, words=ex.FRENCH)
    )
