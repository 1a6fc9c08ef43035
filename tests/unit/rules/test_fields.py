"""What may stand in the club's own fields."""

import pytest

from bot.rules.fields import fits, listed, written
from storage.states import FieldKind as K

CASES = [
    (K.TEXT, "  U13   filles ", "U13 filles", "spaces"),
    (K.TEXT, "", "", "nothing"),
    (K.NUMBER, " ", "", "nothing of any kind"),
    (K.NUMBER, "12,5", "12.5", "a comma"),
    (K.NUMBER, "-3", "-3", "below zero"),
    (K.NUMBER, "1 200", "1200", "thousands apart"),
    (K.NUMBER, "douze", None, "a word"),
    (K.NUMBER, "1.2.3", None, "two points"),
    (K.NUMBER, "1e9", None, "an exponent"),
    (K.NUMBER, "１２", None, "digits of another width"),
    (K.DATE, "2027-03-27", "2027-03-27", "a day"),
    (K.DATE, "2027-02-30", None, "a day that is not"),
    (K.DATE, "20270327", None, "not as it is kept"),
    (K.YES_NO, "yes", "yes", "yes"),
    (K.YES_NO, "no", "no", "no"),
    (K.YES_NO, "oui", None, "neither"),
    (K.CHOICE, "M", "M", "one of them"),
    (K.CHOICE, "XXL", None, "none of them"),
]


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "why"), CASES, ids=[f"{row[0]}: {row[-1]}" for row in CASES]
)
def test_a_value_is_kept_as_its_kind_is_written_or_refused(kind, typed, kept, why):
    assert written(kind, typed, ("S", "M")) == kept
    assert fits(kind, typed, ("S", "M")) is (kept == typed)


def test_what_is_longer_than_its_window_takes_is_not_shown_in_it():
    assert fits(K.TEXT, "x" * 500)
    assert not fits(K.TEXT, "x" * 501)
    assert fits(K.CHOICE, "x" * 75, ["x" * 75])
    assert not fits(K.CHOICE, "x" * 76, ["x" * 76])


def test_what_stands_between_commas_counts_once():
    assert listed(" parent,, bénévole , parent ,le  bureau") == ["parent", "bénévole", "le bureau"]
    assert listed(" , ") == []
