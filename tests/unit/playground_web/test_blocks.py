"""Block Kit drawn as HTML: what each block and element shows, carries and keeps."""

import json
from datetime import date
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.playground.web.blocks import Names, Scene, render_block
from bot.playground.web.words import slack_words

Json = dict[str, Any]
NAMES = Names({"U1": "Ann"}, {"C1": "general"}, ZoneInfo("Europe/Paris"))
A = {"text": {"type": "plain_text", "text": "A <b>"}, "value": "a"}
B = {
    "text": {"type": "plain_text", "text": "B"},
    "value": "b",
    "description": {"type": "plain_text", "text": "why"},
}
CONFIRM = {
    "title": {"type": "plain_text", "text": "Sure?"},
    "text": {"type": "mrkdwn", "text": "*really* <script>"},
    "confirm": {"type": "plain_text", "text": "Do"},
    "deny": {"type": "plain_text", "text": "Don't"},
}


def drawn(block: Json, **scene: Any) -> str:
    return str(render_block(block, Scene(**{"prefix": "v", "names": NAMES} | scene)))


def field(element: Json, **block: Any) -> Json:
    label = {"type": "plain_text", "text": "Label"}
    return {
        "type": "input",
        "block_id": "k",
        "label": label,
        "element": {"action_id": "a.1", **element},
        **block,
    }


def text(words: str, kind: str = "mrkdwn") -> Json:
    return {"type": kind, "text": words}


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        ({"type": "section", "text": text("*a*")}, ["<strong>a</strong>"]),
        ({"type": "section", "fields": [text("_x_"), text("y")]}, ["<em>x</em>", "y"]),
        ({"type": "header", "text": text("*A* :wave:", "plain_text")}, ["<h3>*A* 👋</h3>"]),
        ({"type": "divider"}, ["<hr>"]),
        ({"type": "context", "elements": [text("*c*")]}, ["<strong>c</strong>"]),
        (
            {"type": "image", "image_url": "https://x.org/i.png", "alt_text": "Ground"},
            ['aria-label="Ground"'],
        ),
        ({"type": "image", "image_url": "data:image/png;base64,AA", "alt_text": "Ground"}, ['alt="Ground"']),
        (
            {"type": "alert", "level": "warning", "text": text("Careful")},
            ['class="notice warning"', "Careful"],
        ),
        ({"type": "alert", "level": 'x" onclick="', "text": text("t")}, ['class="notice default"']),
        ({"type": "markdown", "text": "**m**"}, ["<strong>m</strong>"]),
        (
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [text("r", "text")]}],
            },
            ["r"],
        ),
        ({"type": "video"}, ["does not draw “video”"]),
    ],
)
def test_a_block_shows_what_it_says(block: Json, parts: list[str]) -> None:
    html = drawn(block)
    for part in parts:
        assert part in html


def test_no_picture_is_asked_of_the_outside() -> None:
    assert "https://x.org" not in drawn(
        {"type": "image", "image_url": "https://x.org/i.png", "alt_text": "i"}
    )


@pytest.mark.parametrize(
    ("element", "parts"),
    [
        (
            {"type": "plain_text_input", "max_length": 5, "initial_value": '"<'},
            ['maxlength="5"', 'value="&#34;&lt;"'],
        ),
        (
            {"type": "plain_text_input", "multiline": True, "initial_value": "</textarea>"},
            [">\n&lt;/textarea&gt;</textarea>"],
        ),
        ({"type": "plain_text_input", "placeholder": text("Write", "plain_text")}, ['placeholder="Write"']),
        (
            {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
            ['type="number"', 'step="1"', 'min="1"'],
        ),
        ({"type": "email_text_input"}, ['type="email"']),
        ({"type": "url_text_input"}, ['type="url"']),
        ({"type": "datepicker", "initial_date": "2026-11-22"}, ['type="date"', 'value="2026-11-22"']),
        ({"type": "timepicker", "initial_time": "08:30"}, ['type="time"', 'value="08:30"']),
        ({"type": "datetimepicker", "initial_date_time": 1700000000}, ['value="2023-11-14T23:13"']),
        ({"type": "file_input", "filetypes": ["csv"], "max_files": 1}, ['accept=".csv"']),
        (
            {"type": "static_select", "options": [A, B], "initial_option": B},
            ['value="b" selected', 'B<span class="note"> · why</span>', "A &lt;b&gt;"],
        ),
        (
            {"type": "static_select", "option_groups": [{"label": text("G", "plain_text"), "options": [A]}]},
            ['<optgroup label="G">'],
        ),
        ({"type": "users_select", "initial_user": "U1"}, ['value="U1" selected']),
        ({"type": "conversations_select"}, ["#general", "Ann"]),
        (
            {"type": "radio_buttons", "options": [A, B], "initial_option": A},
            ['role="radiogroup"', 'value="a" checked'],
        ),
        (
            {"type": "checkboxes", "options": [A, B], "initial_options": [B]},
            ['role="group"', 'value="b" checked', "why"],
        ),
        (
            {"type": "multi_static_select", "options": [A, B], "initial_options": [B]},
            ['role="combobox"', 'aria-label="Remove B"'],
        ),
        (
            {"type": "multi_external_select", "min_query_length": 0},
            ['data-remote="true"', 'data-min="0"', 'data-multi="true"'],
        ),
        (
            {"type": "external_select", "initial_option": A},
            ['data-remote="true"', 'data-min="3"', "Remove A &lt;b&gt;"],
        ),
        ({"type": "multi_users_select", "initial_users": ["U1"]}, ['aria-label="Remove Ann"']),
    ],
)
def test_an_element_carries_its_name_and_what_it_begins_with(element: Json, parts: list[str]) -> None:
    html = drawn(field(element))
    for part in (*parts, 'data-action="a.1"', f'data-kind="{element["type"]}"', 'id="v-k-a-1"'):
        assert part in html


@pytest.mark.parametrize(
    ("element", "state", "part"),
    [
        ({"type": "plain_text_input", "initial_value": "old"}, {"value": "new"}, 'value="new"'),
        ({"type": "plain_text_input", "initial_value": "old"}, {"value": None}, 'value=""'),
        (
            {"type": "static_select", "options": [A, B], "initial_option": A},
            {"selected_option": B},
            'value="b" selected',
        ),
        (
            {"type": "radio_buttons", "options": [A, B], "initial_option": A},
            {"selected_option": B},
            'value="b" checked',
        ),
        ({"type": "checkboxes", "options": [A, B]}, {"selected_options": [A]}, 'value="a" checked'),
        ({"type": "multi_external_select"}, {"selected_options": [B]}, 'aria-label="Remove B"'),
        (
            {"type": "datepicker", "initial_date": "2026-01-01"},
            {"selected_date": "2026-02-02"},
            'value="2026-02-02"',
        ),
        ({"type": "users_select"}, {"selected_user": "U1"}, 'value="U1" selected'),
    ],
)
def test_what_was_typed_stands_instead_of_what_it_began_with(element: Json, state: Json, part: str) -> None:
    assert part in drawn(field(element), values={"k": {"a.1": state}})


def test_an_error_stands_under_its_field_and_is_spoken_with_it() -> None:
    html = drawn(
        field({"type": "plain_text_input"}, hint=text("Short", "plain_text")), errors={"k": "Too <long>"}
    )
    assert '<p class="field-error" id="v-k-a-1-error" role="alert">Too &lt;long&gt;</p>' in html
    assert 'aria-describedby="v-k-a-1-hint v-k-a-1-error"' in html
    assert 'aria-invalid="true"' in html


def test_a_field_is_labelled_and_says_when_it_is_optional() -> None:
    html = drawn(field({"type": "plain_text_input"}, optional=True))
    assert '<label class="label" for="v-k-a-1">Label<span class="optional"> (optional)</span></label>' in html
    assert "aria-required" not in html


WORDS = [
    ("en-GB", "(optional)", "1 reply", "2 replies", "Saturday, November 21", "English"),
    ("fr-FR", "(facultatif)", "1 réponse", "2 réponses", "samedi 21 novembre", "French"),
    ("de-DE", "(optional)", "1 reply", "2 replies", "Saturday, November 21", "a language that is not here"),
]


@pytest.mark.parametrize(
    ("locale", "optional", "one", "two", "day", "why"), WORDS, ids=[row[-1] for row in WORDS]
)
def test_slacks_own_words_are_in_the_viewers_language(
    locale: str, optional: str, one: str, two: str, day: str, why: str
) -> None:
    words = slack_words(locale)
    assert optional in drawn(field({"type": "plain_text_input"}, optional=True), names=Names(slack=words))
    assert (words.replies(1), words.replies(2), words.day(date(2026, 11, 21))) == (one, two, day)


@pytest.mark.parametrize(
    ("config", "dispatches", "is_told"),
    [
        ({}, True, True),
        ({"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}, True, False),
        ({}, False, False),
    ],
    ids=["enter is the default", "only typing is asked for", "nothing is asked for"],
)
def test_enter_is_told_only_where_the_block_asks(config: Json, dispatches: bool, is_told: bool) -> None:
    html = drawn(field({"type": "plain_text_input", **config}, dispatch_action=dispatches))
    assert ('data-enter="true"' in html) is is_told


def test_buttons_carry_their_style_and_their_question() -> None:
    button = {
        "type": "button",
        "text": text("Stop", "plain_text"),
        "action_id": "stop",
        "style": "danger",
        "confirm": CONFIRM,
    }
    html = drawn({"type": "actions", "block_id": "k", "elements": [button]})
    assert 'class="btn danger"' in html
    asked = json.loads(unescape(html.split('data-confirm="')[1].split('"')[0]))
    assert asked == {
        "title": "Sure?",
        "html": "<div><strong>really</strong> &lt;script&gt;</div>",
        "confirm": "Do",
        "deny": "Don't",
        "style": "primary",
    }


@pytest.mark.parametrize(
    ("url", "is_link"), [("https://x.org", True), ("javascript:alert(1)", False), ("", False)]
)
def test_only_a_web_address_makes_a_button_a_link(url: str, is_link: bool) -> None:
    button = {"type": "button", "text": text("Go", "plain_text"), "action_id": "go", "url": url}
    assert ("href=" in drawn({"type": "actions", "elements": [button]})) is is_link


def test_an_overflow_menu_lists_its_options_as_menu_items() -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [A, B]}
    html = drawn({"type": "section", "text": text("t"), "accessory": menu})
    assert html.count('role="menuitem"') == 2
    assert 'aria-haspopup="menu"' in html


def test_numbers_stand_right_and_the_row_header_is_a_header() -> None:
    rows = [[{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Sent"}]]
    rows.append([{"type": "raw_text", "text": "Ann"}, {"type": "raw_number", "value": 3}])  # type: ignore[dict-item]
    html = drawn({"type": "data_table", "caption": "Sent", "rows": rows})
    assert '<th scope="row">Ann</th><td class="right">3</td>' in html
    assert "<caption>Sent</caption>" in html


def test_an_unknown_element_is_named_instead_of_left_out() -> None:
    assert "“slider”" in drawn({"type": "actions", "elements": [{"type": "slider", "action_id": "a"}]})
