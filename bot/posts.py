"""What Slack is to be shown: cards that follow their campaigns, members' replies, and how answers fare.

Rows say what is due; each look posts what it can and leaves the rest due, so Slack may be away for as long as it likes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.conversations
from bot import reports
from bot.campaigns.values import Answer
from bot.i18n import words_for
from bot.replies import described
from bot.rules.lifecycle import campaign_is_over
from bot.rules.outcomes import outcome_of
from bot.runtime import Runtime
from bot.slack import cards, replies
from bot.slack.blocks import Json
from bot.slack.client import SlackBusy, SlackError, SlackRefused
from storage.models import Campaign, Club, Conversation, Message, Reply, Staff
from storage.states import MessageState, Role

log = structlog.get_logger()

BETWEEN_CARDS = timedelta(seconds=3)
"""Slack takes some 50 updates a minute: https://docs.slack.dev/apis/web-api/rate-limits (tier 3)."""

AGAIN_AFTER = timedelta(seconds=10)
WHILE_CLOSED = timedelta(minutes=5)
"""How long a card rests whose channel cannot be written to, before it is tried again."""
BEGINS_WITHIN = timedelta(seconds=5)
"""Who has not begun to post by then stood still, and leaves it to others."""
CARD_CLAIM, REPLY_CLAIM = timedelta(seconds=35), timedelta(minutes=1)
"""Longer than beginning, and the three requests that a post may take (bot/slack/client.py)."""
UNREACHABLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        # https://docs.slack.dev/reference/methods/chat.update : what it says of an archived channel.
        "is_inactive",
        "no_permission",
        "restricted_action",
    }
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is shown by this process alone: until when others leave it alone, and until when this one may begin."""

    taken_at: datetime
    until: datetime
    begins_before: float

    def is_late(self, rt: Runtime) -> bool:
        """Whether this process stood still since, or waited for the database, so that another may show it by now."""
        return rt.clock.steady() >= self.begins_before


def _claim(rt: Runtime, length: timedelta) -> Claim:
    now = rt.clock.now()
    return Claim(now, now + length, rt.clock.steady() + BEGINS_WITHIN.total_seconds())


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
            showing = self._showing[campaign.id] = _Showing(_claim(rt, CARD_CLAIM))
            # Taken before it is read: what changes from here on makes the card due once more, and while Slack is
            # asked no other process shows it, or there would be two.
            async with rt.db.begin() as session:
                claimed = await storage.campaigns.claim_card(session, campaign, until=showing.claim.until)
            if claimed:
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


@dataclass(frozen=True, slots=True)
class _Posted:
    """Where Slack has a reply."""

    reply_id: UUID
    conversation: Conversation
    channel: str
    thread_ts: str
    ts: str


class Posts:
    """Shows what members wrote, and what staff answered.

    What a database that went away did not take of a reply that Slack has is stored at the next look.
    """

    def __init__(self) -> None:
        self._posted: dict[UUID, _Posted] = {}

    async def show(self, rt: Runtime) -> None:
        """Shows what is due now."""
        await self.show_replies(rt)
        await show_answers(rt)

    async def show_replies(self, rt: Runtime) -> None:
        """Posts every reply that is due in its thread, the oldest first."""
        for posted in tuple(self._posted.values()):
            await self._store(rt, posted)
        async with rt.db.read() as session:
            due = await storage.conversations.to_show(session, rt.clock.now())
        for reply in due:
            claim = _claim(rt, REPLY_CLAIM)
            async with rt.db.begin() as session:
                claimed = await storage.conversations.claim_reply(session, reply, claim.until)
            if claimed:
                await self._show_reply(rt, reply, claim)

    async def _show_reply(self, rt: Runtime, reply: Reply, claim: Claim) -> None:
        try:
            posted = await _post_reply(rt, reply, claim)
        except SlackError as error:
            log.warning("reply_not_shown", reply=str(reply.id), error=str(error))
            posted = None
        if posted:
            self._posted[reply.id] = posted
            return await self._store(rt, posted)
        async with rt.db.begin() as session:
            later = rt.clock.now() + AGAIN_AFTER
            await storage.conversations.show_later(session, reply.id, claim.until, at=later)
        return None

    async def _store(self, rt: Runtime, posted: _Posted) -> None:
        conversation = posted.conversation
        async with rt.db.begin() as session:
            await storage.conversations.set_thread(session, conversation.id, posted.channel, posted.thread_ts)
            if conversation.campaign_id:
                await storage.campaigns.touch_cards(session, [conversation.campaign_id])
            await storage.conversations.shown(session, posted.reply_id, posted.ts)
        del self._posted[posted.reply_id]


async def show_answers(rt: Runtime) -> None:
    """Shows each answer with the reply it answers, and how it fares."""
    async with rt.db.read() as session:
        stale = await storage.conversations.with_stale_answers(session)
    for reply in stale:
        try:
            await _show_answers(rt, reply)
        except SlackError as error:
            log.warning("answer_not_shown", reply=str(reply.id), error=str(error))


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
        channel, ts = await _post(rt, club, text, blocks, otherwise=campaign.created_by, about=campaign.id)
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


async def _post(
    rt: Runtime, club: Club, text: str, blocks: list[Json], *, otherwise: str | None, about: UUID
) -> tuple[str, str]:
    """Posts in the club's channel; where that cannot be, to the person it concerns, saying so in the Home."""
    if club.channel_id:
        try:
            posted = await rt.slack.post(club.channel_id, text, blocks, key=uuid5(about, club.channel_id))
        except SlackRefused as error:
            if error.error not in UNREACHABLE:
                raise
            await _note_trouble(rt, club, error.error)
        else:
            await _note_trouble(rt, club, None)
            return posted
    if otherwise is None:
        raise SlackRefused(error="channel_not_found")
    return await rt.slack.post(otherwise, text, blocks, key=uuid5(about, otherwise))


async def _note_trouble(rt: Runtime, club: Club, trouble: str | None) -> None:
    if club.channel_trouble != trouble:
        async with rt.db.begin() as session:
            await storage.clubs.set_channel_trouble(session, club.id, trouble)


async def _post_reply(rt: Runtime, reply: Reply, claim: Claim) -> _Posted | None:
    """Where the reply's post is; None while the card it belongs under is not posted yet, and when it is too late."""
    async with rt.db.read() as session:
        club = await storage.clubs.club(session, reply.club_id)
        conversation = await storage.conversations.conversation(session, reply.club_id, reply.conversation_id)
        if conversation is None:
            return None
        incoming = await described(session, reply)
        channel, thread_ts = await _thread(session, conversation)
        staff = await storage.clubs.staff(session, reply.club_id)
    if conversation.campaign_id and not thread_ts:
        return None
    text, blocks = replies.reply_post(incoming, words_for(club.language, rt.catalogues))
    if claim.is_late(rt):
        return None
    ts = await _post_in_thread(rt, channel, thread_ts, text, blocks, about=reply.id)
    if ts is None:
        channel, ts = await _post(rt, club, text, blocks, otherwise=_first(staff), about=reply.id)
        thread_ts = ts
    return _Posted(reply.id, conversation, channel or "", thread_ts or ts, ts)


async def _post_in_thread(
    rt: Runtime, channel: str | None, thread_ts: str | None, text: str, blocks: list[Json], *, about: UUID
) -> str | None:
    """The ts of the post; None without a thread, or where it can no longer be written to."""
    if not channel or not thread_ts:
        return None
    try:
        key = uuid5(about, f"{channel} {thread_ts}")
        _, ts = await rt.slack.post(channel, text, blocks, thread_ts=thread_ts, key=key)
    except SlackRefused as error:
        if error.error not in UNREACHABLE:
            raise
        return None
    return ts


def _first(staff: Sequence[Staff]) -> str | None:
    """Who sees a reply that no channel takes: an admin, else a coach."""
    admins_first = sorted(staff, key=lambda one: one.role is not Role.ADMIN)
    return next((one.slack_user_id for one in admins_first), None)


async def _thread(session: AsyncSession, conversation: Conversation) -> tuple[str | None, str | None]:
    if conversation.thread_ts or conversation.campaign_id is None:
        return conversation.channel_id, conversation.thread_ts
    return await storage.conversations.campaign_thread(session, conversation.campaign_id)


async def _show_answers(rt: Runtime, reply: Reply) -> None:
    async with rt.db.read() as session:
        club = await storage.clubs.club(session, reply.club_id)
        conversation = await storage.conversations.conversation(session, club.id, reply.conversation_id)
        answers = await storage.conversations.answers(session, reply.id)
        incoming = await described(session, reply)
    words = words_for(club.language, rt.catalogues)
    text, blocks = replies.reply_post(incoming, words, tuple(_answer(answer) for answer in answers))
    if conversation and conversation.channel_id and reply.posted_ts:
        try:
            await rt.slack.update(conversation.channel_id, reply.posted_ts, text, blocks)
        except SlackRefused as error:
            # Deleted, or its channel archived: asking again every second would change nothing.
            log.warning("answer_not_shown", reply=str(reply.id), error=str(error))
        async with rt.db.begin() as session:
            await storage.conversations.answers_shown(session, answers)


def _answer(message: Message) -> Answer:
    lost = message.state in (MessageState.FAILED, MessageState.UNDELIVERED)
    why = outcome_of(message.error_code).words if lost else None
    return Answer(message.staff_id or "", message.body, message.state, why)
