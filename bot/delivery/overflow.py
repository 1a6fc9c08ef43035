"""Senders whose queue at the carrier ran over: what has not left yet waits, or it would be lost as well."""

from collections.abc import Collection
from uuid import UUID

import structlog

from bot.delivery.visits import held_key
from bot.rules.pacing import HELD_FOR
from bot.runtime import Runtime
from storage import messages, paces

log = structlog.get_logger()

# https://www.twilio.com/docs/api/errors/30001 : accepted, and dropped from a queue that had run over;
# https://www.twilio.com/docs/api/errors/30022 : the operators' own limit for the sender.
RAN_OVER = frozenset({30001, 30022})


async def hold_back(rt: Runtime, dropped: Collection[UUID]) -> None:
    """Lets nothing leave for some minutes from the senders of these messages, which the carrier dropped.

    A transaction of its own, since locks are taken in one order. Dying before it costs no more than the texts of one
    claim: the next one that is dropped holds the sender back.
    """
    if not dropped:
        return
    until = rt.clock.now() + HELD_FOR
    async with rt.db.begin() as session:
        senders = await messages.senders_of(session, dropped)
        for club_id, sender in sorted(senders):
            await paces.hold(session, held_key(club_id, sender), until)
    log.warning("senders_held_back", senders=len(senders))
