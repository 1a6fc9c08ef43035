"""When the texts of a club may leave to their numbers: alerts always, marketing at legal hours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.rules import phones
from bot.rules.countries import Country, country_of
from bot.rules.hours import HoursRefusal, chosen, next_legal, read
from bot.rules.regions import is_holiday, zones_of
from bot.runtime import Runtime
from storage.models import Club
from storage.states import Kind


class Hours:
    """The first legal minute for marketing of one club from one moment on; numbers of one place share the answer."""

    def __init__(self, rt: Runtime, club: Club, now: datetime) -> None:
        self._countries, self._club, self._now = rt.countries, club, now
        self._known: dict[tuple[tuple[str, ...], str], datetime | HoursRefusal] = {}

    def leaves_at(self, e164: str) -> datetime | HoursRefusal:
        """When a text may leave to the number: now, or when its window opens, or why it never does."""
        return self._there(zones_of(e164, self._club.zone), phones.region_of(e164))

    def _there(self, zones: tuple[str, ...], region: str) -> datetime | HoursRefusal:
        if (zones, region) not in self._known:
            self._known[zones, region] = self._first_minute(zones, region)
        return self._known[zones, region]

    def _first_minute(self, zones: tuple[str, ...], region: str) -> datetime | HoursRefusal:
        country = country_of(region, self._countries)
        if not may_advertise(country, self._club):
            return HoursRefusal.UNCHECKED
        stored = self._club.marketing_hours
        wish = read(stored) if stored else None
        window = chosen(country, wish, home=self._countries[self._club.country])
        days_off = partial(
            is_holiday, country=country.code, region=region, subdivisions=frozenset(self._club.parts)
        )
        return next_legal(self._now, zones, window, days_off)


def may_advertise(country: Country, club: Club) -> bool:
    """Whether the country's rules are known: to us, or at home to an admin of the club who has confirmed them.

    The row for anywhere is at home for the clubs of all countries without one, so what they confirm is of them all.
    """
    is_confirmed = club.country == country.code and club.rules_confirmed_at is not None
    return country.hours_checked or is_confirmed


def waits(
    rt: Runtime, club: Club, kind: Kind | None, numbers: Iterable[str], now: datetime
) -> Mapping[str, datetime | HoursRefusal]:
    """The numbers that no text of this kind may leave to now, and until when; none of them for anything but marketing."""
    found: dict[str, datetime | HoursRefusal] = {}
    for until, some in waits_by_moment(rt, club, kind, numbers, now).items():
        found.update(dict.fromkeys(some, until))
    return found


def waits_by_moment(
    rt: Runtime, club: Club, kind: Kind | None, numbers: Iterable[str], now: datetime
) -> Mapping[datetime | HoursRefusal, Sequence[str]]:
    """The same the other way round: until when such a text waits, and to which numbers."""
    if kind is not Kind.MARKETING:
        return {}
    hours, found = Hours(rt, club, now), dict[datetime | HoursRefusal, list[str]]()
    for place, some in phones.by_place(numbers).items():
        until = hours.leaves_at(place)
        if until != now:
            found.setdefault(until, []).extend(some)
    return found
