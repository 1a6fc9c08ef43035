"""What Block Kit allows: each limit at its last good and its first bad value, and the rules between fields."""

import copy
import random
from typing import Any

import pytest

from bot.playground.workspace.blocks import normalised
from bot.playground.workspace.forms import Form
from bot.playground.workspace.validate.surfaces import problems_in_message, problems_in_view
from tests.integration.workspace.forms import actions, button, field, modal, options, plain, text_field

Json = dict[str, Any]


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**beside: Any) -> Json:
    return {"type": "section", "text": mrkdwn("Text"), **beside}


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


def select(**beside: Any) -> Json:
    return field("one", {"type": "static_select", "options": options("a", "b"), **beside})


def typed(**beside: Any) -> Json:
    return field("one", {"type": "plain_text_input", **beside})


GOOD_MODALS = {
    "a hundred blocks": modal(*[section()] * 100),
    "a title of 24": modal(title=plain("x" * 24)),
    "metadata of 3000": modal(private_metadata="x" * 3000),
    "no submit without inputs": {"type": "modal", "title": plain("T"), "blocks": [section()]},
    "no blocks at all": {"type": "modal", "title": plain("T"), "blocks": []},
    "a section of 3000": modal(section(text=mrkdwn("x" * 3000))),
    "fields alone": modal({"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}),
    "a hundred options": modal(
        field("one", {"type": "static_select", "options": options(*map(str, range(100)))})
    ),
    "a first choice that is offered": modal(select(initial_option=options("b")[0])),
    "a query from the first letter": modal(field("one", {"type": "external_select", "min_query_length": 0})),
    "the same action_id in two blocks": modal(actions(button()), actions(button(), block_id="other")),
    "an alert": modal({"type": "alert", "text": mrkdwn("x" * 200), "level": "warning"}),
    "a file": modal(field("one", {"type": "file_input", "max_files": 10, "filetypes": ["csv"]})),
    "one in focus": modal(typed(focus_on_load=True)),
    "null where nothing is meant": modal(
        typed(min_length=None),
        select(option_groups=None, initial_option=None) | {"block_id": None},
        close=None,
    ),
    "ten radio buttons in mrkdwn": modal(
        field(
            "one",
            {
                "type": "radio_buttons",
                "options": [{"text": mrkdwn(str(n)), "value": str(n)} for n in range(10)],
            },
        )
    ),
}

CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("Really"), "confirm": plain("Yes"), "deny": plain("No")}

BAD_MODALS: dict[str, tuple[Json, str]] = {
    "no title": ({"type": "modal", "blocks": []}, "/view"),
    "a title of 25": (modal(title=plain("x" * 25)), "/view/title/text"),
    "a title in mrkdwn": (modal(title=mrkdwn("x")), "/view/title/type"),
    "an empty title": (modal(title=plain("")), "/view/title/text"),
    "a submit of 25": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "inputs without submit": (modal(submit=None), "/view"),
    "101 blocks": (modal(*[section()] * 101), "/view/blocks"),
    "metadata of 3001": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "the view as it came in a payload": (modal(state={}), "/view"),
    "a Home's type": (modal() | {"type": "home"}, "/view/type"),
    "a table": (modal({"type": "table", "rows": [[]]}), "/view/blocks/0/type"),
    "markdown": (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    "a block of no type": (modal({"text": mrkdwn("x")}), "/view/blocks/0"),
    "a type that is no word": (modal({"type": ["section"]}), "/view/blocks/0/type"),
    "a field nobody knows": (modal(section(colour="red")), "/view/blocks/0"),
    "a section of nothing": (modal({"type": "section"}), "/view/blocks/0"),
    "a section of 3001": (modal(section(text=mrkdwn("x" * 3001))), "/view/blocks/0/text/text"),
    "eleven fields": (modal(section(fields=[mrkdwn("x")] * 11)), "/view/blocks/0/fields"),
    "a field of 2001": (modal(section(fields=[mrkdwn("x" * 2001)])), "/view/blocks/0/fields/0/text"),
    "a header of 151": (modal({"type": "header", "text": plain("x" * 151)}), "/view/blocks/0/text/text"),
    "eleven context elements": (
        modal({"type": "context", "elements": [mrkdwn("x")] * 11}),
        "/view/blocks/0/elements",
    ),
    "a block_id twice": (modal(section(block_id="a"), section(block_id="a")), "/view/blocks/1/block_id"),
    "a block_id of 256": (modal(section(block_id="x" * 256)), "/view/blocks/0/block_id"),
    "an action_id twice in a block": (modal(actions(button(), button())), "/view/blocks/0/elements"),
    "26 buttons": (modal(actions(*[button(f"b{n}") for n in range(26)])), "/view/blocks/0/elements"),
    "a button of 76": (
        modal(actions(button() | {"text": plain("x" * 76)})),
        "/view/blocks/0/elements/0/text/text",
    ),
    "a button's value of 2001": (modal(actions(button(value="x" * 2001))), "/view/blocks/0/elements/0/value"),
    "a button of another style": (modal(actions(button(style="green"))), "/view/blocks/0/elements/0/style"),
    "a text input among actions": (
        modal(actions({"type": "plain_text_input", "action_id": "a"})),
        "/view/blocks/0/elements/0/type",
    ),
    "a button in an input": (modal(field("one", button())), "/view/blocks/0/element/type"),
    "a datetimepicker beside a section": (
        modal(section(accessory={"type": "datetimepicker", "action_id": "a"})),
        "/view/blocks/0/accessory/type",
    ),
    "101 options": (
        modal(field("one", {"type": "static_select", "options": options(*map(str, range(101)))})),
        "/view/blocks/0/element/options",
    ),
    "no options": (modal(select(options=[])), "/view/blocks/0/element/options"),
    "neither options nor groups": (modal(field("one", {"type": "static_select"})), "/view/blocks/0/element"),
    "an option of 76": (
        modal(select(options=options("x" * 76))),
        "/view/blocks/0/element/options/0/text/text",
    ),
    "an option's value of 151": (
        modal(select(options=[{"text": plain("a"), "value": "x" * 151}])),
        "/view/blocks/0/element/options/0/value",
    ),
    "an option of no value": (
        modal(select(options=[{"text": plain("a")}])),
        "/view/blocks/0/element/options/0",
    ),
    "a first choice that is not offered": (
        modal(select(initial_option=options("c")[0])),
        "/view/blocks/0/element/initial_option",
    ),
    "a first choice of another text": (
        modal(select(initial_option={"text": plain("B"), "value": "b"})),
        "/view/blocks/0/element/initial_option",
    ),
    "eleven radio buttons": (
        modal(field("one", {"type": "radio_buttons", "options": options(*map(str, range(11)))})),
        "/view/blocks/0/element/options",
    ),
    "six in an overflow menu": (
        modal(actions({"type": "overflow", "action_id": "a", "options": options(*map(str, range(6)))})),
        "/view/blocks/0/elements/0/options",
    ),
    "a placeholder of 151": (
        modal(typed(placeholder=plain("x" * 151))),
        "/view/blocks/0/element/placeholder/text",
    ),
    "a max_length of 3001": (modal(typed(max_length=3001)), "/view/blocks/0/element/max_length"),
    "a max_length of 0": (modal(typed(max_length=0)), "/view/blocks/0/element/max_length"),
    "a min_length above the max_length": (
        modal(typed(min_length=5, max_length=4)),
        "/view/blocks/0/element/min_length",
    ),
    "a first text that is too long": (
        modal(typed(initial_value="Hello", max_length=4)),
        "/view/blocks/0/element/initial_value",
    ),
    "another trigger": (
        modal(typed(dispatch_action_config={"trigger_actions_on": ["on_blur"]})),
        "/view/blocks/0/element/dispatch_action_config/trigger_actions_on/0",
    ),
    "two in focus": (
        modal(typed(focus_on_load=True), field("two", {"type": "plain_text_input", "focus_on_load": True})),
        "/view/blocks",
    ),
    "a date of another form": (
        modal(field("one", {"type": "datepicker", "initial_date": "22.11.2026"})),
        "/view/blocks/0/element/initial_date",
    ),
    "a time of no clock": (
        modal(field("one", {"type": "timepicker", "initial_time": "24:00"})),
        "/view/blocks/0/element/initial_time",
    ),
    "milliseconds": (
        modal(field("one", {"type": "datetimepicker", "initial_date_time": 1795368600000})),
        "/view/blocks/0/element/initial_date_time",
    ),
    "a number that says nothing of decimals": (
        modal(field("one", {"type": "number_input"})),
        "/view/blocks/0/element",
    ),
    "eleven files": (
        modal(field("one", {"type": "file_input", "max_files": 11})),
        "/view/blocks/0/element/max_files",
    ),
    "more first choices than may be made": (
        modal(
            field(
                "one",
                {
                    "type": "multi_static_select",
                    "options": options("a", "b"),
                    "initial_options": options("a", "b"),
                    "max_selected_items": 1,
                },
            )
        ),
        "/view/blocks/0/element/initial_options",
    ),
    "a label in mrkdwn": (modal(text_field() | {"label": mrkdwn("x")}), "/view/blocks/0/label/type"),
    "a confirm title of 101": (
        modal(actions(button(confirm=CONFIRM | {"title": plain("x" * 101)}))),
        "/view/blocks/0/elements/0/confirm/title/text",
    ),
    "a confirm without deny": (
        modal(actions(button(confirm={k: v for k, v in CONFIRM.items() if k != "deny"}))),
        "/view/blocks/0/elements/0/confirm",
    ),
    "an image of no address": (modal({"type": "image", "alt_text": "x"}), "/view/blocks/0"),
    "an alert of 201": (modal({"type": "alert", "text": mrkdwn("x" * 201)}), "/view/blocks/0/text/text"),
}


@pytest.mark.parametrize("name", GOOD_MODALS)
def test_a_modal_within_the_rules_is_taken(name: str) -> None:
    view = GOOD_MODALS[name]
    if name == "a hundred blocks":
        view = view | {"blocks": [dict(block) for block in view["blocks"]]}
    assert problems_in_view(view, "modal") == []


@pytest.mark.parametrize("name", BAD_MODALS)
def test_a_modal_against_the_rules_is_pointed_at(name: str) -> None:
    view, pointer = BAD_MODALS[name]
    problems = problems_in_view(view, "modal")
    assert str(problems[0]) == "failed to match all allowed schemas [json-pointer:/view]"
    assert [problem.pointer for problem in problems[1:]] == [pointer]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ({"type": "datetimepicker"}, "not on a Home"),
        ({"type": "file_input"}, "modal only"),
        ({"type": "number_input", "is_decimal_allowed": True}, "modal only"),
        ({"type": "email_text_input"}, "modal only"),
    ],
)
def test_an_element_out_of_its_surface_is_refused_on_a_home(element: Json, reason: str) -> None:
    (problem,) = problems_in_view(home(field("one", element)), "home")[1:]
    assert problem.pointer == "/view/blocks/0/element/type", reason


@pytest.mark.parametrize(
    ("rows", "is_right"),
    [
        ([[{"type": "raw_text", "text": "a"}] * 20] * 100, True),
        ([[{"type": "raw_text", "text": "a"}] * 21], False),
        ([[{"type": "raw_text", "text": "a"}]] * 101, False),
    ],
)
def test_a_table_has_at_most_a_hundred_rows_of_twenty(rows: list[Any], is_right: bool) -> None:
    assert (problems_in_message([{"type": "table", "rows": rows}]) == []) is is_right


def test_the_rows_of_a_data_table_are_of_one_width() -> None:
    cell = {"type": "raw_text", "text": "a"}
    table = {"type": "data_table", "caption": "Sent", "rows": [[cell, cell], [cell]]}
    assert [problem.pointer for problem in problems_in_message([table])] == ["/blocks/0/rows"]


def test_a_message_has_at_most_fifty_blocks() -> None:
    assert problems_in_message([section()] * 50) == []
    assert (
        str(problems_in_message([section()] * 51)[0])
        == "no more than 50 items allowed [json-pointer:/blocks]"
    )


JUNK: list[Any] = [
    None,
    1,
    -1,
    True,
    "",
    "x",
    [],
    {},
    [1],
    [[]],
    {"type": []},
    {"type": "x"},
    "x" * 4000,
    1.5,
]


def places_in(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way, *(place for key, value in inner for place in places_in(value, (*way, key)))]


def garbled(view: Json, chance: random.Random) -> Json:
    """The view with junk in one place, or that place taken out."""
    result = copy.deepcopy(view)
    *way, last = chance.choice(places_in(result)[1:])
    node: Any = result
    for key in way:
        node = node[key]
    if isinstance(node, dict) and chance.random() < 0.3:
        del node[last]
    else:
        node[last] = chance.choice(JUNK)
    return result


@pytest.mark.parametrize("name", [name for name in GOOD_MODALS if name != "a hundred blocks"])
def test_a_garbled_view_is_refused_or_shown_and_never_breaks_anything(name: str) -> None:
    chance = random.Random(name)
    for _ in range(40):
        view = garbled(GOOD_MODALS[name], chance)
        if not problems_in_view(view, "modal"):
            assert isinstance(Form(normalised(view["blocks"], lambda: str(chance.random()))).values(), dict)
