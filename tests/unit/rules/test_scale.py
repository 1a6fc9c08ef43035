"""Texts that are made of parts."""

from collections.abc import Hashable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.scale import kind, likeness
from bot.rules.text import Count, count

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ODD = [
    *(
        "\u0301",
        "\u200d",
        FAMILY,
        "\u0600",
        "\u00a9",
        "\U0001f1eb",
        "\u0915\u094d",
        "\u0937",
        "\u1112\u1161",
        "\u11ab",
    ),
    *("\r", "\n", "\t", "€", "[", "~", "\ufe0f", "\u2019", "\u0085", "\ud800"),
]
letters = st.lists(st.sampled_from("abeE éêë1 ") | st.sampled_from(ODD) | st.characters(), max_size=6).map(
    "".join
)
long = st.builds(str.__mul__, st.sampled_from(["a", "ê", "a€", "é ", "\U0001f389"]), st.integers(0, 200))
texts = st.lists(letters | long | st.sampled_from(ODD), max_size=5)


def key(parts: Sequence[str]) -> Hashable:
    kinds = tuple(map(kind, parts))
    return tuple(parts) if None in kinds else kinds


@given(st.lists(texts, max_size=8))
def test_texts_weigh_the_same_whose_parts_have_one_key(many: list[list[str]]) -> None:
    known: dict[Hashable, Count] = {}
    for parts in many:
        weight = count("".join(parts))
        assert known.setdefault(key(parts), weight) == weight


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("e", "\u0301"), ("a", "\u0301"), "é is in GSM-7, á is not"),
        (("ab",), ("\r\n",), "which is one line break"),
        (
            (FAMILY[:2], "a\u00a9"),
            (FAMILY[:2], "\u00a9a"),
            "what joins the emoji to another one joins no letter",
        ),
    ],
)
def test_parts_that_melt_into_each_other_have_a_key_of_their_own(
    one: tuple[str], other: tuple[str], reason: str
) -> None:
    assert key(one) != key(other), reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("Hi ", "Léa", "!"), ("Hi ", "Tom", "!"), "as long, and neither is dear"),
        (("Hi ", "Zoë", "!"), ("Hi ", "Joë", "!"), "as long, and dear by the same letter"),
        (
            ("", "Léa", FAMILY),
            ("", "Tom", FAMILY),
            "what stands beside it weighs more, and the same for both",
        ),
    ],
)
def test_parts_that_weigh_the_same_have_one_key(one: tuple[str], other: tuple[str], reason: str) -> None:
    assert key(one) == key(other), reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Léa", "Léon", "longer"),
        ("Zoë", "Zoé", "only the first is dear"),
        ("Zoë", "Noê", "dear by another letter"),
        ("a€", "ab", "the euro takes two units"),
        ("a€", "€a", "a border may stand between the two"),
        (FAMILY, FAMILY[:-1] + "\U0001f466", "another grapheme, of as many units"),
        ("\u0301a", "\u0302a", "the accent belongs to the letter before it"),
    ],
)
def test_parts_that_may_weigh_otherwise_have_another_key(one: str, other: str, reason: str) -> None:
    assert key([one]) != key([other]), reason


def test_values_that_weigh_the_same_make_readers_alike_and_those_that_melt_do_not() -> None:
    alike = likeness(["Salut {first_name}"])
    lea, tom, accent, other = ({"first_name": name} for name in ("Ana", "Tom", "\u0301", "\u0302"))
    one, same, melts, too = alike([lea, tom, accent, other], "fr")
    assert one == same
    assert len({one, melts, too}) == 3


def test_readers_of_a_text_without_fields_are_all_alike() -> None:
    assert len(set(likeness(["Salut"])([{}, {"first_name": "Ana"}], "fr"))) == 1
    assert len(list(likeness(["Salut"])([{}, {}], "fr"))) == 2
