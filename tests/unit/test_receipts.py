"""Where a message stands after receipts in any order, with any repeats."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.receipts import Report, after
from bot.rules.lifecycle import CARRIER_STATUS, rank
from storage.moves import Standing
from storage.states import MessageState

SID, OTHER_SID = "SM" + "a" * 32, "SM" + "b" * 32
ASKED = Standing(
    uuid4(),
    uuid4(),
    None,
    None,
    "+33639980001",
    2,
    MessageState.SENDING,
    sid=None,
    segments=1,
    error_code=None,
)
WORDS = sorted(word for word, state in CARRIER_STATUS.items() if state is not None)


def _report(status: str, *, attempt: int = 2, sid: str = SID, code: int | None = None) -> Report:
    return Report(ASKED.id, attempt, sid, status, code)


def _fold(standing: Standing, words: list[str]) -> Standing:
    for word in words:
        standing = after(standing, _report(word))
    return standing


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_the_end_is_the_highest_word_that_came_and_the_first_among_equals(words: list[str]) -> None:
    heard = [CARRIER_STATUS[word] for word in words]
    highest = max(heard, key=rank)  # the first of them, when several rank alike
    assert _fold(ASKED, words).state is highest


@given(st.permutations(["queued", "sending", "sent", "delivered"] * 2))
def test_disorder_and_repeats_never_hide_a_delivery(words: list[str]) -> None:
    assert _fold(ASKED, words) == replace(ASKED, state=MessageState.DELIVERED, sid=SID)


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.lists(st.sampled_from(WORDS), max_size=8))
def test_no_word_ever_moves_a_message_back(before: list[str], later: list[str]) -> None:
    halfway = _fold(ASKED, before)
    assert rank(_fold(halfway, later).state) >= rank(halfway.state)


@pytest.mark.parametrize(
    ("before", "status", "told", "segments", "reason"),
    [
        (ASKED, "sent", 3, 3, "with the move"),
        (replace(ASKED, state=MessageState.DELIVERED, sid=SID), "sent", 3, 3, "though it moves no more"),
        (replace(ASKED, segments=2), "delivered", None, 2, "a receipt does not say"),
        (replace(ASKED, segments=2), "delivered", 0, 2, "none is no number"),
        (replace(ASKED, sid=OTHER_SID), "sent", 3, 1, "of another message"),
    ],
)
def test_the_carriers_segments_take_the_place_of_ours(
    before: Standing, status: str, told: int | None, segments: int, reason: str
) -> None:
    assert after(before, replace(_report(status), segments=told)).segments == segments, reason


# where it stands, the report, the state after it, the reason
CASES = [
    (ASKED, _report("failed", attempt=1), MessageState.SENDING, "the second attempt may be delivered yet"),
    (ASKED, _report("sent", attempt=1), MessageState.SENT, "the first attempt was sent after all"),
    (
        replace(ASKED, state=MessageState.QUEUED),
        _report("accepted", attempt=1),
        MessageState.ACCEPTED,
        "sending it once more would double it",
    ),
    (
        replace(ASKED, state=MessageState.QUEUED),
        _report("failed"),
        MessageState.QUEUED,
        "it is about to be sent again anyway",
    ),
    (
        replace(ASKED, state=MessageState.QUEUED),
        _report("teleported"),
        MessageState.ACCEPTED,
        "a new word proves that the carrier has it",
    ),
    (
        replace(ASKED, sid=OTHER_SID),
        _report("delivered"),
        MessageState.SENDING,
        "the carrier speaks of another of its messages",
    ),
    (
        replace(ASKED, state=MessageState.SKIPPED),
        _report("delivered"),
        MessageState.SKIPPED,
        "final is final",
    ),
    (ASKED, _report("receiving"), MessageState.SENDING, "a word about inbound messages"),
    (ASKED, _report("sent", attempt=3), MessageState.SENT, "a backup was restored, and this is proof"),
]


@pytest.mark.parametrize(("standing", "report", "state", "reason"), CASES, ids=[case[3] for case in CASES])
def test_a_receipt_moves_only_the_message_it_speaks_of(
    standing: Standing, report: Report, state: MessageState, reason: str
) -> None:
    assert after(standing, report).state is state, reason


def test_only_a_problem_leaves_an_error_number() -> None:
    assert after(ASKED, _report("undelivered", code=30005)).error_code == 30005
    assert after(ASKED, _report("delivered", code=30005)).error_code is None


def test_the_carriers_id_is_kept_even_from_a_word_that_moves_nothing() -> None:
    standing = replace(ASKED, state=MessageState.SENT)
    assert after(standing, _report("queued")) == replace(standing, sid=SID)


def test_a_message_that_waits_for_its_next_attempt_does_not_keep_the_id_of_a_failed_one() -> None:
    standing = replace(ASKED, state=MessageState.QUEUED)
    assert after(standing, _report("failed")).sid is None
