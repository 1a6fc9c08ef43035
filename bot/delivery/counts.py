"""Counts that an older version left wrong, since it moves messages and closes campaigns without counting."""

from datetime import timedelta
from uuid import UUID

import structlog

from bot.runtime import Runtime
from storage import campaigns, tallies
from storage.db import one_at_a_time

log = structlog.get_logger()

OVER_SINCE = timedelta(hours=1)
MENDING = 7_305_513
"""The number of the lock of whoever mends, any that nothing else takes."""


async def mend_counts(rt: Runtime) -> int:
    """Has the counts of campaigns that somebody else closed say what their messages say; how many were wrong."""
    async with rt.db.read() as session:
        wrong = await tallies.miscounted(session, rt.clock.now() - OVER_SINCE)
    return sum([await _mend(rt, campaign_id, club_id) for campaign_id, club_id in wrong])


async def _mend(rt: Runtime, campaign_id: UUID, club_id: UUID) -> bool:
    """Mends one campaign's counts, once, whoever else is about to: a receipt meanwhile moves message and count alike."""
    async with rt.db.snapshot() as session:
        before = await tallies.of_campaign(session, campaign_id)
        correction = await tallies.correction(session, club_id, campaign_id)
    if not correction.rows():
        return False
    async with rt.db.begin() as session:
        await one_at_a_time(session, MENDING)
        now = await tallies.of_campaign(session, campaign_id)
        if tallies.to_leave(now) != tallies.to_leave(before) or bool(now) != bool(before):
            return False
        await tallies.store(session, correction)
        await campaigns.touch_cards(session, [campaign_id])
    log.warning("counts_mended", campaign=str(campaign_id))
    rt.due.set()
    return True
