"""Opting in by SMS: a member texts the club's keyword, is asked in the club's words, and answers yes within a day."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.consent
import storage.contacts
import storage.optins
from bot.carriers import Inbound
from bot.consents.wording import wording_of
from bot.delivery.alone import queue_alone
from bot.errors import BotError
from bot.i18n import N_, Words, words_for
from bot.rules import text
from bot.rules.audience import known_language
from bot.rules.optin import LONGEST, SHORTEST, KeywordRefusal, is_keyword, is_yes, refuse_keyword
from bot.rules.optout import Keyword, keyword_of
from bot.rules.refusals import MEMBER
from bot.runtime import Runtime
from storage.models import Club, Consent, Message, OptInQuestion, Reply
from storage.states import ConsentHow, OptOutScope, Purpose


class KeywordShape(BotError):
    """Write one word of {shortest} to {longest} letters and digits, such as PEPS."""

    field: ClassVar[str | None] = "optin_keyword"


class KeywordTaken(BotError):
    """{word} means something in an SMS already. Choose another word."""

    field: ClassVar[str | None] = "optin_keyword"


ANSWERED_WITHIN = timedelta(hours=24)
ASKS = N_("{club}: {wording} To agree, answer YES within 24 hours.")
THANKS = N_("{club}: thank you, you will get our news and offers by SMS. To stop them, answer STOP ADS.")


def refuse_no_keyword(typed: str) -> None:
    """Raises `KeywordShape` or `KeywordTaken` for what cannot be the club's keyword; nothing typed is none."""
    match refuse_keyword(typed) if typed else None:
        case KeywordRefusal.SHAPE:
            raise KeywordShape(shortest=SHORTEST, longest=LONGEST)
        case KeywordRefusal.TAKEN:
            raise KeywordTaken(word=typed)


async def heard(
    rt: Runtime, session: AsyncSession, club: Club, inbound: Inbound, at: datetime
) -> tuple[Keyword, OptInQuestion | None]:
    """What the text asks of the bot, and the question that it answers, which nobody answers a second time.

    The words of opting out, coming back and asking for help come before everything. Who wants no texts at all cannot be
    asked, and is not until they say START.
    """
    keyword = keyword_of(inbound.body)
    if keyword is not Keyword.NONE:
        return keyword, None
    if is_yes(inbound.body):
        question = await storage.optins.take_answer(session, club.id, inbound.from_, at)
        return (Keyword.AGREED, question) if question else (keyword, None)
    is_late = rt.clock.now() - at > ANSWERED_WITHIN
    if is_late or not is_keyword(inbound.body, club.optin_keyword):
        return keyword, None
    blocked = await storage.consent.opted_out(session, club.id, [inbound.from_])
    return (keyword if blocked.get(inbound.from_) is OptOutScope.ALL else Keyword.JOIN), None


async def follow(
    rt: Runtime, session: AsyncSession, club: Club, said: Reply, question: OptInQuestion | None
) -> None:
    """Asks who texted the keyword, or records what was agreed to; nothing for any other text.

    In the transaction that keeps the text: one that comes again finds it kept, and changes nothing.
    """
    if said.keyword == Keyword.JOIN:
        await _ask(rt, session, club, said)
    elif question:
        await _agree(rt, session, said, question)
        words = await _words(rt, session, club, said)
        await _answer(rt, session, said, words(THANKS, club=club.name))


async def _ask(rt: Runtime, session: AsyncSession, club: Club, said: Reply) -> None:
    wording = await wording_of(session, club, rt.catalogues)
    question = OptInQuestion(
        club_id=club.id,
        e164=said.e164,
        asked_by=f"{said.sid}: {said.body}",
        words=wording.body,
        words_version=wording.version,
        asked_at=said.received_at,
        until_at=said.received_at + ANSWERED_WITHIN,
    )
    if await storage.optins.ask(session, question):
        words = await _words(rt, session, club, said)
        await _answer(rt, session, said, words(ASKS, club=club.name, wording=wording.body))


async def _agree(rt: Runtime, session: AsyncSession, said: Reply, question: OptInQuestion) -> None:
    sid, _, keyword = question.asked_by.partition(": ")
    line = Consent(
        club_id=said.club_id,
        e164=said.e164,
        purpose=Purpose.MARKETING,
        given=True,
        evidence=f"SMS {sid}, {said.sid}: {keyword} / {said.body}",
        recorded_by=MEMBER,
        at=said.received_at,
        recorded_at=rt.clock.now(),
        how=ConsentHow.SMS,
        words=question.words,
        words_version=question.words_version,
    )
    await storage.consent.record(session, line)
    await storage.consent.opt_in(session, said.club_id, said.e164, of=OptOutScope.MARKETING)


async def _words(rt: Runtime, session: AsyncSession, club: Club, said: Reply) -> Words:
    """The words of the member's language, where the bot speaks it, else the club's."""
    people = await storage.contacts.with_number(session, club.id, said.e164)
    spoken = (known_language(person.language) for person in people if person.language)
    return words_for(next((one for one in spoken if one in rt.catalogues), club.language), rt.catalogues)


async def _answer(rt: Runtime, session: AsyncSession, said: Reply, body: str) -> None:
    """Sends the text as staff's answers are sent: once, whatever happens, and shown with what it answers."""
    body, now = text.normalise(body), rt.clock.now()
    message = Message(
        id=uuid5(said.id, "opt in"),
        club_id=said.club_id,
        conversation_id=said.conversation_id,
        reply_id=said.id,
        sender=said.our_number,
        e164=said.e164,
        body=body,
        segments=text.count(body).segments,
        not_before=now,
        created_at=now,
        changed_at=now,
    )
    await queue_alone(rt, session, message)
