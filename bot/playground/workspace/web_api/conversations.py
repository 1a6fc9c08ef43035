"""conversations.*: what there is to read, and going in."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Self

from bot.playground.workspace import payloads
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.state import ChangeKind, Channel, Message
from bot.playground.workspace.web_api import places
from bot.playground.workspace.web_api.arguments import Arguments
from bot.playground.workspace.web_api.paging import next_cursor, page

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

_TYPES = frozenset({"public_channel", "private_channel", "im", "mpim"})


@dataclass(frozen=True, slots=True)
class Span:
    """The messages asked for: after `oldest`, before `latest`, the two themselves when `is_inclusive`."""

    oldest: Decimal | None
    latest: Decimal | None
    is_inclusive: bool

    @classmethod
    def asked(cls, given: Arguments) -> Self:
        """The span of a call; raises `invalid_ts_oldest`, `invalid_ts_latest`."""
        return cls(_limit(given, "oldest"), _limit(given, "latest"), given.flag("inclusive"))

    def holds(self, message: Message) -> bool:
        """Whether the message stands in the span."""
        ts = Decimal(message.ts)
        if self.is_inclusive and ts in (self.oldest, self.latest):
            return True
        return (self.oldest is None or ts > self.oldest) and (self.latest is None or ts < self.latest)


def info(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.info: one conversation."""
    channel = _channel(workspace, given)
    body = payloads.channel_body(workspace, channel)
    if given.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def list_all(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.list: the conversations of the wanted types, in pages."""
    wanted = [kind.strip() for kind in given.text("types", "public_channel").split(",")]
    if not _TYPES.issuperset(wanted):
        raise SlackError("invalid_types")
    found = [c for c in workspace.channels.values() if _type_of(c) in wanted and _is_known(workspace, c)]
    if given.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    shown, cursor = page(found, given)
    bodies = [payloads.channel_body(workspace, c) | {"num_members": len(c.members)} for c in shown]
    return {"channels": bodies, **next_cursor(cursor)}


def members(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.members: the ids of who is in it, in pages."""
    shown, cursor = page(_channel(workspace, given).members, given)
    return {"members": list(shown), **next_cursor(cursor)}


def join(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.join: the bot goes into a public channel."""
    channel = _channel(workspace, given)
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    was_in = places.is_member(workspace, channel)
    if not was_in:
        channel.members.append(workspace.app.bot_user_id)
        workspace.tell(ChangeKind.CHANNEL, channel=channel.id)
    body: Json = {"channel": payloads.channel_body(workspace, channel)}
    return body | ({"warning": "already_in_channel"} if was_in else {})


def open_direct(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.open: the direct conversation with one user."""
    if given.text("channel"):
        return {"channel": {"id": _channel(workspace, given).id}}
    user_ids = [user_id.strip() for user_id in given.text("users").split(",") if user_id.strip()]
    if not user_ids:
        raise SlackError("users_list_not_supplied")
    if len(user_ids) > 1 or user_ids[0] not in workspace.users:
        raise SlackError("user_not_found")
    is_there = any(channel.im_with == user_ids[0] for channel in workspace.channels.values())
    channel = workspace.direct(user_ids[0])
    body = payloads.channel_body(workspace, channel) if given.flag("return_im") else {"id": channel.id}
    return {"channel": body} | ({"no_op": True, "already_open": True} if is_there else {})


def history(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.history: messages outside threads, newest first, in pages."""
    channel = _readable(workspace, given)
    span = Span.asked(given)
    found = [m for m in reversed(channel.messages("")) if span.holds(m)]
    shown, cursor = page(found, given)
    return _messages(workspace, shown, given, cursor) | {"pin_count": 0}


def replies(workspace: "Workspace", given: Arguments) -> Json:
    """conversations.replies: a thread with its parent, oldest first, in pages."""
    channel = _readable(workspace, given)
    asked = places.message(channel, given.required("ts", "thread_not_found"), "thread_not_found")
    thread = channel.thread(asked.thread_ts or asked.ts, "")
    span = Span.asked(given)
    found = [m for m in thread if m is thread[0] or span.holds(m)]
    shown, cursor = page(found, given, default_limit=1000)
    return _messages(workspace, shown, given, cursor)


def _messages(workspace: "Workspace", shown: Any, given: Arguments, cursor: str) -> Json:
    bodies = [payloads.message_body(workspace, message) | _metadata(message, given) for message in shown]
    return {"messages": bodies, "has_more": bool(cursor)} | (next_cursor(cursor) if cursor else {})


def _metadata(message: Message, given: Arguments) -> Json:
    is_wanted = given.flag("include_all_metadata") and message.metadata is not None
    return {"metadata": message.metadata} if is_wanted else {}


def _channel(workspace: "Workspace", given: Arguments) -> Channel:
    return places.channel(workspace, given.required("channel", "channel_not_found"))


def _readable(workspace: "Workspace", given: Arguments) -> Channel:
    channel = _channel(workspace, given)
    if not places.is_member(workspace, channel):
        raise SlackError("not_in_channel")
    return channel


def _limit(given: Arguments, name: str) -> Decimal | None:
    text = given.text(name)
    if not text or text == "now":
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise SlackError(f"invalid_ts_{name}") from error


def _type_of(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _is_known(workspace: "Workspace", channel: Channel) -> bool:
    return not channel.is_private or places.is_member(workspace, channel)
