"""Letting a campaign go at its time: the audience is resolved, checked again and frozen at that moment."""

from collections.abc import Callable, Mapping, Sequence
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
from bot.campaigns.audience import Chosen, Gathered, gather, resolve
from bot.campaigns.clauses import clause_of
from bot.campaigns.frozen import keep_reasons
from bot.campaigns.hours import by_the_hours
from bot.campaigns.links import without_short_links
from bot.campaigns.weights import Alike, weighed, weight, writer
from bot.rules import moments
from bot.rules.audience import Audience, Recipient
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

    campaign: Campaign
    audience: Audience
    held: Mapping[str, datetime]
    texts: Sequence[Alike]
    clause: Clause
    at: datetime


async def _freeze(rt: Runtime, session: AsyncSession, club: Club, campaign: Campaign, now: datetime) -> int:
    chosen = Chosen.of_json(campaign.audience)
    gathered = await gather(session, club, chosen, kind=campaign.kind, body=campaign.body, leaves_at=now)
    sender = await storage.clubs.sender(session, club.id, campaign.sender)
    frozen = await aside(gathered.size, partial(_think, rt, campaign, gathered, sender, now))
    await _queue(rt, session, frozen)
    await storage.campaigns.add_rows(session, AudienceLine, _lines(frozen))
    await keep_reasons(session, club, campaign, now)
    await storage.tallies.store(session, _counts(frozen))
    return weight(frozen.texts)


def _think(
    rt: Runtime, campaign: Campaign, gathered: Gathered, sender: Sender | None, now: datetime
) -> _Frozen:
    club = gathered.club
    country = rt.countries[club.country]
    audience = resolve(gathered, kind=campaign.kind, route=campaign.route, country=country, leaves_at=now)
    audience = without_short_links(campaign.body, audience, rt.shorteners, club.link_hosts)
    audience, held = by_the_hours(rt, club, campaign.kind, audience, now)
    clause = clause_of(rt, club, sender, campaign.kind, campaign.body)
    texts = weighed(campaign.body, audience.recipients, clause)
    return _Frozen(campaign, audience, held, texts, clause, now)


async def _queue(rt: Runtime, session: AsyncSession, frozen: _Frozen) -> None:
    """Stores the messages, some hundreds to a chunk, and has the engine work them off after the commit."""
    campaign, recipients = frozen.campaign, frozen.audience.recipients
    portions = [recipients[start : start + chunks.SIZE] for start in range(0, len(recipients), chunks.SIZE)]
    new = [
        chunks.chunk_for(
            campaign.club_id,
            campaign.id,
            campaign.kind,
            waiting=sum(each.e164 not in frozen.held for each in some),
            at=frozen.at,
            number=number,
        )
        for number, some in enumerate(portions)
    ]
    session.add_all(new)
    await session.flush()
    message = _messages(frozen)
    for chunk, some in zip(new, portions, strict=True):
        rows = [message(each, chunk.id) for each in some]
        await storage.campaigns.add_rows(session, Message, rows)
    await rt.engine.enqueue(session, new)


def _counts(frozen: _Frozen) -> Shift:
    counts, campaign = Shift(), frozen.campaign
    for alike in frozen.texts:
        held = sum(each.e164 in frozen.held for each in alike.recipients)
        for state, some in ((MessageState.HELD, held), (MessageState.QUEUED, len(alike.recipients) - held)):
            if some:
                key = Key(campaign.id, state.value)
                counts.add(campaign.club_id, key, some, some * alike.count.segments)
    for line in frozen.audience.left_out:
        if line.left_out:
            counts.add(campaign.club_id, Key(campaign.id, LEFT_OUT, line.left_out.value), 1)
    return counts


async def _is_over_ceiling(session: AsyncSession, club: Club, now: datetime) -> bool:
    today = moments.day_start(now, club.zone)
    return await storage.messages.segments_since(session, club.id, today) > club.segments_a_day


async def _pause(session: AsyncSession, campaign_id: UUID) -> None:
    before = campaign_states_before(CampaignState.PAUSED)
    await storage.campaigns.move(session, campaign_id, to=CampaignState.PAUSED, since=before)


def _messages(frozen: _Frozen) -> Callable[[Recipient, UUID], dict[str, Any]]:
    """What makes the row of a recipient's message, in a chunk."""
    campaign, write = frozen.campaign, writer(frozen.campaign.body, frozen.clause)
    segments = {each.e164: alike.count.segments for alike in frozen.texts for each in alike.recipients}

    def message(recipient: Recipient, chunk_id: UUID) -> dict[str, Any]:
        until = frozen.held.get(recipient.e164)
        body, token = with_own_link(write(recipient), frozen.clause)
        return {
            "id": uuid4(),
            "club_id": campaign.club_id,
            "campaign_id": campaign.id,
            "chunk_id": chunk_id,
            "sender": campaign.sender,
            "e164": recipient.e164,
            "body": body,
            "segments": segments[recipient.e164],
            "state": MessageState.HELD if until else MessageState.QUEUED,
            "attempt": 0,
            "not_before": until or frozen.at,
            "created_at": frozen.at,
            "changed_at": frozen.at,
            "page_token": token,
        }

    return message


def _lines(frozen: _Frozen) -> list[dict[str, Any]]:
    campaign = frozen.campaign
    return [
        {
            "club_id": campaign.club_id,
            "campaign_id": campaign.id,
            "contact_id": UUID(line.contact_id),
            "because": line.because.value,
            "e164": line.e164,
            "left_out": line.left_out and line.left_out.value,
            "detail": line.detail,
        }
        for line in frozen.audience.lines
    ]
