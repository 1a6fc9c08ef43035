"""Submitting and closing modals."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads, stacks
from bot.playground.workspace.acts.clicks import TROUBLE
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.letters import Ack
from bot.playground.workspace.state import View, ViewKind
from bot.playground.workspace.validate.answers import errors_in_fields, problems_in_errors

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]


async def submit(workspace: "Workspace", view: View, *, even_if_busy: bool) -> Ack | None:
    """Ask the app, and do what it answers; None when the app was not asked."""
    if view.is_busy and not even_if_busy:
        return None
    view.errors, view.trouble = errors_in_fields(view.blocks, view.form), ""
    if view.errors:
        workspace.tell_view(view)
        return None
    view.is_busy = True
    workspace.tell_view(view)
    try:
        ack = await workspace.delivery.interaction(_submission(workspace, view))
    finally:
        view.is_busy = False
    ack = _obey(workspace, view, ack)
    view.trouble = "" if ack.is_ok else TROUBLE
    workspace.tell_view(view)
    return ack


async def close(workspace: "Workspace", view: View, *, all_views: bool) -> None:
    """Take the view (or the whole stack) away, and tell the app where a view asked for it."""
    is_cleared = all_views or bool(view.content["clear_on_close"])
    stack = workspace.views(view.user)
    gone = stack if is_cleared else [view]
    workspace.set_stack(view.user, [one for one in stack if one not in gone])
    for one in reversed(gone):
        if one.content["notify_on_close"]:
            payload = payloads.interaction(workspace, "view_closed", view.user)
            payload |= {"view": payloads.view_now(workspace, one), "is_cleared": is_cleared}
            await workspace.delivery.interaction(payload)


def _submission(workspace: "Workspace", view: View) -> Json:
    return payloads.interaction(workspace, "view_submission", view.user) | {
        "trigger_id": workspace.triggers.issue(view.user, view.id),
        "view": payloads.view_now(workspace, view),
        "response_urls": [],
    }


def _obey(workspace: "Workspace", view: View, ack: Ack) -> Ack:
    if not ack.is_ok:
        return ack
    try:
        _carry_out(workspace, view, ack.answer())
    except (ValueError, SlackError):
        return ack.as_invalid()
    return ack


def _carry_out(workspace: "Workspace", view: View, answer: Any) -> None:
    """Do what a view_submission was answered with.

    One real answer: `{"response_action": "errors", "errors": {"message": "Longer than three segments"}}`.
    """
    if answer is None or answer == {}:
        _pop(workspace, view)
        return
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    match answer.get("response_action"):
        case "errors":
            _show_errors(view, answer.get("errors"))
        case "update":
            stacks.replace(workspace, view, _view_in(answer))
        case "push":
            stacks.push(workspace, view.user, _view_in(answer))
        case "clear":
            workspace.set_stack(view.user, [])
        case other:
            raise ValueError(f"unknown response_action {other!r}")


def _pop(workspace: "Workspace", view: View) -> None:
    workspace.set_stack(view.user, [one for one in workspace.views(view.user) if one is not view])


def _show_errors(view: View, errors: Any) -> None:
    problems = problems_in_errors(view.blocks, errors)
    if problems:
        raise ValueError("; ".join(problems))
    view.errors = dict(errors)


def _view_in(answer: Json) -> Json:
    content = answer.get("view")
    if not isinstance(content, dict):
        raise ValueError("no view")
    return stacks.checked(content, ViewKind.MODAL)
