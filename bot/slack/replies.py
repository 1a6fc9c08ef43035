"""An inbound SMS as a post: who wrote, what they wrote, untouched, and what staff answered."""

from bot.conversations import Answer, IncomingReply
from bot.i18n import Words
from bot.rules.optout import Keyword
from bot.slack import labels
from bot.slack.blocks import Json, actions, button, confirm, context, cut, escape, quote, section
from storage.states import MessageState

TEXT_MAX = 3900
_BODY_IN_TEXT = 3000
_ANSWERS_SHOWN = 3
# A total of three answers and one reply stays under what Slack takes in one post.
_ANSWER_MAX = 1000


def reply_post(
    incoming: IncomingReply, words: Words, answers: tuple[Answer, ...] = ()
) -> tuple[str, list[Json]]:
    """The post as text and as blocks, with the newest answers; who asked to be left alone has no button."""
    notice = "\n".join(filter(None, [_late(incoming, words), _notice(incoming, words)]))
    blocks = [
        section(f":speech_balloon: {_who(incoming, words, bold=True)}"),
        *(quote(incoming.body) or [context(words("(an empty SMS)"))]),
        *([section(notice)] if notice else []),
        *_answered(answers, words),
        *_buttons(incoming, words, again=bool(answers)),
    ]
    return _text(incoming, notice, answers, words), blocks


def _text(incoming: IncomingReply, notice: str, answers: tuple[Answer, ...], words: Words) -> str:
    said = f"{_who(incoming, words, bold=False)}: {escape(cut(incoming.body, _BODY_IN_TEXT))}"
    newest = [_answer_line(answer, words) for answer in answers[-_ANSWERS_SHOWN:]]
    return cut("\n".join(filter(None, [said, notice, *newest])), TEXT_MAX)


def _who(incoming: IncomingReply, words: Words, *, bold: bool) -> str:
    writer = _writer(incoming, words)
    who = f"*{writer}*" if bold else writer
    if not incoming.on_page:
        return words("{who} wrote", who=who)
    if incoming.keyword == Keyword.NONE:
        return words("{who} wrote on the page of the text", who=who)
    return words("{who} chose on the page of the text", who=who)


def _writer(incoming: IncomingReply, words: Words) -> str:
    if not incoming.names:
        return words("Somebody not in the contacts ({number})", number=escape(incoming.number))
    return words(
        "{names} ({number})", names=labels.whose(incoming.names, words), number=escape(incoming.number)
    )


def _late(incoming: IncomingReply, words: Words) -> str:
    if not incoming.is_late:
        return ""
    moment = words.moment(incoming.received_at, incoming.zone)
    return ":hourglass: " + words("Written {moment}, shown late.", moment=moment)


def _notice(incoming: IncomingReply, words: Words) -> str:
    match incoming.keyword:
        case Keyword.STOP:
            return ":no_bell: " + words("This number gets no more SMS from the club.")
        case Keyword.STOP_MARKETING:
            return ":no_bell: " + words("This number gets no more advertising; alerts still arrive.")
        case Keyword.START:
            return ":bell: " + words("This number gets the club's SMS again.")
        case Keyword.JOIN:
            asked = words("They texted your keyword, and were asked whether they agree to advertising.")
            return "\n".join([f":envelope_with_arrow: {asked}", *_unknown(incoming, words)])
        case Keyword.AGREED:
            agreed = words("They agreed to advertising. It is kept as proof.")
            return "\n".join([f":white_check_mark: {agreed}", *_unknown(incoming, words)])
        case Keyword.HELP:
            return ":question: " + words("This number asks who is writing and how to stop it.")
        case _ if incoming.refuses:
            return ":raised_hand: " + words("This reads like a wish for no more SMS.")
        case _:
            return ""


def _unknown(incoming: IncomingReply, words: Words) -> list[str]:
    if incoming.names:
        return []
    return [words("Who is it? Add them in `/contacts`: only who stands there is texted.")]


def _answered(answers: tuple[Answer, ...], words: Words) -> list[Json]:
    blocks: list[Json] = []
    for answer in answers[-_ANSWERS_SHOWN:]:
        line = (
            words("Answered by <@{user}> · {state}", user=answer.by, state=_state(answer, words))
            if answer.by
            else words("Answered by Touchline · {state}", state=_state(answer, words))
        )
        blocks += [section(f":leftwards_arrow_with_hook: {line}"), *quote(cut(answer.body, _ANSWER_MAX))]
    return blocks


def _answer_line(answer: Answer, words: Words) -> str:
    if not answer.by:
        body = escape(cut(answer.body, 300))
        return words("Answered by Touchline ({state}): {body}", state=_state(answer, words), body=body)
    return words(
        "Answered by <@{user}> ({state}): {body}",
        user=answer.by,
        state=_state(answer, words),
        body=escape(cut(answer.body, 300)),
    )


def _state(answer: Answer, words: Words) -> str:
    state = words(labels.MESSAGE_STATES[answer.state])
    missed = answer.state in {MessageState.UNDELIVERED, MessageState.FAILED, MessageState.SKIPPED}
    if not missed or not answer.why:
        return state
    return words("{state}: {why}", state=state, why=words(answer.why))


def _buttons(incoming: IncomingReply, words: Words, *, again: bool) -> list[Json]:
    if incoming.keyword == Keyword.STOP:
        return []
    reply = button(
        words("Reply again") if again else words("Reply"),
        "answer",
        incoming.reply_id,
        style=None if again else "primary",
    )
    return [actions(reply, *([_opt_out(incoming, words)] if incoming.refuses else []))]


def _opt_out(incoming: IncomingReply, words: Words) -> Json:
    question = confirm(
        words("No more SMS to this number?"),
        words(
            "It gets nothing more from the club, alerts included. Only its owner can take that back, by START."
        ),
        words("No more SMS"),
        words("Leave it"),
    )
    return button(words("No more SMS to them"), "opt_out", incoming.reply_id, confirm=question)
