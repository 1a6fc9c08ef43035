"""Finding the channel a call means, and refusing where the app may not go."""

from typing import TYPE_CHECKING

from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.state import Channel, Message

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace


def channel(workspace: "Workspace", wanted: str) -> Channel:
    """The channel of this id that the app can know of; raises `channel_not_found`."""
    found = workspace.channels.get(wanted)
    if found is None or (found.is_private and not is_member(workspace, found)):
        raise SlackError("channel_not_found")
    return found


def channel_to_post_in(workspace: "Workspace", wanted: str) -> Channel:
    """Where a message may go: a channel by id or name, a user by id; raises SlackError."""
    if wanted in workspace.users:
        return workspace.direct(wanted)
    by_name = next(
        (c.id for c in workspace.channels.values() if c.name and c.name == wanted.lstrip("#")), wanted
    )
    found = channel(workspace, by_name)
    if found.is_archived:
        raise SlackError("is_archived")
    if not is_member(workspace, found) and not _may_post_without_joining(workspace):
        raise SlackError("not_in_channel")
    return found


def message(channel_: Channel, ts: str, error: str = "message_not_found") -> Message:
    """The message of this ts that is not ephemeral; raises the error."""
    found = channel_.by_ts.get(ts)
    if found is None or found.is_ephemeral:
        raise SlackError(error)
    return found


def is_member(workspace: "Workspace", channel_: Channel) -> bool:
    """Whether the app's bot is in the channel."""
    return workspace.app.bot_user_id in channel_.members


def _may_post_without_joining(workspace: "Workspace") -> bool:
    scopes = workspace.app.scopes
    return scopes is not None and "chat:write.public" in scopes
