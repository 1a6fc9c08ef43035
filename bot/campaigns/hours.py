"""What the hours of advertising do to an audience: who waits until when, and whom it cannot reach at all."""

from collections.abc import Mapping
from datetime import datetime

from bot.delivery.hours import waits
from bot.rules.audience import Audience
from bot.rules.consent import LeftOut
from bot.rules.hours import HoursRefusal
from bot.runtime import Runtime
from storage.models import Club
from storage.states import Kind

NEVER = {HoursRefusal.NEVER: LeftOut.NO_HOUR, HoursRefusal.UNCHECKED: LeftOut.UNCHECKED}


def by_the_hours(
    rt: Runtime, club: Club, kind: Kind, audience: Audience, leaves_at: datetime
) -> tuple[Audience, Mapping[str, datetime]]:
    """The audience without those whom no advertising may reach, and until when which of the others wait."""
    numbers = {person.e164 for person in audience.concerned.people.values() if person.e164}
    until = waits(rt, club, kind, numbers, leaves_at)
    never = {number: NEVER[at] for number, at in until.items() if isinstance(at, HoursRefusal)}
    left = audience.without(never)
    texted = {each.e164 for each in left.recipients} if until else ()
    return left, {number: at for number, at in until.items() if isinstance(at, datetime) and number in texted}
