"""The pump slows down when the carrier cannot follow, and recovers."""

from datetime import timedelta

from bot.delivery.pace import FIRST_PLACES, LONGEST_HOLD, QUICK_SECONDS, Pace

QUICK, SLOW = 0.1, QUICK_SECONDS * 2


def test_it_begins_with_some_places_and_no_hold() -> None:
    assert (Pace(20).places, Pace(20).hold_seconds(0.0)) == (20, 0.0)
    assert Pace(100).places == FIRST_PLACES


def test_quick_answers_treble_the_places_each_round_up_to_the_most() -> None:
    pace = Pace(500)
    for places in (60, 180, 500, 500):
        for _ in range(pace.places):
            pace.speed_up(QUICK)
        assert pace.places == places


def test_slow_answers_win_no_place() -> None:
    pace = Pace(100)
    for _ in range(100):
        pace.speed_up(SLOW)
    assert pace.places == FIRST_PLACES


def test_it_knows_how_many_answers_come_in_a_time() -> None:
    pace = Pace(100)
    assert pace.within(timedelta(seconds=1)) == 0, "nobody has answered yet"
    for _ in range(200):
        pace.speed_up(0.1)
    assert pace.within(timedelta(seconds=1)) == 1000
    for _ in range(200):
        pace.speed_up(1.0)
    assert pace.within(timedelta(seconds=1)) == 100


def test_a_refusal_that_the_next_ones_would_meet_holds_for_a_moment_and_costs_no_place() -> None:
    pace = Pace(20)
    pace.hold(10.0)
    assert (pace.places, pace.hold_seconds(10.0), pace.hold_seconds(10.5)) == (20, 0.5, 0.0)


def test_a_refusal_to_keep_up_halves_the_places_and_holds() -> None:
    pace = Pace(20)
    pace.slow_down(10.0, asked_at=9.9)
    assert pace.places == 10
    assert pace.hold_seconds(10.0) == 0.5
    assert pace.hold_seconds(11.0) == 0.0


def test_answers_to_requests_of_the_same_round_cut_once() -> None:
    pace = Pace(20)
    for moment in (10.0, 10.1, 10.2):
        pace.slow_down(moment, asked_at=9.9)
    assert pace.places == 10


def test_one_place_is_always_left() -> None:
    pace = Pace(20)
    for moment in range(1, 100):
        pace.slow_down(float(moment), asked_at=float(moment))
    assert pace.places == 1


def test_the_hold_doubles_with_each_round_up_to_its_limit_and_success_ends_that() -> None:
    pace = Pace(20)
    holds = []
    for moment in range(100, 800, 100):
        pace.slow_down(float(moment), asked_at=float(moment))
        holds.append(pace.hold_seconds(float(moment)))
    assert holds == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, LONGEST_HOLD.total_seconds()]
    pace.speed_up(QUICK)
    pace.slow_down(900.0, asked_at=900.0)
    assert pace.hold_seconds(900.0) == 0.5


def test_the_carriers_own_wish_comes_before_ours() -> None:
    pace = Pace(20)
    pace.slow_down(10.0, asked_at=10.0, retry_after=timedelta(seconds=42))
    assert pace.hold_seconds(10.0) == 42.0


def test_the_carrier_cannot_make_everybody_wait_for_a_day() -> None:
    pace = Pace(20)
    pace.slow_down(10.0, asked_at=10.0, retry_after=timedelta(days=1))
    assert pace.hold_seconds(10.0) == 300.0


def test_a_shorter_wish_does_not_end_a_longer_hold() -> None:
    pace = Pace(20)
    pace.slow_down(10.0, asked_at=10.0, retry_after=timedelta(seconds=42))
    pace.slow_down(11.0, asked_at=10.5, retry_after=timedelta(seconds=1))
    assert pace.hold_seconds(11.0) == 41.0


def test_the_places_come_back_and_never_grow_beyond_what_was_given() -> None:
    pace = Pace(20)
    pace.slow_down(10.0, asked_at=10.0)
    for _ in range(10):
        pace.speed_up(QUICK)
    assert pace.places == 10, "about one place in a round of ten"
    for _ in range(1000):
        pace.speed_up(QUICK)
    assert pace.places == 20


def test_an_old_refusal_that_comes_after_a_good_answer_holds_no_longer_than_a_first_one() -> None:
    pace = Pace(20)
    pace.slow_down(10.0, asked_at=10.0)
    pace.speed_up(QUICK)
    assert not pace.slow_down(11.0, asked_at=9.0)
    assert pace.hold_seconds(11.0) == 0.5
