"""Writing in a channel, and opening the app's Home."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from bot.playground.workspace.events import escaped
from bot.playground.workspace.files import File
from bot.playground.workspace.state import Message

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace


async def post_message(
    workspace: "Workspace",
    user_id: str,
    channel_id: str,
    text: str,
    thread_ts: str | None,
    files: Sequence[File] = (),
) -> Message:
    """The person's message, stored as Slack stores it (`&`, `<` and `>` escaped)."""
    message = Message(
        ts=workspace.next_ts(),
        channel=channel_id,
        user=user_id,
        text=escaped(text),
        thread_ts=thread_ts,
        files=[file.id for file in files],
        subtype="file_share" if files else None,
        client_msg_id=str(UUID(int=workspace.ids.number())),
    )
    for file in files:
        file.channels.append(channel_id)
    workspace.keep_message(message)
    workspace.events.posted(message)
    return message


async def open_home(workspace: "Workspace", user_id: str, tab: str) -> None:
    """Tell the app that its Home (or its messages) was opened."""
    workspace.events.home_opened(workspace.users[user_id], workspace.direct(user_id), tab)
