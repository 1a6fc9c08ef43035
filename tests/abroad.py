"""Members in six places whose clocks and holidays differ, and advertising to them on the evening before Easter."""

from datetime import UTC, datetime

from bot.playground import seed
from storage.models import Campaign, Consent, Contact, Group, Membership
from storage.states import GroupKind, Purpose
from tests.club import Club
from tests.unit.rules.numbers import NUMBERS

MORNING = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)
"""The Saturday before Easter; the clocks of Europe are set in the night."""
EVENING = {"when": "later", "at_date": "2027-03-27", "at_time": "21:30"}
"""20:30 in UTC."""
SATURDAY = datetime(2027, 3, 27, 20, 30, tzinfo=UTC)
LEAVES_AT = {
    "Guadeloupe": SATURDAY,  # half past four there
    "New York": SATURDAY,
    "London": datetime(2027, 3, 29, 8, tzinfo=UTC),  # Scotland works on Easter Monday
    "Madrid": datetime(2027, 3, 29, 8, tzinfo=UTC),  # nine in the Canaries; few of Spain's regions rest
    "La Réunion": datetime(2027, 3, 30, 5, tzinfo=UTC),  # nine; eight in Mayotte, whose numbers look the same
    "Paris": datetime(2027, 3, 30, 6, tzinfo=UTC),
}
MOMENTS = sorted(set(LEAVES_AT.values()))


async def join_from_abroad(club: Club) -> None:
    """One member in each place joins the club, with a phone, and agrees to marketing."""
    group = Group(club_id=seed.key("club"), name="Abroad", kind=GroupKind.FIXED)
    people = [_person(place) for place in LEAVES_AT]
    for person in people:
        club.carrier.phone(str(person.e164), name=person.first_name)
    await club.keep(group, *people, *map(agreed, people))
    await club.keep(
        *(Membership(club_id=group.club_id, group_id=group.id, contact_id=one.id) for one in people)
    )


def _person(place: str) -> Contact:
    return Contact(
        club_id=seed.key("club"), first_name=place, last_name="", e164=NUMBERS[place], created_at=MORNING
    )


def agreed(person: Contact) -> Consent:
    """The consent to marketing of this person."""
    return Consent(
        club_id=person.club_id,
        e164=str(person.e164),
        contact_id=person.id,
        purpose=Purpose.MARKETING,
        given=True,
        evidence="Form",
        recorded_by="U0ALEX",
        at=MORNING,
    )


async def scheduled(club: Club, kind: str = "marketing") -> Campaign:
    """A text to all of them, confirmed, that is to leave on the evening."""
    preview = await club.compose(
        **EVENING, groups="Abroad", route="world", kind=kind, message="Loto dimanche"
    )
    return await club.confirm(preview)


def skip_to(club: Club, at: datetime) -> None:
    """Lets the time until then pass at once."""
    club.skip(at - club.clock.now())


def sent(club: Club) -> list[str]:
    """The places whose texts the carrier has, as often as it has them."""
    return sorted(place_of(post.to) for post in club.carrier.posts)


def place_of(number: str) -> str:
    """Where the number is from."""
    return next(place for place, known in NUMBERS.items() if known == number)


def legal_by(moment: datetime) -> list[str]:
    """The places whose texts may have left by then."""
    return sorted(place for place, at in LEAVES_AT.items() if at <= moment)
