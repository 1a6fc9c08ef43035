"""Queries about conversations, replies and answers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import in_portions
from storage.models import Campaign, Conversation, Message, Reply
from storage.states import MessageState


async def newest(session: AsyncSession, club_id: UUID, e164: str, our_number: str) -> Conversation | None:
    """The conversation between these two numbers in which something was said last."""
    mine = select(Conversation).where(
        Conversation.club_id == club_id, Conversation.e164 == e164, Conversation.our_number == our_number
    )
    return (await session.exec(mine.order_by(col(Conversation.last_at).desc()))).first()


async def conversation(session: AsyncSession, club_id: UUID, conversation_id: UUID) -> Conversation | None:
    """The conversation with this id, if it is the club's."""
    mine = select(Conversation).where(Conversation.id == conversation_id, Conversation.club_id == club_id)
    return (await session.exec(mine)).first()


async def of_message(session: AsyncSession, message: Message) -> Conversation | None:
    """The conversation that the message is a part of, else the newest one with its number under its campaign."""
    if message.conversation_id:
        return await conversation(session, message.club_id, message.conversation_id)
    mine = select(Conversation).where(
        Conversation.club_id == message.club_id,
        Conversation.e164 == message.e164,
        col(Conversation.campaign_id).is_not_distinct_from(message.campaign_id),
    )
    return (await session.exec(mine.order_by(col(Conversation.last_at).desc()).limit(1))).first()


async def said_on_page(
    session: AsyncSession, message_id: UUID, *, since: datetime | None = None
) -> Sequence[Reply]:
    """What was said on this message's page, all or from then on, the oldest first."""
    there = select(Reply).where(Reply.page_of == message_id)
    if since:
        there = there.where(Reply.received_at >= since)
    return (await session.exec(there.order_by(col(Reply.received_at)))).all()


async def touch(session: AsyncSession, conversation_id: UUID, at: datetime) -> None:
    """Notes that something was said then, unless something was said since."""
    change = update(Conversation).where(
        col(Conversation.id) == conversation_id, col(Conversation.last_at) < at
    )
    await session.exec(change.values(last_at=at))


async def set_thread(session: AsyncSession, conversation_id: UUID, channel_id: str, thread_ts: str) -> None:
    """Notes the Slack thread the conversation is shown in."""
    change = update(Conversation).where(col(Conversation.id) == conversation_id)
    await session.exec(change.values(channel_id=channel_id, thread_ts=thread_ts))


async def last_text(session: AsyncSession, club_id: UUID, e164: str, *, until: datetime) -> Message | None:
    """The newest message of a campaign that reached this number by then, or may have."""
    not_sent = (MessageState.HELD, MessageState.QUEUED, MessageState.SKIPPED, MessageState.FAILED)
    texted = select(Message).where(
        Message.club_id == club_id,
        Message.e164 == e164,
        Message.created_at <= until,
        col(Message.campaign_id).is_not(None),
        col(Message.state).not_in(not_sent),
    )
    return (await session.exec(texted.order_by(col(Message.created_at).desc()).limit(1))).first()


async def to_show(session: AsyncSession, now: datetime) -> Sequence[Reply]:
    """The replies that Slack is to be shown now, the oldest first."""
    waiting = select(Reply).where(col(Reply.post_after) <= now)
    return (await session.exec(waiting.order_by(col(Reply.received_at)).limit(50))).all()


async def claim_reply(session: AsyncSession, reply: Reply, until: datetime) -> bool:
    """Takes the reply for showing until then; False when somebody else took it first."""
    change = update(Reply).where(col(Reply.id) == reply.id, col(Reply.post_after) == reply.post_after)
    return (await session.exec(change.values(post_after=until))).rowcount == 1


async def shown(session: AsyncSession, reply_id: UUID, ts: str) -> None:
    """Notes where Slack shows the reply."""
    await session.exec(update(Reply).where(col(Reply.id) == reply_id).values(posted_ts=ts, post_after=None))


async def show_later(session: AsyncSession, reply_id: UUID, claimed_until: datetime, *, at: datetime) -> None:
    """Puts off showing the reply, unless somebody else took it since or has shown it."""
    change = update(Reply).where(col(Reply.id) == reply_id, col(Reply.post_after) == claimed_until)
    await session.exec(change.values(post_after=at))


async def is_known(session: AsyncSession, sid: str) -> bool:
    """Whether this inbound SMS is stored already."""
    return (await session.exec(select(Reply.id).where(Reply.sid == sid))).first() is not None


async def known(session: AsyncSession, sids: Collection[str]) -> set[str]:
    """Which of these inbound SMS are stored already."""
    found: set[str] = set()
    for some in in_portions(sids):
        found |= set((await session.exec(select(Reply.sid).where(col(Reply.sid).in_(some)))).all())
    return found


async def reply(session: AsyncSession, club_id: UUID, reply_id: UUID) -> Reply | None:
    """The reply with this id, if it is the club's."""
    return (await session.exec(select(Reply).where(Reply.id == reply_id, Reply.club_id == club_id))).first()


async def answers(session: AsyncSession, reply_id: UUID) -> Sequence[Message]:
    """What staff answered to this reply, the oldest first."""
    mine = select(Message).where(Message.reply_id == reply_id)
    return (await session.exec(mine.order_by(col(Message.created_at)))).all()


async def unanswered(session: AsyncSession, club_id: UUID, since: datetime) -> int:
    """How many conversations wait for an answer: the member wrote last, and it was no keyword."""
    answered = (
        select(Message.id)
        .where(Message.conversation_id == Reply.conversation_id, col(Message.created_at) >= Reply.received_at)
        .exists()
    )
    waiting = select(func.count(func.distinct(Reply.conversation_id))).where(
        Reply.club_id == club_id, Reply.keyword == "none", col(Reply.received_at) >= since, ~answered
    )
    return (await session.exec(waiting)).one()


async def with_stale_answers(session: AsyncSession) -> Sequence[Reply]:
    """The replies whose post does not show how their answers fare."""
    stale = select(Message.reply_id).where(
        col(Message.reply_id).is_not(None), col(Message.shown_state).is_distinct_from(col(Message.state))
    )
    posted = select(Reply).where(col(Reply.id).in_(stale), col(Reply.posted_ts).is_not(None))
    return (await session.exec(posted.order_by(col(Reply.received_at)).limit(50))).all()


async def answers_shown(session: AsyncSession, answers: Sequence[Message]) -> None:
    """Notes which states the post of their reply shows."""
    for answer in answers:
        change = update(Message).where(col(Message.id) == answer.id)
        await session.exec(change.values(shown_state=answer.state.value))


async def campaign_thread(session: AsyncSession, campaign_id: UUID) -> tuple[str | None, str | None]:
    """The channel and ts of a campaign's card, empty until it is posted."""
    found = select(Campaign.channel_id, Campaign.card_ts).where(Campaign.id == campaign_id)
    return (await session.exec(found)).one()
