"""Calling a campaign off, stopping it, letting it go on, and changing its time."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.campaigns
import storage.clubs
import storage.messages
from bot.campaigns import drafts
from bot.campaigns.ceiling import refuse_over_ceiling, segments_used
from bot.campaigns.check import TIME_REFUSALS
from bot.errors import BotError
from bot.rules import moments
from bot.rules.lifecycle import campaign_states_before
from bot.rules.moments import MomentRefusal
from bot.runtime import Runtime, Who
from storage import chunks
from storage.models import Audit, Campaign
from storage.states import CampaignState


class CampaignGone(BotError):
    """This campaign is no longer there."""


class TooLate(BotError):
    """Too late: it has left already."""


class AlreadyOver(BotError):
    """Nothing to do: it is over already."""


async def campaign(rt: Runtime, who: Who, campaign_id: UUID) -> Campaign:
    """The club's campaign. Raises `CampaignGone`."""
    async with rt.db.read() as session:
        return await _campaign(session, who, campaign_id)


async def call_off(rt: Runtime, who: Who, campaign_id: UUID) -> Campaign:
    """Cancels a campaign that has not left: undo within the window, cancel before its time.

    Its author is offered the text again. Raises `TooLate` or `AlreadyOver`.
    """
    async with rt.db.begin() as session:
        if not await _move(rt, session, who, campaign_id, CampaignState.CANCELLED, "call_off", over=True):
            stands = (await _campaign(session, who, campaign_id)).state
            raise AlreadyOver if stands is CampaignState.CANCELLED else TooLate
        # The draft's own campaign is spent; the text lives on in a new draft, so that undo costs no typing.
        await drafts.begin_again(rt, session, who.club.id, campaign_id)
    return await _shown(rt, who, campaign_id)


async def stop(rt: Runtime, who: Who, campaign_id: UUID) -> Campaign:
    """Stops a campaign that is leaving: what was not asked of the carrier yet is skipped. Raises `AlreadyOver`.

    No request is written later than half a second after the commit, in whichever process.
    """
    async with rt.db.begin() as session:
        if not await _move(rt, session, who, campaign_id, CampaignState.STOPPED, "stop", over=True):
            raise AlreadyOver
    return await _followed(rt, who, campaign_id)


async def resume(rt: Runtime, who: Who, campaign_id: UUID) -> Campaign:
    """Lets a paused campaign go on. Raises `AlreadyOver`, or `OverCeiling` while the club's day is used up."""
    async with rt.db.begin() as session:
        since = {CampaignState.PAUSED}
        used = await segments_used(rt, session, who.club)
        waiting = await storage.messages.segments_waiting(
            session, (await _campaign(session, who, campaign_id)).id
        )
        refuse_over_ceiling(used + waiting, who.club)
        if not await _move(rt, session, who, campaign_id, CampaignState.SENDING, "resume", since=since):
            raise AlreadyOver
    return await _followed(rt, who, campaign_id)


async def reschedule(rt: Runtime, who: Who, campaign_id: UUID, at_date: str, at_time: str) -> Campaign:
    """Changes when a campaign leaves. Raises `TooLate`, or the refusal of the time."""
    async with rt.db.begin() as session:
        club = await storage.clubs.club_as_it_stays(session, who.club.id)
        release_at = moments.at(at_date, at_time, club.zone, rt.clock.now())
        if isinstance(release_at, MomentRefusal):
            raise TIME_REFUSALS[release_at]
        seen = await _campaign(session, who, campaign_id)
        if not await storage.campaigns.reschedule(
            session, campaign_id, seen_at=seen.release_at, release_at=release_at
        ):
            raise TooLate
        await _note(rt, session, who, campaign_id, "reschedule")
    return await _shown(rt, who, campaign_id)


async def _move(
    rt: Runtime,
    session: AsyncSession,
    who: Who,
    campaign_id: UUID,
    to: CampaignState,
    action: str,
    *,
    since: Collection[CampaignState] | None = None,
    over: bool = False,
) -> bool:
    await _campaign(session, who, campaign_id)
    moved = await storage.campaigns.move(
        session,
        campaign_id,
        to=to,
        since=since or campaign_states_before(to),
        columns={"over_at": rt.clock.now()} if over else {"pause_code": None},
    )
    if moved:
        await _note(rt, session, who, campaign_id, action)
    return moved


async def _campaign(session: AsyncSession, who: Who, campaign_id: UUID) -> Campaign:
    found = await storage.campaigns.campaign(session, who.club.id, campaign_id)
    if found is None:
        raise CampaignGone
    return found


async def _note(rt: Runtime, session: AsyncSession, who: Who, campaign_id: UUID, action: str) -> None:
    line = Audit(
        club_id=who.club.id,
        at=rt.clock.now(),
        actor=who.slack_user_id,
        action=action,
        subject=f"campaign {campaign_id}",
    )
    await storage.audit.note(session, line)


async def _followed(rt: Runtime, who: Who, campaign_id: UUID) -> Campaign:
    """The campaign as it stands now; delivery looks at its chunks at once.

    A transaction of its own: whoever holds messages may be waiting for the campaign's row. Dying before it costs a
    second, since chunks are looked at by themselves.
    """
    async with rt.db.begin() as session:
        await chunks.wake(session, campaign_id, rt.clock.now())
    rt.work.set()
    return await _shown(rt, who, campaign_id)


async def _shown(rt: Runtime, who: Who, campaign_id: UUID) -> Campaign:
    """The campaign as it stands now; its card follows at once."""
    rt.due.set()
    return await campaign(rt, who, campaign_id)
