"""How fast a sender may go, and whose turn it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.data import load_countries
from bot.rules import pacing
from bot.rules.pacing import most_waiting, rate_of, reserve, still_waiting, time_to_send
from storage.states import SenderKind

NAME, LONG, SHORT = SenderKind.NAME, SenderKind.LONG_CODE, SenderKind.SHORT_CODE
COUNTRIES = load_countries()
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


RATES = [
    (NAME, "FR", None, 10.0, "a name"),
    (SHORT, "FR", None, 100.0, "a short code"),
    (LONG, "US", None, 1.0, "a number of the United States"),
    (LONG, "CA", None, 1.0, "a number of Canada"),
    (SHORT, "US", None, 100.0, "a short code is no slower there"),
    (LONG, "GB", None, 10.0, "a number anywhere else"),
    (LONG, "ZZ", None, 10.0, "a number of a country without a row"),
    (LONG, "US", 40.0, 40.0, "agreed with the carrier, in the place of what is usual"),
    (LONG, "US", 0.25, 0.25, "or less than it"),
    (LONG, "US", 0.0, 1.0, "nothing a second is no agreement"),
    (LONG, "US", -3.0, 1.0, "nor is less than nothing"),
    (SHORT, "US", 5000.0, 2000.0, "never more than the account"),
]


@pytest.mark.parametrize(("kind", "code", "override", "rate", "why"), RATES, ids=[row[-1] for row in RATES])
def test_a_sender_has_its_rate(
    kind: SenderKind, code: str, override: float | None, rate: float, why: str
) -> None:
    assert rate_of(kind, COUNTRIES[code], override) == rate


@pytest.mark.parametrize("kind", SenderKind)
def test_a_country_may_say_how_fast_each_kind_is(kind: SenderKind) -> None:
    assert rate_of(kind, replace(COUNTRIES["FR"], segments_per_second={kind: 3.0})) == 3.0


@pytest.mark.parametrize(
    ("segments", "rate", "takes", "why"),
    [
        (0, 1.0, seconds(0), "nothing"),
        (1500, 1.0, timedelta(minutes=25), "one a second"),
        (36_000, 1.0, pacing.QUEUE, "a full queue"),
        (38, 10.0, seconds(3.8), "ten a second"),
        (6, 0.1, timedelta(minutes=1), "slower than one a second"),
        (1, 3.0, timedelta(microseconds=333_334), "never sooner than the rate"),
    ],
)
def test_a_text_takes_its_time(segments: int, rate: float, takes: timedelta, why: str) -> None:
    assert time_to_send(segments, rate) == takes, why


@pytest.mark.parametrize(
    ("rate", "most", "why"),
    [
        (1.0, 36_000, "one a second"),
        (100.0, 3_600_000, "a short code"),
        (0.7, 25_200, "0.7 is held as a little less"),
        (0.00001, 0, "nothing at all in ten hours"),
    ],
)
def test_ten_hours_of_texts_may_wait(rate: float, most: int, why: str) -> None:
    assert most_waiting(rate) == most, why


@given(st.floats(0.01, 2000.0))
def test_what_may_wait_leaves_within_ten_hours_and_one_more_does_not(rate: float) -> None:
    rounding = timedelta(milliseconds=1)
    assert time_to_send(most_waiting(rate), rate) <= pacing.QUEUE + rounding
    assert time_to_send(most_waiting(rate) + 1, rate) > pacing.QUEUE - rounding


@pytest.mark.parametrize(
    ("segments", "rate", "after", "still", "why"),
    [
        (100, 1.0, seconds(0), 100, "nothing has left yet"),
        (100, 1.0, seconds(30.9), 70, "whole segments leave"),
        (100, 10.0, seconds(9), 10, "ten a second"),
        (100, 1.0, seconds(100), 0, "all have left"),
        (100, 1.0, timedelta(days=9), 0, "never less than none"),
        (100, 1.0, seconds(-50), 100, "a time that has passed"),
    ],
)
def test_what_waits_grows_less(segments: int, rate: float, after: timedelta, still: int, why: str) -> None:
    assert still_waiting(segments, rate, after) == still, why


TURNS = [
    (LONG_AGO, [1, 1, 1], 3, [0, 1, 2], 3, "free: one after the other"),
    (NOW, [1], 3, [0], 1, "free at this moment"),
    (LONG_AGO, [2, 3, 1], 10, [0, 2, 5], 6, "a long text takes longer"),
    (LONG_AGO, [1, 1, 1], 2, [0, 1], 2, "what ends with the horizon is in it, and no more"),
    (LONG_AGO, [5, 1], 3, [0], 5, "free: one text however long, and that alone"),
    (NOW + seconds(2), [1, 1, 1], 4, [2, 3], 4, "somebody was here before"),
    (NOW + seconds(2), [5], 4, [], 2, "a long text waits until the limiter is free"),
    (NOW + seconds(4), [1], 4, [], 4, "no turn left within the horizon"),
    (LONG_AGO, [], 4, [], -86_400, "nothing wanted, nothing taken"),
    (NOW + seconds(88), [1], 4, [], 88, "as far ahead as a claim can reach, with clocks that differ"),
    (NOW + seconds(89), [1], 4, [0], 1, "further than that: written before a clock was set back"),
    (NOW + timedelta(hours=1), [1], 4, [0], 1, "an hour further"),
]


@pytest.mark.parametrize(
    ("free_at", "wanted", "horizon", "offsets", "then", "why"), TURNS, ids=[row[-1] for row in TURNS]
)
def test_a_claim_gets_its_turns(
    free_at: datetime, wanted: list[int], horizon: int, offsets: list[int], then: int, why: str
) -> None:
    reserved = reserve(free_at, NOW, wanted, rate=1.0, horizon=seconds(horizon))
    assert reserved.offsets == tuple(seconds(offset) for offset in offsets)
    assert reserved.messages == len(offsets)
    assert reserved.free_at == NOW + seconds(then)


segments = st.integers(1, pacing.LONGEST_TEXT_SEGMENTS)
rates = st.sampled_from([0.1, 0.7, 1.0, 3.0, 10.0, 100.0, 2000.0]) | st.floats(0.05, 2000.0)
horizons = st.floats(0.0, 60.0).map(seconds)
claims = st.lists(st.tuples(st.floats(0.0, 20.0), st.lists(segments, max_size=30)), max_size=12)


def started(
    pauses_and_texts: list[tuple[float, list[int]]], rate: float, horizon: timedelta
) -> list[tuple[datetime, int]]:
    """When each text starts and its segments, as processes claim in turn from one limiter."""
    free_at, now = LONG_AGO, NOW
    texts: list[tuple[datetime, int]] = []
    for pause, wanted in pauses_and_texts:
        now += seconds(pause)
        reserved = reserve(free_at, now, wanted, rate=rate, horizon=horizon)
        free_at = reserved.free_at
        texts += [(now + offset, size) for offset, size in zip(reserved.offsets, wanted, strict=False)]
    return texts


@given(claims, rates, horizons)
def test_over_any_time_no_more_starts_than_the_rate_allows_and_one_text(
    pauses_and_texts: list[tuple[float, list[int]]], rate: float, horizon: timedelta
) -> None:
    texts = started(pauses_and_texts, rate, horizon)
    before = [0, *accumulate(size for _, size in texts)]
    for first, (since, _) in enumerate(texts):
        for last in range(first, len(texts)):
            # The last one has only just started; instants have whole microseconds.
            allowed = rate * ((texts[last][0] - since).total_seconds() + 1.5e-6)
            assert before[last] - before[first] <= allowed


@given(claims, rates, horizons)
def test_no_turn_ends_beyond_the_horizon_but_the_only_one_of_a_free_limiter(
    pauses_and_texts: list[tuple[float, list[int]]], rate: float, horizon: timedelta
) -> None:
    free_at, now = LONG_AGO, NOW
    for pause, wanted in pauses_and_texts:
        now += seconds(pause)
        reserved = reserve(free_at, now, wanted, rate=rate, horizon=horizon)
        alone = reserved.messages == 1 and free_at <= now
        assert reserved.free_at <= now + horizon or alone or reserved.messages == 0
        assert reserved.messages or free_at > now or not wanted, "a free limiter gives a turn"
        free_at = reserved.free_at


@given(st.lists(segments, min_size=1, max_size=60), st.integers(1, 59), rates)
@example([24] * 5 + [11, 1, 1] + [24, 22, 1, 1, 1], 8, 0.7)
def test_two_claims_in_a_row_give_what_one_gives(wanted: list[int], cut: int, rate: float) -> None:
    day = timedelta(days=1)
    whole = reserve(LONG_AGO, NOW, wanted, rate=rate, horizon=day)
    first = reserve(LONG_AGO, NOW, wanted[:cut], rate=rate, horizon=day)
    second = reserve(first.free_at, NOW, wanted[cut:], rate=rate, horizon=day)
    late = second.free_at - whole.free_at
    assert whole.messages == first.messages + second.messages == len(wanted)
    assert timedelta() <= late <= timedelta(microseconds=2), "rounding is on the safe side"


def test_a_limiter_that_is_asked_all_the_time_loses_nothing_of_its_rate() -> None:
    texts = started([(1.0, [1] * 30)] * 60, 10.0, seconds(2))
    lasted = (texts[-1][0] - NOW).total_seconds()
    assert len(texts) >= 10 * (lasted - 2)


@pytest.mark.parametrize(
    ("until", "held", "because"),
    [
        (timedelta(seconds=-1), False, "the hold is over"),
        (timedelta(), False, "it is over at its very end"),
        (timedelta(microseconds=1), True, "it is not over yet"),
        (pacing.HELD_FOR + pacing.SKEW, True, "written by a process whose clock is ahead"),
        (pacing.HELD_FOR + pacing.SKEW + timedelta(microseconds=1), False, "a clock was set back since"),
    ],
)
def test_a_sender_is_held_back_for_some_minutes_and_no_longer(
    until: timedelta, held: bool, because: str
) -> None:
    assert pacing.is_held(NOW + until, NOW) is held, because
