"""A family and others as the rules of the audience see them, and what becomes of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from bot.data import load_countries
from bot.rules.audience import (
    Audience,
    Because,
    LeftOut,
    Line,
    Person,
    Shared,
    resolve,
)
from bot.rules.consent import Standing
from bot.rules.families import Ages, generations
from storage.states import Kind, Route

AGES = generations(Ages(), date(2027, 3, 27))
FRANCE = load_countries()["FR"]
CHOSEN, GUARDIAN = Because.CHOSEN, Because.GUARDIAN_OF


def person(
    n: int, first_name: str, e164: str | None, refusal: str | None = None, last_name: str = "Martin"
) -> Person:
    values = {"first_name": first_name, "last_name": last_name}
    return Person(UUID(int=n).hex, first_name, last_name, e164 or "", refusal, values, "fr")


LEA = person(1, "Léa", None, "empty")
TOM = person(2, "Tom", "+33612345602")
ANNE = person(3, "Anne", "+33612345603")
PAUL = person(4, "Paul", "+33612345604")
ZOE = person(5, "Zoé", None, "empty")
JAN = person(6, "Jan", "+32470123456", last_name="Peeters")
IDA = person(7, "Ida", None, "landline")
MIA = person(8, "Mia", "+33612345603")  # her mother's number


def audience(
    chosen: Sequence[Person],
    guardians: Mapping[str, Sequence[Person]] | None = None,
    *,
    standing: Mapping[str, Standing] | None = None,
    **changes: Any,
) -> Audience:
    """Who gets it where this is on record of these numbers."""
    records: dict[Standing, set[str]] = {}
    for e164, stands in (standing or {}).items():
        records.setdefault(stands, set()).add(e164)
    found = guardians or {}
    ids = {child: [person.id for person in people] for child, people in found.items()}
    others = [person for people in found.values() for person in people]
    settings = {
        "kind": Kind.ALERT,
        "records": records,
        "country": FRANCE,
        "route": Route.DOMESTIC,
        "joiner": " et ",
        "generations": AGES,
    }
    return resolve(chosen, ids, others, **{**settings, **changes})


def line(
    who: Person,
    because: Because = CHOSEN,
    left_out: LeftOut | None = None,
    detail: str = "",
    wards: Sequence[Person] = (),
) -> Line:
    ids = tuple(ward.id for ward in wards)
    return Line(
        contact_id=who.id,
        because=because,
        guardian_of=ids,
        e164=who.e164 or None,
        left_out=left_out,
        detail=detail,
    )


def recipients(got: Audience) -> tuple[Shared, ...]:
    """The recipients, those who stand for nobody else too."""
    return tuple(
        Shared(each.e164, each.for_ids, each.owner_ids, each.values, each.language) for each in got.recipients
    )


def recipient(e164: str, for_whom: Sequence[Person], owners: Sequence[Person], **values: str) -> Shared:
    ids, owner_ids = tuple(p.id for p in for_whom), tuple(p.id for p in owners)
    return Shared(
        e164=e164,
        for_ids=ids,
        owner_ids=owner_ids,
        values={"last_name": "Martin", **values},
        language="fr",
    )


CHILD, TEENAGER, GROWN = "2015-01-01", "2010-01-01", "2009-03-27"
