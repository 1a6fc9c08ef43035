"""The queue before a sender: how fast it goes, what stands in it already, and whether a campaign still fits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.tallies
from bot.campaigns.check import Refused
from bot.rules import pacing
from bot.runtime import Runtime
from storage.models import Club, Sender


class QueueFull(Refused):
    """{sender} can send {room} more SMS within ten hours, and this is {segments}. Choose another sender or fewer people, or split it over several days."""

    field: ClassVar[str | None] = "sender"


@dataclass(frozen=True, slots=True)
class Queue:
    """What stands before a campaign when it leaves: segments, and how many of them leave in a second."""

    waiting: int
    rate: float

    @property
    def room(self) -> int:
        """How many more segments the carrier lets wait."""
        return max(0, pacing.most_waiting(self.rate) - self.waiting)

    def time_for(self, segments: int) -> timedelta:
        """How long until as many more have left."""
        return pacing.time_to_send(self.waiting + segments, self.rate)


async def queue_of(
    rt: Runtime, session: AsyncSession, club: Club, sender: Sender, leaves_at: datetime | None
) -> Queue:
    """The queue as it will be when something leaves (None: now); what other campaigns add until then is left out."""
    now = rt.clock.now()
    rate = pacing.rate_of(sender.kind, rt.countries[club.country], sender.segments_per_second)
    waiting = await storage.tallies.segments_queued(session, club.id, sender.value)
    return Queue(pacing.still_waiting(waiting, rate, (leaves_at or now) - now), rate)
