"""Letting a campaign go at its time: the audience is resolved, checked again and frozen at that moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.messages
import storage.tallies
from bot import posts
from bot.campaigns.audience import Chosen, Gathered, Resolved, gather, resolve
from bot.campaigns.clauses import clause_of
from bot.campaigns.hours import by_the_hours
from bot.campaigns.links import without_short_links
from bot.campaigns.weights import Merged, merged_for, weight
from bot.rules import moments
from bot.rules.audience import GUARDIANS_GET_IT
from bot.rules.clause import Clause
from bot.rules.lifecycle import campaign_states_before
from bot.runtime import Runtime
from bot.tasks import aside
from bot.tokens import with_own_link
from storage import chunks
from storage.db import take_time
from storage.models import AudienceLine, Campaign, Club, Message, Sender
from storage.states import CampaignState, MessageState
from storage.tallies import LEFT_OUT, Key, Shift

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


@dataclass(frozen=True, slots=True)
class _Frozen:
    """Who gets which text, and who waits until when."""

    resolved: Resolved
    held: Mapping[str, datetime]
    texts: Sequence[Merged]
    clause: Clause


async def _freeze(rt: Runtime, session: AsyncSession, club: Club, campaign: Campaign, now: datetime) -> int:
    chosen = Chosen.of_json(campaign.audience)
    gathered = await gather(session, club, chosen, kind=campaign.kind, body=campaign.body)
    sender = await storage.clubs.sender(session, club.id, campaign.sender)
    frozen = await aside(gathered.size, partial(_think, rt, campaign, gathered, sender, now))
    await _queue(rt, session, campaign, frozen.texts, frozen.clause, frozen.held, now)
    await storage.campaigns.add_rows(session, AudienceLine, _lines(campaign, frozen.resolved))
    await storage.tallies.store(session, _counts(campaign, frozen.resolved, frozen.texts, frozen.held))
    return weight(frozen.texts)


def _think(
    rt: Runtime, campaign: Campaign, gathered: Gathered, sender: Sender | None, now: datetime
) -> _Frozen:
    club = gathered.club
    country = rt.countries[club.country]
    resolved = resolve(gathered, kind=campaign.kind, route=campaign.route, country=country)
    resolved = without_short_links(campaign.body, resolved, rt.shorteners, club.link_hosts)
    resolved, held = by_the_hours(rt, club, campaign.kind, resolved, now)
    clause = clause_of(rt, club, sender, campaign.kind, campaign.body)
    texts = merged_for(campaign.body, resolved.audience.recipients, clause)
    return _Frozen(resolved, held, texts, clause)


async def _queue(
    rt: Runtime,
    session: AsyncSession,
    campaign: Campaign,
    texts: Sequence[Merged],
    clause: Clause,
    held: Mapping[str, datetime],
    now: datetime,
) -> None:
    """Stores the messages, some hundreds to a chunk, and has the engine work them off after the commit."""
    portions = [texts[start : start + chunks.SIZE] for start in range(0, len(texts), chunks.SIZE)]
    new = [
        chunks.chunk_for(
            campaign.club_id,
            campaign.id,
            campaign.kind,
            waiting=sum(each.recipient.e164 not in held for each in some),
            at=now,
            number=number,
        )
        for number, some in enumerate(portions)
    ]
    session.add_all(new)
    await session.flush()
    for chunk, some in zip(new, portions, strict=True):
        rows = [_message(campaign, merged, clause, chunk.id, held, now) for merged in some]
        await storage.campaigns.add_rows(session, Message, rows)
    await rt.engine.enqueue(session, new)


def _counts(
    campaign: Campaign, resolved: Resolved, texts: Sequence[Merged], held: Mapping[str, datetime]
) -> Shift:
    counts = Shift()
    for merged in texts:
        state = MessageState.HELD if merged.recipient.e164 in held else MessageState.QUEUED
        counts.add(campaign.club_id, Key(campaign.id, state.value), 1, merged.count.segments)
    for line in resolved.audience.lines:
        if line.left_out is not None and line.detail != GUARDIANS_GET_IT:
            counts.add(campaign.club_id, Key(campaign.id, LEFT_OUT, line.left_out.value), 1)
    return counts


async def _is_over_ceiling(session: AsyncSession, club: Club, now: datetime) -> bool:
    today = moments.day_start(now, club.zone)
    return await storage.messages.segments_since(session, club.id, today) > club.segments_a_day


async def _pause(session: AsyncSession, campaign_id: UUID) -> None:
    before = campaign_states_before(CampaignState.PAUSED)
    await storage.campaigns.move(session, campaign_id, to=CampaignState.PAUSED, since=before)


def _message(
    campaign: Campaign,
    merged: Merged,
    clause: Clause,
    chunk_id: UUID,
    held: Mapping[str, datetime],
    now: datetime,
) -> dict[str, Any]:
    until = held.get(merged.recipient.e164)
    body, token = with_own_link(merged.body, clause)
    return {
        "id": uuid4(),
        "club_id": campaign.club_id,
        "campaign_id": campaign.id,
        "chunk_id": chunk_id,
        "sender": campaign.sender,
        "e164": merged.recipient.e164,
        "body": body,
        "segments": merged.count.segments,
        "state": MessageState.HELD if until else MessageState.QUEUED,
        "attempt": 0,
        "not_before": until or now,
        "created_at": now,
        "changed_at": now,
        "page_token": token,
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
