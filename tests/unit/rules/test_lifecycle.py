"""The arrows of campaigns and messages."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.lifecycle import (
    CARRIER_STATUS,
    campaign_is_over,
    campaign_states_before,
    is_final,
    message_states_before,
    rank,
    states_a_callback_moves,
)
from storage.states import CampaignState as C
from storage.states import MessageState as M

MESSAGE_ARROWS = {
    (M.HELD, M.QUEUED): "the hours have come",
    (M.QUEUED, M.HELD): "the hours are over",
    (M.QUEUED, M.SENDING): "claimed",
    (M.HELD, M.SENDING): "claimed once its hours have come",
    (M.SENDING, M.ACCEPTED): "the carrier took it",
    (M.SENDING, M.FAILED): "the carrier refused it",
    (M.SENDING, M.QUEUED): "nothing was asked, so it waits again",
    (M.SENDING, M.SKIPPED): "stopped before it was asked",
    (M.SENDING, M.UNKNOWN): "the answer was lost",
    (M.UNKNOWN, M.ACCEPTED): "found at the carrier",
    (M.UNKNOWN, M.FAILED): "found refused",
    (M.UNKNOWN, M.QUEUED): "not found: the next attempt",
    (M.ACCEPTED, M.SENT): "on its way",
    (M.SENT, M.DELIVERED): "arrived",
    (M.SENT, M.UNDELIVERED): "did not arrive",
    (M.QUEUED, M.SKIPPED): "opted out or stopped",
    (M.HELD, M.SKIPPED): "opted out or too late",
}
CAMPAIGN_ARROWS = {
    (C.AWAITING_APPROVAL, C.SCHEDULED): "approved",
    (C.SCHEDULED, C.SENDING): "its time has come",
    (C.SENDING, C.PAUSED): "something needs a person",
    (C.PAUSED, C.SENDING): "goes on",
    (C.SENDING, C.DONE): "the last message is final",
    (C.PAUSED, C.DONE): "the last message became final while it waited",
    (C.AWAITING_APPROVAL, C.CANCELLED): "refused",
    (C.SCHEDULED, C.CANCELLED): "undone",
    (C.SENDING, C.STOPPED): "stopped while it left",
    (C.PAUSED, C.STOPPED): "stopped while it waited",
}
CALLBACK_ARROWS = {
    *itertools.product((M.SENDING, M.UNKNOWN), (M.ACCEPTED, M.SENT, M.DELIVERED, M.UNDELIVERED, M.FAILED)),
    *itertools.product((M.ACCEPTED,), (M.SENT, M.DELIVERED, M.UNDELIVERED, M.FAILED)),
    *itertools.product((M.SENT,), (M.DELIVERED, M.UNDELIVERED, M.FAILED)),
    # Given up for lost, about to be sent again, and then the carrier speaks of it.
    *itertools.product((M.QUEUED,), (M.ACCEPTED, M.SENT, M.DELIVERED, M.UNDELIVERED)),
}


@pytest.mark.parametrize(("before", "after"), [*itertools.product(M, M)])
def test_a_message_moves_along_its_arrows_only(before: M, after: M) -> None:
    assert (before in message_states_before(after)) is ((before, after) in MESSAGE_ARROWS)


@pytest.mark.parametrize(("before", "after"), [*itertools.product(C, C)])
def test_a_campaign_moves_along_its_arrows_only(before: C, after: C) -> None:
    assert (before in campaign_states_before(after)) is ((before, after) in CAMPAIGN_ARROWS)


@pytest.mark.parametrize(("before", "after"), [*itertools.product(M, M)])
def test_a_callback_moves_a_message_along_its_arrows_only(before: M, after: M) -> None:
    assert (before in states_a_callback_moves(after)) is ((before, after) in CALLBACK_ARROWS)


@pytest.mark.parametrize("state", M)
def test_a_final_message_never_moves_again(state: M) -> None:
    moves = [
        target for target in M if state in message_states_before(target) | states_a_callback_moves(target)
    ]
    assert (moves == []) is is_final(state)


@pytest.mark.parametrize("state", C)
def test_a_campaign_that_is_over_never_moves_again(state: C) -> None:
    assert ([target for target in C if state in campaign_states_before(target)] == []) is campaign_is_over(
        state
    )


def test_ranks_tell_how_far_a_message_has_come() -> None:
    ranks = [
        [M.HELD, M.QUEUED],
        [M.SENDING, M.UNKNOWN],
        [M.ACCEPTED],
        [M.SENT],
        [M.DELIVERED, M.UNDELIVERED, M.FAILED, M.SKIPPED],
    ]
    assert {state: rank(state) for state in M} == {
        state: n for n, group in enumerate(ranks) for state in group
    }


@given(st.permutations(["queued", "sending", "sent", "delivered", "sent", "queued", "delivered"]))
def test_callbacks_in_any_order_and_twice_end_at_the_furthest(words: list[str]) -> None:
    state = M.UNKNOWN
    for word in words:
        target = CARRIER_STATUS[word]
        if target and state in states_a_callback_moves(target):
            assert rank(target) > rank(state)
            state = target
    assert state is M.DELIVERED


@pytest.mark.parametrize(
    ("word", "state", "reason"),
    [
        ("accepted", M.ACCEPTED, "by a messaging service"),
        ("scheduled", M.ACCEPTED, "the carrier keeps it"),
        ("queued", M.ACCEPTED, "in the carrier's queue"),
        ("sending", M.ACCEPTED, "leaving the carrier's queue"),
        ("sent", M.SENT, "handed to the operator"),
        ("delivered", M.DELIVERED, "on the phone"),
        ("read", M.DELIVERED, "and seen"),
        ("partially_delivered", M.SENT, "nobody can say that all of it arrived"),
        ("undelivered", M.UNDELIVERED, "the operator could not"),
        ("failed", M.FAILED, "it never left"),
        ("canceled", M.FAILED, "it never left"),
        ("receiving", None, "says nothing of what we sent"),
        ("received", None, "says nothing of what we sent"),
        ("exploded", None, "a word of tomorrow is stored and moves nothing"),
    ],
)
def test_a_word_of_the_carrier_means(word: str, state: M | None, reason: str) -> None:
    assert CARRIER_STATUS.get(word) is state, reason


def test_every_published_status_is_known() -> None:
    # twilio-oai d50069b, twilio_api_v2010.json, message_enum_status
    published = """queued sending sent failed delivered undelivered receiving received accepted scheduled read
        partially_delivered canceled"""
    assert set(CARRIER_STATUS) == set(published.split())
