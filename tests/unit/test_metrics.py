"""What is counted, under which words."""

from datetime import timedelta

import pytest

from bot.carriers import Accepted, AnswerLost, CarrierError, LeaseOver, NeverConnected, Refused, Throttled
from bot.delivery.verdicts import Answer, NotAsked, code_of, ended
from bot.metrics import NEW_WORD, Ended, Metrics
from tests.scrapes import samples

ENDS: list[tuple[Answer, Ended, int | None]] = [
    (Accepted("SM1", "queued", 1), Ended.ACCEPTED, None),
    (Throttled(code=20429), Ended.THROTTLED, 20429),
    (Throttled(code=None), Ended.THROTTLED, 429),
    (Refused(code=21610, http_status=400), Ended.REFUSED, 21610),
    (Refused(code=None, http_status=403), Ended.REFUSED, 403),
    (AnswerLost(), Ended.LOST, None),
    (CarrierError(), Ended.LOST, None),
    (NeverConnected(), Ended.NEVER_CONNECTED, None),
    (LeaseOver(), Ended.NOT_ASKED, None),
    (NotAsked(), Ended.NOT_ASKED, None),
    (NotAsked("stopped"), Ended.NOT_ASKED, None),
]


@pytest.mark.parametrize(("answer", "end", "code"), ENDS, ids=lambda one: repr(one)[:40])
def test_each_answer_has_its_end_and_its_code(answer: Answer, end: Ended, code: int | None) -> None:
    assert (ended(answer), code_of(answer)) == (end, code)


def test_what_was_not_asked_took_no_time() -> None:
    metrics = Metrics()
    for end in Ended:
        metrics.request_ended(end, 1.5)
    seen = samples(metrics.text())
    assert {end: seen[f"touchline_requests_total {end}"] for end in Ended} == dict.fromkeys(Ended, 1)
    assert seen["touchline_request_seconds_count"] == len(Ended) - 1
    assert seen["touchline_messages_accepted_total"] == 1


def test_a_word_that_a_stranger_wrote_never_becomes_a_label() -> None:
    metrics = Metrics()
    metrics.receipt_came("+33612345678", 1.0)
    metrics.receipt_came("delivered", None)
    assert "+336" not in metrics.text().decode()
    seen = samples(metrics.text())
    assert seen[f"touchline_receipts_total {NEW_WORD}"] == seen["touchline_receipts_total delivered"] == 1


def test_two_runtimes_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.committed()
    assert samples(one.text())["touchline_commits_total"] == 1
    assert samples(other.text())["touchline_commits_total"] == 0


def test_a_chore_that_ends_well_is_known_by_its_time() -> None:
    metrics = Metrics()
    metrics.ticked("release", 5.0)
    metrics.ticked("release", timedelta(seconds=7).total_seconds())
    assert metrics.ticks == {"release": 7.0}
