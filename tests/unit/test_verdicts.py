"""What each answer of the carrier means for its message."""

from datetime import timedelta

import pytest

from bot.carriers import Accepted, AnswerLost, NeverConnected, Refused, Throttled
from bot.delivery.verdicts import Answer, NotAsked, verdict_on, wants_slower
from bot.rules.lifecycle import message_states_before
from storage.states import MessageState as M

# the answer, the state, the error number, the code that pauses the campaign, the reason
CASES = [
    (Accepted("SM1", "queued", 1), M.ACCEPTED, None, None, "taken"),
    (NotAsked(), M.QUEUED, None, None, "its owner knows that it never asked"),
    (NeverConnected(), M.QUEUED, None, None, "nothing left the machine"),
    (AnswerLost(), M.UNKNOWN, None, None, "it may have been sent"),
    (Throttled(code=20429), M.QUEUED, None, None, "never processed"),
    (Throttled(code=None), M.QUEUED, None, None, "a proxy's 429 was never processed either"),
    (Throttled(code=63038), M.QUEUED, None, 63038, "no more today"),
    (Refused(code=21606, http_status=400), M.QUEUED, None, 21606, "the sender cannot send"),
    (Refused(code=20003, http_status=401), M.QUEUED, None, 20003, "the token is wrong"),
    (Refused(code=None, http_status=403), M.QUEUED, None, 403, "the door is closed, without a number"),
    (Refused(code=21614, http_status=400), M.FAILED, 21614, None, "a landline"),
    (Refused(code=21408, http_status=400), M.FAILED, 21408, None, "this country alone is closed"),
    (Refused(code=21617, http_status=400), M.FAILED, 21617, None, "too long for the carrier"),
    (Refused(code=21610, http_status=400), M.FAILED, 21610, None, "the number has opted out"),
    (Refused(code=99999, http_status=400), M.FAILED, 99999, None, "a number nobody knows yet"),
    (Refused(code=None, http_status=400), M.FAILED, 400, None, "a refusal without a number"),
    (Refused(code=21611, http_status=400), M.QUEUED, None, None, "the sender's queue is full"),
]


@pytest.mark.parametrize(
    ("answer", "state", "error", "pause", "reason"), CASES, ids=[row[4] for row in CASES]
)
def test_each_answer_has_its_place(
    answer: Answer, state: M, error: int | None, pause: int | None, reason: str
) -> None:
    verdict = verdict_on(answer, attempt=1, in_campaign=True, jitter=0.5)
    assert (verdict.state, verdict.error_code, verdict.pause_code) == (state, error, pause), reason


@pytest.mark.parametrize("answer", [row[0] for row in CASES], ids=[row[4] for row in CASES])
def test_each_verdict_goes_along_an_arrow_of_the_lifecycle(answer: Answer) -> None:
    verdict = verdict_on(answer, attempt=1, in_campaign=True, jitter=0.5)
    assert set(verdict.since) >= {M.SENDING}
    if verdict.state is not M.ACCEPTED:  # the carrier's word, which reaches further than ours
        assert verdict.since == message_states_before(verdict.state)


@pytest.mark.parametrize("code", [63038, 21606])
def test_outside_a_campaign_an_error_of_the_account_fails_the_message(code: int) -> None:
    answer = Throttled(code=code) if code == 63038 else Refused(code=code, http_status=400)
    verdict = verdict_on(answer, attempt=1, in_campaign=False, jitter=0.5)
    assert (verdict.state, verdict.error_code, verdict.pause_code) == (M.FAILED, code, None)


# the answer, the attempt, the longest wait after it, the reason
WAITS = [
    (Throttled(code=20429), 1, timedelta(seconds=1), "at first a second"),
    (Throttled(code=20429), 4, timedelta(seconds=8), "doubled each time"),
    (Throttled(code=20429), 500, timedelta(minutes=1), "never beyond a minute"),
    (Throttled(code=20429, retry_after=timedelta(seconds=90)), 1, timedelta(seconds=90), "as asked"),
    (NeverConnected(), 3, timedelta(seconds=4), "the same for a carrier that is away"),
    (NeverConnected(), 500, timedelta(seconds=15), "and gone within seconds when it is back"),
    (Refused(code=21611, http_status=400), 1, timedelta(minutes=1), "ten hours of texts empty slowly"),
    (Refused(code=21611, http_status=400), 9, timedelta(minutes=15), "and never beyond a quarter"),
    (NotAsked(), 7, timedelta(), "nothing is wrong with it"),
]


@pytest.mark.parametrize(("answer", "attempt", "longest", "reason"), WAITS, ids=[row[3] for row in WAITS])
def test_a_message_waits_longer_after_each_attempt(
    answer: Answer, attempt: int, longest: timedelta, reason: str
) -> None:
    verdict = verdict_on(answer, attempt=attempt, in_campaign=True, jitter=1.0)
    assert verdict.wait == longest, reason


def test_jitter_takes_away_up_to_half_of_a_wait() -> None:
    waits = [verdict_on(NeverConnected(), attempt=2, in_campaign=True, jitter=j).wait for j in (0.0, 0.5)]
    assert waits == [timedelta(seconds=1), timedelta(seconds=1.5)]


def test_only_an_opt_out_blocks_the_number() -> None:
    blocking = [
        row[0] for row in CASES if verdict_on(row[0], attempt=1, in_campaign=True, jitter=0.5).opted_out
    ]
    assert [answer.code for answer in blocking] == [21610]


def test_everything_leaves_more_slowly_when_the_carrier_cannot_follow_and_only_then() -> None:
    slowing = [row[4] for row in CASES if wants_slower(row[0])]
    assert slowing == [
        "nothing left the machine",
        "never processed",
        "a proxy's 429 was never processed either",
        "no more today",
        "the sender's queue is full",
    ]
