"""When marketing may leave, where the phone of a number may be, and the days off there."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_countries
from bot.rules.countries import ANYWHERE, Window, country_of
from bot.rules.hours import (
    LOOK_AHEAD,
    HoursRefusal,
    chosen,
    is_night,
    is_wider,
    narrowed,
    next_legal,
    read,
    written,
)
from bot.rules.phones import region_of
from bot.rules.regions import is_holiday, zones_of
from tests.unit.rules.numbers import NUMBERS

COUNTRIES = load_countries()
PARIS = "Europe/Paris"
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
EVERY_DAY = frozenset(range(7))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def never_off(day: date) -> bool:
    return False


def leaves(number: str, now: datetime, *named: str) -> datetime | HoursRefusal:
    """When marketing that is due now leaves to the number, for a Parisian club with the product's hours."""
    region = region_of(number)
    country = country_of(region, COUNTRIES)
    is_day_off = partial(is_holiday, country=country.code, region=region, subdivisions=frozenset(named))
    return next_legal(now, zones_of(number, PARIS), country.marketing, is_day_off)


@pytest.mark.parametrize(
    ("place", "due", "leaves_at", "reason"),
    [
        ("Paris", utc(2027, 3, 27, 19, 30), utc(2027, 3, 30, 6), "Easter Monday, and the clock set between"),
        ("Paris", utc(2027, 5, 15, 18), utc(2027, 5, 18, 6), "20:00 sharp before Whit Monday"),
        ("Paris", utc(2027, 5, 15, 17, 59), utc(2027, 5, 15, 17, 59), "a minute earlier it still leaves"),
        ("Paris", utc(2027, 4, 30, 18, 30), utc(2027, 5, 3, 6), "1 May is a Saturday, then Sunday"),
        ("Paris", utc(2027, 5, 26, 18, 30), utc(2027, 5, 27, 6), "27 May is a day like others there"),
        ("Paris", utc(2027, 12, 18, 19, 30), utc(2027, 12, 20, 7), "so is 20 December"),
        ("La Réunion", utc(2027, 3, 27, 16, 30), utc(2027, 3, 30, 5), "Easter Monday; eight in Mayotte"),
        ("La Réunion", utc(2027, 12, 18, 16, 30), utc(2027, 12, 21, 5), "20 December, a Monday: abolition"),
        ("Mayotte", utc(2027, 12, 18, 17, 30), utc(2027, 12, 20, 5), "which is not Mayotte's"),
        ("Mayotte", utc(2027, 4, 26, 17, 30), utc(2027, 4, 28, 5), "27 April: abolition"),
        ("Guadeloupe", utc(2027, 3, 28, 0, 30), utc(2027, 3, 30, 12), "Easter Monday, in winter all year"),
        ("Guadeloupe", utc(2027, 5, 27, 0, 30), utc(2027, 5, 28, 12), "27 May: abolition"),
        ("Guadeloupe", utc(2030, 5, 26, 0, 30), utc(2030, 5, 28, 12), "27 May, a Monday in 2030"),
        ("Guadeloupe", utc(2027, 3, 27, 19, 30), utc(2027, 3, 27, 19, 30), "evening in Paris, not there"),
        ("Martinique", utc(2027, 5, 27, 0, 30), utc(2027, 5, 27, 12), "27 May is not Martinique's"),
        ("Nouméa", utc(2027, 9, 23, 10, 0), utc(2027, 9, 24, 21), "24 September: citizenship"),
        ("London", utc(2027, 5, 29, 19, 30), utc(2027, 6, 1, 8), "the spring bank holiday"),
        ("London", utc(2027, 3, 27, 20, 30), utc(2027, 3, 29, 8), "Scotland works on Easter Monday"),
        ("New York", utc(2027, 5, 30, 0, 30), utc(2027, 6, 1, 13), "Memorial Day"),
        ("New York", utc(2027, 12, 24, 1, 30), utc(2027, 12, 27, 14), "Christmas, observed on the Friday"),
        ("New York", utc(2027, 5, 29, 19, 30), utc(2027, 5, 29, 19, 30), "evening in Paris, not there"),
        ("Montréal", utc(2027, 9, 5, 0, 30), utc(2027, 9, 7, 13), "Labour Day"),
        ("Madrid", utc(2027, 12, 4, 19, 30), utc(2027, 12, 7, 9), "6 December; nine in the Canaries"),
        ("Madrid", utc(2027, 3, 27, 19, 30), utc(2027, 3, 29, 8), "most of Spain works on Easter Monday"),
        ("Berlin", utc(2027, 5, 15, 18, 30), utc(2027, 5, 18, 7), "Whit Monday"),
        ("Zürich", utc(2027, 7, 31, 18, 30), utc(2027, 8, 2, 7), "1 August is a Sunday in 2027"),
        ("Brussels", utc(2027, 7, 20, 18, 30), utc(2027, 7, 22, 7), "21 July"),
        ("Luxembourg", utc(2027, 6, 22, 18, 30), utc(2027, 6, 24, 7), "23 June"),
        ("Rome", utc(2027, 6, 1, 18, 30), utc(2027, 6, 3, 7), "2 June"),
        ("Dublin", utc(2027, 10, 23, 19, 30), utc(2027, 10, 26, 8), "the October bank holiday"),
    ],
)  # fmt: skip
def test_marketing_leaves_at_the_first_legal_minute_where_it_arrives(
    place: str, due: datetime, leaves_at: datetime, reason: str
) -> None:
    assert leaves(NUMBERS[place], due) == leaves_at, reason


@pytest.mark.parametrize(
    ("place", "due", "named", "leaves_at", "reason"),
    [
        ("Paris", utc(2027, 3, 25, 19, 30), (), utc(2027, 3, 26, 7), "Good Friday is no holiday in France"),
        ("Paris", utc(2027, 3, 25, 19, 30), ("FR-57",), utc(2027, 3, 27, 7), "but is in Moselle"),
        ("Paris", utc(2027, 3, 25, 19, 30), ("FR-6AE",), utc(2027, 3, 27, 7), "and in Alsace"),
        ("Paris", utc(2027, 3, 25, 19, 30), ("CH-ZH", "GB-ENG"), utc(2027, 3, 26, 7), "not in Zürich's name"),
        ("Paris", utc(2027, 3, 25, 19, 30), ("FR-99",), utc(2027, 3, 26, 7), "no such place"),
        ("Paris", utc(2027, 3, 25, 19, 30), ("57", ""), utc(2027, 3, 26, 7), "no such code"),
        ("La Réunion", utc(2027, 3, 25, 19, 30), ("FR-57",), utc(2027, 3, 27, 5), "who lives in Moselle"),
        ("Guadeloupe", utc(2027, 5, 28, 0, 30), ("FR-MF",), utc(2027, 5, 29, 12), "Saint-Martin has +590 too"),
        ("London", utc(2027, 3, 27, 20, 30), ("GB-ENG",), utc(2027, 3, 30, 8), "Easter Monday in England"),
        ("London", utc(2027, 3, 27, 20, 30), ("GB-SCT",), utc(2027, 3, 29, 8), "not in Scotland"),
        ("Berlin", utc(2027, 5, 26, 18, 30), ("DE-BY",), utc(2027, 5, 28, 7), "Corpus Christi in Bavaria"),
        ("Berlin", utc(2027, 5, 26, 18, 30), ("DE-BE",), utc(2027, 5, 27, 7), "not in Berlin"),
        ("Madrid", utc(2027, 3, 27, 19, 30), ("ES-CT",), utc(2027, 3, 30, 8), "Easter Monday in Catalonia"),
    ],
)  # fmt: skip
def test_a_club_that_names_its_part_of_the_country_keeps_its_holidays(
    place: str, due: datetime, named: tuple[str, ...], leaves_at: datetime, reason: str
) -> None:
    assert leaves(NUMBERS[place], due, *named) == leaves_at, reason


WINDOW = COUNTRIES["FR"].marketing


@pytest.mark.parametrize(
    ("now", "leaves_at", "reason"),
    [
        (utc(2027, 6, 2, 5, 59, 59), utc(2027, 6, 2, 6), "a second before it opens"),
        (utc(2027, 6, 2, 6), utc(2027, 6, 2, 6), "as it opens"),
        (utc(2027, 6, 2, 6, 0, 1), utc(2027, 6, 2, 6, 0, 1), "a second after, not the next whole minute"),
        (utc(2027, 6, 2, 17, 59, 59, 999999), utc(2027, 6, 2, 17, 59, 59, 999999), "the last moment"),
        (utc(2027, 6, 2, 18), utc(2027, 6, 3, 6), "over as the clock strikes"),
        (utc(2027, 6, 2, 21, 59, 59), utc(2027, 6, 3, 6), "before midnight"),
        (utc(2027, 6, 2, 22), utc(2027, 6, 3, 6), "at midnight"),
        (utc(2027, 6, 5, 18), utc(2027, 6, 7, 6), "Saturday is over: Monday"),
        (utc(2027, 6, 6, 10), utc(2027, 6, 7, 6), "Sunday at noon"),
    ],
)
def test_the_window_is_exact_at_its_borders(now: datetime, leaves_at: datetime, reason: str) -> None:
    assert next_legal(now, (PARIS,), WINDOW, never_off) == leaves_at, reason


def daily(opens: time, closes: time) -> Window:
    return Window(days=EVERY_DAY, opens=opens, closes=closes, on_holidays=True)


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "now", "leaves_at", "reason"),
    [
        # On 28 March 2027 the clock of Paris goes from 02:00 to 03:00, at 01:00 UTC.
        (PARIS, time(2, 30), time(5), utc(2027, 3, 28, 0), utc(2027, 3, 28, 1), "it opens in the gap: after it"),
        (PARIS, time(1), time(2, 30), utc(2027, 3, 28, 1), utc(2027, 3, 28, 23), "over by the gap"),
        (PARIS, time(2, 15), time(2, 45), utc(2027, 3, 28, 0), utc(2027, 3, 29, 0, 15), "wholly in the gap"),
        (PARIS, time(2), time(3), utc(2027, 3, 28, 0), utc(2027, 3, 29, 0), "is the gap"),
        (PARIS, time(8), time(20), utc(2027, 3, 28, 0), utc(2027, 3, 28, 6), "the hour is missing from the wait"),
        # On 31 October 2027 it goes from 03:00 back to 02:00, at 01:00 UTC.
        (PARIS, time(2, 15), time(2, 45), utc(2027, 10, 31, 0), utc(2027, 10, 31, 0, 15), "twice: the first"),
        (PARIS, time(2, 15), time(2, 45), utc(2027, 10, 31, 0, 45), utc(2027, 10, 31, 1, 15), "the second"),
        (PARIS, time(2, 15), time(2, 45), utc(2027, 10, 31, 1, 45), utc(2027, 11, 1, 1, 15), "twice is enough"),
        (PARIS, time(1), time(2, 30), utc(2027, 10, 31, 0, 30), utc(2027, 10, 31, 1), "open again by the clock"),
        (PARIS, time(8), time(20), utc(2027, 10, 31, 0), utc(2027, 10, 31, 7), "the hour is added to the wait"),
        # https://www.timeanddate.com/time/dst/ and the tz database tell of each.
        ("Asia/Beirut", time(0), time(2), utc(2027, 3, 27, 20), utc(2027, 3, 27, 22), "no midnight that day"),
        ("America/Nuuk", time(23), time(23, 59), utc(2027, 3, 28), utc(2027, 3, 29), "no 23:00 that day"),
        ("America/Santiago", time(23, 30), time(23, 50), utc(2027, 4, 4, 2, 50), utc(2027, 4, 4, 3, 30), "its last hour runs again"),
        ("Australia/Lord_Howe", time(2, 10), time(4), utc(2026, 10, 3, 15), utc(2026, 10, 3, 15, 30), "half an hour is missing"),
        ("Antarctica/Troll", time(1, 30), time(4), utc(2027, 3, 28), utc(2027, 3, 28, 1), "two hours are missing"),
    ],
)  # fmt: skip
def test_where_the_clock_is_set_the_window_is_what_the_clock_shows(
    zone: str, opens: time, closes: time, now: datetime, leaves_at: datetime, reason: str
) -> None:
    assert next_legal(now, (zone,), daily(opens, closes), never_off) == leaves_at, reason


def test_the_clock_may_be_set_while_the_second_is_not_whole() -> None:
    now = utc(2027, 10, 31, 0, 30, 0, 250_000)
    assert next_legal(now, (PARIS,), daily(time(1), time(2, 30)), never_off) == utc(2027, 10, 31, 1)


def test_a_day_that_a_country_skips_has_no_window() -> None:
    # Samoa went from 29 to 31 December 2011: https://www.timeanddate.com/time/change/samoa/apia?year=2011
    fridays = replace(daily(time(9), time(20)), days=frozenset({4}))
    assert next_legal(utc(2011, 12, 30), ("Pacific/Apia",), fridays, never_off) == utc(2012, 1, 5, 19)


@pytest.mark.parametrize(
    ("zones", "now", "leaves_at", "reason"),
    [
        (("Indian/Mayotte", "Indian/Reunion"), utc(2027, 6, 2, 4), utc(2027, 6, 2, 5), "eight in Réunion alone"),
        (("Indian/Mayotte", "Indian/Reunion"), utc(2027, 6, 2, 16), utc(2027, 6, 3, 5), "twenty in Réunion"),
        (("Indian/Reunion", "Indian/Mayotte"), utc(2027, 6, 2, 16), utc(2027, 6, 3, 5), "in any order"),
        (("Atlantic/Canary", "Europe/Madrid"), utc(2027, 6, 2, 6), utc(2027, 6, 2, 7), "eight in Madrid alone"),
        (("Atlantic/Canary", "Europe/Madrid"), utc(2027, 6, 2, 18), utc(2027, 6, 3, 7), "twenty in Madrid"),
        (("America/New_York", "Pacific/Honolulu"), utc(2027, 6, 2, 12), utc(2027, 6, 2, 18), "half a day apart"),
        (("America/New_York", "Pacific/Noumea"), utc(2027, 6, 5, 12), utc(2027, 6, 7, 21), "Sunday in one or the other"),
    ],
)  # fmt: skip
def test_every_zone_of_a_number_must_be_inside(
    zones: tuple[str, ...], now: datetime, leaves_at: datetime, reason: str
) -> None:
    assert next_legal(now, zones, WINDOW, never_off) == leaves_at, reason


@pytest.mark.parametrize(
    ("zones", "window", "reason"),
    [
        (("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"), WINDOW, "around the globe"),
        ((PARIS,), replace(WINDOW, days=frozenset()), "no day"),
        ((PARIS,), replace(WINDOW, opens=time(20)), "no hour"),
        ((PARIS,), replace(WINDOW, opens=time(21)), "less than no hour"),
    ],
)
def test_where_no_minute_suits_all_there_is_none(zones: tuple[str, ...], window: Window, reason: str) -> None:
    for hour in range(0, 48, 4):
        now = utc(2027, 6, 2) + timedelta(hours=hour)
        assert next_legal(now, zones, window, never_off) is HoursRefusal.NEVER, reason


def test_a_text_waits_as_long_as_the_reach_but_no_longer() -> None:
    opening = utc(2027, 6, 2, 6)

    def is_before(day: date) -> bool:
        return day < opening.date()

    always = replace(WINDOW, days=EVERY_DAY)
    for now in (opening - LOOK_AHEAD, opening - LOOK_AHEAD + MINUTE):
        assert next_legal(now, (PARIS,), always, is_before) == opening
    assert next_legal(opening - LOOK_AHEAD - SECOND, (PARIS,), always, is_before) is HoursRefusal.NEVER
    assert next_legal(opening, (PARIS,), always, lambda day: True) is HoursRefusal.NEVER


def test_holidays_count_only_where_the_window_is_closed_on_them() -> None:
    open_on_them = replace(WINDOW, on_holidays=True)
    now = utc(2027, 5, 17, 10)
    is_day_off = partial(is_holiday, country="FR", region="FR")
    assert next_legal(now, (PARIS,), open_on_them, is_day_off) == now
    assert next_legal(now, (PARIS,), WINDOW, is_day_off) == utc(2027, 5, 18, 6)


def test_a_holiday_is_a_day_on_the_recipients_calendar() -> None:
    first_of_june = partial(date.__eq__, date(2027, 6, 1))
    assert next_legal(utc(2027, 5, 31, 23), ("Pacific/Noumea",), WINDOW, first_of_june) == utc(2027, 6, 1, 21)
    assert next_legal(utc(2027, 6, 1, 20), ("America/Cayenne",), WINDOW, first_of_june) == utc(2027, 6, 2, 11)


FRANCE, AMERICA = COUNTRIES["FR"], COUNTRIES["US"]


@pytest.mark.parametrize(
    ("wish", "here", "wider", "abroad", "reason"),
    [
        (WINDOW, WINDOW, False, AMERICA.marketing, "what it starts with"),
        (
            replace(WINDOW, opens=time(10), closes=time(18)),
            replace(WINDOW, opens=time(10), closes=time(18)),
            False,
            replace(AMERICA.marketing, opens=time(10), closes=time(18)),
            "narrower hours, everywhere",
        ),
        (
            replace(WINDOW, days=frozenset({0, 2})),
            replace(WINDOW, days=frozenset({0, 2})),
            False,
            replace(AMERICA.marketing, days=frozenset({0, 2})),
            "fewer days, everywhere",
        ),
        (
            replace(WINDOW, closes=time(21, 30)),
            replace(WINDOW, closes=time(21, 30)),
            True,
            AMERICA.marketing,
            "up to the legal maximum, at home",
        ),
        (
            replace(WINDOW, opens=time(6), closes=time(23)),
            replace(WINDOW, opens=time(8), closes=time(21, 30)),
            True,
            AMERICA.marketing,
            "never beyond it",
        ),
        (
            replace(WINDOW, days=EVERY_DAY),
            replace(WINDOW, days=EVERY_DAY),
            True,
            AMERICA.marketing,
            "Sundays",
        ),
        (
            replace(WINDOW, on_holidays=True),
            replace(WINDOW, on_holidays=True),
            True,
            AMERICA.marketing,
            "holidays",
        ),
        (
            replace(WINDOW, days=frozenset({6})),
            replace(WINDOW, days=frozenset({6})),
            True,
            replace(AMERICA.marketing, days=frozenset()),
            "Sundays alone: never abroad",
        ),
        (
            replace(WINDOW, opens=time(19), closes=time(21)),
            replace(WINDOW, opens=time(19), closes=time(21)),
            True,
            replace(AMERICA.marketing, opens=time(19)),
            "narrower at one end, wider at the other",
        ),
    ],
)
def test_a_wish_narrows_everywhere_and_widens_at_home(
    wish: Window, here: Window, wider: bool, abroad: Window, reason: str
) -> None:
    assert chosen(FRANCE, wish, home=FRANCE) == here, reason
    assert is_wider(FRANCE, wish) is wider, reason
    assert chosen(AMERICA, wish, home=FRANCE) == abroad, reason


def test_without_a_wish_a_country_has_its_own_hours() -> None:
    assert chosen(FRANCE, None, home=FRANCE) == FRANCE.marketing
    assert chosen(AMERICA, None, home=FRANCE) == AMERICA.marketing


def test_what_a_wish_leaves_nothing_of_is_empty_not_wider() -> None:
    for wish in (daily(time(22), time(23)), replace(WINDOW, days=frozenset(), closes=time(21))):
        assert chosen(FRANCE, wish, home=FRANCE).is_empty
        assert not is_wider(FRANCE, wish)


def test_hours_that_nobody_checked_cannot_be_widened() -> None:
    elsewhere = COUNTRIES[ANYWHERE]
    assert not elsewhere.hours_checked
    assert chosen(elsewhere, daily(time(0), time(23)), home=elsewhere) == elsewhere.marketing


@pytest.mark.parametrize(
    ("now", "zone", "night", "reason"),
    [
        (utc(2027, 6, 2, 18, 59, 59), PARIS, False, "a second before nine"),
        (utc(2027, 6, 2, 19), PARIS, True, "nine"),
        (utc(2027, 6, 2, 22), PARIS, True, "midnight"),
        (utc(2027, 6, 3, 5, 59, 59), PARIS, True, "a second before eight"),
        (utc(2027, 6, 3, 6), PARIS, False, "eight"),
        (utc(2027, 12, 2, 6, 30), PARIS, True, "half past seven in winter"),
        (utc(2027, 6, 2, 10), "Pacific/Noumea", True, "noon in Paris, nine in the evening there"),
        (utc(2027, 6, 6, 10), PARIS, False, "a Sunday is not a night"),
    ],
)
def test_it_is_night_where_people_sleep(now: datetime, zone: str, night: bool, reason: str) -> None:
    assert is_night(now, zone) is night, reason


def is_open(
    instant: datetime, zones: Sequence[str], window: Window, is_day_off: Callable[[date], bool]
) -> bool:
    """What the clocks of the zones show, read one by one."""
    shown = [instant.astimezone(ZoneInfo(zone)) for zone in zones]
    return all(
        here.weekday() in window.days
        and window.opens <= here.time() < window.closes
        and (window.on_holidays or not is_day_off(here.date()))
        for here in shown
    )


def walked(
    now: datetime, zones: Sequence[str], window: Window, is_day_off: Callable[[date], bool], reach: timedelta
) -> datetime | None:
    """The first legal instant that is now or a whole minute within reach, found by trying each."""
    if is_open(now, zones, window, is_day_off):
        return now
    first = now.replace(second=0, microsecond=0) + MINUTE
    minutes = (first + MINUTE * n for n in range(reach // MINUTE))
    return next((minute for minute in minutes if is_open(minute, zones, window, is_day_off)), None)


# Each clock is set soon after the instant, in its own way: by half an hour, by two, at midnight, for Ramadan, never.
TURNS = {
    PARIS: utc(2027, 3, 28, 1),
    "Europe/London": utc(2027, 10, 31, 1),
    "America/New_York": utc(2027, 11, 7, 6),
    "America/St_Johns": utc(2027, 3, 14, 5, 30),
    "America/Santiago": utc(2027, 4, 4, 3),
    "America/Havana": utc(2027, 3, 14, 5),
    "America/Nuuk": utc(2027, 3, 28, 1),
    "Asia/Beirut": utc(2027, 3, 27, 22),
    "Antarctica/Troll": utc(2027, 10, 31, 1),
    "Australia/Lord_Howe": utc(2027, 4, 3, 15),
    "Africa/Casablanca": utc(2027, 2, 7, 2),
    "Pacific/Chatham": utc(2027, 9, 25, 14),
    "Asia/Kathmandu": utc(2027, 6, 1),
}
INSTANTS = st.integers(0, 4 * 366 * 24 * 3600).map(lambda seconds: utc(2026, 1, 1) + SECOND * seconds)
MINUTES_OF_A_DAY = st.integers(0, 24 * 60 - 1).map(lambda minute: time(*divmod(minute, 60)))
WINDOWS = st.builds(
    Window,
    days=st.frozensets(st.integers(0, 6), min_size=4),
    opens=MINUTES_OF_A_DAY,
    closes=MINUTES_OF_A_DAY,
    on_holidays=st.booleans(),
).filter(lambda window: not window.is_empty)
DAYS_OFF = st.frozensets(st.integers(0, 6)).map(
    lambda every_week: lambda day: day.toordinal() % 8 in every_week
)


@given(
    zone=st.sampled_from(sorted(TURNS)),
    window=WINDOWS,
    is_day_off=DAYS_OFF,
    before=st.integers(-8 * 3600, 40 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_around_the_setting_of_a_clock_the_first_legal_minute_is_found(
    zone: str, window: Window, is_day_off: Callable[[date], bool], before: timedelta
) -> None:
    now = TURNS[zone] - before
    found = next_legal(now, (zone,), window, is_day_off)
    expected = walked(now, (zone,), window, is_day_off, 3 * DAY)
    if expected:
        assert found == expected
    elif isinstance(found, datetime):
        assert found > now + 3 * DAY
        assert is_open(found, (zone,), window, is_day_off)


@given(
    zones=st.lists(st.sampled_from(sorted(available_timezones())), min_size=1, max_size=3, unique=True),
    window=WINDOWS,
    is_day_off=DAYS_OFF,
    now=INSTANTS,
)
def test_what_is_found_is_legal_everywhere_not_past_and_the_first(
    zones: list[str], window: Window, is_day_off: Callable[[date], bool], now: datetime
) -> None:
    found = next_legal(now, zones, window, is_day_off)
    expected = walked(now, zones, window, is_day_off, 2 * DAY)
    if isinstance(found, HoursRefusal):
        assert expected is None
        return
    assert found.tzinfo is UTC
    assert now <= found <= now + LOOK_AHEAD
    assert is_open(found, zones, window, is_day_off)
    assert not is_open(found - MINUTE, zones, window, is_day_off) or found - now < MINUTE
    assert next_legal(found, zones, window, is_day_off) == found
    if found - now <= 2 * DAY:
        assert found == expected


@given(window=WINDOWS, wish=WINDOWS, now=INSTANTS)
def test_a_narrowed_window_is_open_when_both_are(window: Window, wish: Window, now: datetime) -> None:
    both = is_open(now, ("UTC",), window, never_off) and is_open(now, ("UTC",), wish, never_off)
    assert is_open(now, ("UTC",), narrowed(window, wish), never_off) is both
    assert narrowed(window, wish) == narrowed(wish, window)
    assert narrowed(window, window) == window


@given(window=WINDOWS)
def test_a_window_is_read_from_a_clubs_row_as_it_was_written(window: Window) -> None:
    assert read(json.loads(json.dumps(written(window)))) == window
