"""The page as HTML: whole, safe, and told apart by its forms alone."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_pages
from bot.members.html import Again, Notice, bare_html, page_html
from bot.members.page import Page, Said
from bot.members.style import COLOURS, STYLE
from storage.states import OptOutScope

WORDS = load_pages()
AT = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
PAGE = Page("AS Valmont", "fr", "", "Europe/Paris", "Gym closed tonight.", AT, (), None)
NASTY = "</textarea></style><script>alert(1)</script>\"'&<b>"


class Tags(HTMLParser):
    """What a browser makes of the page."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.read = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.read += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shown(page: Page = PAGE, language: str = "en", **how: object) -> Tags:
    return Tags(page_html(page, WORDS[language], once="0" * 16, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scope", "acts", "reason"),
    [
        (None, ["answer", "stop_marketing", "stop"], "everything comes"),
        (OptOutScope.MARKETING, ["answer", "start", "stop"], "no advertising"),
        (OptOutScope.ALL, ["start"], "nothing comes, so that no answer could"),
    ],
)
def test_the_buttons_are_what_can_be_done(scope: OptOutScope | None, acts: list[str], reason: str) -> None:
    page = shown(replace(PAGE, scope=scope))
    assert [button["value"] for button in page.named("button")] == acts, reason
    assert {form["method"] for form in page.named("form")} == {"post"}
    assert [field["value"] for field in page.named("input")] == ["0" * 16] * len(acts)


def test_an_old_text_shows_neither_itself_nor_a_box() -> None:
    page = shown(replace(PAGE, body=""))
    assert "older than three months" in page.read
    assert [button["value"] for button in page.named("button")] == ["stop_marketing", "stop"]


@pytest.mark.parametrize("language", WORDS)
def test_a_screen_reader_finds_its_way(language: str) -> None:
    page = shown(language=language, notice=Notice("No.", is_error=True), typed="x" * 1001)
    assert page.named("html") == [{"lang": language}]
    assert len(page.named("h1")) == 1
    (box,) = page.named("textarea")
    assert page.named("label") == [{"for": box["id"]}]
    assert box["aria-invalid"] == "true"
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    described = [attributes.get("aria-describedby") for _, attributes in page.tags]
    assert {name for names in filter(None, described) for name in names.split()} <= ids
    assert "x" * 1001 in page.read


def test_what_became_of_it_is_read_out_first() -> None:
    document = page_html(PAGE, WORDS["en"], once="", notice=Notice("It has <arrived>."))
    assert "<title>It has &lt;arrived&gt;. Message from AS Valmont</title>" in document
    assert "<title>Message from AS Valmont</title>" in page_html(PAGE, WORDS["en"], once="")


@given(text=st.text(max_size=60) | st.just(NASTY), club=st.sampled_from([NASTY, "AS Valmont", "", "é"]))
def test_whatever_was_written_is_text_and_nothing_else(text: str, club: str) -> None:
    page = replace(PAGE, club_name=club, body=text or "-", said=(Said(text, AT),))
    usual = [tag for tag, _ in shown(replace(PAGE, said=(Said("", AT),)), typed="-").tags]
    tags = [tag for tag, _ in shown(page, typed=text).tags if tag != "a"]
    assert tags == usual


def test_links_in_the_text_can_be_followed_and_tell_nobody_of_the_page() -> None:
    page = shown(replace(PAGE, body="See https://a.example/x?y=1&z=2, club.fr and 18h.Merci\nBye"))
    assert [(link["href"], link["rel"]) for link in page.named("a")] == [
        ("https://a.example/x?y=1&z=2", "noreferrer noopener"),
        ("http://club.fr", "noreferrer noopener"),
    ]
    assert "See https://a.example/x?y=1&z=2, club.fr and 18h.Merci\nBye" in page.read


def test_what_could_not_be_kept_is_in_its_box_again() -> None:
    again = Again("answer", "1" * 16, "ok <merci>")
    page = Tags(bare_html("Later", "Sorry", WORDS["en"], again=again))
    assert "ok <merci>" in page.read
    assert [button["value"] for button in page.named("button")] == ["answer"]
    assert not Tags(bare_html("No", "page", WORDS["en"])).named("form")


def test_a_choice_that_could_not_be_kept_is_one_tap_again() -> None:
    page = Tags(bare_html("Later", "Sorry", WORDS["en"], again=Again("stop", "1" * 16)))
    assert [button["value"] for button in page.named("button")] == ["stop"]
    assert [field["value"] for field in page.named("input")] == ["1" * 16]
    assert not page.named("textarea")


def test_where_nothing_is_to_be_said_no_line_is_empty() -> None:
    assert not Tags(bare_html("Later", "", WORDS["en"])).named("p")


def test_the_style_is_what_its_hash_was_made_of_and_knows_every_colour() -> None:
    assert not set(STYLE) & set("<>&\"'")
    assert STYLE in page_html(PAGE, WORDS["en"], once="")
    assert [f".c{n}{{" in STYLE for n in range(COLOURS + 1)] == [True] * COLOURS + [False]


def test_it_is_small_enough_for_an_old_phone() -> None:
    assert len(page_html(PAGE, WORDS["fr"], once="0" * 16).encode()) < 10_000
