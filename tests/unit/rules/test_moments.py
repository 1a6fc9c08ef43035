"""A date and a time on the club's wall clock."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.moments import MAX_AHEAD, MomentRefusal, at, day_start

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
        ("2027-03-28", "02:30", PARIS, MomentRefusal.SKIPPED, "the clock goes from 02:00 to 03:00"),
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


def test_a_day_that_a_country_skipped_does_not_exist() -> None:
    # Samoa went from 29 to 31 December 2011: https://www.timeanddate.com/time/change/samoa/apia?year=2011
    assert at("2011-12-30", "10:00", "Pacific/Apia", utc(2011, 12, 1)) is MomentRefusal.SKIPPED


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
    ],
)
def test_the_clubs_day_begins(now: datetime, zone: str, start: datetime, reason: str) -> None:
    assert day_start(now, zone) == start, reason
