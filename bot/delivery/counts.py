"""Counts that an older version left wrong, since it moves messages and closes campaigns without counting."""

import structlog

from bot.runtime import Runtime
from storage import tallies
from storage.db import one_at_a_time
from storage.models import Campaign

log = structlog.get_logger()

MENDING = 7_305_513
"""The number of the lock of whoever mends, any that nothing else takes."""


async def mend_counts(rt: Runtime, campaign: Campaign) -> bool:
    """Has the counts of a campaign that somebody else closed say what its messages say; whether they were wrong.

    It is done once, whoever else is about to: a receipt meanwhile moves message and count alike.
    """
    async with rt.db.read() as session:
        if not await tallies.is_miscounted(session, campaign.id):
            return False
    async with rt.db.snapshot() as session:
        before = await tallies.of_campaign(session, campaign.id)
        correction = await tallies.correction(session, campaign.club_id, campaign.id)
    if not correction.rows():
        return False
    async with rt.db.begin() as session:
        await one_at_a_time(session, MENDING)
        now = await tallies.of_campaign(session, campaign.id)
        if tallies.to_leave(now) != tallies.to_leave(before) or bool(now) != bool(before):
            return False
        await tallies.store(session, correction)
    log.warning("counts_mended", campaign=str(campaign.id))
    return True
