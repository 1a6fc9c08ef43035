"""A date and a time on the club's wall clock."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.moments import (
    MAX_AHEAD,
    TOO_LATE,
    MomentRefusal,
    at,
    day_start,
    is_too_late,
    moved,
    skipped,
)

PARIS = "Europe/Paris"
NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)  # 13:00:30 in Paris


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("date", "time", "zone", "moment", "reason"),
    [
        ("2026-11-22", "19:30", PARIS, utc(2026, 11, 22, 18, 30), "winter time in Paris"),
        ("2027-07-01", "19:30", PARIS, utc(2027, 7, 1, 17, 30), "summer time in Paris"),
        (
            "2026-11-22",
            "19:30",
            "Indian/Reunion",
            utc(2026, 11, 22, 15, 30),
            "the club's zone, not the server's",
        ),
        ("2026-11-22", "13:00", PARIS, utc(2026, 11, 22, 12, 0), "the minute that runs is not past"),
        ("2026-11-22", "12:59", PARIS, MomentRefusal.PAST, "the minute before is"),
        ("2026-11-21", "23:00", PARIS, MomentRefusal.PAST, "yesterday"),
        ("2025-11-22", "19:30", PARIS, MomentRefusal.PAST, "last year"),
        ("2019-01-01", "19:30", PARIS, MomentRefusal.PAST, "long ago"),
        ("0001-01-01", "00:00", PARIS, MomentRefusal.PAST, "the beginning of the calendar"),
        ("2027-03-28", "02:30", PARIS, utc(2027, 3, 28, 1, 0), "the clock goes from 02:00 to 03:00"),
        ("2027-03-28", "02:00", PARIS, utc(2027, 3, 28, 1, 0), "the first minute of the gap"),
        ("2027-03-28", "02:59", PARIS, utc(2027, 3, 28, 1, 0), "and the last"),
        ("2027-03-28", "03:00", PARIS, utc(2027, 3, 28, 1, 0), "the first minute after the gap"),
        ("2027-03-28", "01:59", PARIS, utc(2027, 3, 28, 0, 59), "the last minute before it"),
        ("2027-10-31", "02:30", PARIS, utc(2027, 10, 31, 0, 30), "twice that night: the first"),
        ("2028-05-22", "13:00", PARIS, utc(2028, 5, 22, 11, 0), "eighteen months ahead"),
        ("2028-05-24", "13:00", PARIS, MomentRefusal.TOO_FAR, "a day too many"),
        ("2029-01-01", "13:00", PARIS, MomentRefusal.TOO_FAR, "years ahead"),
        ("9999-12-31", "23:59", "America/New_York", MomentRefusal.TOO_FAR, "the end of the calendar"),
        (None, "19:30", PARIS, MomentRefusal.INCOMPLETE, "no date"),
        ("2026-11-22", None, PARIS, MomentRefusal.INCOMPLETE, "no time"),
        ("", "19:30", PARIS, MomentRefusal.INCOMPLETE, "an empty date"),
        (None, None, PARIS, MomentRefusal.INCOMPLETE, "neither"),
        ("2026-02-30", "19:30", PARIS, MomentRefusal.INVALID, "no such day"),
        ("2026-11-22", "24:00", PARIS, MomentRefusal.INVALID, "no such time"),
        ("22/11/2026", "19:30", PARIS, MomentRefusal.INVALID, "not as pickers write it"),
        ("2026-11-22", "19h30", PARIS, MomentRefusal.INVALID, "nor the time"),
    ],
)
def test_a_wall_clock_time_means(
    date: str | None, time: str | None, zone: str, moment: datetime | MomentRefusal, reason: str
) -> None:
    assert at(date, time, zone, NOW) == moment, reason


# https://www.timeanddate.com/time/dst/ and the tz database tell of each.
@pytest.mark.parametrize(
    ("date", "time", "zone", "moment", "reason"),
    [
        (
            "2026-10-04",
            "02:15",
            "Australia/Lord_Howe",
            utc(2026, 10, 3, 15, 30),
            "half an hour: 02:00 to 02:30",
        ),
        (
            "2027-04-04",
            "01:45",
            "Australia/Lord_Howe",
            utc(2027, 4, 3, 14, 45),
            "half an hour twice: the first",
        ),
        ("2027-03-28", "02:30", "Antarctica/Troll", utc(2027, 3, 28, 1, 0), "two hours: 01:00 to 03:00"),
        ("2027-03-28", "00:30", "Asia/Beirut", utc(2027, 3, 27, 22, 0), "no midnight: 00:00 to 01:00"),
        ("2026-09-06", "00:00", "America/Santiago", utc(2026, 9, 6, 4, 0), "no midnight, on a Sunday"),
        ("2027-04-03", "23:30", "America/Santiago", utc(2027, 4, 4, 2, 30), "the last hour twice: the first"),
        ("2027-03-27", "23:30", "America/Nuuk", utc(2027, 3, 28, 1, 0), "the last hour is skipped: midnight"),
        ("2026-03-29", "01:30", "Europe/Dublin", utc(2026, 3, 29, 1, 0), "where winter is the odd time"),
        ("2027-02-07", "02:30", "Africa/Casablanca", utc(2027, 2, 7, 1, 30), "back for Ramadan: the first"),
        ("2027-03-14", "02:30", "Africa/Casablanca", utc(2027, 3, 14, 2, 0), "forward after Ramadan"),
    ],
)
def test_odd_clocks_are_read_as_people_there_read_them(
    date: str, time: str, zone: str, moment: datetime, reason: str
) -> None:
    assert at(date, time, zone, utc(2026, 3, 1)) == moment, reason


def test_a_day_that_a_country_skipped_means_the_beginning_of_the_next() -> None:
    # Samoa went from 29 to 31 December 2011: https://www.timeanddate.com/time/change/samoa/apia?year=2011
    assert at("2011-12-30", "10:00", "Pacific/Apia", utc(2011, 12, 1)) == utc(2011, 12, 30, 10)
    assert at("2011-12-31", "00:00", "Pacific/Apia", utc(2011, 12, 1)) == utc(2011, 12, 30, 10)
    assert at("2011-12-29", "23:59", "Pacific/Apia", utc(2011, 12, 1)) == utc(2011, 12, 30, 9, 59)


@pytest.mark.parametrize(
    ("time", "now", "moment", "reason"),
    [
        ("02:30", utc(2027, 10, 31, 0, 10), utc(2027, 10, 31, 0, 30), "02:10 for the first time"),
        ("02:30", utc(2027, 10, 31, 1, 10), utc(2027, 10, 31, 1, 30), "02:10 for the second time"),
        ("02:05", utc(2027, 10, 31, 0, 10), MomentRefusal.PAST, "a slip is not put off by an hour"),
        ("02:05", utc(2027, 10, 31, 1, 10), MomentRefusal.PAST, "past for good"),
    ],
)
def test_while_an_hour_runs_again_its_times_are_the_second_ones(
    time: str, now: datetime, moment: datetime | MomentRefusal, reason: str
) -> None:
    assert at("2027-10-31", time, PARIS, now) == moment, reason


def test_next_years_double_hour_means_its_first_coming_even_while_this_years_runs_again() -> None:
    assert at("2028-10-29", "02:30", PARIS, utc(2027, 10, 31, 1, 10)) == utc(2028, 10, 29, 0, 30)


def offset(instant: datetime, zone: str) -> timedelta:
    return instant.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def first_after(start: datetime, step: timedelta, zone: str) -> datetime:
    """The first of the steps after the start at which the zone is at another offset."""
    steps = (start + step * n for n in count(1))
    return next(instant for instant in steps if offset(instant, zone) != offset(start, zone))


def turns_of(zone: str) -> Iterator[datetime]:
    """The instants of 2027 at which the clock of the zone is set forward or back."""
    week, hour, minute = timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1)
    for instant in (datetime(2027, 1, 1, tzinfo=UTC) + week * n for n in range(52)):
        if offset(instant, zone) != offset(instant + week, zone):
            nearly = first_after(instant, hour, zone) - hour
            yield first_after(nearly, minute, zone)


@cache
def turns() -> Sequence[tuple[str, datetime]]:
    """Each turn of 2027 with one of the zones that turn alike then."""
    alike = {
        (turn, offset(turn - timedelta(hours=1), zone), offset(turn, zone)): (zone, turn)
        for zone in sorted(available_timezones())
        for turn in turns_of(zone)
    }
    return tuple(alike.values())


def test_at_every_turn_of_a_clock_a_time_means_the_least_minute_that_exists_from_it_on() -> None:
    assert len(turns()) > 50
    for zone, turn in turns():
        refuse_another_reading(zone, turn)


def refuse_another_reading(zone: str, turn: datetime) -> None:
    """What a time around the turn means, against the zone's clock read minute by minute."""
    place, minute = ZoneInfo(zone), timedelta(minutes=1)
    first: dict[datetime, datetime] = {}
    for instant in (turn + minute * n for n in range(-300, 300)):
        first.setdefault(instant.astimezone(place).replace(tzinfo=None), instant)
    readings = sorted(first)
    typed, before = readings[100], turn - timedelta(days=1)
    while typed < readings[-100]:
        meant = at(f"{typed:%Y-%m-%d}", f"{typed:%H:%M}", zone, turn - timedelta(days=30))
        assert isinstance(meant, datetime)
        shown = next(reading for reading in readings if reading >= typed)
        assert meant == first[shown], (zone, typed)
        assert before <= meant, (zone, typed)
        assert skipped(f"{typed:%Y-%m-%d}", f"{typed:%H:%M}", zone, meant) == (shown != typed)
        typed, before = typed + timedelta(minutes=5), meant


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    typed=st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: datetime.combine(day, time())),
    after=st.integers(0, 24 * 60 - 1),
    later=st.integers(0, 3000).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_a_later_time_never_means_an_earlier_instant(
    zone: str, typed: datetime, after: int, later: timedelta
) -> None:
    typed += timedelta(minutes=after)
    first, then = (
        at(f"{one:%Y-%m-%d}", f"{one:%H:%M}", zone, utc(2026, 12, 1)) for one in (typed, typed + later)
    )
    assert isinstance(first, datetime)
    assert isinstance(then, datetime)
    assert first <= then
    assert first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= typed


def test_a_time_that_exists_is_not_skipped_however_it_is_written() -> None:
    assert not skipped("2026-11-22", "9:30", PARIS, utc(2026, 11, 22, 8, 30))
    assert skipped("2027-03-28", "02:30", PARIS, utc(2027, 3, 28, 1, 0))


@pytest.mark.parametrize(
    ("instant", "to", "moment", "reason"),
    [
        (
            utc(2026, 11, 22, 17, 30),
            "Indian/Reunion",
            utc(2026, 11, 22, 14, 30),
            "18:30 stays 18:30, eastward",
        ),
        (utc(2026, 7, 1, 16, 30), "Indian/Reunion", utc(2026, 7, 1, 14, 30), "in summer too"),
        (utc(2026, 11, 22, 17, 30), "America/Cayenne", utc(2026, 11, 22, 21, 30), "westward"),
        (utc(2026, 11, 22, 17, 30), PARIS, utc(2026, 11, 22, 17, 30), "the same zone changes nothing"),
        (utc(2026, 9, 5, 22, 30), "America/Santiago", utc(2026, 9, 6, 4, 0), "a time skipped there"),
        (
            utc(2027, 4, 3, 21, 30),
            "America/Santiago",
            utc(2027, 4, 4, 2, 30),
            "a time that comes twice there",
        ),
    ],
)
def test_a_time_moved_to_another_zone_reads_the_same(
    instant: datetime, to: str, moment: datetime, reason: str
) -> None:
    assert moved(instant, zone=PARIS, to=to) == moment, reason


def test_a_text_is_too_late_when_it_has_missed_its_time_by_more_than_three_hours() -> None:
    assert not is_too_late(NOW, NOW - timedelta(days=1))
    assert not is_too_late(NOW, NOW + TOO_LATE)
    assert is_too_late(NOW, NOW + TOO_LATE + timedelta(seconds=1))


def test_the_furthest_moment_is_the_limit_itself() -> None:
    furthest = NOW.replace(second=0) + MAX_AHEAD
    written = (f"{furthest:%Y-%m-%d}", f"{furthest:%H:%M}", "UTC")
    assert at(*written, NOW) == furthest
    assert at(*written, furthest - MAX_AHEAD) == furthest
    assert at(*written, furthest - MAX_AHEAD - timedelta(seconds=1)) is MomentRefusal.TOO_FAR


def test_the_minute_is_past_when_the_next_begins() -> None:
    assert at("2026-11-22", "13:00", PARIS, utc(2026, 11, 22, 12, 1)) is MomentRefusal.PAST


@pytest.mark.parametrize(
    ("years", "refusal"), [(3, MomentRefusal.TOO_FAR), (-3, MomentRefusal.PAST), (-2, MomentRefusal.PAST)]
)
def test_far_years_are_answered(years: int, refusal: MomentRefusal) -> None:
    assert at(f"{2026 + years}-01-01", "00:00", PARIS, NOW) is refusal


def test_moments_are_told_in_utc() -> None:
    moment = at("2026-11-22", "19:30", PARIS, NOW)
    assert isinstance(moment, datetime)
    assert moment.tzinfo is UTC
    assert day_start(NOW, PARIS).tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "zone", "start", "reason"),
    [
        (utc(2026, 11, 22, 12), PARIS, utc(2026, 11, 21, 23), "winter in Paris"),
        (utc(2026, 11, 21, 23), PARIS, utc(2026, 11, 21, 23), "midnight itself"),
        (utc(2026, 11, 21, 22, 59), PARIS, utc(2026, 11, 20, 23), "the minute before is yesterday's"),
        (utc(2026, 7, 1, 12), PARIS, utc(2026, 6, 30, 22), "summer in Paris"),
        (utc(2026, 11, 22, 12), "Pacific/Noumea", utc(2026, 11, 21, 13), "the other side of the world"),
        (utc(2026, 3, 8, 12), "America/Havana", utc(2026, 3, 8, 5), "a day without midnight begins at one"),
        (utc(2027, 3, 28, 12), "Asia/Beirut", utc(2027, 3, 27, 22), "in Lebanon too"),
        (utc(2026, 9, 6, 12), "America/Santiago", utc(2026, 9, 6, 4), "and in Chile"),
        (utc(2023, 10, 1, 12), "America/Asuncion", utc(2023, 10, 1, 4), "and in Paraguay, while it changed"),
        (utc(2026, 11, 1, 4, 30), "America/Havana", utc(2026, 11, 1, 4), "the first of two midnights"),
        (utc(2026, 11, 1, 5, 30), "America/Havana", utc(2026, 11, 1, 4), "and after the second one"),
        (utc(2027, 4, 4, 3, 30), "America/Santiago", utc(2027, 4, 3, 3), "its last hour runs again"),
        (
            utc(2000, 4, 2, 12),
            "America/St_Johns",
            utc(2000, 4, 2, 3, 30),
            "a clock set at a minute past twelve",
        ),
        (utc(2011, 12, 30, 12), "Pacific/Apia", utc(2011, 12, 30, 10), "after a missing day"),
        (utc(2010, 3, 27, 22), "Asia/Karachi", utc(2010, 3, 27, 19), "no change at all"),
    ],
)
def test_the_clubs_day_begins(now: datetime, zone: str, start: datetime, reason: str) -> None:
    assert day_start(now, zone) == start, reason


def test_around_every_turn_of_a_clock_a_day_has_begun_and_its_first_minute_is_its_own() -> None:
    for zone, turn in turns():
        place = ZoneInfo(zone)
        for now in (turn + timedelta(minutes=30) * n for n in range(-60, 60)):
            start, today = day_start(now, zone), now.astimezone(place).date()
            assert start <= now, (zone, now)
            assert start.astimezone(place).date() == today, (zone, now)
            assert (start - timedelta(minutes=1)).astimezone(place).date() < today, (zone, now)
