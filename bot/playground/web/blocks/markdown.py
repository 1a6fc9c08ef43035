"""The markdown block: headings, lists, quotes, code and the usual emphasis, drawn as HTML."""

import re
from collections.abc import Iterator
from itertools import groupby

from htpy import Node, blockquote, br, code, del_, em, li, ol, p, pre, strong, ul

from bot.playground.web.blocks.mrkdwn import link

_FENCE = re.compile(r"^```[^\n]*\n(.*?)\n?^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s]+)\)"
    r"|\*\*(?P<bold>.+?)\*\*|~~(?P<strike>.+?)~~"
    r"|(?<!\w)[*_](?P<italic>[^*_\s][^*_]*)[*_](?!\w)"
)
_KINDS = (
    ("heading", re.compile(r"#{1,6} +")),
    ("bullet", re.compile(r"\s*[-*+] +")),
    ("number", re.compile(r"\s*\d+[.)] +")),
    ("quote", re.compile(r"> ?")),
)


def render_markdown(text: str) -> Node:
    """Draw a markdown text; HTML inside it is shown, never obeyed."""
    parts: list[Node] = []
    for position, part in enumerate(_FENCE.split(text)):
        parts.extend([pre[part]] if position % 2 else _render_paragraphs(part))
    return parts


def _render_paragraphs(text: str) -> Iterator[Node]:
    lines = [_classify(line) for line in text.split("\n")]
    for kind, group in groupby(lines, key=lambda line: line[0]):
        yield _render_group(kind, [_inline(body) for _, body in group])


def _classify(line: str) -> tuple[str, str]:
    for kind, pattern in _KINDS:
        if found := pattern.match(line):
            return kind, line[found.end() :]
    return ("text", line) if line.strip() else ("blank", "")


def _render_group(kind: str, lines: list[Node]) -> Node:
    match kind:
        case "heading":
            return [p(".md-heading")[strong[line]] for line in lines]
        case "bullet":
            return ul[[li[line] for line in lines]]
        case "number":
            return ol[[li[line] for line in lines]]
        case "quote":
            return blockquote[_broken(lines)]
        case "text":
            return p[_broken(lines)]
        case _:
            return None


def _broken(lines: list[Node]) -> Node:
    return [[br, line] if position else line for position, line in enumerate(lines)]


def _inline(text: str) -> Node:
    parts: list[Node] = []
    position = 0
    for found in _INLINE.finditer(text):
        parts.extend([text[position : found.start()], _token(found)])
        position = found.end()
    return [*parts, text[position:]]


def _token(found: re.Match[str]) -> Node:
    if found["code"]:
        return code[found["code"]]
    if found["url"]:
        return link(found["url"], found["label"])
    if found["bold"]:
        return strong[_inline(found["bold"])]
    if found["strike"]:
        return del_[_inline(found["strike"])]
    return em[_inline(found["italic"])]
