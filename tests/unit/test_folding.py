"""The quick ways to fold a text give what its long definition gives."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.imports import columns
from storage import folding

TEXTS = st.text(max_size=12) | st.text("aÉœß\u0301\u034f\u0345 _-'’2ǅΣς\u0589Ꭰꭰ", max_size=12)


def the_long_way(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in apart if not unicodedata.combining(mark))
    ligatures = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"}
    return " ".join(plain.casefold().translate(str.maketrans(ligatures)).split())


def words_the_long_way(text: str) -> str:
    plain = the_long_way(text)
    return re.sub(r"[\W_]+", " ", plain).strip() or plain


EVERY_SCRIPT = range(0x1_FFFF)
"""Beyond are rare ideographs, and what nobody writes with."""


def test_every_letter_there_is_folds_the_long_way() -> None:
    letters = (f"{chr(code)}a {chr(code)}" for code in EVERY_SCRIPT)
    assert [one for one in letters if folding.folded(one) != the_long_way(one)] == []


@given(TEXTS)
def test_any_text_folds_the_long_way(text: str) -> None:
    assert folding.folded(text) == the_long_way(text)


@given(TEXTS)
def test_the_words_of_any_text_fold_the_long_way(text: str) -> None:
    assert columns.folded(text) == words_the_long_way(text)


@given(TEXTS, TEXTS)
def test_a_name_folds_as_if_it_were_one_text(first: str, last: str) -> None:
    assert columns.folded_name(first, last) == words_the_long_way(f"{first} {last}")
