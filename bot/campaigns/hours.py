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

_LEFT_OUT = {HoursRefusal.NEVER: LeftOut.NO_HOUR, HoursRefusal.UNCHECKED: LeftOut.UNCHECKED}


def by_the_hours(
    rt: Runtime, club: Club, kind: Kind, audience: Audience, leaves_at: datetime
) -> tuple[Audience, Mapping[str, datetime]]:
    """The audience without those whom no advertising may reach, and until when which of the others wait."""
    until = waits(rt, club, kind, (each.e164 for each in audience.recipients), leaves_at)
    never = {number: _LEFT_OUT[at] for number, at in until.items() if isinstance(at, HoursRefusal)}
    held = {number: at for number, at in until.items() if isinstance(at, datetime)}
    return audience.without(never), held
