"""Cards follow their campaigns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

import storage.campaigns
import storage.clubs
from bot import reports
from bot.delivery.counts import mend_counts
from bot.i18n import words_for
from bot.posts.channel import UNREACHABLE, post
from bot.posts.claims import Claim, claim
from bot.rules.lifecycle import campaign_is_over
from bot.runtime import Runtime
from bot.slack import cards
from bot.slack.client import SlackBusy, SlackError, SlackRefused
from storage.models import Campaign

log = structlog.get_logger()

BETWEEN_CARDS = timedelta(seconds=3)
"""Slack takes some 50 updates a minute: https://docs.slack.dev/apis/web-api/rate-limits (tier 3)."""
WHILE_CLOSED = timedelta(minutes=5)
"""How long a card rests whose channel cannot be written to, before it is tried again."""
CARD_CLAIM = timedelta(seconds=35)
"""Longer than beginning, and the three requests that a post may take (bot/slack/client.py)."""


@dataclass(slots=True)
class _Showing:
    """A card that this process has taken to show, and what to store of it once Slack has it."""

    claim: Claim
    shown: Mapping[str, object] | None = None


class Cards:
    """Posts or updates every card that is out of date, none more often than every few seconds.

    What a database that went away left half done is stored, or begun anew, at the next look.
    """

    def __init__(self) -> None:
        self._showing: dict[UUID, _Showing] = {}

    async def show(self, rt: Runtime) -> None:
        """Shows what is out of date now."""
        await self._finish(rt)
        async with rt.db.read() as session:
            due = await storage.campaigns.with_due_cards(session, rt.clock.now() - BETWEEN_CARDS)
        for campaign in due:
            showing = self._showing[campaign.id] = _Showing(claim(rt, CARD_CLAIM))
            # Taken before it is read: what changes from here on makes the card due once more, and while Slack is
            # asked no other process shows it, or there would be two.
            async with rt.db.begin() as session:
                claimed = await storage.campaigns.claim_card(session, campaign, until=showing.claim.until)
            if claimed:
                await mend_counts(rt, campaign)
                await _show_claimed_card(rt, campaign, showing)
            del self._showing[campaign.id]

    async def _finish(self, rt: Runtime) -> None:
        for campaign_id, showing in tuple(self._showing.items()):
            async with rt.db.begin() as session:
                if showing.shown:
                    await storage.campaigns.change(session, campaign_id, **showing.shown)
                else:
                    now, until = rt.clock.now() - BETWEEN_CARDS, showing.claim.until
                    await storage.campaigns.show_card_later(
                        session, campaign_id, until, card_at=now, card_due=True
                    )
            del self._showing[campaign_id]


async def ask_author(rt: Runtime, campaign: Campaign) -> None:
    """Asks the author of a paused campaign what is to become of it: its card may be far up in the channel."""
    async with rt.db.read() as session:
        campaign = await storage.campaigns.campaign(session, campaign.club_id, campaign.id) or campaign
        club = await storage.clubs.club(session, campaign.club_id)
        facts = await reports.card(rt, session, campaign)
    text, blocks = cards.question(facts, words_for(club.language, rt.catalogues))
    try:
        await rt.slack.post(campaign.created_by, text, blocks)
    except SlackError as error:
        log.warning("author_not_asked", campaign=str(campaign.id), error=str(error))


async def _show_claimed_card(rt: Runtime, campaign: Campaign, showing: _Showing) -> None:
    try:
        await _show_card(rt, campaign, showing)
    except SlackError as error:
        await _card_again(rt, campaign, showing.claim, error)


async def _show_card(rt: Runtime, campaign: Campaign, showing: _Showing) -> None:
    async with rt.db.read() as session:
        campaign = await storage.campaigns.campaign(session, campaign.club_id, campaign.id) or campaign
        club = await storage.clubs.club(session, campaign.club_id)
        facts = await reports.card(rt, session, campaign)
    text, blocks = cards.card(facts, words_for(club.language, rt.catalogues))
    if showing.claim.is_late(rt):
        return await _leave_card(rt, campaign)
    if campaign.card_ts and campaign.channel_id:
        channel, ts = campaign.channel_id, campaign.card_ts
        await rt.slack.update(channel, ts, text, blocks)
    else:
        channel, ts = await post(rt, club, text, blocks, otherwise=campaign.created_by, about=campaign.id)
    showing.shown = {"channel_id": channel, "card_ts": ts, "card_at": showing.claim.taken_at}
    async with rt.db.begin() as session:
        await storage.campaigns.change(session, campaign.id, **showing.shown)
    return None


async def _leave_card(rt: Runtime, campaign: Campaign) -> None:
    async with rt.db.begin() as session:
        await storage.campaigns.touch_cards(session, [campaign.id])


async def _card_again(rt: Runtime, campaign: Campaign, claim: Claim, error: SlackError) -> None:
    log.warning("card_not_shown", campaign=str(campaign.id), error=str(error))
    refused = error.error if isinstance(error, SlackRefused) else ""
    closed = refused in UNREACHABLE
    gone = refused and not closed and campaign_is_over(campaign.state) and campaign.card_ts
    async with rt.db.begin() as session:
        rest = error.retry_after if isinstance(error, SlackBusy) else timedelta()
        card_at = rt.clock.now() + (WHILE_CLOSED if closed else rest)
        await storage.campaigns.show_card_later(
            session, campaign.id, claim.until, card_at=card_at, card_due=not gone
        )
