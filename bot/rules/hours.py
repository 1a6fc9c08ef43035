"""When marketing may leave: the window of a country as a club wants it, open on every clock the phone may go by."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.countries import Country, Window

LOOK_AHEAD = timedelta(days=60)
"""A text that would have to wait longer does not leave at all."""
DAY_BEGINS, NIGHT_BEGINS = time(8), time(21)
"""Between them even an alert needs no question."""
_DAY = timedelta(days=1)
_DAY_SECONDS = 24 * 60 * 60


class HoursRefusal(StrEnum):
    """Why there is no minute at which a text may leave."""

    NEVER = "never"
    UNCHECKED = "unchecked"


def written(window: Window) -> dict[str, Any]:
    """The window as a club's row keeps it."""
    return {
        "days": sorted(window.days),
        "opens": f"{window.opens:%H:%M}",
        "closes": f"{window.closes:%H:%M}",
        "on_holidays": window.on_holidays,
    }


def read(stored: Mapping[str, Any]) -> Window:
    """The window of a club's row."""
    return Window(
        days=frozenset(stored["days"]),
        opens=time.fromisoformat(stored["opens"]),
        closes=time.fromisoformat(stored["closes"]),
        on_holidays=stored["on_holidays"],
    )


def narrowed(window: Window, wish: Window) -> Window:
    """What of a window the wish keeps, perhaps nothing; it never adds to it."""
    return Window(
        days=window.days & wish.days,
        opens=max(window.opens, wish.opens),
        closes=min(window.closes, wish.closes),
        on_holidays=window.on_holidays and wish.on_holidays,
    )


def chosen(country: Country, wish: Window | None, *, home: Country) -> Window:
    """The window for texts to a country, as a club at home here or elsewhere wishes it.

    At home a wish may widen what the country starts with, up to its legal maximum. Abroad it only narrows: whoever
    widened the hours at home has not thought of the law elsewhere.
    """
    if wish is None:
        return country.marketing
    return narrowed(country.marketing_most if country.code == home.code else country.marketing, wish)


def is_wider(country: Country, wish: Window) -> bool:
    """Whether a club at home there gets by its wish what it did not start with, so that an admin must want it."""
    window = chosen(country, wish, home=country)
    return not window.is_empty and narrowed(country.marketing, window) != window


def next_legal(
    now: datetime, zones: Sequence[str], window: Window, is_day_off: Callable[[date], bool]
) -> datetime | HoursRefusal:
    """`now` when the window is open in all the zones, else the first minute at which it is, or that there is none.

    Days off count only where the window is closed on holidays. The answer depends on nothing but the arguments:
    recipients with the same zones, window and days off share it.
    """
    places = [ZoneInfo(zone) for zone in zones]
    instant = now
    while instant <= now + LOOK_AHEAD:
        opening = max(_opening(instant, place, window, is_day_off) for place in places)
        if opening == instant:
            return instant
        instant = opening
    return HoursRefusal.NEVER


def is_night(now: datetime, zone: str) -> bool:
    """Whether people in the zone may be asleep: before eight or from nine in the evening on."""
    return not DAY_BEGINS <= now.astimezone(ZoneInfo(zone)).time() < NIGHT_BEGINS


def _opening(
    instant: datetime, place: ZoneInfo, window: Window, is_day_off: Callable[[date], bool]
) -> datetime:
    """The first instant from this one on at which the window is open in one zone.

    It is found on a clock that nobody sets; where the clock is set before, the search goes on from there.
    """
    while True:
        wall = instant.astimezone(place).replace(tzinfo=None)
        opening = instant + (_first_open(wall, window, is_day_off) - wall)
        reached = _until_set(instant, opening, place)
        if _offset(reached, place) == _offset(instant, place):
            return reached
        instant = reached


def _first_open(wall: datetime, window: Window, is_day_off: Callable[[date], bool]) -> datetime:
    """The first reading of a steady clock from this one on at which the window is open, or one beyond reach."""
    for ahead in range(LOOK_AHEAD.days + 2):
        day = wall.date() + timedelta(days=ahead)
        if day.weekday() not in window.days or wall >= datetime.combine(day, window.closes):
            continue
        if window.on_holidays or not is_day_off(day):
            return max(wall, datetime.combine(day, window.opens))
    return wall + LOOK_AHEAD + _DAY


def _until_set(start: datetime, end: datetime, place: ZoneInfo) -> datetime:
    """The end, or the instant after the start at which the clock of the zone is set, if that comes first."""
    while start < end:
        later = min(start + _DAY, end)
        if _offset(later, place) != _offset(start, place):
            return _setting(start, place)
        start = later
    return end


def _setting(start: datetime, place: ZoneInfo) -> datetime:
    """The second within the next day at which the clock of the zone is set; no zone sets it twice a day."""
    whole, offset = start.replace(microsecond=0), _offset(start, place)

    def is_set(second: int) -> bool:
        return _offset(whole + timedelta(seconds=second), place) != offset

    return whole + timedelta(seconds=bisect_left(range(_DAY_SECONDS), True, key=is_set))


def _offset(instant: datetime, place: ZoneInfo) -> timedelta:
    return instant.astimezone(place).utcoffset() or timedelta()
