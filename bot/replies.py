"""What members write back: kept once, opt-outs at once, and shown in the right thread."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.clubs
import storage.consent
import storage.contacts
import storage.conversations
from bot.carriers import Inbound
from bot.consents.optin import follow, heard
from bot.conversations import IncomingReply
from bot.errors import BotError
from bot.i18n import N_, Words, words_for
from bot.keywords import obey
from bot.people.erase import put_back
from bot.rules import phones
from bot.rules.optout import Keyword, keyword_of, refuses_politely
from bot.runtime import Runtime, Who
from storage.db import add_if_new
from storage.erasing import ERASED
from storage.models import Club, Conversation, Message, Reply
from storage.states import OptOutScope, SenderKind

log = structlog.get_logger()

CONVERSATION_OPEN_FOR = timedelta(days=14)
"""After so much silence, a new text from the same number starts a new thread."""

LATE = timedelta(minutes=10)
"""So long after it was written, the post of a reply says when that was."""
REFUSALS = frozenset({Keyword.STOP, Keyword.STOP_MARKETING})
SWITCHES = REFUSALS | frozenset({Keyword.START})

CONFIRMATIONS = {
    Keyword.STOP: N_("{club}: you will get no more texts from us. To get them again, answer START."),
    # START brings no advertising back: that takes a consent of its own.
    Keyword.STOP_MARKETING: N_("{club}: you will get no more advertising from us, only the club's news."),
    Keyword.START: N_("{club}: welcome back, you will get our texts again. To stop them, answer STOP."),
    Keyword.HELP: N_(
        "{club}: these are your club's texts. To stop them, answer STOP. Questions: answer this text."
    ),
}


class ReplyGone(BotError):
    """This reply is no longer there."""


class NobodysNumber(BotError):
    """The number {number} belongs to no club here."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an inbound SMS: the text that goes back inside the webhook's answer, if any."""

    answer: str | None
    is_new: bool


async def receive(rt: Runtime, inbound: Inbound) -> Received:
    """Keeps an inbound SMS, durably and once, and acts on its keyword. Raises `NobodysNumber`.

    The club is that of the number written to, never of the writer. The same SID again changes nothing. One that the
    carrier's list brought later takes its place by the time it came in, and changes nothing that was said since.
    """
    now = rt.clock.now()
    at = min(inbound.came_at or now, now)
    async with rt.db.begin() as session:
        club = await storage.clubs.owner_of_sender(session, inbound.to)
        if club is None:
            raise NobodysNumber(number=inbound.to)
        # Asked first: what is delivered again long after would open a conversation of its own.
        if await storage.conversations.is_known(session, inbound.sid):
            return Received(None, is_new=False)
        await put_back(session, rt.settings, club.id, inbound.from_, now)
        keyword, question = await heard(rt, session, club, inbound, at)
        conversation = await _conversation(session, club, inbound, at)
        row = _reply(club, conversation, inbound, keyword, at=at, post_after=now)
        if not await add_if_new(session, row):
            # By somebody else meanwhile: without its text the conversation shall not stand.
            await session.rollback()
            return Received(None, is_new=False)
        await storage.conversations.touch(session, conversation.id, at)
        await obey(rt, session, row, keyword, came_at=inbound.came_at)
        await follow(rt, session, club, row, question)
        sender = await storage.clubs.sender(session, club.id, inbound.to)
    rt.due.set()
    rt.work.set()
    confirms = sender is not None and sender.kind is SenderKind.SHORT_CODE and inbound.opt_out_type is None
    return Received(_confirmation(rt, club, keyword) if confirms else None, is_new=True)


async def incoming(rt: Runtime, who: Who, reply_id: UUID) -> IncomingReply:
    """What a member wrote, as its post shows it. Raises `ReplyGone`."""
    async with rt.db.read() as session:
        return await described(session, await reply_of(session, who, reply_id))


async def described(session: AsyncSession, reply: Reply) -> IncomingReply:
    """The facts of a reply's post: whose number it is, and what came from it."""
    people = await storage.contacts.with_number(session, reply.club_id, reply.e164)
    club = await storage.clubs.club(session, reply.club_id)
    refuses = reply.keyword == Keyword.NONE and _asks_for_no_more(reply)
    is_heeded = refuses and await _is_blocked(session, reply)
    return IncomingReply(
        conversation_id=str(reply.conversation_id),
        reply_id=str(reply.id),
        names=tuple(f"{person.first_name} {person.last_name}".strip() for person in people),
        number=phones.mask(reply.e164),
        body=reply.body,
        keyword=Keyword.STOP if is_heeded else await _keyword_that_holds(session, reply),
        refuses=refuses,
        received_at=reply.received_at,
        zone=club.zone,
        on_page=reply.page_of is not None,
        is_late=_is_late(reply),
    )


def _asks_for_no_more(reply: Reply) -> bool:
    """Whether staff should read it as a refusal: on the page, where buttons are for that, a STOP word is no keyword."""
    return refuses_politely(reply.body) or (reply.page_of is not None and keyword_of(reply.body) in REFUSALS)


async def _keyword_that_holds(session: AsyncSession, reply: Reply) -> str:
    """The reply's keyword; none when the number has said otherwise since, as before a STOP that was found late."""
    if reply.keyword not in SWITCHES:
        return reply.keyword
    wants = await storage.consent.said_since(session, reply.club_id, reply.e164, reply.received_at)
    still_holds = wants in (None, reply.keyword == Keyword.START)
    return reply.keyword if still_holds else Keyword.NONE.value


async def _is_blocked(session: AsyncSession, reply: Reply) -> bool:
    blocked = await storage.consent.opted_out(session, reply.club_id, [reply.e164])
    return blocked.get(reply.e164) is OptOutScope.ALL


def _is_late(reply: Reply) -> bool:
    posted_at = datetime.fromtimestamp(float(reply.posted_ts), UTC) if reply.posted_ts else None
    shown_at = posted_at or reply.post_after or reply.received_at
    return shown_at - reply.received_at > LATE


async def reply_of(session: AsyncSession, who: Who, reply_id: UUID) -> Reply:
    """The reply of this person's club. Raises `ReplyGone`, also where nobody knows any more whose it is."""
    reply = await storage.conversations.reply(session, who.club.id, reply_id)
    if reply is None or reply.e164 == ERASED:
        raise ReplyGone
    return reply


async def _conversation(session: AsyncSession, club: Club, inbound: Inbound, at: datetime) -> Conversation:
    """The open conversation of the two numbers, else a new one under the newest campaign that had texted it."""
    # What was said on the page of a text by a name is answered there, and goes on in no SMS.
    newest = await storage.conversations.newest(session, club.id, inbound.from_, inbound.to)
    texted = await storage.conversations.last_text(session, club.id, inbound.from_, until=at)
    if newest and at - newest.last_at < CONVERSATION_OPEN_FOR and _is_open(newest, texted):
        return newest
    campaign_id = texted.campaign_id if texted else None
    conversation = Conversation(
        club_id=club.id, e164=inbound.from_, our_number=inbound.to, campaign_id=campaign_id, last_at=at
    )
    session.add(conversation)
    await session.flush()
    return conversation


def _is_open(conversation: Conversation, texted: Message | None) -> bool:
    """Whether nothing newer than the conversation's last word was sent to the number."""
    if texted is None or texted.campaign_id == conversation.campaign_id:
        return True
    return texted.created_at <= conversation.last_at


def _reply(
    club: Club,
    conversation: Conversation,
    inbound: Inbound,
    keyword: Keyword,
    *,
    at: datetime,
    post_after: datetime,
) -> Reply:
    return Reply(
        club_id=club.id,
        conversation_id=conversation.id,
        sid=inbound.sid,
        e164=inbound.from_,
        our_number=inbound.to,
        body=inbound.body,
        keyword=keyword.value,
        received_at=at,
        post_after=post_after,
    )


def _confirmation(rt: Runtime, club: Club, keyword: Keyword) -> str | None:
    sentence = CONFIRMATIONS.get(keyword)
    words: Words = words_for(club.language, rt.catalogues)
    return words(sentence, club=club.name) if sentence else None
