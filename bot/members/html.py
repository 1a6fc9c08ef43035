"""The member's page as HTML: no script, nothing from elsewhere, readable by a screen reader and on an old phone."""

# mypy: allow-untyped-calls
# linkify-it ships types, but not for all it has.

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from htpy import (
    Element,
    Node,
    VoidElement,
    a,
    article,
    body,
    button,
    div,
    form,
    h1,
    h2,
    head,
    header,
    html,
    input,
    label,
    main,
    meta,
    p,
    section,
    small,
    span,
    style,
    textarea,
    time,
    title,
)
from linkify_it.main import LinkifyIt

from bot.members.page import Page, Said
from bot.members.style import COLOURS, STYLE
from bot.members.words import PageWords
from bot.rules.page import ANSWER_MAX
from storage.states import OptOutScope

STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
# "act" is what a button asks for.
ANSWER, STOP, STOP_MARKETING, START = "answer", "stop", "stop_marketing", "start"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said on top: that something was done, or what is wrong with an answer."""

    words: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """What somebody wanted that could not be done now: an answer, or one of the choices."""

    act: str
    once: str
    typed: str = ""


def page_html(
    page: Page, words: PageWords, *, once: str, notice: Notice | None = None, typed: str = ""
) -> str:
    """The page; `typed` is an answer that was refused, which stays as it was typed."""
    club = page.club_name
    heading = words.title.format(club=club)
    return _document(
        words,
        # A screen reader reads the title first, and nothing that stands there already when the page comes.
        f"{notice.words} {heading}" if notice else heading,
        header[_emblem(club), h1[heading]],
        _notice(notice),
        _text(page, words),
        [_said(said, page, words) for said in page.said],
        _answer(page, words, once, typed, notice)
        if page.body and page.scope is not OptOutScope.ALL
        else None,
        _choices(page, words, once),
        p(".own")[small[words.own]],
    )


def bare_html(heading: str, said: str, words: PageWords, *, again: Again | None = None) -> str:
    """A page about no text: there is none, or it cannot be shown now. What could not be kept can be sent again."""
    return _document(words, heading, h1[heading], p[said] if said else None, _once_more(again, words))


def _once_more(again: Again | None, words: PageWords) -> Node:
    if again is None:
        return None
    if again.act == ANSWER:
        return _answer_form(words, again.once, again.typed, is_wrong=False)
    return _choice(words.send, again.act, again.once)


def _document(words: PageWords, titled: str, *content: Node) -> str:
    document = html(lang=words.language)[
        head[
            meta(charset="utf-8"),
            meta(name="viewport", content="width=device-width, initial-scale=1"),
            meta(name="robots", content="noindex"),
            title[titled],
            style[STYLE],
        ],
        body[main[content]],
    ]
    return "".join(document.iter_chunks())


def _emblem(club: str) -> Element:
    initials = "".join(word[0] for word in club.split()[:3]).upper()
    colour = sum(club.encode()) % COLOURS
    return div(f".emblem.c{colour}", aria_hidden="true")[initials]


def _notice(notice: Notice | None) -> Node:
    if notice is None:
        return None
    if notice.is_error:
        return p(".notice.wrong", id="wrong", role="alert")[notice.words]
    return p(".notice", role="status")[notice.words]


def _text(page: Page, words: PageWords) -> Element:
    sent = words.moment(page.sent_at, page.zone)
    shown = p(".text")[_linked(page.body)] if page.body else p[words.expired]
    return article[p(".at")[time(datetime=page.sent_at.isoformat())[sent]], shown]


def _linked(text: str) -> list[Node]:
    """The text with its links, as a phone shows it."""
    parts: list[Node] = []
    end = 0
    for link in LinkifyIt().match(text) or []:
        if link.schema in ("", "http:", "https:"):
            parts += [text[end : link.index], a(href=link.url, rel="noreferrer noopener")[link.text]]
            end = link.last_index
    return [*parts, text[end:]]


def _said(said: Said, page: Page, words: PageWords) -> Element:
    at = words.moment(said.at, page.zone)
    return article(".said")[
        p(".at")[span[words.said], ", ", time(datetime=said.at.isoformat())[at]], p(".text")[said.body]
    ]


def _answer(page: Page, words: PageWords, once: str, typed: str, notice: Notice | None) -> Element:
    is_wrong = notice is not None and notice.is_error
    note = words.answer_note.format(club=page.club_name)
    return _answer_form(words, once, typed, note=note, is_wrong=is_wrong)


def _answer_form(words: PageWords, once: str, typed: str, *, is_wrong: bool, note: str = "") -> Element:
    described = " ".join(name for name, is_there in (("note", note), ("wrong", is_wrong)) if is_there)
    return form(method="post", accept_charset="utf-8")[
        _hidden("once", once),
        label(for_="text")[words.answer],
        textarea(
            id="text",
            name="text",
            rows="3",
            required=True,
            maxlength=str(ANSWER_MAX),
            aria_describedby=described or None,
            aria_invalid="true" if is_wrong else None,
        )[typed],
        p(".note", id="note")[note] if note else None,
        button(type="submit", name="act", value=ANSWER)[words.send],
    ]


def _choices(page: Page, words: PageWords, once: str) -> Element:
    club = page.club_name
    start = _choice(words.start, START, once)
    every = _choice(words.stop_all.format(club=club), STOP, once, words.stop_all_note)
    shown: Sequence[Node]
    match page.scope:
        case OptOutScope.ALL:
            shown = [p[words.stopped_all.format(club=club)], start]
        case OptOutScope.MARKETING:
            shown = [p[words.stopped_marketing.format(club=club)], start, every]
        case _:
            advertising = _choice(words.stop_marketing, STOP_MARKETING, once, words.stop_marketing_note)
            shown = [advertising, every]
    return section(".choices")[h2[words.stop_title], shown]


def _choice(words: str, act: str, once: str, note: str = "") -> Element:
    note_id = f"{act}-note"
    return form(method="post")[
        _hidden("once", once),
        button(".quiet", type="submit", name="act", value=act, aria_describedby=note_id if note else None)[
            words
        ],
        p(".note", id=note_id)[note] if note else None,
    ]


def _hidden(name: str, value: str) -> VoidElement:
    return input(type="hidden", name=name, value=value)
