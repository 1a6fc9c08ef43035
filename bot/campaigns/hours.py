"""What the hours of advertising do to an audience: who waits until when, and whom it cannot reach at all."""

from collections.abc import Mapping, Set
from datetime import datetime

from bot.delivery.hours import waits_by_moment
from bot.rules.audience import Audience
from bot.rules.consent import LeftOut
from bot.rules.hours import HoursRefusal
from bot.runtime import Runtime
from storage.models import Club
from storage.states import Kind

NEVER = {HoursRefusal.NEVER: LeftOut.NO_HOUR, HoursRefusal.UNCHECKED: LeftOut.UNCHECKED}


def by_the_hours(
    rt: Runtime, club: Club, kind: Kind, audience: Audience, leaves_at: datetime
) -> tuple[Audience, Mapping[datetime, Set[str]]]:
    """The audience without those whom no advertising may reach, and until when which of the others' numbers wait."""
    numbers = {person.e164 for person in audience.concerned.people.values() if person.e164}
    waits = waits_by_moment(rt, club, kind, numbers, leaves_at)
    left = audience.without(
        {
            e164: NEVER[until]
            for until, some in waits.items()
            if isinstance(until, HoursRefusal)
            for e164 in some
        }
    )
    texted = {each.e164 for each in left.recipients} if waits else set()
    held = {until: texted.intersection(some) for until, some in waits.items() if isinstance(until, datetime)}
    return left, {until: some for until, some in held.items() if some}
