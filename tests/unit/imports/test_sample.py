"""The list that the playground hands out: some forty people, of whom some must be corrected."""

import csv
from collections import Counter
from datetime import date, datetime

import pytest

from bot.imports.columns import guess
from bot.imports.people import People
from bot.imports.problems import Reason
from bot.people.facts import OwnField
from bot.playground import sample
from bot.rules.phones import PhoneRefusal
from storage.states import FieldKind

LICENCE = OwnField("f", "licence", FieldKind.DATE)


@pytest.mark.parametrize("today", [date(2026, 11, 27), date(2028, 2, 29), date(2027, 1, 1)])
def test_the_sample_has_people_with_guardians_and_rows_to_correct_whatever_the_day(today: date) -> None:
    headers, *rows = csv.reader(sample.csv_of(today).decode("cp1252").splitlines(), delimiter=";")
    mapped = guess(headers, [LICENCE])
    assert mapped.ignored == ("Équipe",)
    assert set(mapped.guardians) == {"mother", "father"}
    people = People(mapped, len(headers), "FR", today)
    read = [people.read(row) for row in rows]
    assert 35 <= len(read) <= 45
    assert Counter(problem.reason for _, problems in read for problem in problems) == {
        PhoneRefusal.INVALID: 1,
        PhoneRefusal.LANDLINE: 1,
        PhoneRefusal.TWO_NUMBERS: 1,
        Reason.NO_DATE: 2,
    }
    known = [person for person, _ in read if person]
    ends = [datetime.fromisoformat(dict(person.fields)["licence"]).date() for person in known]
    soon = [day for day in ends if 0 <= (day - today).days <= 30]
    assert 10 <= len(soon) < len(ends)
    assert sum(bool(person.guardians) for person in known) >= 15


def test_everybody_on_the_list_who_can_be_texted_has_a_phone() -> None:
    phones_of = dict(sample.handsets(date(2026, 11, 27)))
    assert phones_of["Jade Lefèvre"] == "06 12 34 56 21"
    assert phones_of["Claire Aubert"] == "06 12 34 57 01", "a mother whom the club does not know yet"
    assert "Camille Aubert" not in phones_of, "a child without a number of their own"
