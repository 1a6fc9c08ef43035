"""Each of the eight rules is silent on a clean ledger, and is seen to fail on every way of breaking it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from storage.models import Campaign, Message, Receipt, Reply
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.proof.ledger import Books, Count, Ledger, Report, Request, Text, Wish, Written, token_of
from tests.proof.rules import Wrong, broken_at_any_moment, broken_at_rest

CLUB = f.club()
LEAVING = f.campaign(CLUB, id=UUID(int=1))
LATER = f.NOW + timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def message(n: int, state: str = "delivered", of: Campaign = LEAVING, **columns: Any) -> Message:
    """The n-th message, which has the n-th id of the carrier's."""
    return f.message(of, n, **{"id": UUID(int=n), "state": MessageState(state), "sid": f"SM{n}"} | columns)


def text(n: int, status: str = "delivered", **values: Any) -> Text:
    """The n-th message as the carrier took it."""
    made = Text(f"SM{n}", str(UUID(int=n)), f.number(n), f.BODY, f.NOW, status)
    return replace(made, **values)


def request(n: int, at: Any = f.NOW) -> Request:
    """A request to send the n-th message."""
    return Request(str(UUID(int=n)), f.number(n), at)


def receipt(n: int, status: str = "delivered") -> Receipt:
    """The stored receipt of the n-th message."""
    return Receipt(
        club_id=CLUB.id,
        message_id=UUID(int=n),
        attempt=1,
        sid=f"SM{n}",
        status=status,
        received_at=f.NOW,
    )


def reply(sid: str) -> Reply:
    """The stored SMS of a member."""
    return Reply(
        club_id=CLUB.id,
        conversation_id=UUID(int=9),
        sid=sid,
        e164=f.number(7),
        our_number=f.SHORT_CODE,
        body="Yes",
        keyword="",
        received_at=f.NOW,
    )


def written(sid: str, *, wish: Wish = Wish.NOTHING, at: Any = f.NOW, body: str = "Yes") -> Written:
    """An SMS of the seventh member."""
    return Written(sid, f.number(7), body, at, wish)


def clean() -> tuple[Ledger, Books]:
    """Two texts delivered, one refused, one skipped, one reply, one STOP."""
    ledger = Ledger(
        texts=[text(1), text(2)],
        requests=[request(1), request(2), request(3)],
        reports=[Report("SM1", "sent", True), Report("SM1", "delivered", True), Report("SM2", "sent", False)],
        written=[written("SM71"), written("SM72", wish=Wish.STOP, body="STOP")],
    )
    books = Books(
        messages=[
            message(1),
            message(2),
            message(3, "failed", sid=None, error_code=21211),
            message(4, "skipped", sid=None, reason="opted_out"),
        ],
        receipts=[receipt(1, "sent"), receipt(1)],
        replies=[reply("SM71"), reply("SM72")],
        opt_outs=[f.opt_out(CLUB, 7)],
        campaigns=[LEAVING],
        counts=[
            Count(LEAVING.id, "delivered", 2, 2),
            Count(LEAVING.id, "failed", 1, 1),
            Count(LEAVING.id, "skipped", 1, 1),
        ],
        frozen={LEAVING.id: frozenset(f.number(n) for n in (1, 2, 3, 4))},
        posts=["Somebody wrote: Yes", "Somebody wrote: STOP"],
    )
    return ledger, books


def test_books_that_agree_with_the_ledger_break_no_rule() -> None:
    assert broken_at_rest(*clean()) == []


Broken = Callable[[Ledger, Books], tuple[Ledger, Books]]


def ledger_with(**values: Any) -> Broken:
    """The clean ledger, with more in some of its lists."""
    return lambda ledger, books: (
        replace(ledger, **{name: [*getattr(ledger, name), *more] for name, more in values.items()}),
        books,
    )


def books_with(**values: Any) -> Broken:
    """The clean books, with other lists."""
    return lambda ledger, books: (ledger, replace(books, **values))


def standing(n: int, state: str, **columns: Any) -> Broken:
    """The clean books, with the n-th message standing so, and counted so."""

    def stand(ledger: Ledger, books: Books) -> tuple[Ledger, Books]:
        others = [one for one in books.messages if one.id != UUID(int=n)]
        return ledger, replace(books, messages=[*others, message(n, state, **columns)], counts=None)

    return stand


def dropped(n: int, *, counted: bool = False) -> Broken:
    """The clean ledger, without the n-th text."""
    return lambda ledger, books: (
        replace(ledger, texts=[one for one in ledger.texts if one.sid != f"SM{n}"]),
        books if counted else replace(books, counts=None),
    )


ENDED = f.campaign(CLUB, id=UUID(int=1), state=CampaignState.STOPPED, over_at=f.NOW)
NO_MORE = written("SM73", wish=Wish.STOP, at=f.NOW + SECOND)

BREACHES: list[tuple[int, Wrong, Broken, str]] = [
    (1, Wrong.DOUBLED, ledger_with(texts=[text(1, sid="SM9")]), "one message accepted twice"),
    (
        1,
        Wrong.DOUBLED,
        lambda ledger, books: (
            replace(ledger, texts=[*ledger.texts, text(5, to=f.number(1))]),
            replace(books, messages=[*books.messages, message(5, e164=f.number(1))], counts=None),
        ),
        "two rows for one recipient, both sent",
    ),
    (2, Wrong.LOST, dropped(2), "called delivered and never taken"),
    (2, Wrong.LOST, books_with(frozen={LEAVING.id: frozenset({f.number(9)})}), "frozen without a message"),
    (2, Wrong.UNTRUE, books_with(frozen={LEAVING.id: frozenset()}), "a message to nobody of the audience"),
    (2, Wrong.UNKNOWN, standing(1, "unknown"), "an answer that stays lost"),
    (2, Wrong.OPEN, standing(1, "sending"), "a claim that nobody settles"),
    (2, Wrong.OPEN, standing(4, "queued", sid=None), "left lying in the queue"),
    (2, Wrong.OPEN, standing(4, "held", sid=None), "left lying in the night"),
    (2, Wrong.OPEN, standing(1, "queued"), "sent and about to be sent again"),
    (2, Wrong.UNTRUE, standing(1, "skipped", reason="stopped"), "called skipped and sent"),
    (2, Wrong.UNTRUE, standing(3, "failed", sid=None, error_code=None), "refused for no reason"),
    (2, Wrong.UNTRUE, standing(1, "failed", sid=None, error_code=30003), "called refused and taken"),
    (3, Wrong.UNTRUE, standing(3, "failed", sid="SM3", error_code=30003), "an id that was never given"),
    (3, Wrong.UNTRUE, standing(3, "failed", sid="SM2", error_code=30003), "another message's id"),
    (3, Wrong.UNTRUE, ledger_with(texts=[text(8)]), "a text that is nobody's"),
    (4, Wrong.UNTRUE, standing(1, "sent"), "behind a receipt that was answered"),
    (4, Wrong.UNTRUE, standing(2, "accepted"), "behind what the carrier says when asked"),
    (4, Wrong.UNTRUE, standing(1, "undelivered"), "an end that the carrier never told"),
    (4, Wrong.DOUBLED, books_with(receipts=[receipt(1), receipt(1), receipt(1, "sent")]), "stored twice"),
    (4, Wrong.LOST, books_with(receipts=[receipt(1)]), "a receipt answered and not stored"),
    (
        4,
        Wrong.UNTRUE,
        books_with(receipts=[receipt(1), receipt(1, "sent"), receipt(2, "failed")]),
        "a receipt out of nowhere",
    ),
    (5, Wrong.DOUBLED, books_with(replies=[reply("SM71"), reply("SM71"), reply("SM72")]), "stored twice"),
    (5, Wrong.LOST, books_with(replies=[reply("SM72")]), "answered and not stored"),
    (5, Wrong.LOST, books_with(posts=["wrote: STOP"]), "not shown in Slack"),
    (5, Wrong.DOUBLED, books_with(posts=["wrote: Yes", "wrote: Yes", "wrote: STOP"]), "shown twice"),
    (6, Wrong.UNTRUE, books_with(counts=[Count(LEAVING.id, "delivered", 4, 4)]), "a wrong summary"),
    (
        6,
        Wrong.UNTRUE,
        books_with(
            counts=[
                Count(LEAVING.id, "delivered", 2, 3),
                Count(LEAVING.id, "failed", 1, 1),
                Count(LEAVING.id, "skipped", 1, 1),
            ]
        ),
        "wrong segments",
    ),
    (6, Wrong.UNTRUE, dropped(1, counted=True), "counted and not taken"),
    (7, Wrong.AGAINST_WISH, ledger_with(requests=[request(7, LATER)]), "asked for after a STOP"),
    (7, Wrong.LOST, books_with(opt_outs=[]), "a STOP forgotten"),
    (
        8,
        Wrong.AGAINST_WISH,
        lambda ledger, books: (
            replace(ledger, requests=[*ledger.requests, request(1, LATER)]),
            replace(books, campaigns=[ENDED]),
        ),
        "asked for after a stop of the campaign",
    ),
]


@pytest.mark.parametrize(("rule", "wrong", "break_it", "because"), BREACHES)
def test_each_way_to_break_a_rule_is_seen(rule: int, wrong: Wrong, break_it: Broken, because: str) -> None:
    found = broken_at_rest(*break_it(*clean()))
    assert (rule, wrong) in {(one.rule, one.wrong) for one in found}, (because, [str(one) for one in found])


def test_each_violation_is_a_sentence_that_names_its_rule() -> None:
    ledger, books = clean()
    (found,) = broken_at_rest(replace(ledger, texts=[*ledger.texts, text(8)]), replace(books, counts=None))
    assert str(found) == f"Rule 3: SM8 to {f.number(8)} is nobody's"


MOVING: list[tuple[Broken, str]] = [
    (standing(2, "sending", sid=None), "a request under way whose answer is not stored yet"),
    (standing(4, "queued", sid=None), "a message that waits"),
    (
        ledger_with(reports=[Report("SM2", "delivered", True)]),
        "a receipt that came after the books were read",
    ),
    (ledger_with(texts=[text(8)]), "a text that was taken after the books were read"),
    (ledger_with(written=[written("SM79")]), "an SMS that came after the books were read"),
]


@pytest.mark.parametrize(("happen", "because"), MOVING)
def test_what_is_merely_under_way_breaks_no_rule_of_every_moment(happen: Broken, because: str) -> None:
    ledger, books = happen(*clean())
    assert broken_at_any_moment(ledger, books) == [], because


@pytest.mark.parametrize("rule", [1, 3, 4, 5, 6, 7, 8])
def test_what_may_never_be_is_seen_at_every_moment(rule: int) -> None:
    seen = {
        one.rule
        for _, _, break_it, because in BREACHES
        for one in broken_at_any_moment(*break_it(*clean()))
        if because
    }
    assert rule in seen


def test_what_waits_in_a_paused_campaign_waits_rightly() -> None:
    ledger, books = standing(4, "queued", sid=None)(*clean())
    paused = f.campaign(CLUB, id=UUID(int=1), state=CampaignState.PAUSED)
    assert broken_at_rest(ledger, replace(books, campaigns=[paused])) == []


def test_a_text_that_the_bot_knows_as_a_stray_is_no_orphan() -> None:
    ledger, books = ledger_with(texts=[text(8)])(*clean())
    assert broken_at_rest(ledger, replace(books, strays=["SM8"], counts=None)) == []


def test_a_request_that_was_under_way_when_the_stop_was_answered_is_forgiven() -> None:
    ledger, books = ledger_with(requests=[request(7, f.NOW + timedelta(milliseconds=400))])(*clean())
    assert broken_at_any_moment(ledger, books) == []
    assert broken_at_any_moment(ledger, books, in_flight=timedelta(milliseconds=300))


def test_after_a_start_texts_may_leave_again_and_no_opt_out_is_left() -> None:
    ledger, books = clean()
    ledger = replace(
        ledger, written=[*ledger.written, written("SM73", wish=Wish.START, at=LATER, body="start")]
    )
    ledger = replace(ledger, requests=[*ledger.requests, request(7, LATER + SECOND)])
    books = replace(
        books, opt_outs=[], replies=[*books.replies, reply("SM73")], posts=[*(books.posts or []), "start"]
    )
    assert broken_at_rest(ledger, books) == []


def test_a_stop_that_was_never_answered_binds_nobody() -> None:
    ledger, books = clean()
    unanswered = written("SM74", wish=Wish.STOP, at=None)
    ledger = replace(ledger, written=[unanswered], requests=[request(7, LATER)])
    assert broken_at_rest(ledger, replace(books, opt_outs=[])) == []


def test_a_last_receipt_that_was_lost_may_stay_unknown_where_nobody_asks_after_it() -> None:
    ledger, books = standing(2, "accepted")(*clean())
    assert broken_at_rest(ledger, books, is_asked_after=False) == []


def test_the_token_of_a_text_is_our_own_id() -> None:
    assert token_of("https://bot.example/twilio/status/6f0c?attempt=2") == "6f0c"
    assert token_of(None) == ""
