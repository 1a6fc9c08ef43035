"""mrkdwn and plain text drawn as HTML; nothing that was typed can become markup."""

import re
from collections.abc import Callable, Iterator

from htpy import Node, a, blockquote, br, code, del_, em, pre, span, strong

from bot.playground.web.blocks.dates import format_date
from bot.playground.web.blocks.emoji import emoji_char
from bot.playground.web.blocks.scene import Json, Names

_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<control>[^<>\n]+)>"
    r"|(?P<url>https?://[^\s<>|`*]+[^\s<>|`*.,;:!?)'\"])"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    r"|(?<![^\W_])(?P<mark>[*_~])(?=\S)(?P<inner>.+?)(?<=\S)(?P=mark)(?![^\W_])"
)
_ADDRESS = re.compile(r"(https?://[^\s<>]*[^\s<>.,;:!?)])")
_STYLES = {"*": strong, "_": em, "~": del_}
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_BROADCASTS = frozenset({"channel", "here", "everyone"})


def unescape(text: str) -> str:
    """Give back the text with the three entities that messages use turned into their characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def render_text(text: Json | None, names: Names) -> Node:
    """Draw a text object, `plain_text` or `mrkdwn`."""
    if not text:
        return None
    body = str(text.get("text", ""))
    if text.get("type") == "mrkdwn":
        return render_mrkdwn(body, names)
    return render_plain(body)


def render_plain(text: str) -> Node:
    """Draw plain text: emoji and line breaks, nothing else."""
    return _with_breaks(text, _plain_line)


def render_links(text: str) -> Node:
    """Draw a text as it is, its web addresses as links."""
    parts: list[Node] = []
    for line in text.split("\n"):
        pieces = _ADDRESS.split(line)
        drawn = [link(piece, piece) if at % 2 else piece for at, piece in enumerate(pieces)]
        parts.extend([br, drawn] if parts else [drawn])
    return parts


def render_mrkdwn(text: str, names: Names) -> Node:
    """Draw mrkdwn: code blocks first, then quotes, then what stands within a line."""
    parts: list[Node] = []
    for position, part in enumerate(_FENCE.split(text)):
        if position % 2:
            parts.append(pre[unescape(part)])
        elif part.strip("\n"):
            parts.extend(_render_lines(part.strip("\n") if len(text) != len(part) else part, names))
    return parts


def _render_lines(text: str, names: Names) -> Iterator[Node]:
    plain: list[str] = []
    quoted: list[str] = []
    for line in text.split("\n"):
        found = _QUOTE.match(line)
        if found and plain:
            yield _paragraph(plain, names)
        if quoted and not found:
            yield blockquote[_paragraph(quoted, names)]
            quoted = []
        if found:
            quoted.append(line[found.end() :])
            plain = []
        else:
            plain.append(line)
    if quoted:
        yield blockquote[_paragraph(quoted, names)]
    elif plain:
        yield _paragraph(plain, names)


def _paragraph(lines: list[str], names: Names) -> Node:
    return _with_breaks("\n".join(lines), lambda line: _inline(line, names))


def _with_breaks(text: str, draw: Callable[[str], Node]) -> Node:
    parts: list[Node] = []
    for line in text.split("\n"):
        if parts:
            parts.append(br)
        parts.append(draw(line))
    return parts


def _plain_line(line: str) -> Node:
    def replace(found: re.Match[str]) -> str:
        return emoji_char(found[1]) or found[0]

    return re.sub(r":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):", replace, unescape(line))


def _inline(text: str, names: Names) -> Node:
    parts: list[Node] = []
    position = 0
    while found := _INLINE.search(text, position):
        parts.append(unescape(text[position : found.start()]))
        drawn = _token(found, names)
        parts.append(unescape(found[0][0]) if drawn is None else drawn)
        position = found.start() + 1 if drawn is None else found.end()
    parts.append(unescape(text[position:]))
    return parts


def _token(found: re.Match[str], names: Names) -> Node:
    if found["code"]:
        return code[unescape(found["code"])]
    if found["control"]:
        return _control(found["control"], names)
    if found["url"]:
        return link(found["url"], found["url"])
    if found["emoji"]:
        return emoji_char(found["emoji"])
    return _STYLES[found["mark"]][_inline(found["inner"], names)]


def _control(control: str, names: Names) -> Node:
    target, _, label = control.partition("|")
    if target.startswith("@"):
        return mention(f"@{names.user(target[1:])}")
    if target.startswith("#"):
        return mention(f"#{unescape(label) or names.channel(target[1:])}")
    if target.startswith("!"):
        return _special(target[1:], unescape(label), names)
    return link(target, label or target)


def _special(target: str, label: str, names: Names) -> Node:
    if target in _BROADCASTS:
        return mention(f"@{target}")
    if target.startswith("subteam^"):
        return mention(label or "@group")
    if target.startswith("date^"):
        _, timestamp, form, *page = target.split("^")
        shown = format_date(timestamp, form, label, names.zone)
        return link(page[0], shown) if page else span(".date")[shown]
    return f"<!{target}>"


def mention(text: str) -> Node:
    """Draw a name that somebody is called by."""
    return span(".mention")[text]


def link(target: str, label: str) -> Node:
    """Draw a link that opens beside the page; a scheme that could run code stays text."""
    target = unescape(target)
    if not _SAFE_LINK.match(target):
        return f"<{target}>" if target == unescape(label) else f"<{target}|{unescape(label)}>"
    return a(href=target, target="_blank", rel="noopener noreferrer")[_plain_line(label)]
