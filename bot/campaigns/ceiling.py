"""The club's ceiling: how many SMS it may send a day."""

from datetime import datetime
from typing import ClassVar

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.messages
from bot.errors import BotError
from bot.rules import moments
from bot.runtime import Runtime
from storage.models import Club


class OverCeiling(BotError):
    """This would take your club to {segments} SMS today; its limit is {limit}. An admin can raise it in /sms-settings."""

    field: ClassVar[str | None] = "confirm"


async def segments_used(
    rt: Runtime, session: AsyncSession, club: Club, leaves_at: datetime | None = None
) -> int:
    """How many segments the club has used up of the day on which something leaves (None: today).

    A day to come is free: what leaves on it is counted when it leaves.
    """
    now = rt.clock.now()
    today = moments.day_start(now, club.zone)
    if leaves_at is not None and moments.day_start(leaves_at, club.zone) > today:
        return 0
    return await storage.messages.segments_since(session, club.id, today)


def refuse_over_ceiling(segments: int, club: Club) -> None:
    """Raises `OverCeiling` above the club's segments a day."""
    if segments > club.segments_a_day:
        raise OverCeiling(segments=segments, limit=club.segments_a_day)
