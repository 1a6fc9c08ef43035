"""Making, changing and removing the app's messages: what chat.*, commands and response URLs share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads
from bot.playground.workspace.blocks import normalised
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.files import File
from bot.playground.workspace.state import ChangeKind, Message
from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.surfaces import problems_in_message

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says: text, blocks or both; None where the caller said nothing."""

    text: str | None = None
    blocks: list[Json] | None = None
    metadata: Json | None = None
    files: Sequence[File] = ()


def check(content: Content) -> None:
    """Raises SlackError when Slack would not take the content (`no_text`, `invalid_blocks`...)."""
    if not content.text and not content.blocks and not content.files:
        raise SlackError("no_text")
    problems = problems_in_message(content.blocks or [])
    if problems:
        words = [str(problem) for problem in problems]
        raise SlackError("invalid_blocks", words, errors=words)
    if limits.text_length(content.blocks or []) > limits.MESSAGE_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")


def post(
    workspace: "Workspace",
    channel_id: str,
    content: Content,
    *,
    thread_ts: str | None = None,
    is_broadcast: bool = False,
    visible_to: str | None = None,
    key: str | None = None,
) -> Message:
    """The app's new message, shown and told to who subscribed; raises SlackError."""
    check(content)
    message = Message(
        ts=workspace.next_ts(),
        channel=channel_id,
        user=workspace.app.bot_user_id,
        text=(content.text or "")[: limits.MESSAGE_TEXT_CUT],
        blocks=normalised(content.blocks or [], workspace.ids.short),
        is_from_app=True,
        thread_ts=thread_ts,
        is_broadcast=is_broadcast,
        subtype="thread_broadcast" if is_broadcast else "file_share" if content.files else None,
        files=[file.id for file in content.files],
        visible_to=visible_to,
        metadata=content.metadata,
        client_msg_id=key,
    )
    for file in content.files:
        file.channels.append(channel_id)
    workspace.keep_message(message)
    workspace.events.posted(message)
    return message


def change(workspace: "Workspace", message: Message, content: Content) -> None:
    """Replace what the message says; without blocks, text alone takes their place."""
    check(content)
    before = payloads.message_body(workspace, message)
    message.text = content.text or ""
    # https://docs.slack.dev/reference/methods/chat.update: blocks stay only where text is left out.
    message.blocks = normalised(content.blocks or [], workspace.ids.short)
    message.edited_ts = workspace.next_ts()
    if content.metadata is not None:
        message.metadata = content.metadata
    _show_again(message)
    workspace.tell(ChangeKind.CHANNEL, channel=message.channel)
    workspace.events.changed(message, before)


def remove(workspace: "Workspace", message: Message) -> None:
    """Take the message away."""
    before = payloads.message_body(workspace, message)
    workspace.drop_message(message)
    workspace.events.deleted(message, before)


def _show_again(message: Message) -> None:
    message.trouble.clear()
    for form in message.forms.values():
        form.show(message.blocks)
