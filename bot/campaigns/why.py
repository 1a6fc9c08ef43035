"""Who gets a campaign and why, and who does not: before it leaves as things are now, after it as they were then."""

from dataclasses import replace
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
from bot.campaigns import frozen, resolved
from bot.campaigns.explained import Asked, Why
from bot.reports import NoSuchCampaign
from bot.runtime import Runtime, Who
from bot.tasks import no_sweep
from storage.models import Campaign

PAGE = 10


async def why(rt: Runtime, who: Who, asked: Asked) -> Why:
    """A page of the people; the one before where there is nobody any more.

    Raises `NoSuchCampaign` or `DraftGone` for what is not theirs, and `Refusals` for a draft that cannot be sent any more.
    """
    with no_sweep():
        found = await _page(rt, who, asked)
        if not found.rows and asked.page > 1:
            return await _page(rt, who, replace(asked, page=asked.page - 1))
    return found


async def everybody(rt: Runtime, who: Who, asked: Asked) -> Why:
    """All of the people, whatever is searched and shown. Raises as `why`."""
    with no_sweep():
        return await _everybody(rt, who, asked)


async def _everybody(rt: Runtime, who: Who, asked: Asked) -> Why:
    async with rt.db.snapshot() as session:
        campaign = await _campaign(session, who, asked) if asked.campaign_id else None
        if campaign and campaign.released_at:
            return await frozen.everybody(session, who, campaign, asked)
        known = await _known(rt, session, who, replace(asked, typed=""), campaign)
        numbers = await resolved.numbers_of(session, who, known, None)
    return await resolved.everybody(rt, who, known, asked, numbers)


async def _known(
    rt: Runtime, session: AsyncSession, who: Who, asked: Asked, campaign: Campaign | None
) -> resolved.Resolving:
    text = (
        resolved.text_of_campaign(campaign)
        if campaign
        else await resolved.text_of_draft(rt, session, who, UUID(asked.draft_id))
    )
    return await resolved.resolving(session, who, text, asked.typed)


async def _page(rt: Runtime, who: Who, asked: Asked) -> Why:
    async with rt.db.snapshot() as session:
        campaign = await _campaign(session, who, asked) if asked.campaign_id else None
        if campaign and campaign.released_at:
            return await frozen.page(session, who, campaign, asked, limit=PAGE)
        known = await _known(rt, session, who, asked, campaign)
    return await resolved.page(rt, who, known, asked, limit=PAGE)


async def _campaign(session: AsyncSession, who: Who, asked: Asked) -> Campaign:
    campaign = await storage.campaigns.campaign(session, who.club.id, UUID(asked.campaign_id))
    if campaign is None:
        raise NoSuchCampaign
    return campaign
