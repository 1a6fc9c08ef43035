"""A small campaign's audience as it is when it leaves, by the rules themselves.

For a few hundred people that takes a fraction of what the database needs to begin (`bot.campaigns.freeze`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.tallies
from bot.campaigns.audience import Chosen, Gathered, gather, resolve
from bot.campaigns.clauses import clause_of
from bot.campaigns.frozen import keep_reasons
from bot.campaigns.hours import by_the_hours
from bot.campaigns.links import without_short_links
from bot.campaigns.weights import Alike, weighed, weight, writer
from bot.rules.audience import Audience, Recipient
from bot.rules.clause import Clause
from bot.runtime import Runtime
from bot.tasks import aside
from bot.tokens import with_own_link
from storage import chunks
from storage.models import AudienceLine, Campaign, Club, Message, Sender
from storage.states import MessageState
from storage.tallies import LEFT_OUT, Key, Shift


@dataclass(frozen=True, slots=True)
class _Frozen:
    """Who gets which text, and who waits until when."""

    campaign: Campaign
    audience: Audience
    held: Mapping[str, datetime]
    texts: Sequence[Alike]
    clause: Clause
    at: datetime


async def freeze_few(
    rt: Runtime, session: AsyncSession, club: Club, campaign: Campaign, now: datetime
) -> int:
    """Stores who gets the campaign and what each is sent; how many segments that is. In the transaction that moves it."""
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
    audience, waits = by_the_hours(rt, club, campaign.kind, audience, now)
    held = {e164: until for until, some in waits.items() for e164 in some}
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
