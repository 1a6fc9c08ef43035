"""The smaller pieces of the page: bodies of the protocol log, handsets, moments."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from htpy import fragment

from bot.playground.log import Exchange
from bot.playground.web import handset
from bot.playground.web.moments import epoch_of
from bot.playground.web.protocol import exchange_pieces, key_of, pretty
from bot.playground.web.stage import Text, is_answerable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def sms(body: str, *, other: str = "36180", is_ours: bool = False, minute: int = 0) -> Text:
    return Text(f"{other}-{minute}", other, body, NOON + timedelta(minutes=minute), is_ours)


def exchange(**facts: object) -> Exchange:
    whole = {
        "at": NOON,
        "direction": "out",
        "peer": "slack",
        "method": "POST",
        "url": "http://127.0.0.1:1/slack/events?x=1",
        "status": 200,
        "request_body": 'payload={"type":"block_actions"}',
        "response_body": "<b>",
        "took_ms": 12.4,
    }
    return Exchange(**(whole | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "shown", "reason"),
    [
        ('{"a":{"b":1}}', '{\n  "a": {\n    "b": 1\n  }\n}', "JSON is indented"),
        ("To=%2B336&Body=a+b&Empty=", "To = +336\nBody = a b\nEmpty = ", "a form is one field a line"),
        ("payload=%7B%22a%22%3A1%7D", 'payload = {\n  "a": 1\n}', "JSON within a form is indented"),
        ("no form = here", "no form = here", "a text stays"),
        ("{broken", "{broken", "so does broken JSON"),
        ("", "", "and nothing"),
    ],
)
def test_bodies_are_written_for_reading(body: str, shown: str, reason: str) -> None:
    assert pretty(body) == shown, reason


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({}, "Slack → bot"),
        ({"direction": "in"}, "bot → Slack"),
        ({"peer": "carrier", "direction": "in"}, "bot → carrier"),
        ({}, "block_actions"),
        ({"request_body": "command=%2Fsms&text="}, "/sms"),
        ({"request_body": '{"event":{"type":"app_home_opened"}}'}, "app_home_opened"),
        ({"request_body": '{"envelope_id":"1","payload":{"command":"/sms"}}'}, "/sms"),
        ({"request_body": '{"envelope_id":"1","payload":{"event":{"type":"message"}}}'}, "message"),
        ({"request_body": "MessageSid=SM1&MessageStatus=delivered"}, "delivered"),
        ({"status": None}, "no answer"),
        ({"status": 500}, "status bad"),
        ({}, "13:00:00"),
    ],
)
def test_a_line_of_the_log_says_who_asked_whom_for_what(facts: dict[str, object], part: str) -> None:
    (piece,) = exchange_pieces([exchange(**facts)], (), PARIS)
    assert part in str(fragment[piece.draw()])


def test_bodies_are_drawn_only_when_the_line_is_open() -> None:
    one = exchange()
    (closed,) = exchange_pieces([one], (), PARIS)
    (opened,) = exchange_pieces([one], {key_of(one)}, PARIS)
    assert "&lt;b&gt;" not in str(fragment[closed.draw()])
    assert "&lt;b&gt;" in str(fragment[opened.draw()])
    assert closed.signature != opened.signature


def test_the_newest_exchange_stands_first_and_a_hundred_are_shown() -> None:
    exchanges = [exchange(took_ms=float(n)) for n in range(120)]
    pieces = exchange_pieces(exchanges, (), PARIS)
    assert len(pieces) == 100
    assert "119 ms" in str(fragment[pieces[0].draw()])


@pytest.mark.parametrize(
    ("sender", "can"), [("36180", True), ("+33612345678", True), ("ASBELLEVUE", False), ("", False)]
)
def test_only_numbers_can_be_answered(sender: str, can: bool) -> None:
    assert is_answerable(sender) is can
    shown = str(fragment[handset.answer_piece(sender).draw()])
    assert ("<textarea" in shown) is can


def test_a_handset_counts_what_came_in_since_it_was_read() -> None:
    texts = [sms("a"), sms("mine", is_ours=True, minute=1), sms("b", minute=2)]
    assert handset.unread_of(texts, {}, "+336") == 2
    assert handset.unread_of(texts, {"+336": 1}, "+336") == 1
    assert handset.unread_of(texts, {"+336": 9}, "+336") == 0


def test_the_newest_conversation_comes_first() -> None:
    texts = [sms("a"), sms("b", other="CLUB", minute=1), sms("c", minute=2)]
    assert handset.senders_of(texts) == ["36180", "CLUB"]


def test_a_text_shows_its_links_and_none_of_its_markup() -> None:
    (piece,) = handset.bubble_pieces([sms("<b> https://x.org/m/1.")], PARIS)
    shown = str(fragment[piece.draw()])
    assert '&lt;b&gt; <a href="https://x.org/m/1"' in shown


@pytest.mark.parametrize(
    ("local", "epoch"),
    [("2023-11-14T23:13", 1699999980), ("soon", None)],
    ids=["Paris in winter", "unreadable"],
)
def test_a_local_moment_becomes_seconds_in_the_zone(local: str, epoch: int | None) -> None:
    assert epoch_of(local, PARIS) == epoch
