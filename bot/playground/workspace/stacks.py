"""The user's stack of modals and the Home: what may be put there and how it changes."""

import json
from typing import TYPE_CHECKING, Any

from bot.playground.workspace.blocks import normalised, normalised_text
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.forms import Form
from bot.playground.workspace.state import View, ViewKind
from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.surfaces import problems_in_view

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]


def checked(content: Json, kind: ViewKind) -> Json:
    """The same content, when Slack would take it as a view of this kind; raises SlackError."""
    if len(json.dumps(content, ensure_ascii=False).encode()) > limits.VIEW_BYTES:
        raise SlackError("view_too_large")
    problems = problems_in_view(content, kind.value)
    if problems:
        raise SlackError("invalid_arguments", [str(problem) for problem in problems])
    return content


def open_view(workspace: "Workspace", user_id: str, content: Json) -> View:
    """The user's only modal from now on; content that was checked."""
    view = _new_view(workspace, user_id, content, ViewKind.MODAL)
    workspace.set_stack(user_id, [view])
    return view


def push(workspace: "Workspace", user_id: str, content: Json) -> View:
    """A modal over the others; raises SlackError when none is open or three are."""
    stack = workspace.views(user_id)
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= limits.VIEWS_IN_STACK:
        raise SlackError("push_limit_reached")
    view = _new_view(workspace, user_id, content, ViewKind.MODAL)
    view.root_view_id, view.previous_view_id = stack[0].root_view_id, stack[-1].id
    workspace.set_stack(user_id, [*stack, view])
    return view


def replace(workspace: "Workspace", view: View, content: Json) -> None:
    """Another content for a view that stays: its id, place and the values whose ids stay are kept."""
    _refuse_taken_external_id(workspace, content, view)
    view.content = _complete(workspace, content, view.kind)
    view.form.show(view.blocks)
    view.hash = _new_hash(workspace, view)
    view.errors, view.trouble = {}, ""
    workspace.tell_view(view)


def publish(workspace: "Workspace", user_id: str, content: Json) -> View:
    """The user's Home with this content; its id stays over the years."""
    shown = workspace.home(user_id)
    if shown is not None:
        replace(workspace, shown, content)
        return shown
    view = _new_view(workspace, user_id, content, ViewKind.HOME)
    workspace.set_home(view)
    return view


def _new_view(workspace: "Workspace", user_id: str, content: Json, kind: ViewKind) -> View:
    _refuse_taken_external_id(workspace, content, None)
    complete = _complete(workspace, content, kind)
    view_id = workspace.ids.entity("V")
    return View(
        id=view_id,
        kind=kind,
        user=user_id,
        content=complete,
        form=Form(complete["blocks"]),
        hash=workspace.ids.hash(workspace.clock.now()),
        root_view_id=view_id,
    )


def _new_hash(workspace: "Workspace", view: View) -> str:
    fresh = workspace.ids.hash(workspace.clock.now())
    return fresh if fresh != view.hash else _new_hash(workspace, view)


def _complete(workspace: "Workspace", content: Json, kind: ViewKind) -> Json:
    untitled = {"type": "plain_text", "text": "View Title", "emoji": True} if kind is ViewKind.HOME else None
    return {
        "type": kind.value,
        "blocks": normalised(content["blocks"], workspace.ids.short),
        "private_metadata": content.get("private_metadata") or "",
        "callback_id": content.get("callback_id") or "",
        "title": normalised_text(content.get("title")) or untitled,
        "clear_on_close": bool(content.get("clear_on_close", False)),
        "notify_on_close": bool(content.get("notify_on_close", False)),
        "close": normalised_text(content.get("close")),
        "submit": normalised_text(content.get("submit")),
        "external_id": content.get("external_id") or "",
    }


def _refuse_taken_external_id(workspace: "Workspace", content: Json, unless: View | None) -> None:
    external_id = content.get("external_id")
    if external_id and any(
        view.content["external_id"] == external_id and view is not unless for view in workspace.open_views()
    ):
        raise SlackError("duplicate_external_id")
