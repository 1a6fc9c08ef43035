"""What a member's page shows of its one text, and what its reader says there: an answer, or no more texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.clubs
import storage.consent
import storage.contacts
import storage.conversations
import storage.messages
from bot.keywords import obey
from bot.record import record_of
from bot.rules import page as rules
from bot.rules import text
from bot.rules.clause import without_link
from bot.rules.optout import Keyword
from bot.rules.refusals import told
from bot.runtime import Runtime
from storage.db import add_if_new
from storage.models import Conversation, Message, Reply
from storage.states import OptOutScope

log = structlog.get_logger()

AN_HOUR = timedelta(hours=1)


class PageGone(Exception):
    """There is no such page."""


class PageRefusal(Exception):
    """This cannot be said here; the page says why in its own words, which are not those of Slack."""


class PageExpired(PageRefusal):
    """This text can no longer be answered on its page."""


class NothingAnswered(PageRefusal):
    """Write your answer first."""


class AnswerOverlong(PageRefusal):
    """This answer is too long."""


class TooManyAnswers(PageRefusal):
    """This page took many answers within an hour."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote on the page."""

    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A text as its reader got it, without the link to this page; `body` is empty when it may not be read any more."""

    club_name: str
    club_language: str
    language: str
    """The reader's own by the club's contacts, or empty."""
    zone: str
    body: str
    sent_at: datetime
    said: tuple[Said, ...]
    scope: OptOutScope | None
    """What this number gets no more."""


async def read(rt: Runtime, token: str) -> Page:
    """The page with this token, and nothing is changed by it. Raises `PageGone`."""
    async with rt.db.read() as session:
        message = await _message(session, token)
        club = await storage.clubs.club(session, message.club_id)
        people = await storage.contacts.with_number(session, club.id, message.e164)
        said = await storage.conversations.said_on_page(session, message.id)
        blocked = await storage.consent.opted_out(session, club.id, [message.e164])
    readable = rules.is_readable(_sent_at(message), rt.clock.now())
    languages = (person.language for person in people)
    return Page(
        club_name=club.name,
        club_language=club.language,
        language=next(filter(None, languages), ""),
        zone=club.zone,
        body=without_link(message.body, token, rt.clauses) if readable else "",
        sent_at=_sent_at(message),
        said=_answers(said) if readable else (),
        scope=blocked.get(message.e164),
    )


def _sent_at(message: Message) -> datetime:
    """When it left: what was held for legal hours, or paused, was made long before."""
    return message.requested_at or message.created_at


def _answers(said: Sequence[Reply]) -> tuple[Said, ...]:
    """What was written; what was chosen by a button is what holds, and stands where it can be changed."""
    written = (reply for reply in said if reply.keyword == Keyword.NONE)
    return tuple(Said(reply.body, reply.received_at) for reply in written)


async def answer(rt: Runtime, token: str, typed: str, *, once: str) -> None:
    """Keeps an answer, durably, for the thread in Slack; the same one with the same `once` changes nothing.

    Raises `PageGone`, `PageExpired`, `NothingAnswered`, `AnswerOverlong` or `TooManyAnswers`.
    """
    body = text.normalise(typed.replace("\r\n", "\n").replace("\x00", "")).strip()
    if text.is_blank(body):
        raise NothingAnswered
    if len(body) > rules.ANSWER_MAX:
        raise AnswerOverlong
    now = rt.clock.now()
    async with rt.db.begin() as session:
        message = await _message(session, token, alone=True)
        if not rules.is_readable(_sent_at(message), now):
            raise PageExpired
        # The text is a part of it: a page that the browser kept may send another answer with the same `once`.
        sid = _sid(message, once, body)
        if await storage.conversations.is_known(session, sid):
            return
        lately = await storage.conversations.said_on_page(session, message.id, since=now - AN_HOUR)
        if len(lately) >= rules.ANSWERS_AN_HOUR:
            raise TooManyAnswers
        await _keep(rt, session, message, sid, body, Keyword.NONE)
    rt.due.set()


async def choose(rt: Runtime, token: str, keyword: Keyword, label: str, *, once: str) -> None:
    """Heeds STOP, STOP PUB or START, durably, with the words of the button that was pressed as evidence.

    What holds already, by the member's own word, changes nothing, as at a second tap. Raises `PageGone`, and `TooManyAnswers` for START alone:
    whoever goes to and fro is stopped there, and no STOP is ever refused.
    """
    now = rt.clock.now()
    async with rt.db.begin() as session:
        message = await _message(session, token, alone=True)
        scope = (await storage.consent.opted_out(session, message.club_id, [message.e164])).get(message.e164)
        if not _changes(keyword, scope) and not await _is_others_word(session, message, keyword):
            return
        # Two taps at the same moment are one; the same tap after another choice, as on a kept page, is a new one.
        before = await storage.conversations.said_on_page(session, message.id)
        lately = [said for said in before if said.keyword == keyword and said.received_at >= now - AN_HOUR]
        if keyword is Keyword.START and len(lately) >= rules.ANSWERS_AN_HOUR:
            raise TooManyAnswers
        await _keep(rt, session, message, _sid(message, once, f"{keyword} {len(before)}"), label, keyword)
    rt.due.set()


def _changes(keyword: Keyword, scope: OptOutScope | None) -> bool:
    match keyword:
        case Keyword.STOP:
            return scope is not OptOutScope.ALL
        case Keyword.STOP_MARKETING:
            return scope is None
        case _:
            return scope is not None


async def _is_others_word(session: AsyncSession, message: Message, keyword: Keyword) -> bool:
    """Whether it holds because staff noted so, who may take that back: what the member says too stays."""
    record = await record_of(session, message.club_id, message.e164)
    return keyword is not Keyword.START and told(record).note_id is not None


async def _message(session: AsyncSession, token: str, *, alone: bool = False) -> Message:
    """The page's message. Who says something there has it alone: what comes at once is weighed in turn."""
    message = None
    if rules.is_token(token):
        message = await storage.messages.with_page(session, token, alone=alone)
    if message is None:
        raise PageGone
    return message


def _sid(message: Message, *parts: str) -> str:
    """What makes the same thing, said again, the same row."""
    return f"page {message.id.hex} {sha256(' '.join(parts).encode()).hexdigest()[:32]}"


async def _keep(
    rt: Runtime, session: AsyncSession, message: Message, sid: str, body: str, keyword: Keyword
) -> None:
    now = rt.clock.now()
    conversation = await _conversation(session, message, now)
    said = Reply(
        club_id=message.club_id,
        conversation_id=conversation.id,
        sid=sid,
        e164=message.e164,
        our_number=message.sender,
        body=body,
        keyword=keyword.value,
        received_at=now,
        post_after=now,
        page_of=message.id,
    )
    if not await add_if_new(session, said):
        # By somebody else meanwhile: without it the conversation shall not stand.
        await session.rollback()
        return
    await storage.conversations.touch(session, conversation.id, now)
    await obey(rt, session, said, keyword)
    log.info("said_on_page", message=str(message.id), keyword=keyword.value)


async def _conversation(session: AsyncSession, message: Message, now: datetime) -> Conversation:
    """The one that the text belongs to: an answer's own, else that of the campaign with this number, begun if need be."""
    known = await storage.conversations.of_message(session, message)
    if known:
        return known
    begun = Conversation(
        club_id=message.club_id,
        e164=message.e164,
        our_number=message.sender,
        campaign_id=message.campaign_id,
        last_at=now,
    )
    session.add(begun)
    await session.flush()
    return begun
