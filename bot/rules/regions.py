"""Where the phone of a number may be: its time zones, and the public holidays there."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import phonenumbers
from phonenumbers import timezone

from bot.rules.phones import alike

# https://www.nanpa.com : the US, Canada and the Caribbean share +1, and each area code belongs to one country.
_NORTH_AMERICA = 1
# Russia and Kazakhstan together, +7. More of them is all of +1: a number that belongs to no area.
_MOST_ZONES = 16
_LONGEST_CODE = 3


def learn() -> None:
    """Reads the library of public holidays, which takes half a second: whoever asks first is not kept waiting."""
    import holidays.countries  # noqa: F401


def zones_of(e164: str, club_zone: str) -> tuple[str, ...]:
    """Every time zone that the number may be in; the club's where the number says nothing, or the whole of +1."""
    return _zones_of(alike(e164)) or (club_zone,)


@lru_cache(maxsize=2**16)
def _zones_of(e164: str) -> tuple[str, ...]:
    """None where the number says nothing."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ()
    # The library places mobiles by the calling code alone, which for those of Jamaica is all of +1.
    by_area = number.country_code == _NORTH_AMERICA
    place = timezone.time_zones_for_geographical_number if by_area else timezone.time_zones_for_number
    zones = tuple(place(number))
    says_nothing = timezone.UNKNOWN_TIMEZONE in zones or len(zones) > _MOST_ZONES
    return () if says_nothing else zones


def is_holiday(day: date, *, country: str, region: str, subdivisions: frozenset[str] = frozenset()) -> bool:
    """Whether the day is a public holiday in all of a number's region, or in one of the subdivisions.

    Subdivisions are those a club names for itself, in ISO 3166-2 ("FR-57"). They count for all numbers of their
    country, since a number does not tell where in it people live; those of other countries do not.
    """
    named = (code.partition("-") for code in subdivisions)
    parts = {(of, part) for of, _, part in named if of in (country, region)}
    return any(day in _holidays(of, part, day.year) for of, part in {(region, ""), *parts})


def subdivisions_of(country: str) -> frozenset[str]:
    """The ISO 3166-2 codes of a country's parts that may have holidays of their own."""
    import holidays

    try:
        parts = holidays.country_holidays(country).subdivisions
    except NotImplementedError:
        return frozenset()
    # Beside them the library knows cities and school zones, by their names.
    return frozenset(f"{country}-{part}" for part in parts if part.isalnum() and part == part.upper())


@lru_cache
def parts_of(country: str) -> Mapping[str, str]:
    """The country's parts that may have holidays of their own, by their ISO 3166-2 codes, as people there call them."""
    import holidays

    codes = subdivisions_of(country)
    if not codes:
        return MappingProxyType({})
    known = holidays.country_holidays(country).get_subdivision_aliases()
    names = {code: _named(known.get(code.partition("-")[2], ())) or code for code in codes}
    return MappingProxyType(dict(sorted(names.items(), key=lambda part: part[1])))


def _named(aliases: Sequence[str]) -> str:
    """The names among the aliases, each once whatever its accents: "Bern / Berne", but "Québec" alone."""
    # The library lists codes beside the names.
    names = [alias for alias in aliases if not (alias.isupper() and len(alias) <= _LONGEST_CODE)]
    return " / ".join({_plain(name): name for name in names}.values())


def _plain(name: str) -> str:
    marked = unicodedata.normalize("NFD", name.casefold())
    return "".join(char for char in marked if not unicodedata.combining(char))


@lru_cache(maxsize=1000)
def _holidays(region: str, part: str, year: int) -> frozenset[date]:
    """The public holidays of a year, none where the library does not know the place."""
    import holidays

    try:
        return frozenset(holidays.country_holidays(region, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()
