"""apps.*: what an app asks for itself, with its app-level token."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.web_api.arguments import Arguments

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace


def open_connection(workspace: "Workspace", _: Arguments) -> dict[str, Any]:
    """apps.connections.open: where a socket can be opened, once."""
    if not workspace.app.is_on_socket:
        raise SlackError("socket_mode_not_enabled")
    return {"url": workspace.sockets.invite()}
