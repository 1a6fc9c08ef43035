"""Rules 1 to 3: every message is sent once or not at all, and the bot knows which."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from storage.models import Message
from storage.states import CampaignState, MessageState
from tests.proof.ledger import Books, Ledger, Text
from tests.proof.rules.violation import Violation, Wrong, by_token, sids, some


def doubled(ledger: Ledger) -> Iterator[Violation]:
    """Rule 1, from the ledger alone: no message is accepted twice."""
    requests = by_token(ledger.requests)
    for token, same in by_token(ledger.texts).items():
        if len(same) > 1:
            accepted = ", ".join(f"{text.sid} at {text.at:%H:%M:%S.%f}" for text in same)
            read = ", ".join(f"{one.at:%H:%M:%S.%f}" for one in requests.get(token, ()))
            words = f"message {token} was accepted {len(same)} times: {accepted}; its requests were read at {read}"
            yield Violation(1, Wrong.DOUBLED, words)


def doubled_recipients(ledger: Ledger, books: Books) -> Iterator[Violation]:
    texts_of = by_token(ledger.texts)
    recipients: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    for message in books.messages:
        if message.campaign_id:
            recipients[message.campaign_id, message.e164].add(str(message.id))
    for (campaign_id, e164), tokens in recipients.items():
        texts = [text for token in tokens for text in texts_of.get(token, ())]
        if len(tokens) > 1 and len(texts) > 1:
            yield Violation(
                1, Wrong.DOUBLED, f"{e164} was texted {len(texts)} times by campaign {campaign_id}"
            )


def unfrozen(books: Books) -> Iterator[Violation]:
    """Rule 2: everybody whom a campaign was frozen with has a message of it, and nobody else."""
    have: dict[UUID | None, set[str]] = defaultdict(set)
    for message in books.messages:
        have[message.campaign_id].add(message.e164)
    for campaign_id, numbers in books.frozen.items():
        if missing := numbers - have[campaign_id]:
            yield Violation(2, Wrong.LOST, f"campaign {campaign_id} has no message to {some(missing)}")
        if extra := have[campaign_id] - numbers:
            yield Violation(2, Wrong.UNTRUE, f"campaign {campaign_id} was not frozen with {some(extra)}")


def misplaced(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 2: each message is sent once, or has a reason why it was not; never both, never neither."""
    texts_of = by_token(ledger.texts)
    paused = {campaign.id for campaign in books.campaigns if campaign.state is CampaignState.PAUSED}
    for message in books.messages:
        texts = texts_of.get(str(message.id), [])
        wrong = _standing(message, texts, may_wait=message.campaign_id in paused)
        if wrong:
            yield Violation(2, wrong[0], f"message {message.id} is {message.state.value}, {wrong[1]}")


def _standing(message: Message, texts: Sequence[Text], *, may_wait: bool) -> tuple[Wrong, str] | None:
    """Why this message may not stand as it does, if it may not."""
    match message.state:
        case MessageState.UNKNOWN:
            return Wrong.UNKNOWN, f"and the carrier has {len(texts)} of it"
        case MessageState.SENDING:
            return Wrong.OPEN, "though nothing is under way"
        case MessageState.HELD | MessageState.QUEUED if texts:
            return Wrong.OPEN, "though the carrier has it"
        case MessageState.HELD | MessageState.QUEUED:
            return None if may_wait else (Wrong.OPEN, "though nothing is under way")
        case MessageState.SKIPPED:
            return (Wrong.UNTRUE, "though the carrier has it") if texts else None
        case MessageState.FAILED if not texts and message.error_code is None:
            return Wrong.UNTRUE, "and does not say why"
        case MessageState.FAILED if not texts:
            return None
    if not texts:
        return Wrong.LOST, "though the carrier has never taken it"
    if message.sid not in {text.sid for text in texts}:
        return Wrong.UNTRUE, f"as {message.sid}, but the carrier calls it {sids(texts)}"
    return None


def phantoms(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 3: whatever id of the carrier's we remember, the carrier has given."""
    given = {text.sid: text.token for text in ledger.texts}
    for message in books.messages:
        if message.sid and message.sid not in given:
            yield Violation(3, Wrong.UNTRUE, f"message {message.id} has {message.sid}, which was never given")
        elif message.sid and given[message.sid] != str(message.id):
            yield Violation(
                3, Wrong.UNTRUE, f"message {message.id} has {message.sid}, which is {given[message.sid]}"
            )


def orphans(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 3: whatever the carrier took, we remember."""
    known = {message.sid for message in books.messages} | set(books.strays)
    for text in ledger.texts:
        if text.sid not in known:
            yield Violation(3, Wrong.UNTRUE, f"{text.sid} to {text.to} is nobody's")
