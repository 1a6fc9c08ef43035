"""Opt-outs that the carrier knows of: it refused a number, so we never try it again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.record import record_of
from bot.rules.refusals import CARRIER, told
from storage import consent
from storage.erasing import ERASED
from storage.models import Consent
from storage.states import ConsentHow, OptOutScope, Purpose

# https://www.twilio.com/docs/api/errors/21610 : the number has answered STOP to this sender.
OPTED_OUT_CODE = 21610
EVIDENCE = f"carrier {OPTED_OUT_CODE}"


async def suppress(session: AsyncSession, numbers: Collection[tuple[UUID, str]], at: datetime) -> None:
    """Blocks these numbers for these clubs and says so in the record; nothing for those blocked by a word as good.

    What staff noted is no such word, since they may take it back.
    """
    # In one order, so that two who block the same numbers never wait for each other.
    for club_id, e164 in sorted(set(numbers)):
        if e164.startswith(ERASED):
            continue
        known = await consent.opted_out(session, club_id, [e164])
        is_blocked = known.get(e164) is OptOutScope.ALL
        if is_blocked and told(await record_of(session, club_id, e164)).note_id is None:
            continue
        await consent.opt_out(session, club_id, e164, OptOutScope.ALL, at)
        for purpose in Purpose:
            await consent.record(session, _refusal(club_id, e164, purpose, at))


def _refusal(club_id: UUID, e164: str, purpose: Purpose, at: datetime) -> Consent:
    return Consent(
        club_id=club_id,
        e164=e164,
        purpose=purpose,
        given=False,
        evidence=EVIDENCE,
        recorded_by=CARRIER,
        at=at,
        recorded_at=at,
        how=ConsentHow.CARRIER,
    )
