"""mrkdwn and its relatives: what becomes markup, and that nothing typed ever becomes HTML."""

from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from htpy import div
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.web.blocks.markdown import render_markdown
from bot.playground.web.blocks.mrkdwn import render_links, render_mrkdwn, render_plain
from bot.playground.web.blocks.rich_text import render_rich_text
from bot.playground.web.blocks.scene import Names

NAMES = Names({"U1": "Ann <b>"}, {"C1": "general"}, ZoneInfo("Europe/Paris"))
BLANK = ' target="_blank" rel="noopener noreferrer"'
ALLOWED = {
    "div",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "blockquote",
    "br",
    "a",
    "span",
    "p",
    "ul",
    "ol",
    "li",
}


def drawn(text: str) -> str:
    return str(div[render_mrkdwn(text, NAMES)]).removeprefix("<div>").removesuffix("</div>")


@pytest.mark.parametrize(
    ("text", "html", "reason"),
    [
        ("*b* _i_ ~s~", "<strong>b</strong> <em>i</em> <del>s</del>", "the three styles"),
        ("_*both*_", "<em><strong>both</strong></em>", "styles nest"),
        ("c*d*e snake_case_name", "c*d*e snake_case_name", "a mark inside a word is a letter"),
        ("a*b* _c_d", "a*b* _c_d", "on either side"),
        ("1 * 2 * 3", "1 * 2 * 3", "a mark beside a space is a letter"),
        ("*two\nlines*", "*two<br>lines*", "a style ends with its line"),
        ("*a _b* c_", "<strong>a _b</strong> c_", "crossed marks do not cross tags"),
        ("`*x*`", "<code>*x*</code>", "code is left alone"),
        ("```a <b>\n*c*```", "<pre>a &lt;b&gt;\n*c*</pre>", "so is a block of code"),
        ("> a\n&gt; b\nc", "<blockquote>a<br>b</blockquote>c", "lines of a quote are one quote"),
        ("<https://x.org/_a_|b>", f'<a href="https://x.org/_a_"{BLANK}>b</a>', "a named link"),
        (
            "https://x.org/a_b_c.",
            f'<a href="https://x.org/a_b_c"{BLANK}>https://x.org/a_b_c</a>.',
            "a bare link",
        ),
        (
            "*<https://x.org|y>*",
            f'<strong><a href="https://x.org"{BLANK}>y</a></strong>',
            "a link in a style",
        ),
        ("<mailto:a@b.c|a>", f'<a href="mailto:a@b.c"{BLANK}>a</a>', "an e-mail link"),
        ("<@U1>", '<span class="mention">@Ann &lt;b&gt;</span>', "a member by name, escaped"),
        (
            "<@U2> <#C1>",
            '<span class="mention">@U2</span> <span class="mention">#general</span>',
            "unknown id",
        ),
        (
            "<!here> <!subteam^S1|@x>",
            '<span class="mention">@here</span> <span class="mention">@x</span>',
            "groups",
        ),
        (
            "<!date^1700000000^{date_short} {time}|f>",
            '<span class="date">Nov 14, 2023 23:13</span>',
            "reader's zone",
        ),
        ("<!date^soon^{time}|later>", '<span class="date">later</span>', "an unreadable date falls back"),
        ("<!date^1700000000^{year}|later>", '<span class="date">later</span>', "so does an unknown token"),
        (":iphone: :wave::skin-tone-2:", "📱 👋🏻", "emoji by name, with a skin"),
        ("10:30:45 :nope:", "10:30:45 :nope:", "a time is no emoji, nor is an unknown name"),
        ("a &lt;b&gt; &amp; c & d", "a &lt;b&gt; &amp; c &amp; d", "entities show their character once"),
        ("&amp;lt;", "&amp;lt;", "an entity is undone once, not twice"),
    ],
)
def test_mrkdwn_is_drawn_as_slack_draws_it(text: str, html: str, reason: str) -> None:
    assert drawn(text) == html, reason


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;img src=x onerror=alert(1)&gt;",
        "<javascript:alert(1)|click>",
        "<JaVaScRiPt:alert(1)>",
        "<data:text/html,<script>alert(1)</script>|x>",
        '<https://x.org/"onmouseover="alert(1)|x>',
        "<https://x.org|<img src=x onerror=alert(1)>>",
        "*<b onclick=alert(1)>*",
        "`</code><script>`",
        "```</pre><script>alert(1)</script>```",
        "<@U1|<script>>",
        "<!date^1700000000^{date}^javascript:alert(1)|x>",
        "<!date^1^<script>|<script>>",
        "[x](javascript:alert(1))",
        "**<script>**",
    ],
)
def test_typed_text_never_becomes_html_of_its_own(text: str) -> None:
    assert_harmless(text)


@given(st.text(alphabet=st.sampled_from("*_~`<>|&;:!@#^\"'/=() \nabchtpsx0.[]{}-"), max_size=80))
def test_no_text_whatsoever_becomes_html_of_its_own(text: str) -> None:
    assert_harmless(text)


def assert_harmless(text: str) -> None:
    inline = {"type": "rich_text_section", "elements": [{"type": "link", "url": text, "text": text}]}
    rich = render_rich_text(
        {"elements": [inline, {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}]},
        NAMES,
    )
    for node in (
        render_mrkdwn(text, NAMES),
        render_plain(text),
        render_links(text),
        render_markdown(text),
        rich,
    ):
        Inspector().check(str(div[node]))


class Inspector(HTMLParser):
    """Fails on any tag, attribute or address that the drawing has no business with, and on crossed tags."""

    def check(self, html: str) -> None:
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in {"class", "href", "target", "rel", "start"}, name
            assert name != "href" or str(value).lower().startswith(("http://", "https://", "mailto:", "tel:"))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("text", "html", "reason"),
    [
        ("# T\n\ntext", '<p class="md-heading"><strong>T</strong></p><p>text</p>', "headings and paragraphs"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>", "a list"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>", "a numbered list"),
        (
            "**b** *i* ~~s~~ `c`",
            "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>",
            "the styles",
        ),
        ("> q\n> r", "<blockquote>q<br>r</blockquote>", "a quote"),
        ("```py\nx < 1\n```", "<pre>x &lt; 1</pre>", "code"),
        ("[x](https://x.org)", f'<p><a href="https://x.org"{BLANK}>x</a></p>', "a link"),
    ],
)
def test_markdown_blocks_know_the_usual_markdown(text: str, html: str, reason: str) -> None:
    assert str(div[render_markdown(text)]) == f"<div>{html}</div>", reason


def test_rich_text_draws_lists_styles_and_names() -> None:
    styled = {"type": "text", "text": "x<", "style": {"bold": True, "code": True}}
    item = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}, styled]}
    listed = {"type": "rich_text_list", "style": "ordered", "offset": 2, "indent": 1, "elements": [item]}
    html = str(div[render_rich_text({"elements": [listed]}, NAMES)])
    assert html == (
        '<div><ol class="depth-1" start="3"><li><span class="mention">@Ann &lt;b&gt;</span>'
        "<strong><code>x&lt;</code></strong></li></ol></div>"
    )
