"""What a club no longer keeps: the words of old texts and answers, and people who left long ago.

Done in small steps by every process; each step is one transaction that can be repeated, so any number of them may tick.
What somebody agreed to is kept as long as they are there.
"""

from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.clubs
import storage.people
import storage.retention
from bot.errors import BotError
from bot.people.erase import erase
from bot.rules.retention import months_before
from bot.runtime import Runtime
from storage.models import Audit, Club

log = structlog.get_logger()

ACTOR = "retention"
AT_ONCE = 500
"""What takes some tens of milliseconds; between two steps others have their turn."""
STEPS_A_TICK = 20
PEOPLE_A_TICK = 50


async def retain(rt: Runtime) -> None:
    """Lets go of some of what is older than each club keeps it; the rest is for the next ticks."""
    async with rt.db.read() as session:
        clubs = await storage.clubs.all_clubs(session)
    for club in clubs:
        for _ in range(STEPS_A_TICK):
            if not await _forget_texts(rt, club):
                break
        await _forget_people(rt, club)


async def _forget_texts(rt: Runtime, club: Club) -> int:
    before = months_before(rt.clock.now(), club.keep_texts_months)
    async with rt.db.begin() as session:
        # In the order of their locks: messages come first everywhere.
        texts = await storage.retention.redact_texts(session, club.id, before, limit=AT_ONCE)
        replies = await storage.retention.redact_replies(session, club.id, before, limit=AT_ONCE)
        audiences = await storage.retention.forget_audiences(session, club.id, before, limit=AT_ONCE)
        unfinished = await storage.retention.forget_unfinished(session, club.id, before, limit=AT_ONCE)
        return texts + replies + audiences + unfinished


async def _forget_people(rt: Runtime, club: Club) -> None:
    now = rt.clock.now()
    before = months_before(now, club.keep_archived_months)
    async with rt.db.read() as session:
        left = await storage.retention.archived(session, club.id, before, limit=AT_ONCE)
    erased = 0
    for contact_id in left:
        try:
            async with rt.db.begin() as session:
                erased += await _erase(rt, session, club.id, contact_id, before, now)
        except BotError as error:
            # A text is leaving to them, or a key is missing: others do not wait for that.
            log.info("not_erased_yet", contact=str(contact_id), error=type(error).__name__)
        if erased == PEOPLE_A_TICK:
            return


async def _erase(
    rt: Runtime, session: AsyncSession, club_id: UUID, contact_id: UUID, before: datetime, now: datetime
) -> bool:
    await storage.people.alone(session, club_id)
    person = await storage.people.one(session, club_id, contact_id, lock=True)
    # Another process was faster, or somebody took them back.
    if person is None or person.archived_at is None or person.archived_at >= before:
        return False
    line = Audit(
        club_id=club_id, at=now, actor=ACTOR, action="contact_erased", subject=f"contact {contact_id}"
    )
    await erase(session, rt.settings, person, person.e164, line)
    return True
