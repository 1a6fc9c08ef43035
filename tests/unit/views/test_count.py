"""The live count: true, short, and naming what costs."""

import pytest

from bot.campaigns.values import Counted
from bot.rules.text import Encoding, count
from commands.views.count import capacity, count_block
from tests.unit.views import examples as ex

DEAR = "Le gymnase est fermé ce soir : pas d'entraînement pour les U13. Rendez-vous samedi 9h au stade, prévenez-nous."
LONG = "Léa, " * 35

CASES = [
    (None, 3, "Up to 459 characters; 201 with an emoji", "nobody typed yet"),
    (Counted(count("")), 3, "Up to 459 characters; 201 with an emoji", "all was deleted"),
    (Counted(count("Hello")), 3, "*5 characters · 1 SMS each*", "ordinary"),
    (Counted(count("a" * 141)), 3, "*141 characters · 1 SMS each* · 19 left", "the next SMS is near"),
    (Counted(count("a" * 160)), 3, "· 0 left", "the next letter costs one more"),
    (Counted(count("Hello"), recipients=38), 3, "38 × 1 = 38 SMS", "the group is known"),
    (Counted(count("Hello"), recipients=1200), 3, "1,200 × 1 = 1,200 SMS", "a large group"),
    (Counted(count(DEAR), cheaper=1), 3, "Because of “î”: 2 SMS instead of 1.", "one letter doubles it"),
    (Counted(count("ça va")), 3, "Because of “ç”: 70 characters in an SMS instead of 160.", "no dearer yet"),
    (
        Counted(count("ç" * 80), cheaper=2),
        3,
        "Because of “ç”: 67 characters in an SMS instead of 153.",
        "no cheaper",
    ),
    (Counted(count("êëîïôûç")), 3, "“ê”, “ë”, “î”, “ï”, “ô”, “û” and 1 more", "many letters"),
    (Counted(count("a\u00a0b")), 3, "Because of an invisible character:", "a no-break space"),
    (Counted(count("👍🏽")), 3, "“👍🏽”", "an emoji is one letter"),
    (
        Counted(count("a"), count(LONG), "Jean-Christophe"),
        3,
        "Longest for Jean-Christophe: 175 characters, 2 SMS.",
        "merge",
    ),
    (
        Counted(count("a"), count(LONG), "J", 10),
        3,
        "10 × 1 to 2: at most 20 SMS",
        "the longest decides the total",
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
        Counted(count("a"), count("ê" * 300), "Zoé"),
        3,
        "*Too long*: 5 SMS, and the club allows 3. Take away 99",
        "too long for one",
    ),
]


@pytest.mark.parametrize(("counted", "most", "said", "why"), CASES, ids=[case[-1] for case in CASES])
def test_the_count_says_what_matters(counted, most, said, why):
    assert said in ex.texts_of(count_block(counted, ex.ENGLISH, most))


QUIET = [
    (Counted(count("a" * 140)), "left", "the next SMS is far"),
    (Counted(count("Hello")), "Because", "a cheap text needs no reason"),
    (Counted(count("Hello")), "×", "no group is chosen"),
    (Counted(count("Hello"), count("Hello Léa"), "Léa"), "Longest", "the longest costs the same"),
    (Counted(count("a" * 459)), "Too long", "just fits"),
]


@pytest.mark.parametrize(("counted", "unsaid", "why"), QUIET, ids=[case[-1] for case in QUIET])
def test_the_count_says_no_more_than_needed(counted, unsaid, why):
    assert unsaid not in ex.texts_of(count_block(counted, ex.ENGLISH, 3))


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
