"""Who is how old on which day."""

from datetime import date

import pytest

from bot.rules.families import Ages, Generations, generations


@pytest.mark.parametrize(
    ("today", "born", "is_young", "is_minor", "reason"),
    [
        (date(2027, 3, 27), "2012-03-28", True, True, "fifteen tomorrow"),
        (date(2027, 3, 27), "2012-03-27", False, True, "fifteen today"),
        (date(2027, 3, 27), "2009-03-28", False, True, "eighteen tomorrow"),
        (date(2027, 3, 27), "2009-03-27", False, False, "eighteen today"),
        (date(2027, 2, 28), "2012-02-29", True, True, "born on a leap day: fifteen tomorrow"),
        (date(2027, 3, 1), "2012-02-29", False, True, "and today"),
        (date(2028, 2, 29), "2013-03-01", True, True, "on a leap day: fifteen tomorrow"),
        (date(2028, 2, 29), "2013-02-28", False, True, "fifteen yesterday"),
        (date(2027, 3, 27), "", False, False, "nobody knows"),
    ],
)
def test_ages_by_birth_dates(today: date, born: str, is_young: bool, is_minor: bool, reason: str) -> None:
    found = generations(Ages(), today)
    assert (found.is_young(born), found.is_minor(born)) == (is_young, is_minor), reason
    assert found.is_alone(born) == (born != "" and not is_minor), reason


def test_a_club_may_have_other_ages_but_not_for_advertising() -> None:
    found = generations(Ages(own_texts_from=13, alone_from=21), date(2027, 3, 27))
    assert found == Generations("2014-03-27", "2006-03-27", "2009-03-27", "2027-03-27")
    assert not found.is_alone("2006-03-28")


def test_whoever_is_told_nothing_alone_has_guardians_told_until_then() -> None:
    found = generations(Ages(13, 14, second_adult_under=18), date(2027, 3, 27))
    assert not found.is_alone("2009-03-28")
    assert (found.is_accompanied("2009-03-28"), found.is_accompanied("2009-03-27")) == (True, False)
    assert not found.is_accompanied("")
    assert not generations(Ages(), date(2027, 3, 27)).is_accompanied("2027-03-27")


@pytest.mark.parametrize(
    ("ages", "possible"),
    [
        (Ages(), True),
        (Ages(0, 0), True),
        (Ages(25, 25), True),
        (Ages(16, 15), False),
        (Ages(15, 26), False),
        (Ages(-1, 18), False),
        (Ages(0, 0, 18), True),
        (Ages(15, 18, 19), False),
    ],
)
def test_ages_follow_one_another(ages: Ages, possible: bool) -> None:
    assert ages.are_possible is possible
