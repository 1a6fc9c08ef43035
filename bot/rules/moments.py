"""A date and a time on the club's wall clock, and the instant they mean."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# A season and a half: further away a mistyped year is likelier than a plan.
MAX_AHEAD = timedelta(days=548)
# The picker of Slack gives whole minutes: the minute that runs is not past.
_PICKER = timedelta(minutes=1)


class MomentRefusal(StrEnum):
    """Why a date and a time are not a moment at which a text may leave."""

    PAST = "past"
    SKIPPED = "skipped"
    TOO_FAR = "too_far"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"


def at(date_text: str | None, time_text: str | None, zone: str, now: datetime) -> datetime | MomentRefusal:
    """The UTC instant of "2026-11-22" and "19:30" in the zone, or why there is none.

    A time that comes twice, when the clock goes back, means its first coming.
    """
    if not date_text or not time_text:
        return MomentRefusal.INCOMPLETE
    place = ZoneInfo(zone)
    try:
        wall = datetime.strptime(f"{date_text} {time_text}", "%Y-%m-%d %H:%M").replace(tzinfo=place)
    except ValueError:
        return MomentRefusal.INVALID
    # Far years are answered before they are converted, which fails at both ends of the calendar.
    if abs(wall.year - now.year) > 2:
        return MomentRefusal.PAST if wall.year < now.year else MomentRefusal.TOO_FAR
    return _instant_of(wall, now)


def day_start(now: datetime, zone: str) -> datetime:
    """The UTC instant at which the day that runs in the zone began."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return datetime.combine(today, time.min, ZoneInfo(zone)).astimezone(UTC)


def _instant_of(wall: datetime, now: datetime) -> datetime | MomentRefusal:
    instant = wall.astimezone(UTC)
    if instant.astimezone(wall.tzinfo).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return MomentRefusal.SKIPPED
    if instant + _PICKER <= now:
        return MomentRefusal.PAST
    if instant - now > MAX_AHEAD:
        return MomentRefusal.TOO_FAR
    return instant
