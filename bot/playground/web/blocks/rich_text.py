"""rich_text blocks drawn as HTML."""

from collections.abc import Callable, Mapping

from htpy import Node, blockquote, br, code, del_, div, em, li, ol, pre, span, strong, u, ul

from bot.playground.web.blocks.dates import format_date
from bot.playground.web.blocks.emoji import emoji_char
from bot.playground.web.blocks.mrkdwn import link, mention
from bot.playground.web.blocks.scene import Json, Names

_STYLES = (("code", code), ("bold", strong), ("italic", em), ("strike", del_), ("underline", u))


def render_rich_text(block: Json, names: Names) -> Node:
    """Draw each part of a rich_text block in its order."""
    return [_render_part(part, names) for part in block.get("elements", ())]


def _render_part(part: Json, names: Names) -> Node:
    match part.get("type"):
        case "rich_text_list":
            return _render_list(part, names)
        case "rich_text_quote":
            return blockquote[_inlines(part, names)]
        case "rich_text_preformatted":
            return pre[_inlines(part, names)]
        case _:
            return div(".rich")[_inlines(part, names)]


def _render_list(part: Json, names: Names) -> Node:
    kind = ol if part.get("style") == "ordered" else ul
    items = [li[_inlines(item, names)] for item in part.get("elements", ())]
    depth = min(int(part.get("indent", 0)), 8)
    start = {"start": int(part.get("offset", 0)) + 1} if kind is ol else {}
    return kind(f".depth-{depth}", **start)[items]


def _inlines(part: Json, names: Names) -> Node:
    return [_render_inline(inline, names) for inline in part.get("elements", ())]


def _render_inline(inline: Json, names: Names) -> Node:
    draw = _INLINES.get(str(inline.get("type")), _text)
    drawn = draw(inline, names)
    styles: Mapping[str, bool] = inline.get("style") or {}
    for style, tag in _STYLES:
        if styles.get(style):
            drawn = tag[drawn]
    return drawn


def _text(inline: Json, names: Names) -> Node:
    parts: list[Node] = []
    for line in str(inline.get("text", "")).split("\n"):
        parts.extend([br, line] if parts else [line])
    return parts


def _emoji(inline: Json, names: Names) -> Node:
    name = str(inline.get("name", ""))
    return emoji_char(name) or f":{name}:"


def _date(inline: Json, names: Names) -> Node:
    fallback = str(inline.get("fallback", ""))
    return span(".date")[
        format_date(str(inline.get("timestamp")), str(inline.get("format")), fallback, names.zone)
    ]


def _link(inline: Json, names: Names) -> Node:
    url = str(inline.get("url", ""))
    return link(url, str(inline.get("text") or url))


_INLINES: Mapping[str, Callable[[Json, Names], Node]] = {
    "text": _text,
    "emoji": _emoji,
    "date": _date,
    "link": _link,
    "user": lambda inline, names: mention(f"@{names.user(str(inline.get('user_id')))}"),
    "channel": lambda inline, names: mention(f"#{names.channel(str(inline.get('channel_id')))}"),
    "usergroup": lambda inline, names: mention("@group"),
    "broadcast": lambda inline, names: mention(f"@{inline.get('range')}"),
    "color": lambda inline, names: code[str(inline.get("value", ""))],
}
