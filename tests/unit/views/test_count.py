"""The live count: true, short, and naming what costs."""

import pytest

from bot.campaigns.weights import Cheaper, Counted, Pushed
from bot.rules.links import ShortLinks
from bot.rules.page import UNSEEN
from bot.rules.text import Encoding, count
from commands.views.count import capacity, cheaper_block, count_block
from tests.unit.views import examples as ex

DEAR = "Le gymnase est fermé ce soir : pas d'entraînement pour les U13. Rendez-vous samedi 9h au stade, prévenez-nous."
LONG = "Léa, " * 35
SPELT = Cheaper((("î", "i"),), True, 1, 86)

CASES = [
    (None, 3, "Up to 459 characters; 201 with an emoji", "nobody typed yet"),
    (Counted(count("")), 3, "Up to 459 characters; 201 with an emoji", "all was deleted"),
    (Counted(count("Hello")), 3, "*5 characters · 1 SMS each*", "ordinary"),
    (Counted(count("a" * 141)), 3, "*141 characters · 1 SMS each* · 19 left", "the next SMS is near"),
    (Counted(count("a" * 160)), 3, "· 0 left", "the next letter costs one more"),
    (Counted(count("Hello"), recipients=38), 3, "38 × 1 = 38 SMS", "the group is known"),
    (Counted(count("Hello"), recipients=1200), 3, "1,200 × 1 = 1,200 SMS", "a large group"),
    (Counted(count(DEAR), cheaper=SPELT), 3, "Because of “î”: 2 SMS instead of 1.", "one letter doubles it"),
    (
        Counted(count(DEAR), recipients=86, total=172, cheaper=SPELT, audience_words="U13"),
        3,
        "Because of “î”: 2 SMS instead of 1, 172 instead of 86 for U13.",
        "what it costs this audience",
    ),
    (Counted(count("ça va")), 3, "Because of “ç”: 70 characters in an SMS instead of 160.", "no dearer yet"),
    (
        Counted(count("ç" * 80), cheaper=Cheaper((("ç", "c"),), True, 2, 2)),
        3,
        "Because of “ç”: 67 characters in an SMS instead of 153.",
        "no cheaper",
    ),
    (Counted(count("êëîïôûç")), 3, "“ê”, “ë”, “î”, “ï”, “ô”, “û” and 1 more", "many letters"),
    (Counted(count("a\u00a0b")), 3, "Because of an invisible character:", "a no-break space"),
    (Counted(count("👍🏽")), 3, "“👍🏽”", "an emoji is one letter"),
    (
        Counted(count("a"), count(LONG), 10, total=11, pushed=Pushed(1, 1, 2, ("Noël",))),
        3,
        "10 × 1 to 2 = 11 SMS",
        "each was counted",
    ),
    (
        Counted(count("a"), count(LONG), 10, total=11, pushed=Pushed(1, 1, 2, ("Noël",))),
        3,
        "1 person takes 2 SMS instead of 1, by what is filled in: Noël.",
        "a name of its own",
    ),
    (
        Counted(count("a"), count(LONG), 90, total=120, pushed=Pushed(30, 1, 2, ("Noël", "Zoë"), more=True)),
        3,
        "30 people take up to 2 SMS instead of 1, by what is filled in: Noël, Zoë and others.",
        "many such names",
    ),
    (
        Counted(count("a" * 460)),
        3,
        "*Too long*: 4 SMS, and the club allows 3. Take away 1 character.",
        "one too many",
    ),
    (
        Counted(count("a" * 161)),
        1,
        "*Too long*: 2 SMS, and the club allows 1. Take away 1 character.",
        "a thrifty club",
    ),
    (
        Counted(count("a"), count("ê" * 300)),
        3,
        "*Too long*: 5 SMS, and the club allows 3. Take away 99",
        "too long for one",
    ),
    (
        Counted(count("Hello"), clause="STOP to 36123"),
        3,
        ":no_bell: “STOP to 36123” is added at the end, and counted.",
        "how to stop is counted with it",
    ),
    (
        Counted(count("Hello"), clause=f"Reply: https://club.fr/m/{UNSEEN}"),
        3,
        ":link: “Reply: https",
        "by a link",
    ),
    (
        Counted(count("Hello"), links=ShortLinks(refused=("bit.ly", "cutt.ly"))),
        3,
        ":no_entry: Operators block texts with links of bit.\u2060ly and cutt.\u2060ly.",
        "links that operators block",
    ),
]


@pytest.mark.parametrize(("counted", "most", "said", "why"), CASES, ids=[case[-1] for case in CASES])
def test_the_count_says_what_matters(counted, most, said, why):
    assert said in ex.texts_of(count_block(counted, ex.ENGLISH, most))


QUIET = [
    (Counted(count("a" * 140)), "left", "the next SMS is far"),
    (Counted(count("Hello")), "Because", "a cheap text needs no reason"),
    (Counted(count("Hello")), "×", "no group is chosen"),
    (Counted(count("Hello"), count("Hello Léa"), 3, total=3), "instead", "all cost the same"),
    (Counted(count("a" * 459)), "Too long", "just fits"),
    (Counted(count("Hello")), "added", "nothing is added"),
    (Counted(count("Hello"), links=ShortLinks(warned=("wa.me",))), "Operators", "a link that only warns"),
]


@pytest.mark.parametrize(("counted", "unsaid", "why"), QUIET, ids=[case[-1] for case in QUIET])
def test_the_count_says_no_more_than_needed(counted, unsaid, why):
    assert unsaid not in ex.texts_of(count_block(counted, ex.ENGLISH, 3))


def test_the_cheap_spelling_is_a_button_and_accents_go_only_when_one_agrees():
    (plain,) = cheaper_block(Counted(count("a…"), cheaper=Cheaper((("…", "..."),), False, 1, 1)), ex.ENGLISH)
    (bare,) = cheaper_block(Counted(count(DEAR), cheaper=SPELT), ex.ENGLISH)
    (first,), (second,) = plain["elements"], bare["elements"]
    assert (first["text"]["text"], first["value"], "confirm" in first) == (
        "Spell it for 1 SMS",
        "plain",
        False,
    )
    assert (second["value"], second["confirm"]["text"]["text"]) == (
        "accents",
        "î becomes i. You see the text before it leaves.",
    )


def test_the_letters_of_names_are_not_blamed_on_the_text():
    counted = Counted(count("à Noël"), recipients=3, total=3, written=count("à {first_name}"))
    assert "Because" not in ex.texts_of(count_block(counted, ex.ENGLISH, 3))


def test_without_a_cheaper_spelling_there_is_no_button():
    assert cheaper_block(Counted(count("ê")), ex.ENGLISH) == []


def test_a_text_to_one_person_is_not_counted_by_the_head():
    block = count_block(Counted(count("Hello")), ex.ENGLISH, 3, to_one=True)
    assert ex.texts_of(block) == "*5 characters · 1 SMS*"


def test_the_count_is_one_block_with_an_id_of_its_own():
    block = count_block(Counted(count(DEAR)), ex.FRENCH, 3)
    assert (block["type"], block["block_id"], len(block["elements"])) == ("context", "count", 1)


@pytest.mark.parametrize(
    ("encoding", "segments", "characters"),
    [(Encoding.GSM7, 1, 160), (Encoding.GSM7, 3, 459), (Encoding.UCS2, 1, 70), (Encoding.UCS2, 3, 201)],
)
def test_capacity_is_what_the_counting_rule_takes(encoding, segments, characters):
    letter = "a" if encoding is Encoding.GSM7 else "ê"
    assert capacity(encoding, segments) == characters
    assert count(letter * characters).segments == segments
    assert count(letter * (characters + 1)).segments == segments + 1
