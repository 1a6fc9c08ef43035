"""What staff write back to a member: checked, and queued once."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.clubs
import storage.consent
import storage.conversations
from bot import second_adult
from bot.campaigns.audience import day_of
from bot.campaigns.clauses import clause_of
from bot.campaigns.weights import Counted
from bot.delivery.alone import queue_alone
from bot.errors import BotError
from bot.i18n import words_for
from bot.people.find import name_of
from bot.replies import reply_of
from bot.rules import page, text
from bot.rules.clause import Clause
from bot.rules.links import short_links
from bot.runtime import Runtime, Who
from bot.tokens import with_own_link
from storage.models import Audit, Message, Reply
from storage.states import Kind, OptOutScope

A_MOMENT = timedelta(milliseconds=1)


class AnswerEmpty(BotError):
    """Write the answer first."""

    field: ClassVar[str | None] = "message"


class AnswerTooLong(BotError):
    """This answer takes {segments} SMS, and your club allows {limit}. Please shorten it."""

    field: ClassVar[str | None] = "message"


class AnswerHasShortLink(BotError):
    """Operators block texts with links of {host}: anybody may hide behind one. Write the full address instead."""

    field: ClassVar[str | None] = "message"


class AnswerHasLinkOfOne(BotError):
    """This link leads to one person's page: whoever opens it answers in their name. Leave it out; each text by a name gets a link of its own."""

    field: ClassVar[str | None] = "message"


class OptedOut(BotError):
    """This person asked for no more texts, so nothing can be sent until they ask for them again."""

    field: ClassVar[str | None] = "message"


async def answer(rt: Runtime, who: Who, reply_id: UUID, body: str, *, submission_id: str) -> Message:
    """Queues an answer; the same submission delivered again queues no second one.

    Raises `ReplyGone`, `AnswerEmpty`, `AnswerTooLong`, `AnswerHasShortLink`, `AnswerHasLinkOfOne` or `OptedOut`.
    """
    body = text.normalise(body).strip()
    if text.is_blank(body):
        raise AnswerEmpty
    if refused := short_links(body, rt.shorteners, who.club.link_hosts).refused:
        raise AnswerHasShortLink(host=refused[0])
    if page.leads_there(body, rt.settings.pages):
        raise AnswerHasLinkOfOne
    now = rt.clock.now()
    async with rt.db.begin() as session:
        reply = await reply_of(session, who, reply_id)
        blocked = await storage.consent.opted_out(session, who.club.id, [reply.e164])
        if blocked.get(reply.e164) is OptOutScope.ALL:
            raise OptedOut
        clause = await _clause(rt, session, who, reply, body)
        message = _message(who, reply, submission_id, body, clause, now)
        if await queue_alone(rt, session, message):
            await _tell_second_adult(rt, session, who, message, body, clause)
            await storage.conversations.touch(session, reply.conversation_id, now)
            await storage.audit.note(session, _audit(who, message))
    rt.work.set()
    rt.due.set()
    return message


def _message(who: Who, reply: Reply, submission_id: str, body: str, clause: Clause, now: datetime) -> Message:
    """The answer's message. Raises `AnswerTooLong`."""
    count = text.count(clause.added_to(body))
    if count.segments > who.club.max_segments:
        raise AnswerTooLong(segments=count.segments, limit=who.club.max_segments)
    own_body, token = with_own_link(clause.added_to(body), clause)
    return Message(
        id=uuid5(reply.id, submission_id),
        club_id=who.club.id,
        conversation_id=reply.conversation_id,
        reply_id=reply.id,
        sender=reply.our_number,
        e164=reply.e164,
        body=own_body,
        segments=count.segments,
        page_token=token,
        not_before=now,
        staff_id=who.slack_user_id,
        created_at=now,
        changed_at=now,
    )


async def goes_along(rt: Runtime, who: Who, reply_id: UUID) -> str:
    """The name of the second adult who is told the answer too; empty where there is none. Raises `ReplyGone`."""
    async with rt.db.read() as session:
        reply = await reply_of(session, who, reply_id)
        found = await second_adult.of_number(session, who.club, reply.e164, day_of(who.club, rt.clock.now()))
    return name_of(found[0]) if found else ""


async def _tell_second_adult(
    rt: Runtime, session: AsyncSession, who: Who, message: Message, body: str, clause: Clause
) -> None:
    """Queues the same for an adult, where only a minor would read it."""
    found = await second_adult.of_number(
        session, who.club, message.e164, day_of(who.club, message.created_at)
    )
    if found is None:
        return
    adult, minor = found
    words = words_for(adult.language or who.club.language, rt.catalogues)
    said = words("(Copy of the answer to {name}) {body}", name=minor, body=body)
    own_body, token = with_own_link(clause.added_to(said), clause)
    copy = {
        "id": uuid5(message.id, "second adult"),
        "e164": adult.e164,
        "body": own_body,
        "segments": text.count(own_body).segments,
        "page_token": token,
        # Shown right behind the answer.
        "created_at": message.created_at + A_MOMENT,
    }
    await queue_alone(rt, session, Message(**message.model_dump() | copy))


async def counted(rt: Runtime, who: Who, reply_id: UUID, typed: str) -> Counted:
    """What the answer weighs as it stands, with the link to answer it where the sender is a name. Raises `ReplyGone`."""
    body = text.normalise(typed).strip()
    async with rt.db.read() as session:
        clause = await _clause(rt, session, who, await reply_of(session, who, reply_id), body)
    return Counted(text.count(clause.added_to(body) if body else body), clause=clause.shown if body else "")


async def _clause(rt: Runtime, session: AsyncSession, who: Who, reply: Reply, body: str) -> Clause:
    sender = await storage.clubs.sender(session, who.club.id, reply.our_number)
    return clause_of(rt, who.club, sender, Kind.ALERT, body)


def _audit(who: Who, message: Message) -> Audit:
    return Audit(
        club_id=who.club.id,
        at=message.created_at,
        actor=who.slack_user_id,
        action="answer",
        subject=f"conversation {message.conversation_id}",
        detail={"segments": message.segments},
    )
