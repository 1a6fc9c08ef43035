"""What staff chose that columns hold, known again in the club's next file."""

import pytest

from bot.imports.choices import HEADER_MAX, LEARNT_MAX, NOTHING, choices_of, chosen, learnt, recalled
from bot.imports.columns import guess_any
from bot.people.facts import OwnField
from storage.states import FieldKind

TEAM = OwnField("f1", "team", FieldKind.TEXT)
HEADERS = ["Prénom", "Nom", "Équipe", "Portable"]
GUESSED = guess_any(HEADERS, [TEAM])


def learn(choices, headers=HEADERS, before=None):
    guessed = guess_any(headers, [TEAM])
    return learnt(headers, guessed, chosen(headers, choices, [TEAM]), before or {})


LEARNT = [
    ({0: "first_name", 1: "last_name", 3: "mobile"}, {}, {}, "all as guessed"),
    (
        {0: "first_name", 1: "last_name", 2: "own:f1", 3: "mobile"},
        {"ville": "tags"},
        {"equipe": "own:f1", "ville": "tags"},
        "one chosen, and one of another file",
    ),
    ({0: "first_name", 1: "last_name"}, {}, {"portable": NOTHING}, "one left out"),
    (
        {0: "first_name", 1: "last_name", 3: "mobile"},
        {"equipe": "own:f1"},
        {},
        "one that is left as guessed again",
    ),
]


@pytest.mark.parametrize(("choices", "before", "known", "why"), LEARNT, ids=[case[-1] for case in LEARNT])
def test_what_was_chosen_in_the_place_of_the_guess_is_learnt(choices, before, known, why):
    assert learn(choices, before=before) == known


def test_so_much_is_learnt_and_no_more():
    before = {f"colonne {n}": "tags" for n in range(LEARNT_MAX)}
    many = learn({0: "first_name", 2: "own:f1"}, before=before)
    assert len(many) == LEARNT_MAX
    assert many["equipe"] == "own:f1"
    long = ["Nom", "x" * (HEADER_MAX + 1)]
    assert learn({0: "full_name", 1: "tags"}, long) == {}


RECALLED = [
    ({"equipe": "own:f1"}, {0: "first_name", 1: "last_name", 2: "own:f1", 3: "mobile"}, "a field"),
    ({"portable": NOTHING}, {0: "first_name", 1: "last_name"}, "left out"),
    (
        {"equipe": "mobile"},
        {0: "first_name", 1: "last_name", 2: "mobile"},
        "what the guess found in another column",
    ),
    ({"equipe": "own:gone"}, choices_of(GUESSED), "a field that is gone"),
    ({"equipe": "tags", "portable": "tags"}, choices_of(GUESSED), "two that would hold the same"),
    ({"prenom": NOTHING, "nom": NOTHING}, choices_of(GUESSED), "nobody would have a name"),
    ({"ville": "tags"}, choices_of(GUESSED), "a column that is not there"),
]


@pytest.mark.parametrize(("before", "choices", "why"), RECALLED, ids=[case[-1] for case in RECALLED])
def test_what_was_learnt_takes_the_place_of_the_guess_where_it_makes_sense(before, choices, why):
    assert choices_of(recalled(HEADERS, GUESSED, before, [TEAM])) == choices
