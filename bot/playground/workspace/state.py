"""What the workspace holds, readable by a page: people, channels, messages, views, banners."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.playground.workspace.forms import Form

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class User:
    """A member of the workspace, the bot's own user included."""

    id: str
    name: str
    real_name: str
    locale: str = "en-US"
    tz: str = "Europe/Paris"
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    """A multi-channel guest."""
    is_ultra_restricted: bool = False
    """A single-channel guest; such a user is restricted as well."""
    deleted: bool = False
    updated: int = 0


@dataclass(slots=True, kw_only=True)
class Message:
    """One post, visible to the channel or, when ephemeral, to one user."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    is_from_app: bool = False
    thread_ts: str | None = None
    """The parent's ts; on a parent it is its own ts once somebody has answered."""
    is_broadcast: bool = False
    visible_to: str | None = None
    """The only user who sees it (ephemeral), or None."""
    edited_ts: str | None = None
    metadata: Json | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    files: list[str] = field(default_factory=list)
    """The ids of the files that it shares."""
    replies: list[tuple[str, str]] = field(default_factory=list)
    """(user, ts) of each answer in the thread, oldest first."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    """What each user has chosen in the message's own elements."""
    trouble: dict[str, str] = field(default_factory=dict)
    """Per user: what Slack shows under the message when the app did not take the last action."""

    @property
    def is_ephemeral(self) -> bool:
        """Whether one user alone sees it."""
        return self.visible_to is not None

    @property
    def is_reply(self) -> bool:
        """Whether it is an answer in somebody's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def reply_count(self) -> int:
        """How many answers its thread has."""
        return len(self.replies)

    @property
    def reply_users(self) -> list[str]:
        """Who answered, in order of their first answer."""
        return list(dict.fromkeys(user for user, _ in self.replies))

    def form_of(self, user_id: str) -> Form:
        """What this user has chosen in the message's elements so far."""
        if user_id not in self.forms:
            self.forms[user_id] = Form(self.blocks)
        return self.forms[user_id]


@dataclass(slots=True, kw_only=True)
class Channel:
    """A public or private channel, or the direct conversation with one user (`im_with`)."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    """Whether another organisation is in it too (Slack Connect)."""
    im_with: str | None = None
    created: int = 0
    creator: str = ""
    by_ts: dict[str, Message] = field(default_factory=dict)

    @property
    def is_im(self) -> bool:
        """Whether it is a direct conversation."""
        return self.im_with is not None

    def messages(self, viewer: str) -> list[Message]:
        """What this user sees in the channel, oldest first, without the answers in threads."""
        return [m for m in self.seen_by(viewer) if not m.is_reply or m.is_broadcast]

    def thread(self, parent_ts: str, viewer: str) -> list[Message]:
        """What this user sees of a thread: the parent, then its answers."""
        return [m for m in self.seen_by(viewer) if parent_ts in (m.ts, m.thread_ts)]

    def seen_by(self, viewer: str) -> Iterable[Message]:
        """Every message this user sees, oldest first, threads included."""
        return (m for m in self.by_ts.values() if m.visible_to in (None, viewer))


class ViewKind(StrEnum):
    """Where a view is shown."""

    MODAL = "modal"
    HOME = "home"


@dataclass(slots=True, kw_only=True)
class View:
    """A modal of a user's stack, or a user's Home."""

    id: str
    kind: ViewKind
    user: str
    content: Json
    """The view as the app gave it, normalised: type, title, submit, close, blocks, callback_id, private_metadata..."""
    form: Form
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    """Per block_id: what is shown under the field."""
    trouble: str = ""
    """What is shown over the whole view, such as "We had some trouble connecting. Try again?"."""
    is_busy: bool = False
    """Whether a submit waits for the app's answer."""

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, each with a block_id, each interactive element with an action_id."""
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The name the app gave it, or the empty string."""
        return str(self.content["callback_id"])

    @property
    def values(self) -> dict[str, dict[str, Json]]:
        """`state.values` as Slack would send it now."""
        return self.form.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """An error shown to one user, such as `/sms failed with the error "operation_timeout"`."""

    id: str
    user: str
    text: str
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionList:
    """What an external select shows for a query: options or groups, or the words for an empty list."""

    options: tuple[Json, ...] = ()
    groups: tuple[Json, ...] = ()
    problem: str = ""

    @property
    def flat(self) -> tuple[Json, ...]:
        """All options, groups flattened."""
        return self.options + tuple(option for group in self.groups for option in group["options"])


class ChangeKind(StrEnum):
    """What a listener is told about."""

    CHANNEL = "channel"
    CHANNELS = "channels"
    VIEWS = "views"
    HOME = "home"
    BANNERS = "banners"
    USERS = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One small change: which channel (CHANNEL), or whose views, Home or banners."""

    kind: ChangeKind
    channel: str | None = None
    user: str | None = None
