"""Letting a campaign go at its time: the audience is resolved, checked again and frozen at that moment."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.messages
from bot.campaigns.audience import Chosen, Resolved, resolve
from bot.campaigns.preview import Merged, merged_for
from bot.rules import moments
from bot.rules.lifecycle import campaign_states_before
from bot.runtime import Runtime
from storage.models import AudienceLine, Campaign, Club, Message
from storage.states import CampaignState, MessageState

log = structlog.get_logger()


async def release_due(rt: Runtime) -> None:
    """Releases every campaign whose time has come; each once, whoever else looks at the same moment."""
    async with rt.db.read() as session:
        due = await storage.campaigns.due(session, rt.clock.now())
    for campaign in due:
        try:
            await release(rt, campaign)
        except Exception:
            # One club's trouble holds up nobody else's text; this one stays due and is tried again.
            log.exception("not_released", campaign=str(campaign.id))


async def release(rt: Runtime, seen: Campaign) -> bool:
    """Freezes the audience and lets the campaign go; False when it was gone, moved or called off meanwhile.

    The move, the messages and the lines of the audience are one transaction: a death in between leaves
    the campaign scheduled and due.
    """
    now = rt.clock.now()
    async with rt.db.begin() as session:
        moved = await storage.campaigns.move(
            session,
            seen.id,
            to=CampaignState.SENDING,
            since=campaign_states_before(CampaignState.SENDING) - {CampaignState.PAUSED},
            columns={"released_at": now},
            where=(col(Campaign.release_at) == seen.release_at,),
        )
        if not moved:
            return False
        club = await storage.clubs.club(session, seen.club_id)
        segments = await _freeze(rt, session, club, seen, now)
        today = moments.day_start(now, club.zone)
        if await storage.messages.segments_since(session, club.id, today) > club.segments_a_day:
            await _pause_at_ceiling(session, seen.id)
    log.info("released", campaign=str(seen.id), segments=segments)
    rt.work.set()
    rt.due.set()
    return True


async def _freeze(rt: Runtime, session: AsyncSession, club: Club, campaign: Campaign, now: datetime) -> int:
    resolved = await resolve(
        session,
        club,
        Chosen.of_json(campaign.audience),
        kind=campaign.kind,
        route=campaign.route,
        country=rt.countries[club.country],
    )
    texts = merged_for(campaign.body, resolved.audience.recipients)
    await storage.campaigns.add_rows(session, Message, [_message(campaign, merged, now) for merged in texts])
    await storage.campaigns.add_rows(session, AudienceLine, _lines(campaign, resolved))
    return sum(merged.count.segments for merged in texts)


async def _pause_at_ceiling(session: AsyncSession, campaign_id: UUID) -> None:
    before = campaign_states_before(CampaignState.PAUSED)
    await storage.campaigns.move(session, campaign_id, to=CampaignState.PAUSED, since=before)


def _message(campaign: Campaign, merged: Merged, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "club_id": campaign.club_id,
        "campaign_id": campaign.id,
        "sender": campaign.sender,
        "e164": merged.recipient.e164,
        "body": merged.body,
        "segments": merged.count.segments,
        "state": MessageState.QUEUED,
        "attempt": 0,
        "not_before": now,
        "created_at": now,
        "changed_at": now,
    }


def _lines(campaign: Campaign, resolved: Resolved) -> list[dict[str, Any]]:
    return [
        {
            "club_id": campaign.club_id,
            "campaign_id": campaign.id,
            "contact_id": line.contact_id,
            "because": line.because.value,
            "e164": line.e164,
            "left_out": line.left_out and line.left_out.value,
            "detail": line.detail,
        }
        for line in resolved.audience.lines
    ]
