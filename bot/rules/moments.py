"""A date and a time on the club's wall clock, and the instant they mean."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# A season and a half: further away a mistyped year is likelier than a plan.
MAX_AHEAD = timedelta(days=548)
TOO_LATE = timedelta(hours=3)
"""So long after its time a text may do harm: what it speaks of may be over."""
_MINUTE = timedelta(minutes=1)


class MomentRefusal(StrEnum):
    """Why a date and a time are not a moment at which a text may leave."""

    PAST = "past"
    TOO_FAR = "too_far"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"


def at(date_text: str | None, time_text: str | None, zone: str, now: datetime) -> datetime | MomentRefusal:
    """The UTC instant of "2026-11-22" and "19:30" in the zone, or why there is none.

    A time that does not exist, when the clock goes forward, means the next minute that does. One that comes
    twice, when it goes back, means its first coming, or the second when that runs already.
    """
    if not date_text or not time_text:
        return MomentRefusal.INCOMPLETE
    try:
        wall = _wall(date_text, time_text)
    except ValueError:
        return MomentRefusal.INVALID
    # Far years are answered before they are converted, which fails at both ends of the calendar.
    if abs(wall.year - now.year) > 2:
        return MomentRefusal.PAST if wall.year < now.year else MomentRefusal.TOO_FAR
    here = now.astimezone(ZoneInfo(zone))
    is_again = here.fold == 1 and wall.date() == here.date()
    return _within_reach(_instant_of(wall, zone, fold=int(is_again)), now)


def skipped(date_text: str, time_text: str, zone: str, meant: datetime) -> bool:
    """Whether the clock of the zone skips this date and time, so that the instant meant reads otherwise."""
    return _reading(meant, zone) != _wall(date_text, time_text)


def day_of(now: datetime, zone: str) -> date:
    """The day that runs in the zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def day_start(now: datetime, zone: str) -> datetime:
    """The UTC instant at which the day that runs in the zone began: not at midnight where the clock skips it."""
    return began(day_of(now, zone), zone)


def began(day: date, zone: str) -> datetime:
    """The UTC instant at which this day begins in the zone: not at midnight where the clock skips it."""
    return _instant_of(datetime.combine(day, time.min), zone)


def moved(instant: datetime, *, zone: str, to: str) -> datetime:
    """The UTC instant at which the clock of another zone reads what this zone's reads at the instant."""
    return _instant_of(_reading(instant, zone), to)


def is_too_late(due_at: datetime, now: datetime) -> bool:
    """Whether a text has missed its time by so much that somebody must say whether it still leaves."""
    return now - due_at > TOO_LATE


def _within_reach(instant: datetime, now: datetime) -> datetime | MomentRefusal:
    # The picker of Slack gives whole minutes: the minute that runs is not past.
    if instant + _MINUTE <= now:
        return MomentRefusal.PAST
    if instant - now > MAX_AHEAD:
        return MomentRefusal.TOO_FAR
    return instant


def _wall(date_text: str, time_text: str) -> datetime:
    written = f"{date_text} {time_text}"
    return datetime.strptime(written, "%Y-%m-%d %H:%M")  # noqa: DTZ007  what a wall clock shows has no zone


def _reading(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _instant_of(wall: datetime, zone: str, *, fold: int = 0) -> datetime:
    """The instant of the first wall time from this one on that the zone's clock shows."""
    while True:
        instant = wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
        if _reading(instant, zone) == wall:
            return instant
        # A gap is an hour as a rule, and a whole day at most: the minutes of it are quickly walked.
        wall += _MINUTE
