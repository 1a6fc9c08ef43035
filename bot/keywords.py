"""What STOP, STOP PUB and START do, whether they were written or chosen on the member's page."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.consent
import storage.optins
from bot.rules.optout import Keyword
from bot.rules.refusals import MEMBER
from bot.runtime import Runtime
from storage.models import Consent, Reply
from storage.states import ConsentHow, OptOutScope, Purpose

_PURPOSES = {
    Keyword.STOP: (Purpose.ALERTS, Purpose.MARKETING),
    Keyword.STOP_MARKETING: (Purpose.MARKETING,),
    # Coming back undoes the opt-out; consent to marketing was withdrawn and must be given anew.
    Keyword.START: (Purpose.ALERTS,),
}


async def obey(
    rt: Runtime, session: AsyncSession, said: Reply, keyword: Keyword, *, came_at: datetime | None = None
) -> None:
    """Blocks or unblocks the number as the keyword says, and keeps the member's words as evidence; others do nothing.

    `came_at` is when the carrier's list says that it came in: such a word undoes nothing that was said since.
    """
    # A webhook is the newest word whatever the clocks say; on a list stands what is older. What staff noted since is
    # no word of the member's, and may be taken back.
    since = came_at and await storage.consent.said_since(
        session, said.club_id, said.e164, said.received_at, by=MEMBER
    )
    if since is None:
        # As of now: who sends looks whether somebody opted out since it began.
        await _block(session, said.club_id, said.e164, keyword, rt.clock.now())
    for purpose in _PURPOSES.get(keyword, ()):
        line = Consent(
            club_id=said.club_id,
            e164=said.e164,
            purpose=purpose,
            given=keyword is Keyword.START,
            evidence=f"page: {said.body}" if said.page_of else f"SMS {said.sid}: {said.body}",
            recorded_by=MEMBER,
            at=said.received_at,
            recorded_at=rt.clock.now(),
            how=ConsentHow.PAGE if said.page_of else ConsentHow.SMS,
        )
        await storage.consent.record(session, line)


async def _block(session: AsyncSession, club_id: UUID, e164: str, keyword: Keyword, now: datetime) -> None:
    match keyword:
        case Keyword.STOP:
            await storage.optins.forget(session, club_id, e164)
            await storage.consent.opt_out(session, club_id, e164, OptOutScope.ALL, now)
        case Keyword.STOP_MARKETING:
            await storage.optins.forget(session, club_id, e164)
            await storage.consent.opt_out(session, club_id, e164, OptOutScope.MARKETING, now)
        case Keyword.START:
            await storage.consent.opt_in(session, club_id, e164)
