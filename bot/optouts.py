"""What staff may note for a member: that they want no more texts. Only members themselves take that back."""

from uuid import UUID

import storage.audit
import storage.consent
from bot.replies import reply_of
from bot.runtime import Runtime, Who
from storage.models import Audit, Consent, Reply
from storage.states import OptOutScope, Purpose


async def opt_out(rt: Runtime, who: Who, reply_id: UUID) -> Reply:
    """Blocks the number of the reply for this club and keeps who noted it; nothing when it is blocked already.

    Raises `ReplyGone`.
    """
    now = rt.clock.now()
    async with rt.db.begin() as session:
        reply = await reply_of(session, who, reply_id)
        known = await storage.consent.opted_out(session, who.club.id, [reply.e164])
        if known.get(reply.e164) is OptOutScope.ALL:
            return reply
        await storage.consent.opt_out(session, who.club.id, reply.e164, OptOutScope.ALL, now)
        for purpose in Purpose:
            refusal = Consent(
                club_id=who.club.id,
                e164=reply.e164,
                purpose=purpose,
                given=False,
                evidence=f"SMS {reply.sid}, read by staff",
                recorded_by=who.slack_user_id,
                at=now,
            )
            await storage.consent.record(session, refusal)
        line = Audit(
            club_id=who.club.id,
            at=now,
            actor=who.slack_user_id,
            action="opt_out",
            subject=f"conversation {reply.conversation_id}",
        )
        await storage.audit.note(session, line)
    return reply
