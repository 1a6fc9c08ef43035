"""What became of campaigns: the facts of a card, of the lists and of the Home."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.claims
import storage.clubs
import storage.contacts
import storage.conversations
import storage.erasing
import storage.messages
from bot.campaigns.facts import Card, HomeFacts, Missed, Row
from bot.campaigns.values import SenderChoice
from bot.errors import BotError
from bot.i18n import N_, Words
from bot.rules import moments, phones, senders
from bot.rules.audience import GUARDIANS_GET_IT
from bot.rules.countries import Country
from bot.rules.outcomes import outcome_of
from bot.runtime import Runtime, Who
from bot.slack import labels
from storage.campaigns import Tally
from storage.models import Campaign, Contact, Sender
from storage.states import CampaignState, MessageState, SenderKind

log = structlog.get_logger()

PAGE = 10
SENT = (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.DONE, CampaignState.STOPPED)
WAITING = (CampaignState.AWAITING_APPROVAL, CampaignState.SCHEDULED)
UNANSWERED_SINCE = timedelta(days=30)

AT_THE_CEILING = N_(
    "Your club has reached its SMS for today. Press Resume tomorrow, or once an admin has raised the limit in /sms-settings."
)
WAS_LATE = N_("It was due {moment}, while the bot was down. Send it now?")

SKIPPED = {
    storage.claims.OPTED_OUT: N_("asked for no more SMS before it left"),
    storage.claims.NO_CONSENT: N_("no longer agrees to advertising"),
    storage.claims.NO_HOUR: N_("no hour at which advertising may leave there"),
    storage.erasing.ERASED: N_("erased from the contacts before it left"),
    storage.messages.STOPPED: N_("stopped before it left"),
}

CHANNEL_TROUBLES = {
    "channel_not_found": N_(
        "The bot cannot see the club's channel. Invite it there with /invite, or choose another one."
    ),
    "not_in_channel": N_("The bot is not in the club's channel. Invite it there with /invite."),
    "is_archived": N_("The club's channel is archived. Choose another one in /sms-settings."),
}
OTHER_TROUBLE = N_(
    "Slack does not let the bot write in the club's channel. Choose another one in /sms-settings."
)


class NoSuchCampaign(BotError):
    """This campaign is no longer there."""


async def card(rt: Runtime, session: AsyncSession, campaign: Campaign) -> Card:
    """The facts of a campaign's card as they are now."""
    club = await storage.clubs.club(session, campaign.club_id)
    sender = await storage.clubs.sender(session, campaign.club_id, campaign.sender)
    tally = await _tally(session, campaign.id)
    return Card(
        campaign_id=str(campaign.id),
        title=campaign.title,
        body=campaign.body,
        kind=campaign.kind,
        sender=_sender(sender, campaign.sender, rt.countries[club.country]),
        audience_words=campaign.audience_words,
        created_by=campaign.created_by,
        state=campaign.state,
        release_at=campaign.release_at,
        zone=club.zone,
        is_later=campaign.is_later,
        undo=campaign.state is CampaignState.SCHEDULED and not campaign.is_later,
        recipients=_recipients(campaign, tally),
        previewed_recipients=campaign.previewed_recipients,
        states=tally.states,
        failures=failures(tally.errors),
        left_out=tuple(sorted(tally.left_out.items())),
        replies=tally.replies,
        segments=tally.segments or campaign.previewed_segments,
        held_until=await _held_until(session, campaign, tally),
        pause_words=_pause_words(campaign),
        over_at=campaign.over_at,
    )


async def _held_until(session: AsyncSession, campaign: Campaign, tally: Tally) -> datetime | None:
    is_waiting = campaign.state is CampaignState.SENDING and tally.states.get(MessageState.HELD)
    return await storage.messages.held_until(session, campaign.id) if is_waiting else None


def failures(errors: Mapping[int | None, int]) -> tuple[tuple[str, int], ...]:
    """The words of each outcome and how many met it, the most frequent first."""
    totals: dict[str, int] = {}
    for code, count in errors.items():
        words = outcome_of(code).words
        totals[words] = totals.get(words, 0) + count
    return tuple(sorted(totals.items(), key=lambda pair: -pair[1]))


async def rows(
    rt: Runtime, who: Who, states: Sequence[CampaignState], *, page: int = 1
) -> tuple[tuple[Row, ...], int]:
    """A page of the club's campaigns in these states, and how many pages there are."""
    async with rt.db.read() as session:
        return await _page(session, who.club.id, states, page)


async def home(rt: Runtime, who: Who, *, page: int = 1) -> HomeFacts:
    """What the Home shows to this person."""
    club, now = who.club, rt.clock.now()
    async with rt.db.read() as session:
        scheduled, _ = await _page(session, club.id, WAITING, 1)
        sent, pages = await _page(session, club.id, SENT, page)
        staff = await storage.clubs.member_of_staff(session, club.id, who.slack_user_id)
        today = moments.day_start(now, club.zone)
        waiting = await storage.conversations.unanswered(session, club.id, now - UNANSWERED_SINCE)
        segments_today = await storage.messages.segments_since(session, club.id, today)
    return HomeFacts(
        club_name=club.name,
        zone=club.zone,
        role=who.role,
        channel_id=club.channel_id,
        channel_trouble=trouble_words(club.channel_trouble),
        scheduled=scheduled,
        sent=sent,
        page=page,
        pages=pages,
        waiting_replies=waiting,
        segments_today=segments_today,
        segments_a_day=club.segments_a_day,
        my_phone=phones.mask(staff.e164) if staff and staff.e164 else None,
    )


async def missed(rt: Runtime, who: Who, campaign_id: UUID) -> tuple[Row, tuple[Missed, ...]]:
    """Who did not get a campaign and why, with their numbers, for staff to phone them. Raises `NoSuchCampaign`."""
    words = who.words
    async with rt.db.read() as session:
        campaign = await storage.campaigns.campaign(session, who.club.id, campaign_id)
        if campaign is None:
            raise NoSuchCampaign
        lines = await storage.campaigns.audience_lines(session, campaign_id)
        lost = await storage.campaigns.lost_messages(session, campaign_id)
        people = await storage.contacts.these(session, who.club.id, [line.contact_id for line in lines])
        row = _row(campaign, await _tally(session, campaign_id))
    known = {person.id: person for person in people}
    why = {each.e164: why_lost(each.state, each.reason, each.error_code, words) for each in lost}
    found = [
        Missed(_name(known[line.contact_id]), _number(known[line.contact_id]), reason)
        for line in lines
        if line.contact_id in known and line.detail != GUARDIANS_GET_IT
        if (reason := labels.left_out(line.left_out, words) if line.left_out else why.get(line.e164 or ""))
    ]
    return row, tuple(found)


def _name(contact: Contact) -> str:
    return f"{contact.first_name} {contact.last_name}".strip()


def _number(contact: Contact) -> str:
    """The number to phone: a landline that cannot be texted stands as it was typed."""
    return phones.national(contact.e164) if contact.e164 else contact.mobile


def why_lost(state: MessageState, reason: str | None, error_code: int | None, words: Words) -> str:
    """Why a text was refused, not delivered or not sent."""
    if state is MessageState.SKIPPED:
        return words(SKIPPED.get(reason or "", SKIPPED[storage.messages.STOPPED]))
    return words(outcome_of(error_code).words)


def trouble_words(error: str | None) -> str | None:
    """Why the club's channel cannot be written to, in words that say what to do."""
    return CHANNEL_TROUBLES.get(error, OTHER_TROUBLE) if error else None


async def _page(
    session: AsyncSession, club_id: UUID, states: Sequence[CampaignState], page: int
) -> tuple[tuple[Row, ...], int]:
    total = await storage.campaigns.how_many(session, club_id, states)
    soonest_first = tuple(states) == WAITING
    listed = await storage.campaigns.listed(
        session, club_id, states, limit=PAGE, offset=(page - 1) * PAGE, soonest_first=soonest_first
    )
    shown = [_row(campaign, await _tally(session, campaign.id)) for campaign in listed]
    return tuple(shown), max(1, -(-total // PAGE))


def _row(campaign: Campaign, tally: Tally) -> Row:
    lost = (MessageState.FAILED, MessageState.UNDELIVERED)
    return Row(
        campaign_id=str(campaign.id),
        title=campaign.title,
        audience_words=campaign.audience_words,
        state=campaign.state,
        at=campaign.release_at,
        recipients=_recipients(campaign, tally),
        delivered=tally.states.get(MessageState.DELIVERED, 0),
        failed=sum(tally.states.get(state, 0) for state in lost),
        replies=tally.replies,
        created_by=campaign.created_by,
    )


async def _tally(session: AsyncSession, campaign_id: UUID) -> Tally:
    return await storage.campaigns.tally(session, campaign_id)


def _recipients(campaign: Campaign, tally: Tally) -> int:
    return sum(tally.states.values()) if campaign.released_at else campaign.previewed_recipients


def _sender(sender: Sender | None, value: str, country: Country) -> SenderChoice:
    kind = sender.kind if sender else SenderKind.NAME
    return SenderChoice(value, kind, senders.is_answerable(kind, country))


def _pause_words(campaign: Campaign) -> str | None:
    if campaign.state is not CampaignState.PAUSED:
        return None
    if campaign.pause_code is not None:
        return outcome_of(campaign.pause_code).pause_words
    released_at = campaign.released_at or campaign.release_at
    return WAS_LATE if moments.is_too_late(campaign.release_at, released_at) else AT_THE_CEILING
