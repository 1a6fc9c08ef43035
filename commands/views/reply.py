"""The answer modal: what the member wrote, as it is, and a text to write back with its live count."""

from collections.abc import Mapping
from typing import Any

from bot.campaigns.weights import Counted
from bot.conversations import IncomingReply
from bot.i18n import Words
from bot.rules.text import count
from bot.slack.blocks import Json, context, escape, name, quote
from commands.views import forms
from commands.views.count import count_block
from commands.views.forms import field

CALLBACK_ID = "answer"
_NAMES_SHOWN = 4


def view(
    incoming: IncomingReply,
    words: Words,
    *,
    message: str = "",
    counted: Counted | None = None,
    second_adult: str = "",
    max_segments: int,
    is_update: bool = False,
) -> Json:
    """The modal; an update leaves what was typed to Slack. `second_adult` is the name of who gets it too."""
    element = forms.text_input("" if is_update else message, multiline=True, live=True)
    return forms.modal(
        CALLBACK_ID,
        words("Reply by SMS"),
        [
            context(_who(incoming, words)),
            *quote(incoming.body),
            field("message", words("Your answer"), element | {"focus_on_load": True}, dispatch=True),
            count_block(counted or Counted(count(message)), words, max_segments, to_one=True),
            *_along(second_adult, words),
            context(words("It leaves as an SMS from the club, and your name is shown to staff.")),
        ],
        submit=words("Send"),
        close=words("Cancel"),
        about={"conversation_id": incoming.conversation_id, "reply_id": incoming.reply_id},
    )


def read(payload: Mapping[str, Any]) -> str:
    """The answer as typed."""
    return forms.typed(payload, "message")


def ids_of(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The conversation and the reply that the modal answers."""
    ids = forms.about(payload)
    return ids["conversation_id"], ids["reply_id"]


def _along(second_adult: str, words: Words) -> list[Json]:
    if not second_adult:
        return []
    return [context(words("{name} gets a copy, as the second adult.", name=name(second_adult, 60)))]


def _who(incoming: IncomingReply, words: Words) -> str:
    if not incoming.names:
        return words("{number} wrote:", number=escape(incoming.number))
    names = words.all_of(name(one, 60) for one in incoming.names[:_NAMES_SHOWN])
    return words("{name} wrote:", name=names)
