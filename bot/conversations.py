"""What use cases tell the views about conversations with members; ids are texts here, as Slack's payloads carry them."""

from dataclasses import dataclass
from datetime import datetime

from storage.states import MessageState


@dataclass(frozen=True, slots=True)
class IncomingReply:
    """An inbound SMS, or what was said on a member's page, as its post shows it; `keyword` is a `Keyword` value that still holds, the number is masked."""

    conversation_id: str
    reply_id: str
    names: tuple[str, ...]
    number: str
    body: str
    keyword: str
    received_at: datetime
    zone: str
    refuses: bool = False
    """Whether its words ask for no more texts without a keyword, so that staff must decide."""
    on_page: bool = False
    """Whether it was said on the member's page, and came by no SMS."""
    is_late: bool = False
    """Whether Slack shows it so long after it was written that the time must be said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What staff wrote back to a reply, and how far it got; `by` is a Slack user, or empty for the bot itself."""

    by: str
    body: str
    state: MessageState
    why: str | None = None
    """Why it was not delivered: the words of an outcome."""
