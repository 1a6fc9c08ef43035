"""The preview: people first, reasons in words, one button."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.campaigns.values import Excluded, Held, Repeat, Sample, SenderChoice
from bot.rules.consent import LeftOut
from commands.views import phone, preview, reading
from commands.views.compose import draft_id_of
from storage.states import Kind, Route, SenderKind
from tests.unit.views import examples as ex


def shown(**changed):
    return preview.view(ex.preview(**changed), ex.ENGLISH)


def test_the_number_of_recipients_comes_first_and_large():
    first = shown()["blocks"][0]
    assert (first["type"], first["text"]["text"]) == ("header", "38 recipients")


@pytest.mark.parametrize(
    ("release_at", "english", "french"),
    [(None, "Send to 38", "Envoyer à 38"), (ex.AT, "Schedule for 38", "Programmer pour 38")],
)
def test_the_button_says_how_many(release_at, english, french):
    facts = ex.preview(release_at=release_at)
    labels = [preview.view(facts, words)["submit"]["text"] for words in ex.LANGUAGES]
    assert labels == [english, french]


SAID = [
    ({}, "U13*: 41 people; one SMS for each number", "families share numbers"),
    ({"people": 38}, "*U13*\n", "as many people as numbers"),
    ({}, "*38 SMS* · 1 each", "one SMS each"),
    (
        {"segments": 80, "least": 1, "usual": 2, "worst": 3},
        "*80 SMS* · 1 to 3 each, mostly 2",
        "lengths differ",
    ),
    ({"credits": 190}, "190 credits", "abroad costs more"),
    ({"sample": Sample("Léa Martin", "Bonjour Léa", 1)}, "Léa Martin reads (1 SMS):", "whose sample it is"),
    (
        {"longest": Sample("Jean-Christophe", "…", 2)},
        "Longest: Jean-Christophe reads (2 SMS):",
        "a longer one",
    ),
    ({"longest": Sample("Jo", "Bonjour Jo…", 1)}, "Longest: Jo reads (1 SMS):", "longer, at the same cost"),
    ({"shortest": Sample("Jo", "Bonjour Jo", 1)}, "Shortest: Jo reads (1 SMS):", "a shorter one"),
    ({"shortest": Sample("Jo", "Bonjour Jo", 1)}, "Bonjour Jo", "and what it says"),
    (
        {"reader_is_gone": True},
        "The person you chose no longer gets this text: here is what somebody else gets.",
        "nobody's phone any more",
    ),
    ({"costly": ("ê",)}, "Because of “ê”, an SMS holds less than half as much.", "a dear letter"),
    ({"sender": ex.NAME}, "From ASVALMONT · a name, with a link to answer: 41 characters", "a name"),
    (
        {"sender": replace(ex.NAME, link_characters=0)},
        "From ASVALMONT · a name, with a link to answer\n",
        "a name whose link is counted elsewhere",
    ),
    (
        {"sender": replace(ex.NAME, has_link=False)},
        "From ASVALMONT · a name, nobody can answer it",
        "a name where there are no pages",
    ),
    ({}, "From 36123 · can be answered", "a number"),
    (
        {"sender": SenderChoice("+33700000001", SenderKind.LONG_CODE, answerable=False)},
        "From +33700000001 · cannot be answered in our country",
        "a number that nobody there can answer",
    ),
    (
        {"sender": ex.NAME, "unshown": ex.UNSHOWN},
        "*United States and Canada* (3 recipients): the name ASVALMONT does not show there. Another sender shows",
        "where no name shows",
    ),
    (
        {"sender": ex.NAME, "unshown": ex.UNSHOWN},
        "*Spain* (1 recipient): the name ASVALMONT must be registered there.",
        "where names are registered",
    ),
    (
        {"sender": ex.NAME, "unshown": ex.UNSHOWN},
        "*Brazil, Portugal, Morocco, Senegal, Tunisia, Algeria and 2 more* (1,000,000 recipients): nobody has checked",
        "where nobody looked",
    ),
    ({}, "Alert: advertising in it can be fined.", "an alert"),
    ({"kind": Kind.MARKETING}, "Marketing: only people who agreed to it get it.", "marketing"),
    ({"route": Route.WORLD}, "Abroad too", "the world route"),
    ({}, "Leaves 10 s after you send: time to undo", "now"),
    ({"undo_seconds": 0}, "Leaves at once", "no undo window"),
    ({"night_at": ex.AT}, "*At night*: it leaves at 19:30, when people sleep.", "an alert at night"),
    (
        {"held": Held(3, ex.AT, ex.AT)},
        "3 people get it only at legal hours: Sunday, November 22 at 19:30",
        "held by the hours",
    ),
    (
        {"held": Held(1, ex.AT, ex.AT + timedelta(hours=1))},
        "1 person gets it only at legal hours: Sunday, November 22 at 19:30 to Sunday, November 22 at 20:30",
        "held until several hours",
    ),
    ({"release_at": ex.AT}, "Leaves Sunday, November 22 at 19:30 (Europe/Paris)", "the club's time"),
    (
        {"release_at": ex.AT, "skipped_time": "18:30"},
        ":warning: The clocks go forward: 18:30 does not exist that day. "
        "It leaves Sunday, November 22 at 19:30.",
        "a time that the clocks skip",
    ),
    (
        {"repeat": Repeat("U1", ex.AT)},
        "<@U1> sent this very text to the same people at 19:30.",
        "twice the same",
    ),
    ({"segments_today": 1990}, "2,000 SMS a day, 1,990 used today, 38 here", "over the ceiling"),
    (
        {"takes": timedelta(minutes=25), "segments_a_second": 1.0},
        "Sending takes about 25 minutes: this sender sends 1 SMS a second.",
        "a slow sender",
    ),
    (
        {"takes": timedelta(hours=2), "segments_a_second": 100.0, "waiting": 719_962},
        "Sending takes about 2 hours, with 719,962 SMS waiting before it: this sender sends 100 SMS a second.",
        "others go first",
    ),
    (
        {"takes": timedelta(seconds=61), "segments_a_second": 0.1},
        "Sending takes about 1 minute: this sender sends 6 SMS a minute.",
        "a sender that takes its time",
    ),
    ({}, "Try it on my phone first", "no phone to try on"),
    ({"my_phone": "+33 •• 78"}, "Your phone: +33 •• 78", "a phone to try on"),
]


@pytest.mark.parametrize(("changed", "said", "why"), SAID, ids=[case[-1] for case in SAID])
def test_the_preview_says_it(changed, said, why):
    assert said in ex.texts_of(shown(**changed))


UNSAID = [
    ({}, "credit", "a credit is an SMS at home"),
    ({}, "Longest", "all are equally long"),
    ({"sample": None, "longest": Sample("Jo", "…", 1), "recipients": 0}, "Longest", "nobody gets it"),
    ({"is_personal": False}, "See it as", "everybody gets the same"),
    ({"is_personal": True, "recipients": 1}, "See it as", "there is nobody else"),
    ({"segments_today": 1962}, "limit", "just under the ceiling"),
    ({}, "left out", "everybody gets it"),
    ({"sample": None}, "reads", "nothing to show"),
    ({"takes": timedelta(minutes=1)}, "Sending takes", "it leaves within a minute"),
    ({"title": "Bonjour Léa…"}, "Title", "a title that is the text's first words"),
]


@pytest.mark.parametrize(("changed", "unsaid", "why"), UNSAID, ids=[case[-1] for case in UNSAID])
def test_the_preview_does_not_say_it(changed, unsaid, why):
    assert unsaid not in ex.texts_of(shown(**changed))


LEFT_OUT = [
    (Excluded("no_number", 1), "• no mobile number (1)", "no names given"),
    (Excluded("opted_out", 2, ("Léa", "Tom")), "• asked for no more SMS (2): Léa and Tom", "names"),
    (Excluded("abroad", 12, tuple("ABCDEFGHIJ")), "A, B, C, D, E, F, G, H and 4 more", "many names"),
    (Excluded("raining", 3), "• raining (3)", "a reason that is new"),
]


@pytest.mark.parametrize(("excluded", "said", "why"), LEFT_OUT, ids=[case[-1] for case in LEFT_OUT])
def test_who_is_left_out_and_why_is_said(excluded, said, why):
    assert said in ex.texts_of(shown(excluded=(excluded,)))


@pytest.mark.parametrize("words", ex.LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("reason", list(LeftOut))
def test_every_reason_has_words(reason, words):
    view = preview.view(ex.preview(excluded=(Excluded(reason, 2),)), words)
    assert f"• {reason.value} (" not in ex.texts_of(view)


def test_the_total_left_out_is_said():
    both = (Excluded("abroad", 2), Excluded("opted_out", 1))
    assert "*3 people left out*" in ex.texts_of(shown(excluded=both))


def test_the_time_it_takes_is_said_in_french():
    view = preview.view(ex.preview(takes=timedelta(minutes=25), waiting=1), ex.FRENCH)
    said = "L’envoi dure 25 minutes environ, avec 1 SMS en attente avant lui\u00a0: cet expéditeur envoie 1 SMS par seconde."
    assert said in ex.texts_of(view).replace("1\u00a0SMS", "1 SMS")


def test_without_recipients_there_is_a_reason_and_no_button():
    view = shown(recipients=0, excluded=(Excluded("no_consent", 41),))
    assert "submit" not in view
    assert view["blocks"][0]["text"]["text"] == "Nobody to text"
    assert "never agreed to advertising (41)" in ex.texts_of(view)


def test_the_number_of_people_is_typed_above_the_clubs_limit_only():
    assert not ex.elements_of(shown(), "input")
    view = shown(type_to_confirm=250)
    (block,) = ex.elements_of(view, "input")
    assert (block["block_id"], block["element"]["action_id"]) == ("confirm", "confirm")
    assert preview.read_confirmation(ex.filled(view, {"confirm": " 250 "})) == "250"


@pytest.mark.parametrize("typed", [None, ""])
def test_an_empty_confirmation_is_empty(typed):
    assert preview.read_confirmation(ex.filled(shown(type_to_confirm=250), {"confirm": typed})) == ""
    assert preview.read_confirmation(ex.filled(shown())) == ""


def test_whether_somebody_said_that_it_is_no_advertising_is_read_back():
    view = shown(signs=("-20 %",))
    assert not preview.says_no_advertising(ex.filled(view))
    assert preview.says_no_advertising(ex.filled(view, {"no_advertising": ["yes"]}))
    assert not preview.says_no_advertising(ex.filled(shown()))


def test_the_modal_knows_which_preview_it_shows():
    assert preview.mark_of(shown(mark="m1")) == "m1"
    assert preview.mark_of({"private_metadata": ""}) == ""


def test_the_test_goes_to_the_draft_of_the_preview():
    view = shown(my_phone="+33 •• 78")
    _, test = ex.elements_of(view, "button")
    assert (test["action_id"], test["value"], draft_id_of(view)) == ("test", "d1", "d1")


def test_without_a_phone_the_button_asks_for_one():
    _, ask = ex.elements_of(shown(), "button")
    assert (ask["action_id"], ask["value"]) == ("my_phone", "d1")


def test_the_phone_is_read_as_typed_and_knows_its_preview():
    view = phone.view(ex.ENGLISH, "d1")
    assert draft_id_of(view) == "d1"
    assert phone.read(ex.filled(view, {"my_phone": " 06 12 34 56 78 "})) == "06 12 34 56 78"


def test_what_became_of_the_test_replaces_the_number():
    view = preview.view(ex.preview(my_phone="+33 •• 78"), ex.ENGLISH, said="Sent to your phone.")
    assert "Sent to your phone." in ex.texts_of(view)
    assert "Your phone" not in ex.texts_of(view)


@pytest.mark.parametrize(("pushed", "label"), [(True, "Back"), (False, "Cancel")])
def test_one_can_leave_without_sending(pushed, label):
    assert preview.view(ex.preview(), ex.ENGLISH, pushed=pushed)["close"]["text"] == label


def test_the_sample_is_shown_as_it_is():
    body = "Hi <!channel> *bold* https://bit.ly/x"
    (quoted,) = ex.elements_of(shown(sample=Sample("Léa", body, 1)), "rich_text_quote")
    assert quoted["elements"] == [{"type": "text", "text": body}]


SHORT, LONG = Sample("Jo Roy", "Bonjour Jo", 1, "c2"), Sample("Jean Dupond", "Bonjour Jean", 1, "c3")


@pytest.mark.parametrize("mine", [LONG, SHORT])
def test_a_text_that_is_the_longest_or_the_shortest_itself_is_shown_once_and_says_so(mine):
    texts = ex.texts_of(shown(sample=mine, longest=LONG, shortest=SHORT))
    assert texts.count(mine.body) == 1
    assert texts.index(mine.body) < texts.index("From 36123")
    assert (texts.count("Longest: Jean Dupond reads"), texts.count("Shortest: Jo Roy reads")) == (1, 1)


def menu_of(view):
    return next(block for block in view["blocks"] if block.get("block_id", "").startswith("reader"))


def test_one_picks_by_name_as_whom_one_sees_it():
    view = shown(is_personal=True)
    assert menu_of(view)["block_id"] == "reader"
    menu = menu_of(view)["accessory"]
    assert (menu["type"], menu["action_id"], menu["min_query_length"]) == ("external_select", "reader", 0)
    assert "initial_option" not in menu
    assert reading.reader_of(view) == ""


def test_who_was_picked_stays_picked():
    view = shown(is_personal=True, sample=SHORT, reader="c2")
    menu = menu_of(view)["accessory"]
    assert (menu["initial_option"]["text"]["text"], menu["initial_option"]["value"]) == ("Jo Roy", "c2")
    assert reading.reader_of(view) == "c2"


def test_who_gets_it_no_more_is_picked_no_more():
    view = shown(is_personal=True, reader="c9", reader_is_gone=True)
    assert menu_of(view)["block_id"] == "reader.gone"
    assert "initial_option" not in menu_of(view)["accessory"]


@pytest.mark.parametrize(
    ("action", "reader"),
    [({"selected_option": {"value": "c2"}}, "c2"), ({"selected_option": None}, ""), ({}, "")],
)
def test_the_pick_is_read(action, reader):
    assert reading.read_pick(action) == reader
