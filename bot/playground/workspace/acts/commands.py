"""Slash commands and global shortcuts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.hooks import respond
from bot.playground.workspace.letters import Ack, Miss

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

# Seen in Slack: integrations/slack#352, Netflix/dispatch#2848 (late), bolt-python#951 (no answer), Netflix/dispatch#495 (404).
ERROR_OF_MISS: Mapping[Miss, str] = {
    Miss.TIMEOUT: "operation_timeout",
    Miss.UNREACHABLE: "dispatch_failed",
    Miss.REDIRECTS: "dispatch_failed",
    Miss.INVALID: "dispatch_failed",
}


async def run_command(workspace: "Workspace", user_id: str, channel_id: str, typed: str) -> Ack:
    """Post the command, and show the answer or the error to who typed it."""
    command, _, text = typed.strip().partition(" ")
    if command not in workspace.app.commands:
        workspace.show_banner(user_id, f"{command} is not a valid command.", channel_id)
        return Ack(miss=Miss.UNREACHABLE)
    channel = workspace.channels[channel_id]
    form = payloads.command_form(workspace, user_id, channel, command, text.strip())
    form["response_url"] = workspace.hooks.issue("commands", user_id, channel_id)
    form["trigger_id"] = workspace.triggers.issue(user_id)
    ack = await workspace.delivery.command(form)
    if ack.is_ok:
        _show_answer(workspace, user_id, channel_id, ack)
    else:
        workspace.show_banner(user_id, f'{command} failed with the error "{_error_of(ack)}"', channel_id)
    return ack


async def run_shortcut(workspace: "Workspace", user_id: str, callback_id: str) -> Ack:
    """Post the shortcut; an app that does not take it gives the user a banner."""
    payload = payloads.shortcut(workspace, user_id) | {
        "callback_id": callback_id,
        "action_ts": workspace.next_ts(),
        "trigger_id": workspace.triggers.issue(user_id),
    }
    ack = await workspace.delivery.interaction(payload)
    if not ack.is_ok:
        name = next((s.name for s in workspace.app.shortcuts if s.callback_id == callback_id), callback_id)
        workspace.show_banner(user_id, f'{name} failed with the error "{_error_of(ack)}"')
    return ack


def _error_of(ack: Ack) -> str:
    if ack.miss is Miss.HTTP:
        return "http_client_error" if (ack.status or 500) < 500 else "http_service_error"
    return ERROR_OF_MISS[ack.miss or Miss.INVALID]


def _show_answer(workspace: "Workspace", user_id: str, channel_id: str, ack: Ack) -> None:
    body = _body_of(ack)
    if not body.get("text") and not body.get("blocks"):
        return
    try:
        respond(workspace, user_id, channel_id, body)
    except SlackError:
        workspace.show_banner(user_id, "The app's answer could not be shown.", channel_id)


def _body_of(ack: Ack) -> dict[str, Any]:
    try:
        body = ack.answer()
    except ValueError:
        return {"text": ack.body}
    return body if isinstance(body, dict) else {"text": ack.body.strip()}
