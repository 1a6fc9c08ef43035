"""How staff's answers fare stands with the reply that they answer."""

import structlog

import storage.clubs
import storage.conversations
from bot.conversations import Answer
from bot.i18n import words_for
from bot.replies import described
from bot.rules.clause import without_link
from bot.rules.outcomes import outcome_of
from bot.runtime import Runtime
from bot.slack import replies
from bot.slack.client import SlackError, SlackRefused
from storage.models import Message, Reply
from storage.states import MessageState

log = structlog.get_logger()


async def show_answers(rt: Runtime) -> None:
    """Shows each answer with the reply it answers, and how it fares."""
    async with rt.db.read() as session:
        stale = await storage.conversations.with_stale_answers(session)
    for reply in stale:
        try:
            await show_again(rt, reply)
        except SlackError as error:
            log.warning("answer_not_shown", reply=str(reply.id), error=str(error))


async def show_again(rt: Runtime, reply: Reply) -> None:
    """Shows the reply's post as things are now. Raises `SlackError`."""
    async with rt.db.read() as session:
        club = await storage.clubs.club(session, reply.club_id)
        conversation = await storage.conversations.conversation(session, club.id, reply.conversation_id)
        answers = await storage.conversations.answers(session, reply.id)
        incoming = await described(session, reply)
    words = words_for(club.language, rt.catalogues)
    text, blocks = replies.reply_post(incoming, words, tuple(_answer(rt, answer) for answer in answers))
    if conversation and conversation.channel_id and reply.posted_ts:
        try:
            await rt.slack.update(conversation.channel_id, reply.posted_ts, text, blocks)
        except SlackRefused as error:
            # Deleted, or its channel archived: asking again every second would change nothing.
            log.warning("answer_not_shown", reply=str(reply.id), error=str(error))
        async with rt.db.begin() as session:
            await storage.conversations.answers_shown(session, answers)


def _answer(rt: Runtime, message: Message) -> Answer:
    lost = message.state in (MessageState.FAILED, MessageState.UNDELIVERED)
    why = outcome_of(message.error_code).words if lost else None
    # Who reads along in Slack shall not open the member's page.
    body = without_link(message.body, message.page_token, rt.clauses) if message.page_token else message.body
    return Answer(message.staff_id or "", body, message.state, why)
