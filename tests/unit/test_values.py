"""A draft's fields in the database: what goes in comes out, and an old or broken row opens all the same."""

import json

import pytest

from bot.campaigns.values import Choice, Fields, When
from storage.states import AudienceWay, Kind, Route
from tests.unit.views import examples as ex


def test_fields_survive_the_database():
    known = Fields(
        audience=AudienceWay.DYNAMIC,
        contacts=(Choice("p1", "Léa"),),
        groups=(Choice("q1", "Judo", "activity = judo"),),
        title="Gym",
        kind=Kind.MARKETING,
        route=Route.WORLD,
        sender="36123",
        message="Hello",
        when=When.LATER,
        at_date="2026-11-22",
        at_time="19:30",
        kept_fixed=(ex.U13,),
        kept_dynamic=(Choice("q1", "Judo", "activity = judo"),),
    )
    assert Fields.from_json(json.loads(json.dumps(known.to_json()))) == known


BROKEN = [
    ({}, "an empty row"),
    ({"audience": "nobody", "kind": None, "route": 3, "when": ["now"]}, "words that are not known"),
    ({"groups": "g1", "contacts": [None, {}, {"label": "no id"}]}, "choices that are none"),
    ({"title": None, "message": 5}, "texts that are none"),
    ({"more": 1}, "a field of a later version"),
]


@pytest.mark.parametrize(("stored", "why"), BROKEN, ids=[case[-1] for case in BROKEN])
def test_what_is_not_understood_has_its_default(stored, why):
    assert Fields.from_json(stored) == Fields()


@pytest.mark.parametrize(("today", "over"), [(1962, False), (1963, True)])
def test_the_ceiling_is_the_clubs_segments_a_day(today, over):
    assert ex.preview(segments_today=today).over_ceiling is over
