"""What a text weighs for the people it goes to."""

from collections.abc import Sequence

import pytest

from bot.campaigns.weights import (
    Cheaper,
    Pushed,
    cheaper,
    heaviest,
    most_frequent,
    pushed,
    usual,
    weighed,
    weight,
    writer,
)
from bot.rules.audience import Recipient, Shared
from bot.rules.clause import Clause
from tests import factories as f

SHORT = "Bonjour {first_name}, gymnase fermé ce soir, pas de judo. Rendez-vous samedi 9h au stade ! Merci"


def to(*names: str) -> tuple[Recipient, ...]:
    return tuple(
        Shared(e164=f.number(n), for_ids=(), owner_ids=(), values={"first_name": name})
        for n, name in enumerate(names)
    )


def cheapened(body: str, recipients: Sequence[Recipient]) -> Cheaper | None:
    return cheaper(body, weighed(body, recipients))


def test_each_text_is_weighed_after_merge() -> None:
    tom, noel, lea = everybody = to("Tom", "Noël", "Léa")
    texts = weighed(SHORT, everybody)
    assert [(alike.count.segments, alike.recipients) for alike in texts] == [(1, [tom, lea]), (2, [noel])]
    assert (weight(texts), most_frequent(texts)) == (4, 1)
    assert heaviest(texts) == texts[1]


def test_each_text_has_its_figures_and_its_clause_in_the_readers_language() -> None:
    clause = Clause("STOP to 36123", {"fr": "STOP au 36123", "en": "STOP to 36123"})
    readers = [
        Shared(e164=f.number(n), for_ids=(), owner_ids=(), values={"day": "2027-03-27"}, language=language)
        for n, language in enumerate(("fr", "en"))
    ]
    assert list(map(writer("Judo {day}.", clause), readers)) == [
        "Judo 27/03/2027. STOP au 36123",
        "Judo 27 Mar 2027. STOP to 36123",
    ]


def test_those_whose_own_name_costs_an_sms_are_named_once_each() -> None:
    assert pushed(weighed(SHORT, to("Tom", "Noël", "Zoë", "Noël"))) == Pushed(3, 1, 2, ("Noël", "Zoë"))


def test_the_usual_text_is_the_one_in_the_middle() -> None:
    assert usual(weighed(SHORT, to("Tom", "Noël", "Léa", "Jean"))).segments == 1
    assert usual(weighed(SHORT, to("Zoë", "Noël", "Léa"))).segments == 2


def test_where_nobody_gets_a_text_none_is_usual() -> None:
    assert (weight(()), most_frequent(()), heaviest(())) == (0, 0, None)
    with pytest.raises(ValueError, match="Nobody"):
        usual(())


def test_nobody_is_pushed_when_all_take_the_same() -> None:
    assert pushed(weighed(SHORT, to("Noël", "Zoë"))) is None
    assert pushed(()) is None


def test_at_most_eight_names_are_told() -> None:
    names = [f"Zoë{letter}" for letter in "abcdefghijkl"]
    found = pushed(weighed(SHORT, to("Tom", *names)))
    assert found == Pushed(12, 1, 2, tuple(names[:8]), more=True)


def test_accents_stay_where_the_marks_alone_were_dear() -> None:
    body = "L’entrainement est annulé… " * 5
    found = cheapened(body, to("Tom", "Léa"))
    assert found == Cheaper((("’", "'"), ("…", "...")), accents=False, segments=1, total=2)


def test_accents_go_where_they_cost() -> None:
    found = cheapened("L’entraînement est annulé. " * 5, ())
    assert found == Cheaper((("’", "'"), ("î", "i")), accents=True, segments=1, total=1)


def test_the_saving_counts_for_everybody_after_merge() -> None:
    body = "{first_name}, l'entraînement est annulé ce soir. Rendez-vous samedi 9h au stade !"
    found = cheapened(body, to("Tom", "Noël", "Léa"))
    assert found
    assert (found.segments, found.total) == (1, 4)


def test_a_spelling_that_saves_nothing_is_not_offered() -> None:
    assert cheapened("Fête ce soir", to("Tom")) is None
    assert cheapened("Gym fermé ce soir", to("Noël")) is None
    assert cheapened("À demain ❤️ " * 20, to("Tom")) is None
