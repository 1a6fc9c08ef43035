"""Block Kit's bricks as plain dicts, within Slack's limits; other people's words cannot become markup."""

import re
from typing import Any, Literal

Json = dict[str, Any]
Style = Literal["primary", "danger"]
Level = Literal["default", "info", "warning", "error", "success"]

# https://docs.slack.dev/reference/block-kit/composition-objects/text-object
TEXT_MAX = 3000
# https://docs.slack.dev/reference/block-kit/blocks/header-block
HEADER_MAX = 150
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
OPTION_MAX = 75
# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
_CONFIRM_TITLE_MAX, _CONFIRM_TEXT_MAX, _CONFIRM_BUTTON_MAX = 100, 300, 30
# https://docs.slack.dev/reference/block-kit/blocks/alert-block
ALERT_MAX = 200
# Slack refuses a message whose blocks hold more than some 13,200 characters in all: slackapi/bolt-js#2509
QUOTE_MAX = 9000

# What mrkdwn reads as a style where a word begins or ends; the twin looks the same and means nothing.
_STYLE_MARK = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`")
_TWIN = str.maketrans("*_~`", "∗ˍ∼ˋ")
# A word joiner (U+2060) shows nothing and ends what Slack would take for an address, an emoji or a quote.
_LINK_OR_EMOJI = re.compile(r"(?<=\w)\.(?=[^\W\d_])|:(?=//|[a-z0-9_+'-]+:)|@", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"^(\s*)>", re.MULTILINE)


def escape(text: str) -> str:
    """The text for mrkdwn, shown as it is: no mention, link, style, quote or emoji can come of it."""
    inert = _STYLE_MARK.sub(lambda mark: mark[0].translate(_TWIN), text)
    inert = _LINK_OR_EMOJI.sub(lambda mark: mark[0] + "\u2060", inert)
    inert = _QUOTE_MARK.sub("\\1\u2060>", inert)
    return inert.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_typed(text: str) -> str:
    """What somebody typed, where Slack gives it back in its own escapes."""
    # https://docs.slack.dev/messaging/formatting-message-text#escaping ; it does so in labels: bolt-python#513
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def name(text: str, limit: int = OPTION_MAX) -> str:
    """A title or a person's name for mrkdwn: one line, cut, escaped."""
    return escape(cut(text, limit))


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters, `…` at its end where something is missing."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip("\u200d \n") + "…"


def plain(text: str, limit: int = TEXT_MAX) -> Json:
    """A text in which Slack reads nothing but emoji."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def mrkdwn(text: str) -> Json:
    """A text with our own markup; `verbatim` keeps Slack from making links of what it finds."""
    return {"type": "mrkdwn", "text": cut(text, TEXT_MAX), "verbatim": True}


def section(text: str, *, accessory: Json | None = None, block_id: str | None = None) -> Json:
    """A paragraph of mrkdwn, with one element beside it."""
    block: Json = {"type": "section", "text": mrkdwn(text)}
    return block | _given(accessory=accessory, block_id=block_id)


def context(*texts: str, block_id: str | None = None) -> Json:
    """Small print, of mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]} | _given(block_id=block_id)


def header(text: str) -> Json:
    """A line in large letters."""
    return {"type": "header", "text": plain(text, HEADER_MAX)}


def divider() -> Json:
    """A thin line."""
    return {"type": "divider"}


def alert(text: str, level: Level = "warning") -> Json:
    """A coloured notice; Slack shows it in modals only."""
    return {"type": "alert", "text": plain(text, ALERT_MAX), "level": level}


def quote(text: str) -> list[Json]:
    """Other people's words as they are, set off like a bubble on a phone; nothing in them is read."""
    shown = cut(text, QUOTE_MAX)
    return [_quoted(shown[start : start + TEXT_MAX]) for start in range(0, len(shown), TEXT_MAX)]


def actions(*elements: Json, block_id: str | None = None) -> Json:
    """A row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)} | _given(block_id=block_id)


def button(
    text: str, action_id: str, value: str, *, style: Style | None = None, confirm: Json | None = None
) -> Json:
    """A button; `value` is the id of what it acts on."""
    element: Json = {
        "type": "button",
        "text": plain(text, OPTION_MAX),
        "action_id": action_id,
        "value": value,
    }
    return element | _given(style=style, confirm=confirm)


def confirm(title: str, text: str, yes: str, no: str, *, style: Style = "danger") -> Json:
    """The question that a button asks before it acts."""
    return {
        "title": plain(title, _CONFIRM_TITLE_MAX),
        "text": plain(text, _CONFIRM_TEXT_MAX),
        "confirm": plain(yes, _CONFIRM_BUTTON_MAX),
        "deny": plain(no, _CONFIRM_BUTTON_MAX),
        "style": style,
    }


def option(label: str, value: str, detail: str = "") -> Json:
    """One line of a menu, with small print under it."""
    described = {"description": plain(detail, OPTION_MAX)} if detail else {}
    return {"text": plain(label, OPTION_MAX), "value": value} | described


def overflow(action_id: str, options: list[Json]) -> Json:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": options}


def _quoted(text: str) -> Json:
    inside = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inside]}


def _given(**attributes: object) -> Json:
    return {key: value for key, value in attributes.items() if value is not None}
