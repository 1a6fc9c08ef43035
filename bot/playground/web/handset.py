"""Phones drawn as HTML: everybody's handsets in a list, one of them open with its conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from htpy import Element, Node, button, div, form, h2, header, input, p, span, textarea, time

from bot.playground.web.blocks.mrkdwn import render_links
from bot.playground.web.patches import Piece, signature_of
from bot.playground.web.portraits import clock_time, portrait, unread_badge
from bot.playground.web.stage import Person, Text, is_answerable

# What a list entry shows of the newest text.
_PREVIEW_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Handset:
    """One person's phone as the list shows it."""

    person: Person
    texts: Sequence[Text]
    unread: int


def phone_list_frame() -> Piece:
    """Give back the frame of the list of phones."""
    return Piece("phones", _list_frame, signature="phones", holds=("handsets",))


def _list_frame() -> Element:
    return div(".phone-list")[
        header(".panel-head")[h2["Phones"]],
        div(".search")[
            input(
                type="search",
                id="find-phone",
                placeholder="Find a person or number",
                aria_label="Find a phone",
                data_find="handsets",
            )
        ],
        div(".handsets", id="handsets", role="list", aria_label="Phones"),
    ]


def handset_pieces(handsets: Sequence[Handset], zone: tzinfo) -> list[Piece]:
    """Give back the phones, those with the newest texts first."""
    ordered = sorted(handsets, key=lambda one: -one.texts[-1].at.timestamp() if one.texts else 0)
    return [Piece(one.person.number, lambda one=one: _entry(one, zone)) for one in ordered]  # type: ignore[misc]


def _entry(handset: Handset, zone: tzinfo) -> Element:
    person, newest = handset.person, handset.texts[-1] if handset.texts else None
    target = {"data-act": "phone", "data-number": person.number}
    return div(role="listitem")[
        button(".handset", target, type="button", id=f"phone-{person.number}")[
            portrait(person.name),
            span(".who")[
                span(".name")[
                    span(".unseen")["Phone of "], person.name, span(".unseen")[f", {person.number}"]
                ],
                _at(newest, zone),
            ],
            span(".preview")[_preview(newest) if newest else person.note or person.number],
            unread_badge(handset.unread),
        ]
    ]


def _at(text: Text | None, zone: tzinfo) -> Node:
    return time(".at")[clock_time(text.at.astimezone(zone))] if text else None


def _preview(newest: Text) -> str:
    writer = "You" if newest.is_ours else newest.other
    return f"{writer}: {newest.body}"[:_PREVIEW_LENGTH]


def phone_frame(person: Person) -> Piece:
    """Give back the frame of one open phone."""
    return Piece(
        f"phone-{person.number}",
        lambda: _phone(person),
        person.number,
        holds=("senders", "bubbles", "answer"),
    )


def _phone(person: Person) -> Element:
    return div(".phone")[
        header(".panel-head")[
            button(
                ".close", type="button", data_act="phone", data_number="", aria_label="Back to all phones"
            )["‹"],
            portrait(person.name),
            div[h2[person.name], span(".note")[person.number]],
        ],
        div(".screen")[
            div(".senders", id="senders", role="group", aria_label="Conversations"),
            div(
                ".bubbles",
                id="bubbles",
                role="log",
                aria_label=f"Texts of {person.name}",
                tabindex="0",
                data_stick="true",
            ),
            div(id="answer"),
        ],
    ]


def senders_of(texts: Sequence[Text]) -> list[str]:
    """Give back whom the handset talks with, the newest first."""
    return list(dict.fromkeys(text.other for text in reversed(texts)))


def sender_pieces(senders: Sequence[str], chosen: str) -> list[Piece]:
    """Give back one choice for each conversation on the handset."""
    return [Piece(one, lambda one=one: _sender(one, is_chosen=one == chosen)) for one in senders]  # type: ignore[misc]


def _sender(sender: str, *, is_chosen: bool) -> Element:
    pressed = "true" if is_chosen else "false"
    return button(
        ".sender",
        type="button",
        id=f"sender-{sender}",
        data_act="sender",
        data_sender=sender,
        aria_pressed=pressed,
    )[sender]


def bubble_pieces(texts: Sequence[Text], zone: tzinfo) -> list[Piece]:
    """Give back the texts of one conversation."""
    if not texts:
        return [Piece("none", lambda: p(".empty")["No texts yet."])]
    return [Piece(text.key, lambda text=text: _bubble(text, zone), signature_of(text.body)) for text in texts]  # type: ignore[misc]


def _bubble(text: Text, zone: tzinfo) -> Element:
    side = "ours" if text.is_ours else "theirs"
    return div(f".bubble.{side}")[
        span(".said")[render_links(text.body)], time(".at")[clock_time(text.at.astimezone(zone))]
    ]


def answer_piece(sender: str) -> Piece:
    """Give back the box one answers in, or why one cannot."""
    return Piece(f"answer-{sender}", lambda: _answer(sender), sender)


def _answer(sender: str) -> Node:
    if not sender:
        return p(".cannot")["Nobody has texted this phone yet."]
    if not is_answerable(sender):
        return p(".cannot")[f"{sender} is a name: it cannot be answered by SMS."]
    label = f"Text message to {sender}"
    return form(".composer.sms", data_act="text")[
        textarea(id="sms", name="text", rows="1", placeholder=label, aria_label=label),
        button(".btn.primary.send", type="submit", aria_label="Send text")["↑"],
    ]


def unread_of(texts: Sequence[Text], read: Mapping[str, int], number: str) -> int:
    """Give back how many texts came in since the phone was last looked at."""
    return max(sum(not text.is_ours for text in texts) - read.get(number, 0), 0)
