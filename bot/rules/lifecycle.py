"""Where campaigns and messages may go next: the only place that knows the arrows."""

from collections.abc import Mapping
from types import MappingProxyType

from storage.states import CampaignState as Campaign
from storage.states import MessageState as Message

_MESSAGE_BEFORE: Mapping[Message, frozenset[Message]] = MappingProxyType(
    {
        Message.HELD: frozenset({Message.QUEUED}),
        Message.QUEUED: frozenset({Message.HELD, Message.SENDING, Message.UNKNOWN}),
        Message.SENDING: frozenset({Message.QUEUED, Message.HELD}),
        Message.UNKNOWN: frozenset({Message.SENDING}),
        Message.ACCEPTED: frozenset({Message.SENDING, Message.UNKNOWN}),
        Message.SENT: frozenset({Message.ACCEPTED}),
        Message.DELIVERED: frozenset({Message.SENT}),
        Message.UNDELIVERED: frozenset({Message.SENT}),
        Message.FAILED: frozenset({Message.SENDING, Message.UNKNOWN}),
        Message.SKIPPED: frozenset({Message.HELD, Message.QUEUED, Message.SENDING}),
    }
)

_CAMPAIGN_BEFORE: Mapping[Campaign, frozenset[Campaign]] = MappingProxyType(
    {
        Campaign.AWAITING_APPROVAL: frozenset(),
        Campaign.SCHEDULED: frozenset({Campaign.AWAITING_APPROVAL}),
        Campaign.SENDING: frozenset({Campaign.SCHEDULED, Campaign.PAUSED}),
        Campaign.PAUSED: frozenset({Campaign.SENDING}),
        Campaign.DONE: frozenset({Campaign.SENDING, Campaign.PAUSED}),
        Campaign.CANCELLED: frozenset({Campaign.AWAITING_APPROVAL, Campaign.SCHEDULED}),
        Campaign.STOPPED: frozenset({Campaign.SENDING, Campaign.PAUSED}),
    }
)

_RANK: Mapping[Message, int] = MappingProxyType(
    {
        Message.HELD: 0,
        Message.QUEUED: 0,
        Message.SENDING: 1,
        Message.UNKNOWN: 1,
        Message.ACCEPTED: 2,
        Message.SENT: 3,
        Message.DELIVERED: 4,
        Message.UNDELIVERED: 4,
        Message.FAILED: 4,
        Message.SKIPPED: 4,
    }
)
_FINAL = 4

_ASKED = frozenset({Message.SENDING, Message.UNKNOWN, Message.ACCEPTED, Message.SENT})
# A queued message of which the carrier speaks was given up for lost and is about to be sent again.
_PROOF_OF_SENDING = frozenset({Message.ACCEPTED, Message.SENT, Message.DELIVERED, Message.UNDELIVERED})

# The statuses of https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
CARRIER_STATUS: Mapping[str, Message | None] = MappingProxyType(
    {
        "accepted": Message.ACCEPTED,
        "scheduled": Message.ACCEPTED,
        "queued": Message.ACCEPTED,
        "sending": Message.ACCEPTED,
        "sent": Message.SENT,
        "delivered": Message.DELIVERED,
        "read": Message.DELIVERED,
        # It left, and nobody can say that all of it arrived.
        "partially_delivered": Message.SENT,
        "undelivered": Message.UNDELIVERED,
        "failed": Message.FAILED,
        "canceled": Message.FAILED,
        # What members send us has these; they say nothing of what we sent.
        "receiving": None,
        "received": None,
    }
)


def message_states_before(target: Message) -> frozenset[Message]:
    """The states from which our own work may move a message to the target."""
    return _MESSAGE_BEFORE[target]


def campaign_states_before(target: Campaign) -> frozenset[Campaign]:
    """The states from which a campaign may move to the target."""
    return _CAMPAIGN_BEFORE[target]


def states_a_callback_moves(target: Message) -> frozenset[Message]:
    """The states from which the carrier's word may move a message to the target: forward only.

    The first final state wins. A queued message moves too when the word proves that an earlier attempt
    was sent: sending it again would double it. A failed earlier attempt leaves it queued.
    """
    behind = frozenset(state for state in _ASKED if _RANK[state] < _RANK[target])
    if target in _PROOF_OF_SENDING:
        return behind | {Message.QUEUED}
    return behind if target is Message.FAILED else frozenset()


def rank(state: Message) -> int:
    """How far a message has come; equal ranks never follow each other by a callback."""
    return _RANK[state]


def is_final(state: Message) -> bool:
    """Whether nothing more will happen to the message."""
    return _RANK[state] == _FINAL


def campaign_is_over(state: Campaign) -> bool:
    """Whether the campaign will send nothing more."""
    return state in (Campaign.DONE, Campaign.CANCELLED, Campaign.STOPPED)
