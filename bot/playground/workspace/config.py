"""What is known of the one app installed in the workspace: its secrets, address, commands and subscriptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DEFAULT_EVENTS = frozenset({"app_home_opened", "message.channels", "message.groups", "message.im"})
"""The bot events that are delivered unless the app says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command, as the app's settings page describes it."""

    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A global shortcut, as the app's settings page describes it."""

    callback_id: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppConfig:
    """The app as the workspace has it installed."""

    signing_secret: str
    bot_token: str
    user_token: str = ""
    """The token of whoever installed the app, which may ask whose it is and nothing else here."""
    events_url: str = ""
    """Where commands, interactivity, options and events are posted; `Workspace.connect()` may set it later."""
    is_on_socket: bool = False
    """Whether Socket Mode is switched on: nothing goes to `events_url` then; `Workspace.use_sockets()` may set it later."""
    app_token: str = ""
    """The app-level token, `xapp-...`, that sockets are opened with."""
    app_token_scopes: frozenset[str] = frozenset({"connections:write"})
    app_id: str = "A0PLAYGROUND"
    name: str = "Touchline"
    bot_user_id: str = "U0PLAYGRNDBOT"
    bot_id: str = "B0PLAYGROUND"
    verification_token: str = "verification-token-of-the-playground"  # noqa: S105  it protects nothing
    commands: Mapping[str, Command] = field(default_factory=lambda: MappingProxyType({}))
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] = DEFAULT_EVENTS
    home: bool = True
    scopes: frozenset[str] | None = None
    """The bot token's scopes; None: every scope, so `missing_scope` is never answered."""
