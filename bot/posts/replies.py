"""Members' replies stand in their thread, once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.conversations
from bot.i18n import words_for
from bot.posts.answers import show_answers
from bot.posts.channel import UNREACHABLE, post
from bot.posts.claims import Claim, claim
from bot.replies import described
from bot.runtime import Runtime
from bot.slack import replies
from bot.slack.blocks import Json
from bot.slack.client import SlackError, SlackRefused
from storage.models import Conversation, Reply, Staff
from storage.states import Role

log = structlog.get_logger()

AGAIN_AFTER = timedelta(seconds=10)
REPLY_CLAIM = timedelta(minutes=1)
"""Longer than beginning, and the three requests that a post may take (bot/slack/client.py)."""


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
            taken = claim(rt, REPLY_CLAIM)
            async with rt.db.begin() as session:
                claimed = await storage.conversations.claim_reply(session, reply, taken.until)
            if claimed:
                await self._show_reply(rt, reply, taken)

    async def _show_reply(self, rt: Runtime, reply: Reply, taken: Claim) -> None:
        try:
            posted = await _post_reply(rt, reply, taken)
        except SlackError as error:
            log.warning("reply_not_shown", reply=str(reply.id), error=str(error))
            posted = None
        if posted:
            self._posted[reply.id] = posted
            return await self._store(rt, posted)
        async with rt.db.begin() as session:
            later = rt.clock.now() + AGAIN_AFTER
            await storage.conversations.show_later(session, reply.id, taken.until, at=later)
        return None

    async def _store(self, rt: Runtime, posted: _Posted) -> None:
        conversation = posted.conversation
        async with rt.db.begin() as session:
            await storage.conversations.set_thread(session, conversation.id, posted.channel, posted.thread_ts)
            if conversation.campaign_id:
                await storage.campaigns.touch_cards(session, [conversation.campaign_id])
            await storage.conversations.shown(session, posted.reply_id, posted.ts)
        del self._posted[posted.reply_id]


async def _post_reply(rt: Runtime, reply: Reply, taken: Claim) -> _Posted | None:
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
    if taken.is_late(rt):
        return None
    ts = await _post_in_thread(rt, channel, thread_ts, text, blocks, about=reply.id)
    if ts is None:
        channel, ts = await post(rt, club, text, blocks, otherwise=_first(staff), about=reply.id)
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
