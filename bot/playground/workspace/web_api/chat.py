"""chat.*: posting, changing and deleting messages."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads, posting
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.posting import Content
from bot.playground.workspace.state import Channel, Message
from bot.playground.workspace.validate import limits
from bot.playground.workspace.web_api import places
from bot.playground.workspace.web_api.arguments import Arguments

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]


def post_message(workspace: "Workspace", given: Arguments) -> Json:
    """chat.postMessage: a new message in a channel, a thread or a direct conversation."""
    channel = places.channel_to_post_in(workspace, given.required("channel", "channel_not_found"))
    thread_ts = _parent_ts(channel, given)
    is_broadcast = given.flag("reply_broadcast") and thread_ts is not None
    key = given.text("client_msg_id") or None
    message = _posted_before(channel, key) or posting.post(
        workspace, channel.id, _content(given), thread_ts=thread_ts, is_broadcast=is_broadcast, key=key
    )
    return {"channel": channel.id, "ts": message.ts, "message": payloads.message_body(workspace, message)}


def post_ephemeral(workspace: "Workspace", given: Arguments) -> Json:
    """chat.postEphemeral: a message that one member of the channel sees."""
    channel = places.channel_to_post_in(workspace, given.required("channel", "channel_not_found"))
    user_id = given.required("user", "user_not_found")
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = _parent_ts(channel, given)
    message = posting.post(workspace, channel.id, _content(given), thread_ts=thread_ts, visible_to=user_id)
    return {"message_ts": message.ts}


def update(workspace: "Workspace", given: Arguments) -> Json:
    """chat.update: another content for a message of the app itself."""
    channel, message = _own_message(workspace, given, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    content = _content(given)
    if len(content.text or "") > limits.UPDATE_TEXT:
        raise SlackError("msg_too_long")
    if content.text is None and content.blocks is None:
        raise SlackError("no_text")
    posting.change(workspace, message, content)
    body = payloads.message_body(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": body}


def delete(workspace: "Workspace", given: Arguments) -> Json:
    """chat.delete: takes a message of the app itself away."""
    channel, message = _own_message(workspace, given, "cant_delete_message")
    posting.remove(workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(workspace: "Workspace", given: Arguments) -> Json:
    """chat.getPermalink: the address of a message."""
    channel = places.channel(workspace, given.required("channel", "channel_not_found"))
    message = places.message(channel, given.text("message_ts"))
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _posted_before(channel: Channel, key: str | None) -> Message | None:
    """The app's own message of this `client_msg_id`, which is not posted again."""
    posts = channel.by_ts.values() if key else ()
    return next((post for post in posts if post.is_from_app and post.client_msg_id == key), None)


def _content(given: Arguments) -> Content:
    metadata = given.structure("metadata", "invalid_metadata_format")
    return Content(
        text=given.text("text") if given.has("text") else None,
        blocks=given.blocks(),
        metadata=metadata if isinstance(metadata, dict) else None,
    )


def _own_message(workspace: "Workspace", given: Arguments, error: str) -> tuple[Channel, Message]:
    channel = places.channel(workspace, given.required("channel", "channel_not_found"))
    message = places.message(channel, given.text("ts"))
    if not message.is_from_app:
        raise SlackError(error)
    return channel, message


def _parent_ts(channel: Channel, given: Arguments) -> str | None:
    thread_ts = given.text("thread_ts")
    if not thread_ts:
        return None
    parent = places.message(channel, thread_ts, "thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return thread_ts
