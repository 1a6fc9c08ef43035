"""Rules 4 to 6: what was reported, what members wrote, and what the summary says of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from storage.states import MessageState
from tests.proof.ledger import Books, Ledger, Written
from tests.proof.rules.violation import Violation, Wrong

# The states of Twilio's messages, https://www.twilio.com/docs/messaging/api/message-resource#message-status-values,
# in our words and in the order in which they follow each other; written down here again, since the checker
# believes nothing that the bot says.
RANKED: Mapping[str, tuple[int, MessageState]] = {
    "accepted": (1, MessageState.ACCEPTED),
    "queued": (1, MessageState.ACCEPTED),
    "sending": (1, MessageState.ACCEPTED),
    "sent": (2, MessageState.SENT),
    "delivered": (3, MessageState.DELIVERED),
    "undelivered": (3, MessageState.UNDELIVERED),
    "failed": (3, MessageState.FAILED),
}
RANK_OF = {state: rank for rank, state in RANKED.values()}
TAKEN = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED)


def misreported(ledger: Ledger, books: Books, *, is_asked_after: bool) -> Iterator[Violation]:
    """Rule 4: each message stands where the carrier's furthest word puts it."""
    texts = {text.sid: text for text in ledger.texts}
    said: dict[str, set[MessageState]] = defaultdict(lambda: {MessageState.ACCEPTED})
    heard: dict[str, int] = defaultdict(lambda: 1)
    for report in ledger.reports:
        rank, state = RANKED[report.status]
        said[report.sid].add(state)
        if report.answered:
            heard[report.sid] = max(heard[report.sid], rank)
    for message in books.messages:
        text = texts.get(message.sid or "")
        if text is None or message.state not in RANK_OF:
            continue
        _, now = RANKED[text.status]
        if RANK_OF[message.state] < heard[text.sid]:
            yield Violation(
                4, Wrong.UNTRUE, f"{text.sid} is {message.state.value} and was reported to be further"
            )
        elif message.state not in said[text.sid] | {now}:
            yield Violation(
                4, Wrong.UNTRUE, f"{text.sid} is {message.state.value}, which the carrier never said"
            )
        elif is_asked_after and RANK_OF[message.state] < RANK_OF[now]:
            yield Violation(
                4, Wrong.UNTRUE, f"{text.sid} is {message.state.value}, and {now.value} at the carrier"
            )


def stored_twice(books: Books) -> Iterator[Violation]:
    """Rules 4 and 5: the same receipt, and the same SMS of a member, are one row each."""
    for (sid, status), rows in Counter((receipt.sid, receipt.status) for receipt in books.receipts).items():
        if rows > 1:
            yield Violation(4, Wrong.DOUBLED, f"the receipt {status} of {sid} is stored {rows} times")
    for sid, rows in Counter(reply.sid for reply in books.replies).items():
        if rows > 1:
            yield Violation(5, Wrong.DOUBLED, f"the member's SMS {sid} is stored {rows} times")


def unstored(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 4: a receipt that was answered is stored, and none is stored that was never sent."""
    stored = {(receipt.sid, receipt.status) for receipt in books.receipts}
    sent = {(report.sid, report.status) for report in ledger.reports}
    answered = {(report.sid, report.status) for report in ledger.reports if report.answered}
    for sid, status in sorted(answered - stored):
        yield Violation(4, Wrong.LOST, f"the receipt {status} of {sid} was answered and is not stored")
    for sid, status in sorted(stored - sent):
        yield Violation(4, Wrong.UNTRUE, f"the receipt {status} of {sid} was never sent")


def unheard(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 5: a member's SMS that was answered is stored, and shown in Slack once."""
    stored = {reply.sid for reply in books.replies}
    for written in ledger.written:
        if written.answered_at is None:
            continue
        if written.sid not in stored:
            yield Violation(5, Wrong.LOST, f"the member's SMS {written.sid} was answered and is not stored")
        elif books.posts is not None and (shown := _times_shown(written, books.posts)) != 1:
            wrong = Wrong.DOUBLED if shown else Wrong.LOST
            yield Violation(5, wrong, f"the member's SMS {written.sid} is shown {shown} times")


def _times_shown(written: Written, posts: Sequence[str]) -> int:
    return sum(written.body in post for post in posts)


def miscounted(books: Books) -> Iterator[Violation]:
    """Rule 6: the summary says what the rows say."""
    if books.counts is None:
        return
    rows: Counter[tuple[UUID, str]] = Counter()
    segments: Counter[tuple[UUID, str]] = Counter()
    for message in books.messages:
        if message.campaign_id:
            rows[message.campaign_id, message.state.value] += 1
            segments[message.campaign_id, message.state.value] += message.segments
    told: Counter[tuple[UUID, str]] = Counter()
    told_segments: Counter[tuple[UUID, str]] = Counter()
    for count in books.counts:
        told[count.campaign_id, count.state] += count.messages
        told_segments[count.campaign_id, count.state] += count.segments
    yield from _differing("messages", told, rows)
    yield from _differing("segments", told_segments, segments)


def _differing(
    what: str, told: Mapping[tuple[UUID, str], int], rows: Mapping[tuple[UUID, str], int]
) -> Iterator[Violation]:
    for campaign_id, state in sorted(told.keys() | rows.keys(), key=str):
        says, has = told.get((campaign_id, state), 0), rows.get((campaign_id, state), 0)
        if says != has:
            words = f"campaign {campaign_id} counts {says} {what} as {state}, and has {has}"
            yield Violation(6, Wrong.UNTRUE, words)


def unequal_to_ledger(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 6: the summary says how many texts the carrier has taken."""
    if books.counts is None:
        return
    campaign_of = {str(message.id): message.campaign_id for message in books.messages}
    taken = Counter(campaign_of.get(text.token) for text in ledger.texts)
    told: Counter[UUID | None] = Counter()
    for count in books.counts:
        told[count.campaign_id] += count.messages if count.state in TAKEN else 0
    for message in books.messages:
        # Some of those that failed were taken first, and the summary does not tell them apart.
        told[message.campaign_id] += message.state is MessageState.FAILED and message.sid is not None
    for campaign_id in {count.campaign_id for count in books.counts}:
        if told[campaign_id] != taken[campaign_id]:
            words = f"campaign {campaign_id} counts {told[campaign_id]} texts taken, not {taken[campaign_id]}"
            yield Violation(6, Wrong.UNTRUE, words)
