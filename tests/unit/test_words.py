"""The French catalogue: complete, of today, with the same placeholders, and fit for an SMS where it is one."""

import pytest

from bot.i18n import load_catalogues
from bot.rules.text import Encoding, count
from tests import words as catalogue

FRENCH = catalogue.read_french()
TODAY = catalogue.collect()
TRANSLATED = [message for message in FRENCH if message.id]


def ids_of(messages):
    return {catalogue.texts(message.id) for message in messages if message.id}


def test_every_sentence_has_its_french():
    assert ids_of(TODAY) - ids_of(TRANSLATED) == set(), "run `make words`"
    assert catalogue.missing(FRENCH) == []


def test_no_french_is_left_of_a_sentence_that_is_gone():
    assert ids_of(TRANSLATED) - ids_of(TODAY) == set(), "run `make words`"
    assert not FRENCH.obsolete


def test_no_french_is_a_guess():
    assert [message.id for message in FRENCH if message.fuzzy] == []


@pytest.mark.parametrize("message", TRANSLATED, ids=lambda message: catalogue.texts(message.id)[0][:40])
def test_the_french_has_the_placeholders_of_the_english(message):
    wanted = catalogue.placeholders(catalogue.texts(message.id)[-1])
    assert [catalogue.placeholders(text) for text in catalogue.texts(message.string)] == [
        wanted for _ in catalogue.texts(message.string)
    ]


@pytest.mark.parametrize("message", TRANSLATED, ids=lambda message: catalogue.texts(message.id)[0][:40])
def test_the_french_keeps_the_markup_of_the_english(message):
    english, french = catalogue.texts(message.id)[-1], catalogue.texts(message.string)[-1]
    for mark in "*`":
        assert french.count(mark) == english.count(mark)


def test_storing_the_catalogue_changes_nothing_that_is_up_to_date():
    merged, gone = catalogue.merged()
    assert gone == []
    assert {m.id: m.string for m in merged if m.id} == {m.id: m.string for m in FRENCH if m.id}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_confirmations_by_sms_are_one_cheap_sms(language):
    words = load_catalogues()[language]
    sentences = [ids[0] for ids in ids_of(TODAY) if ids[0].startswith("{club}: ")]
    assert len(sentences) >= 4
    for sentence in sentences:
        weight = count(words(sentence, club="Judo Club de Valmont", wording=""))
        assert (weight.encoding, weight.segments) == (Encoding.GSM7, 1), sentence
