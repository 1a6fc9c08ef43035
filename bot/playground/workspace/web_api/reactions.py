"""reactions.*: the app's own emoji under a message."""

import re
from typing import TYPE_CHECKING, Any

from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.state import ChangeKind, Message
from bot.playground.workspace.web_api import places
from bot.playground.workspace.web_api.arguments import Arguments

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

_EMOJI_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def add(workspace: "Workspace", given: Arguments) -> Json:
    """reactions.add: the bot reacts; raises `already_reacted`."""
    message, name = _message(workspace, given), _name(given)
    users = message.reactions.setdefault(name, [])
    if workspace.app.bot_user_id in users:
        raise SlackError("already_reacted")
    users.append(workspace.app.bot_user_id)
    workspace.tell(ChangeKind.CHANNEL, channel=message.channel)
    return {}


def remove(workspace: "Workspace", given: Arguments) -> Json:
    """reactions.remove: the bot takes its reaction back; raises `no_reaction`."""
    message, name = _message(workspace, given), _name(given)
    users = message.reactions.get(name, [])
    if workspace.app.bot_user_id not in users:
        raise SlackError("no_reaction")
    users.remove(workspace.app.bot_user_id)
    if not users:
        del message.reactions[name]
    workspace.tell(ChangeKind.CHANNEL, channel=message.channel)
    return {}


def _message(workspace: "Workspace", given: Arguments) -> Message:
    channel = places.channel(workspace, given.required("channel", "channel_not_found"))
    return places.message(channel, given.required("timestamp", "no_item_specified"))


def _name(given: Arguments) -> str:
    name = given.text("name").strip(":")
    if not _EMOJI_NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name
