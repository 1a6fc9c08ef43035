"""Letting a campaign go at its time: the audience is resolved, checked again and frozen at that moment."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.messages
from bot import posts
from bot.campaigns.audience import Chosen, how_many_chosen
from bot.campaigns.freeze import freeze
from bot.campaigns.freeze_few import freeze_few
from bot.rules import moments
from bot.rules.lifecycle import campaign_states_before
from bot.runtime import Runtime
from bot.tasks import MUCH
from storage.db import take_time
from storage.models import Campaign, Club
from storage.states import CampaignState

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

    One that missed its time by hours, since the bot was down, pauses before its first text, and its author is
    asked: what it says may be over. The move, the messages and the lines of the audience are one transaction:
    a death in between leaves the campaign scheduled and due.
    """
    now = rt.clock.now()
    async with rt.db.begin() as session:
        await take_time(session)
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
        is_late = segments > 0 and moments.is_too_late(seen.release_at, now)
        is_paused = is_late or await _is_over_ceiling(session, club, now)
        if is_paused:
            await _pause(session, seen.id)
    log.info("released", campaign=str(seen.id), segments=segments, late=is_late, paused=is_paused)
    if is_late:
        rt.tasks.start(posts.ask_author(rt, seen), name="ask author")
    rt.work.set()
    rt.due.set()
    return True


async def _freeze(rt: Runtime, session: AsyncSession, club: Club, campaign: Campaign, now: datetime) -> int:
    chosen = await how_many_chosen(session, club, Chosen.of_json(campaign.audience), now)
    return await (freeze if chosen >= MUCH else freeze_few)(rt, session, club, campaign, now)


async def _is_over_ceiling(session: AsyncSession, club: Club, now: datetime) -> bool:
    today = moments.day_start(now, club.zone)
    return await storage.messages.segments_since(session, club.id, today) > club.segments_a_day


async def _pause(session: AsyncSession, campaign_id: UUID) -> None:
    before = campaign_states_before(CampaignState.PAUSED)
    await storage.campaigns.move(session, campaign_id, to=CampaignState.PAUSED, since=before)
