"""What fields hold: at first, once typed in, and after the app replaced the view."""

from typing import Any

import pytest

from bot.playground.workspace import ManualClock, NoSuchOptionError, Workspace
from tests.integration.workspace.forms import actions, field, modal, option, options, plain, text_field
from tests.integration.workspace.house import COACH, OTHER, TEAM, RawApp, call, open_modal

AB = {"options": options("a", "b")}
A, B = (
    {"text": {**plain("a"), "emoji": True}, "value": "a"},
    {"text": {**plain("b"), "emoji": True}, "value": "b"},
)


@pytest.mark.parametrize(
    ("element", "nothing", "value", "held"),
    [
        ({"type": "plain_text_input"}, {"value": None}, "Hi", {"value": "Hi"}),
        ({"type": "email_text_input"}, {"value": None}, "a@b.fr", {"value": "a@b.fr"}),
        ({"type": "url_text_input"}, {"value": None}, "https://a.fr", {"value": "https://a.fr"}),
        ({"type": "number_input", "is_decimal_allowed": False}, {"value": None}, "7", {"value": "7"}),
        ({"type": "static_select", **AB}, {"selected_option": None}, "b", {"selected_option": B}),
        ({"type": "radio_buttons", **AB}, {"selected_option": None}, "b", {"selected_option": B}),
        ({"type": "checkboxes", **AB}, {"selected_options": []}, ["a", "b"], {"selected_options": [A, B]}),
        ({"type": "multi_static_select", **AB}, {"selected_options": []}, ["b"], {"selected_options": [B]}),
        ({"type": "external_select"}, {"selected_option": None}, None, {"selected_option": None}),
        ({"type": "multi_external_select"}, {"selected_options": []}, [], {"selected_options": []}),
        ({"type": "users_select"}, {"selected_user": None}, OTHER, {"selected_user": OTHER}),
        ({"type": "multi_users_select"}, {"selected_users": []}, [OTHER], {"selected_users": [OTHER]}),
        ({"type": "channels_select"}, {"selected_channel": None}, TEAM, {"selected_channel": TEAM}),
        ({"type": "multi_channels_select"}, {"selected_channels": []}, [TEAM], {"selected_channels": [TEAM]}),
        (
            {"type": "conversations_select"},
            {"selected_conversation": None},
            TEAM,
            {"selected_conversation": TEAM},
        ),
        (
            {"type": "multi_conversations_select"},
            {"selected_conversations": []},
            [TEAM],
            {"selected_conversations": [TEAM]},
        ),
        ({"type": "datepicker"}, {"selected_date": None}, "2026-11-22", {"selected_date": "2026-11-22"}),
        ({"type": "timepicker"}, {"selected_time": None}, "18:30", {"selected_time": "18:30"}),
        (
            {"type": "datetimepicker"},
            {"selected_date_time": None},
            1795368600,
            {"selected_date_time": 1795368600},
        ),
        ({"type": "file_input"}, {"files": []}, [], {"files": []}),
    ],
)
async def test_each_element_holds_its_state_in_its_own_shape(
    workspace: Workspace, element: dict[str, Any], nothing: Any, value: Any, held: Any
) -> None:
    view = await open_modal(workspace, modal(field("one", element)))
    kind = {"type": element["type"]}
    assert view.values == {"one": {"one": kind | nothing}}
    await workspace.set_value(view, "one", "one", value)
    assert view.values == {"one": {"one": kind | held}}
    await workspace.set_value(view, "one", "one", [] if isinstance(value, list) else None)
    assert view.values == {"one": {"one": kind | nothing}}


async def test_an_option_that_is_not_offered_cannot_be_chosen(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal(field("one", {"type": "static_select", **AB})))
    with pytest.raises(NoSuchOptionError):
        await workspace.set_value(view, "one", "one", "c")


async def test_a_typed_value_outlives_an_update_and_ignores_its_initial_value(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal(text_field()))
    await workspace.set_value(view, "message", "message", "Mine")
    start = {"type": "plain_text_input", "initial_value": "Theirs"}
    await call(workspace, "views.update", view_id=view.id, view=modal(field("message", start)))
    assert view.form.value("message", "message") == "Mine"


@pytest.mark.parametrize(
    "replaced",
    [
        {"block_id": "message.2"},  # another block
        {"element": {"type": "plain_text_input", "action_id": "message.2", "initial_value": "Theirs"}},
        {"element": {"type": "email_text_input", "action_id": "message", "initial_value": "Theirs"}},
    ],
)
async def test_a_field_of_new_ids_or_another_type_starts_from_its_initial_value(
    workspace: Workspace, replaced: dict[str, Any]
) -> None:
    view = await open_modal(workspace, modal(text_field()))
    await workspace.set_value(view, "message", "message", "Mine")
    block = field("message", {"type": "plain_text_input", "initial_value": "Theirs"}) | replaced
    answer = await call(workspace, "views.update", view_id=view.id, view=modal(block))
    assert answer["ok"], answer
    assert view.form.value(block["block_id"], block["element"]["action_id"]) == "Theirs"


async def test_a_field_that_went_away_and_came_back_is_empty(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal(text_field()))
    await workspace.set_value(view, "message", "message", "Mine")
    for block in (text_field("title"), text_field("message")):
        await call(workspace, "views.update", view_id=view.id, view=modal(block))
    assert view.form.value("message", "message") is None


async def test_blocks_without_ids_lose_what_was_typed(workspace: Workspace) -> None:
    block = {"type": "input", "label": plain("Text"), "element": {"type": "plain_text_input"}}
    view = await open_modal(workspace, modal(block))
    (before,) = view.values
    await call(workspace, "views.update", view_id=view.id, view=modal(block))
    assert list(view.values) != [before]


@pytest.mark.parametrize(
    ("block", "entered", "is_told"),
    [
        (text_field(), False, False),  # an input keeps silent
        (text_field(dispatch_action=True), False, False),  # by default only Enter speaks
        (text_field(dispatch_action=True), True, True),
        (
            field(
                "message",
                {
                    "type": "plain_text_input",
                    "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
                },
                dispatch_action=True,
            ),
            False,
            True,
        ),
        (
            field(
                "message",
                {
                    "type": "plain_text_input",
                    "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
                },
            ),
            False,
            False,  # the config alone does nothing
        ),
    ],
)
async def test_typing_is_told_as_the_field_asks(
    workspace: Workspace, raw: RawApp, block: dict[str, Any], entered: bool, is_told: bool
) -> None:
    view = await open_modal(workspace, modal(block))
    await workspace.set_value(view, "message", "message", "H", entered=entered)
    assert len(raw.requests) == int(is_told)
    if is_told:
        assert raw.payload()["actions"][0]["value"] == "H"


@pytest.mark.parametrize(
    ("beside", "told"),
    [({}, 0), ({"dispatch_action": True}, 1)],
)
async def test_a_choice_in_an_input_is_told_only_with_dispatch_action(
    workspace: Workspace, raw: RawApp, beside: dict[str, Any], told: int
) -> None:
    view = await open_modal(workspace, modal(field("one", {"type": "static_select", **AB}, **beside)))
    await workspace.set_value(view, "one", "one", "a")
    await workspace.set_value(view, "one", "one", "a")
    assert len(raw.requests) == told


async def test_a_choice_outside_an_input_is_always_told_and_kept(workspace: Workspace, raw: RawApp) -> None:
    view = await open_modal(
        workspace,
        modal(actions({"type": "static_select", "action_id": "pick", **AB}), text_field(optional=True)),
    )
    await workspace.click(COACH, view, "actions", "pick", "a")
    await workspace.click(COACH, view, "actions", "pick", "a")
    assert len(raw.requests) == 1
    assert raw.payload()["view"]["state"]["values"]["actions"]["pick"]["selected_option"] == A


async def test_with_a_debounce_only_the_last_keystroke_is_told(
    workspace: Workspace, raw: RawApp, clock: ManualClock
) -> None:
    workspace.debounce_seconds = 0.7
    config = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    view = await open_modal(
        workspace, modal(field("message", {"type": "plain_text_input", **config}, dispatch_action=True))
    )
    for typed in ("H", "Ha", "Hal"):
        await workspace.set_value(view, "message", "message", typed, wait=False)
    await clock.until_sleeping(0.7)
    await clock.advance(0.7)
    await workspace.settled()
    assert [request["actions"][0]["value"] for request in map(raw.payload, range(len(raw.requests)))] == [
        "Hal"
    ]


@pytest.mark.parametrize(
    ("element", "typed", "error"),
    [
        ({"type": "plain_text_input"}, None, "Please complete this required field."),
        ({"type": "checkboxes", **AB}, [], "Please complete this required field."),
        ({"type": "plain_text_input", "min_length": 3}, "Hi", "Enter at least 3 characters."),
        ({"type": "plain_text_input", "max_length": 1}, "Hi", "Enter at most 1 characters."),
        ({"type": "email_text_input"}, "coach", "Enter a valid email address."),
        ({"type": "url_text_input"}, "coach", "Enter a valid URL."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Enter a whole number."),
        ({"type": "number_input", "is_decimal_allowed": True}, "one", "Enter a valid number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "3"},
            "4",
            "Enter a number of at most 3.",
        ),
        (
            {"type": "multi_static_select", **AB, "max_selected_items": 1},
            ["a", "b"],
            "Select no more than 1.",
        ),
    ],
)
async def test_the_client_refuses_a_form_that_is_not_filled_in_rightly(
    workspace: Workspace, raw: RawApp, element: dict[str, Any], typed: Any, error: str
) -> None:
    view = await open_modal(workspace, modal(field("one", element)))
    await workspace.set_value(view, "one", "one", typed)
    assert await workspace.submit(view) is None
    assert (view.errors, raw.requests) == ({"one": error}, [])


@pytest.mark.parametrize(
    ("answer", "shown", "problem"),
    [
        ({"options": options("x", "y")}, ["x", "y"], ""),
        ({"option_groups": [{"label": plain("G"), "options": options("x")}]}, ["x"], ""),
        ({"options": []}, [], "Nothing could be found"),
        ({"options": options(*(str(n) for n in range(101)))}, [], "Nothing could be found"),
        ({"options": [{"text": plain("x")}]}, [], "Nothing could be found"),
        ({}, [], "Nothing could be found"),
    ],
)
async def test_an_external_select_shows_what_it_is_given_or_that_there_is_nothing(
    workspace: Workspace, raw: RawApp, answer: Any, shown: list[str], problem: str
) -> None:
    view = await open_modal(workspace, modal(field("who", {"type": "external_select"})))
    raw.will_answer(answer)
    found = await workspace.options(COACH, view, "who", "who", "cam")
    assert ([one["value"] for one in found.flat], found.problem) == (shown, problem)


async def test_a_query_below_the_least_length_asks_nobody(workspace: Workspace, raw: RawApp) -> None:
    view = await open_modal(workspace, modal(field("who", {"type": "external_select"})))
    await workspace.options(COACH, view, "who", "who", "ca")
    assert raw.requests == []


async def test_a_suggested_option_stays_chosen_when_the_next_query_offers_others(
    workspace: Workspace, raw: RawApp
) -> None:
    view = await open_modal(
        workspace, modal(field("who", {"type": "multi_external_select", "min_query_length": 0}))
    )
    for name in ("ann", "bob"):
        raw.will_answer({"options": [option(name)]})
        await workspace.options(COACH, view, "who", "who", name)
        chosen = [one["value"] for one in view.form.value("who", "who")]
        await workspace.set_value(view, "who", "who", [*chosen, name])
    assert [one["value"] for one in view.form.value("who", "who")] == ["ann", "bob"]
