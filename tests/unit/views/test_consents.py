"""How somebody stands, in plain words, and what staff say of a consent, read back as it was shown."""

import pytest

from bot.consents.facts import Agreed, ConsentSettings, Told, Worded
from bot.rules.consent import Why
from commands.views import consent_settings, consents
from storage.states import ConsentHow, Purpose
from tests.unit.views import agreements
from tests.unit.views import examples as ex

ALERTS, MARKETING = Purpose.ALERTS, Purpose.MARKETING
WITHDRAWN = agreements.said(given=False, how=ConsentHow.SPOKEN)

STANDS = [
    (agreements.state(ALERTS, Why.NOTHING_SAID), ":white_check_mark: *Alerts*: yes, until somebody asks for none", "usual"),
    (agreements.state(ALERTS, Why.AGREED, agreements.said(ALERTS)), "*Alerts*: yes, agreed on 22 November 2026 (on paper)", "agreed"),
    (agreements.state(ALERTS, Why.OPTED_OUT), ":no_entry_sign: *Alerts*: no, this number asked for no SMS at all", "STOP"),
    (agreements.state(MARKETING, Why.NOTHING_SAID), ":no_entry_sign: *Advertising*: no, nobody has agreed to it", "never asked"),
    (agreements.state(MARKETING, Why.AGREED, agreements.said()), ":white_check_mark: *Advertising*: yes, agreed on", "agreed"),
    (agreements.state(MARKETING, Why.WITHDRAWN, WITHDRAWN), "no, withdrawn on 22 November 2026 (spoken)", "taken back"),
    (agreements.state(MARKETING, Why.OPTED_OUT_MARKETING), "*Advertising*: no, this number asked for none", "STOP PUB"),
    (agreements.state(MARKETING, Why.MINOR), "no, minors get none, whatever anybody agrees to", "a child"),
]  # fmt: skip


def shown(agreed):
    return ex.texts_of(consents.standing(agreed, "p1", ex.ENGLISH))


@pytest.mark.parametrize(("state", "said", "why"), STANDS, ids=[case[-1] + case[1][:30] for case in STANDS])
def test_how_a_number_stands_is_said_in_plain_words(state, said, why):
    assert said in shown(agreements.agreed(states=(state,))), why


LINES = [
    (agreements.said(), "22 November 2026 · Advertising: agreed · on paper · version 2 of the words · “Form 2026” · <@U0ADMIN>", "staff"),
    (agreements.said(given=False, evidence="noted by staff: by phone", how=ConsentHow.STAFF, words_version=None),
     "Advertising: withdrawn · noted by staff · “by phone” · <@U0ADMIN>", "a note"),
    (agreements.said(evidence="SMS SM123: STOP <!here>", recorded_by="member", how=None, words_version=None, given=False),
     "withdrawn · by SMS · “STOP &lt;!here&gt;”", "what a member wrote, defused"),
    (agreements.said(evidence="page: Plus aucun SMS", recorded_by="member", how=None, words_version=None, given=False),
     "on their page · “Plus aucun SMS”", "the page"),
    (agreements.said(evidence="carrier 21610", recorded_by="carrier", how=None, words_version=None, given=False),
     "withdrawn · said by the carrier", "the carrier"),
    (agreements.said(recorded_by="command line", how=ConsentHow.IMPORT, words_version=None), "from an imported list · “Form 2026”", "a file"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said", "why"), LINES, ids=[case[-1] for case in LINES])
def test_a_line_of_the_record_says_when_what_how_and_by_whom(line, said, why):
    text = shown(agreements.agreed(line))
    assert said in text, why
    assert text.endswith(said.rsplit(" · ", 1)[-1]), "and no more than that"


def test_what_is_not_shown_of_the_record_is_counted():
    assert "and 4 earlier lines" in shown(agreements.agreed(earlier=4))
    assert "earlier" not in shown(agreements.agreed())


def test_without_a_number_and_before_they_are_kept_there_is_nothing_to_record():
    assert consents.standing(Agreed(), "p1", ex.ENGLISH) == []
    assert consents.standing(None, "", ex.ENGLISH) == []


def test_what_is_shown_is_read_back_unless_one_chooses():
    view = consents.view(agreements.asked(), ex.ENGLISH, {"id": "p1"})
    assert consents.read(ex.filled(view)) == Told(MARKETING, True, ConsentHow.PAPER, "2026-11-22", 2, "")
    typed = {
        "purpose": "alerts",
        "given": "withdrawn",
        "how": "spoken",
        "on": "2026-01-02",
        "wording": "other",
        "evidence": "at the desk",
    }
    told = Told(ALERTS, False, ConsentHow.SPOKEN, "2026-01-02", None, "at the desk")
    assert consents.read(ex.filled(view, typed)) == told
    assert consents.read(ex.filled(view, {"wording": "0"})).version == 0


def test_the_wordings_are_told_apart_by_version_and_day():
    view = consents.view(agreements.asked(), ex.ENGLISH, {})
    menu = next(one for one in ex.elements_of(view, "static_select") if one["action_id"] == "wording")
    labels = [(one["text"]["text"], one["description"]["text"]) for one in menu["options"]]
    assert labels == [
        ("Version 2, since 22 November 2026", "I agree to offers by SMS."),
        ("The first wording", "I agree."),
        ("Other words", "Say which, in the evidence."),
    ]


def test_the_settings_show_the_clubs_words_and_which_version_they_are():
    first, *_ = consent_settings.fields(ConsentSettings(Worded(0, "I agree.")), ex.ENGLISH)
    third, *_ = consent_settings.fields(ConsentSettings(Worded(3, "I agree.")), ex.ENGLISH)
    assert "This is version 3." in third["hint"]["text"]
    assert "This is version" not in first["hint"]["text"]


def test_the_keyword_is_read_in_capitals():
    view = {"blocks": consent_settings.fields(ConsentSettings(keyword="PEPS"), ex.ENGLISH)}
    assert consent_settings.read(ex.filled(view))["optin_keyword"] == "PEPS"
    assert consent_settings.read(ex.filled(view, {"optin_keyword": " peps2 "}))["optin_keyword"] == "PEPS2"
