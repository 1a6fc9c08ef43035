"""views.*: opening, pushing, replacing and publishing."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads, stacks
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.state import View, ViewKind
from bot.playground.workspace.web_api.arguments import Arguments

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]


def open_view(workspace: "Workspace", given: Arguments) -> Json:
    """views.open: a new modal for whoever caused the trigger."""
    view = stacks.checked(given.view(), ViewKind.MODAL)
    trigger = workspace.triggers.redeem(_trigger_id(given))
    return _answer(workspace, stacks.open_view(workspace, trigger.user, view))


def push(workspace: "Workspace", given: Arguments) -> Json:
    """views.push: a modal over the one the trigger came from."""
    view = stacks.checked(given.view(), ViewKind.MODAL)
    trigger = workspace.triggers.redeem(_trigger_id(given))
    return _answer(workspace, stacks.push(workspace, trigger.user, view))


def update(workspace: "Workspace", given: Arguments) -> Json:
    """views.update: another content for an open view; a stale hash is refused."""
    content = given.view()
    shown = _shown(workspace, given)
    checked = stacks.checked(content, shown.kind)
    _refuse_stale_hash(given, shown)
    stacks.replace(workspace, shown, checked)
    return _answer(workspace, shown)


def publish(workspace: "Workspace", given: Arguments) -> Json:
    """views.publish: the content of one user's Home."""
    user_id = given.required("user_id")
    if not workspace.app.home:
        raise SlackError("not_enabled")
    if user_id not in workspace.users:
        raise SlackError("invalid_arguments", ["invalid user_id [json-pointer:/user_id]"])
    content = stacks.checked(given.view(), ViewKind.HOME)
    shown = workspace.home(user_id)
    if shown is not None:
        _refuse_stale_hash(given, shown)
    return _answer(workspace, stacks.publish(workspace, user_id, content))


def _answer(workspace: "Workspace", shown: View) -> Json:
    # Slack's own samples of these answers carry no values.
    return {"view": payloads.view(workspace, shown, {})}


def _trigger_id(given: Arguments) -> str:
    if given.has("interactivity_pointer"):
        return given.text("interactivity_pointer")
    return given.required("trigger_id")


def _shown(workspace: "Workspace", given: Arguments) -> View:
    view_id, external_id = given.text("view_id"), given.text("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ["either view_id or external_id is required"])
    for view in workspace.open_views():
        if view.id == view_id or (external_id and view.content["external_id"] == external_id):
            return view
    raise SlackError("not_found")


def _refuse_stale_hash(given: Arguments, shown: View) -> None:
    if given.text("hash") and given.text("hash") != shown.hash:
        raise SlackError("hash_conflict")
