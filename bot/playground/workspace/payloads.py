"""Slack's own JSON for people, channels, messages and views, and for each kind of interaction."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from bot.playground.workspace import files
from bot.playground.workspace.board import Board
from bot.playground.workspace.state import Channel, Message, User, View

Json = dict[str, Any]

_BARE_AMPERSAND = re.compile("&(?!amp;|lt;|gt;)")
_TOLD_AS_TEXT = frozenset({"text", "fields", "elements", "accessory", "element", "label", "hint", "options"})


def interaction(board: Board, kind: str, user_id: str) -> Json:
    """The fields every interaction begins with."""
    return {
        "type": kind,
        "team": {"id": board.team_id, "domain": board.domain},
        "user": _acting_user(board, user_id),
        "api_app_id": board.app.app_id,
        "token": board.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def shortcut(board: Board, user_id: str) -> Json:
    """A global shortcut, which names neither the app nor the user's display name."""
    payload = interaction(board, "shortcut", user_id)
    del payload["api_app_id"], payload["user"]["name"]
    return payload


def command_form(board: Board, user_id: str, channel: Channel, command: str, text: str) -> dict[str, str]:
    """The form of a slash command, without trigger_id and response_url."""
    return {
        "token": board.app.verification_token,
        "team_id": board.team_id,
        "team_domain": board.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user_id,
        "user_name": board.users[user_id].name,
        "command": command,
        "text": text,
        "api_app_id": board.app.app_id,
        "is_enterprise_install": "false",
    }


def view(board: Board, shown: View, values: Mapping[str, Any]) -> Json:
    """A view as payloads and Web API answers carry it."""
    return {
        "id": shown.id,
        "team_id": board.team_id,
        **shown.content,
        "state": {"values": values},
        "hash": shown.hash,
        "previous_view_id": shown.previous_view_id,
        "root_view_id": shown.root_view_id,
        "app_id": board.app.app_id,
        "app_installed_team_id": board.team_id,
        "bot_id": board.app.bot_id,
    }


def view_now(board: Board, shown: View) -> Json:
    """The view with what is typed in it now, for interactions."""
    return view(board, shown, shown.values)


def view_container(shown: View) -> Json:
    """Where an action in a view happened."""
    return {"type": "view", "view_id": shown.id}


def message_container(message: Message) -> Json:
    """Where an action in a message happened."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    return container


def message_body(board: Board, message: Message) -> Json:
    """A message as history, answers and interactions carry it."""
    body: Json = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "text": _as_told(message.text),
        "team": board.team_id,
    }
    if message.subtype:
        body["subtype"] = message.subtype
    if message.is_from_app:
        body |= {"bot_id": board.app.bot_id, "app_id": board.app.app_id, "bot_profile": bot_profile(board)}
    if message.client_msg_id and not message.is_from_app:
        body["client_msg_id"] = message.client_msg_id
    if message.blocks:
        body["blocks"] = _as_told(message.blocks)
    if message.files:
        body["files"] = [files.told(board, file_id) for file_id in message.files]
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    return body | _thread_fields(board, message) | _reaction_fields(message)


def bot_profile(board: Board) -> Json:
    """The app as the author of a message."""
    return {
        "id": board.app.bot_id,
        "app_id": board.app.app_id,
        "user_id": board.app.bot_user_id,
        "name": board.app.name,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
        "deleted": False,
        "updated": board.users[board.app.bot_user_id].updated,
        "team_id": board.team_id,
    }


def channel_name(channel: Channel) -> str:
    """The name interactions give a channel: private and direct ones are not named."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def channel_brief(channel: Channel) -> Json:
    """The channel of an interaction."""
    return {"id": channel.id, "name": channel_name(channel)}


def channel_body(board: Board, channel: Channel) -> Json:
    """A conversation as conversations.info gives it."""
    body: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": board.team_id,
        "updated": channel.created * 1000,
    }
    if channel.im_with is not None:
        return body | {"user": channel.im_with, "is_user_deleted": False, "is_open": True, "priority": 0}
    return body | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": board.app.bot_user_id in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "parent_conversation": None,
        "previous_names": [],
        "creator": channel.creator,
        "unlinked": 0,
        "shared_team_ids": [board.team_id],
        "pending_connected_team_ids": [],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def user_body(board: Board, user: User, *, with_locale: bool) -> Json:
    """A member as users.info gives it."""
    there = board.clock.now().astimezone(ZoneInfo(user.tz))
    ahead = there.utcoffset()
    body: Json = {
        "id": user.id,
        "team_id": board.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": "9f69e7",
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": get_timezone_name(there, locale="en_US"),
        "tz_offset": int(ahead.total_seconds()) if ahead else 0,
        "profile": _profile(board, user),
        "is_admin": user.is_admin or user.is_owner or user.is_primary_owner,
        "is_owner": user.is_owner or user.is_primary_owner,
        "is_primary_owner": user.is_primary_owner,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
        "is_email_confirmed": not user.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }
    return body | ({"locale": user.locale} if with_locale else {})


def _profile(board: Board, user: User) -> Json:
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": "g00000000000",
        "team": board.team_id,
    }
    return profile | ({"bot_id": board.app.bot_id, "api_app_id": board.app.app_id} if user.is_bot else {})


def _as_told(node: Any) -> Any:
    """The same text or blocks with each bare `&` escaped, as Slack gives messages back (bolt-python#513)."""
    if isinstance(node, str):
        return _BARE_AMPERSAND.sub("&amp;", node)
    if isinstance(node, list):
        return [_as_told(item) for item in node]
    if isinstance(node, dict):
        return {name: _as_told(value) if name in _TOLD_AS_TEXT else value for name, value in node.items()}
    return node


def _acting_user(board: Board, user_id: str) -> Json:
    name = board.users[user_id].name
    return {"id": user_id, "username": name, "name": name, "team_id": board.team_id}


def _thread_fields(board: Board, message: Message) -> Json:
    if message.thread_ts is None:
        return {}
    if message.is_reply:
        parent = board.channels[message.channel].by_ts.get(message.thread_ts)
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else ""}
    return {
        "thread_ts": message.thread_ts,
        "reply_count": message.reply_count,
        "reply_users_count": len(message.reply_users),
        "latest_reply": message.replies[-1][1] if message.replies else message.ts,
        "reply_users": message.reply_users,
        "is_locked": False,
        "subscribed": False,
    }


def _reaction_fields(message: Message) -> Json:
    if not message.reactions:
        return {}
    return {
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    }
