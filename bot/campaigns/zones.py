"""What becomes of scheduled campaigns when their club's clock is another one."""

from dataclasses import dataclass
from uuid import UUID

from babel.core import get_global
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
from bot.rules import moments
from bot.rules.countries import Country
from bot.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Shifted:
    """A club's clock became another one; what that did to its scheduled campaigns."""

    zone: str
    kept: int
    """How many leave at the same time of day, read on the new clock."""
    passed: int
    """How many leave at the same instant: on the new clock their time of day has passed."""


def zones_of(country: Country) -> tuple[str, ...]:
    """The zones in which the country's clubs are at home, those of its territories overseas included."""
    by_region = get_global("territory_zones")
    return tuple(zone for region in sorted(country.domestic_regions) for zone in by_region.get(region, ()))


async def shift(rt: Runtime, session: AsyncSession, club_id: UUID, zone: str) -> Shifted | None:
    """Moves the club's scheduled campaigns to its new zone; None when the zone is what it was.

    A coach who typed 18:30 meant 18:30 on the club's clock, so the time of day stays and the instant moves.
    Where that instant has passed, the old one stays: no change of a setting makes a text leave by itself.
    Must run in the transaction that changes the zone, before it does.
    """
    club, now = await storage.clubs.club_to_change(session, club_id), rt.clock.now()
    if club.zone == zone:
        return None
    planned = await storage.campaigns.planned(session, club_id, now)
    times = {each.id: moments.moved(each.release_at, zone=club.zone, to=zone) for each in planned}
    ahead = {each.id: (each.release_at, times[each.id]) for each in planned if times[each.id] > now}
    kept = await storage.campaigns.reschedule_all(session, ahead)
    # Every card says the time on the club's clock.
    await storage.campaigns.touch_cards(session, times)
    return Shifted(zone, kept, len(times) - len(ahead))
