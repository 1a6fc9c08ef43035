"""How fast a sender may go: segments a second, what fits into the carrier's queue, and when each text has its turn."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import ceil, floor
from types import MappingProxyType

from bot.rules.countries import Country
from storage.states import SenderKind

# Names: https://support.twilio.com/hc/en-us/articles/360057082693 (ten by default, more on request).
# Short codes: https://www.twilio.com/docs/api/errors/30001 (a hundred and more).
# Numbers: https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html (ten, by the same operators).
# Where a country is slower stands in `bot/data/countries.toml`. All checked 2026-11-26.
USUAL_SEGMENTS_PER_SECOND: Mapping[SenderKind, float] = MappingProxyType(
    {SenderKind.NAME: 10.0, SenderKind.LONG_CODE: 10.0, SenderKind.SHORT_CODE: 100.0}
)

# https://www.twilio.com/docs/api/errors/63017 : an account and its subaccounts together.
ACCOUNT_SEGMENTS_PER_SECOND = 2000.0

# https://www.twilio.com/docs/api/errors/21611 and 30001: what would wait longer at the carrier is refused or dropped.
QUEUE = timedelta(hours=10)

# https://www.twilio.com/docs/api/errors/21617 : at most 1,600 characters, and 67 of them fill a segment.
LONGEST_TEXT_SEGMENTS = 24

SKEW = timedelta(minutes=1)
"""How far the clocks of two processes may differ."""

HELD_FOR = timedelta(minutes=5)
"""How long a sender is held back whose queue at the carrier ran over: texts that leave meanwhile would be dropped too."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """The turns that a claim got: of its first messages, and when the next one is free."""

    first: timedelta
    """How long from now the first turn is."""
    rate: float
    sizes: tuple[int, ...]
    """The segments of each message that has a turn."""
    free_at: datetime

    @property
    def messages(self) -> int:
        """How many of the wanted messages have a turn."""
        return len(self.sizes)

    @property
    def offsets(self) -> tuple[timedelta, ...]:
        """How long from now each message's turn is, one after the other."""
        ahead = accumulate(self.sizes[:-1], initial=0)
        return (
            tuple(self.first + time_to_send(segments, self.rate) for segments in ahead) if self.sizes else ()
        )


def rate_of(kind: SenderKind, country: Country, override: float | None = None) -> float:
    """The segments a second of a sender of this kind in its club's country, or `override`, which was agreed for it.

    Never more than the account may send; an override that is not above zero is none.
    """
    usual = country.segments_per_second.get(kind, USUAL_SEGMENTS_PER_SECOND[kind])
    agreed = override if override is not None and override > 0 else usual
    return min(agreed, ACCOUNT_SEGMENTS_PER_SECOND)


def time_to_send(segments: int, rate: float) -> timedelta:
    """How long a sender takes for so many segments at so many a second, up to the next whole microsecond."""
    # Rounded first: 0.7 is held as a little less.
    return timedelta(microseconds=ceil(round(segments * 1_000_000 / rate, 3)))


def most_waiting(rate: float) -> int:
    """The most segments one sender may have waiting at the carrier: 36,000 at one a second."""
    # Rounded first, as above.
    return floor(round(rate * QUEUE.total_seconds(), 6))


def still_waiting(segments: int, rate: float, after: timedelta) -> int:
    """How many of the segments that wait now will still wait after this time."""
    gone = floor(rate * max(0.0, after.total_seconds()))
    return max(0, segments - gone)


def reserve(
    free_at: datetime, now: datetime, wanted: Sequence[int], *, rate: float, horizon: timedelta
) -> Reserved:
    """The turns of as many messages as the sender gets through within the horizon; `wanted` is each one's segments.

    `free_at` is when the limiter is free again, as the last claim left it; whoever claims next goes on from there,
    so that any number of processes that share it keep to the rate together: over any time they start no more than
    the rate allows and one message. A limiter that is free gives at least one turn, however long that text takes.
    """
    first = now if _is_idle(free_at, now, rate, horizon) else free_at
    room = max(0.0, (now + horizon - first).total_seconds()) * rate
    fits = bisect_right(list(accumulate(wanted)), round(room, 6))
    if fits == 0 and wanted and first <= now:
        fits = 1
    sizes = tuple(wanted[:fits])
    return Reserved(first - now, rate, sizes, first + time_to_send(sum(sizes), rate) if sizes else free_at)


def is_held(until: datetime, now: datetime) -> bool:
    """Whether a sender that was held back until then is so still; what a clock wrote that was set back since is no hold."""
    return now < until <= now + HELD_FOR + SKEW


def _is_idle(free_at: datetime, now: datetime, rate: float, horizon: timedelta) -> bool:
    # No claim reaches further ahead: a clock that was set back since wrote it, and it would block for hours.
    furthest = now + horizon + time_to_send(LONGEST_TEXT_SEGMENTS, rate) + SKEW
    return free_at <= now or free_at > furthest
