"""Typing and choosing in the elements of a view, and the options an external select is given."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import blocks, files, payloads
from bot.playground.workspace.acts.clicks import act, place_of
from bot.playground.workspace.elements import TEXT_INPUTS
from bot.playground.workspace.letters import Ack
from bot.playground.workspace.state import Message, OptionList, View
from bot.playground.workspace.validate.suggestions import options_of, problems_in_suggestions

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

# java-slack-sdk#1204: what a select shows when the app is late or its answer cannot be used.
NOTHING_FOUND = "Nothing could be found"

# https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
DEFAULT_MIN_QUERY_LENGTH = 3


async def set_value(
    workspace: "Workspace",
    view: View,
    block_id: str,
    action_id: str,
    value: Any,
    *,
    entered: bool,
    wait: bool,
) -> Ack | None:
    """Put the value, then tell the app if the element is to; raises KeyError, NoSuchOptionError, NoSuchFileError."""
    block, element = blocks.find(view.blocks, block_id, action_id)
    if element["type"] == "file_input":
        value = [files.body_of(workspace, workspace.files.get(file_id)) for file_id in value or ()]
    before = view.form.state(block_id, action_id)
    state = view.form.put(block_id, action_id, value)
    view.errors.pop(block_id, None)
    workspace.tell_view(view)
    if not _is_told(block, element, has_changed=state != before, entered=entered):
        return None
    if not _is_debounced(workspace, block, element, entered=entered):
        return await act(workspace, view.user, view, block_id, element, state, wait=wait)
    delayed = _act_when_quiet(workspace, view, block_id, element, state)
    if wait:
        return await delayed
    workspace.start_soon(delayed)
    return None


async def options(
    workspace: "Workspace", user_id: str, where: View | Message, block_id: str, action_id: str, query: str
) -> OptionList:
    """Ask the app for options, or nobody when the query is too short; raises KeyError."""
    _, element = blocks.find(where.blocks, block_id, action_id)
    if len(query) < element.get("min_query_length", DEFAULT_MIN_QUERY_LENGTH):
        return OptionList()
    payload = payloads.interaction(workspace, "block_suggestion", user_id) | place_of(
        workspace, user_id, where
    )
    payload |= {"action_id": action_id, "block_id": block_id, "value": query}
    ack = await workspace.delivery.interaction(payload)
    found = _usable(ack)
    form = where.form if isinstance(where, View) else where.form_of(user_id)
    form.offer(block_id, action_id, found.flat)
    return found


def _usable(ack: Ack) -> OptionList:
    try:
        answer = ack.answer() if ack.is_ok else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or problems_in_suggestions(answer):
        return OptionList(problem=NOTHING_FOUND)
    flat, groups = options_of(answer)
    return OptionList(options=flat, groups=groups, problem="" if flat or groups else NOTHING_FOUND)


def _is_told(block: Json, element: Json, *, has_changed: bool, entered: bool) -> bool:
    if not blocks.is_in_input(block):
        return has_changed or entered
    if not block["dispatch_action"]:
        return False
    if element["type"] not in TEXT_INPUTS:
        return has_changed
    return (entered and "on_enter_pressed" in _triggers(element)) or (
        has_changed and "on_character_entered" in _triggers(element)
    )


def _triggers(element: Json) -> list[str]:
    # https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object
    on: list[str] = element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"])
    return on


def _is_debounced(workspace: "Workspace", block: Json, element: Json, *, entered: bool) -> bool:
    is_typing = blocks.is_in_input(block) and element["type"] in TEXT_INPUTS and not entered
    return is_typing and workspace.debounce_seconds > 0


async def _act_when_quiet(
    workspace: "Workspace", view: View, block_id: str, element: Json, state: Json
) -> Ack | None:
    await workspace.clock.sleep(workspace.debounce_seconds)
    is_newest = view.form.state(block_id, element["action_id"]) == state
    if not is_newest or not workspace.is_open(view):
        return None
    return await act(workspace, view.user, view, block_id, element, state, wait=True)
