"""What each answer of the carrier means for its message: decisions only."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.carriers import Accepted, CarrierError, LeaseOver, NeverConnected, Refused, Throttled
from bot.metrics import Ended
from bot.rules.lifecycle import message_states_before, states_a_callback_moves
from bot.rules.outcomes import OutcomeClass, outcome_of
from storage.states import MessageState

SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT_UNTIL_REACHED = timedelta(seconds=15)
"""A carrier that cannot be reached is asked for little; when it is back, everything leaves at once."""
# https://www.twilio.com/docs/api/errors/21611 : the sender's queue holds ten hours of texts and empties slowly.
SHORTEST_WAIT_FOR_A_FULL_QUEUE = timedelta(minutes=1)
LONGEST_WAIT_FOR_A_FULL_QUEUE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The claimer did not ask after all: it is stopping, or the last look forbade it."""

    for_good: str | None = None
    """Why the message is skipped; None when somebody may ask for it later."""


Answer = Accepted | CarrierError | NotAsked


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the message goes, from which states, and what else follows."""

    state: MessageState
    since: Collection[MessageState]
    error_code: int | None = None
    wait: timedelta = timedelta()
    """How long a message that is queued again stays there."""
    pause_code: int | None = None
    """Set when the whole campaign would end the same way."""
    opted_out: bool = False
    reason: str | None = None
    """Why it was skipped."""


def verdict_on(answer: Answer, *, attempt: int, in_campaign: bool, jitter: float) -> Verdict:
    """What this answer to this attempt means; `jitter` lies between 0 and 1.

    Queued again are only messages that were certainly not sent.
    """
    match answer:
        case Accepted():
            return Verdict(MessageState.ACCEPTED, states_a_callback_moves(MessageState.ACCEPTED))
        case NotAsked(for_good=None) | LeaseOver():
            return _queued()
        case NotAsked(for_good=reason):
            return replace(_moved(MessageState.SKIPPED), reason=reason)
        case NeverConnected():
            return _queued(_backoff(SHORTEST_WAIT, LONGEST_WAIT_UNTIL_REACHED, attempt, jitter))
        case Throttled():
            return _throttled(answer, attempt, in_campaign, jitter)
        case Refused():
            return _refused(answer, attempt, in_campaign, jitter)
    return _moved(MessageState.UNKNOWN)


def ended(answer: Answer) -> Ended:
    """How the request ended, for those who count."""
    match answer:
        case Accepted():
            return Ended.ACCEPTED
        case NotAsked() | LeaseOver():
            return Ended.NOT_ASKED
        case NeverConnected():
            return Ended.NEVER_CONNECTED
        case Throttled():
            return Ended.THROTTLED
        case Refused():
            return Ended.REFUSED
    return Ended.LOST


def code_of(answer: Answer) -> int | None:
    """The carrier's error number, or the HTTP status in its place; None when it gave no answer, or a good one."""
    match answer:
        case Throttled():
            return answer.code or 429
        case Refused():
            return answer.code or answer.http_status
    return None


def wants_slower(answer: Answer) -> bool:
    """Whether the carrier cannot follow, so that everything should leave more slowly."""
    if isinstance(answer, Refused):
        return outcome_of(answer.code, answer.http_status).key is OutcomeClass.BACK_PRESSURE
    return isinstance(answer, Throttled | NeverConnected)


def pauses(answer: Answer) -> bool:
    """Whether the account or the sender is refused, so that the whole campaign would end the same way."""
    match answer:
        case Throttled():
            return outcome_of(answer.code, 429).pauses
        case Refused():
            return outcome_of(answer.code, answer.http_status).pauses
    return False


def _throttled(answer: Throttled, attempt: int, in_campaign: bool, jitter: float) -> Verdict:
    outcome = outcome_of(answer.code, 429)
    if outcome.pauses:
        return _hopeless(outcome.code or 429, in_campaign)
    return _queued(max(answer.retry_after or timedelta(), _wait(attempt, jitter)))


def _refused(answer: Refused, attempt: int, in_campaign: bool, jitter: float) -> Verdict:
    outcome = outcome_of(answer.code, answer.http_status)
    code = answer.code or answer.http_status
    if outcome.pauses:
        return _hopeless(code, in_campaign)
    if outcome.retry:
        return _queued(_wait_for_a_full_queue(attempt, jitter))
    if outcome.key is OutcomeClass.UNKNOWN:
        return _moved(MessageState.UNKNOWN)
    return _moved(MessageState.FAILED, code, opted_out=outcome.key is OutcomeClass.OPTED_OUT)


def _hopeless(code: int, in_campaign: bool) -> Verdict:
    # A campaign pauses and its message waits for the admin; whoever sent a single answer is told at once.
    if not in_campaign:
        return _moved(MessageState.FAILED, code)
    return Verdict(MessageState.QUEUED, message_states_before(MessageState.QUEUED), pause_code=code)


def _queued(wait: timedelta = timedelta()) -> Verdict:
    return Verdict(MessageState.QUEUED, message_states_before(MessageState.QUEUED), wait=wait)


def _moved(state: MessageState, code: int | None = None, *, opted_out: bool = False) -> Verdict:
    return Verdict(state, message_states_before(state), error_code=code, opted_out=opted_out)


def _wait(attempt: int, jitter: float) -> timedelta:
    return _backoff(SHORTEST_WAIT, LONGEST_WAIT, attempt, jitter)


def _wait_for_a_full_queue(attempt: int, jitter: float) -> timedelta:
    return _backoff(SHORTEST_WAIT_FOR_A_FULL_QUEUE, LONGEST_WAIT_FOR_A_FULL_QUEUE, attempt, jitter)


def _backoff(shortest: timedelta, longest: timedelta, attempt: int, jitter: float) -> timedelta:
    doublings = min(max(attempt - 1, 0), 10)
    return min(shortest * (1 << doublings), longest) * (0.5 + jitter / 2)
