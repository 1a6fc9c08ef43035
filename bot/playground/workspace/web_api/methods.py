"""The table of methods: what carries each one out, and the scope it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.playground.workspace.web_api import apps, chat, conversations, files, people, reactions, views
from bot.playground.workspace.web_api.arguments import Arguments

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Handler = Callable[["Workspace", Arguments], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Method:
    """One method; any of its scopes will do, none is asked for where there are none."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    is_app_level: bool = False
    """Whether it asks for the app's own token, and not for a workspace's."""


_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")


# Scopes: each method's own page below https://docs.slack.dev/reference/methods
METHODS: Mapping[str, Method] = {
    "api.test": Method(people.api_test),
    "apps.connections.open": Method(apps.open_connection, ("connections:write",), is_app_level=True),
    "auth.test": Method(people.auth_test),
    "bots.info": Method(people.bots_info, ("users:read",)),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "conversations.history": Method(conversations.history, _HISTORY),
    "conversations.info": Method(conversations.info, _READ),
    "conversations.join": Method(conversations.join, ("channels:join",)),
    "conversations.list": Method(conversations.list_all, _READ),
    "conversations.members": Method(conversations.members, _READ),
    "conversations.open": Method(conversations.open_direct, ("im:write",)),
    "conversations.replies": Method(conversations.replies, _HISTORY),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "files.info": Method(files.info, ("files:read",)),
    "reactions.add": Method(reactions.add, ("reactions:write",)),
    "reactions.remove": Method(reactions.remove, ("reactions:write",)),
    "team.info": Method(people.team_info, ("team:read",)),
    "users.info": Method(people.users_info, ("users:read",)),
    "users.list": Method(people.users_list, ("users:read",)),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
}
ALL_SCOPES = frozenset({"commands"}.union(*(method.scopes for method in METHODS.values())))
"""What an app may be granted here."""
